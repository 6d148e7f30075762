"""Copies of mails as they were sent: for who asks what was written to them, and for the outbox where no mail server is set."""

import json
from collections.abc import Mapping, Sequence, Set
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock
from portal.db import db, transaction
from portal.delivery.emails import Compiled, Envelope, mask
from portal.delivery.models import Delivery, OutboxMail, OutboxText

# Mail to people who are no candidates is kept only so that whoever tries the portal out can read it.
STRANGERS_KEPT = timedelta(days=14)
SLICE = 500


def keep(row: Delivery, mail: Envelope, *, usable: bool) -> None:
    """Keep one copy for a row, the newest. `usable`: with links that work, because the copy is all there is of the mail."""
    keep_many([(row, mail)], usable=usable)


def keep_many(pairs: Sequence[tuple[Delivery, Envelope]], *, usable: bool) -> None:
    """The same for many: three statements, and the text of a mailing once."""
    wanted = [(row, mail) for row, mail in pairs if usable or row.candidate_id is not None]
    if not wanted:
        return
    session = db.session()
    session.execute(delete(OutboxMail).where(OutboxMail.delivery_id.in_([row.id for row, _mail in wanted])))
    texts = {} if usable else _texts({mail.kept.text for _row, mail in wanted if mail.kept.text})
    session.add_all([_copy(row, mail, texts, usable=usable) for row, mail in wanted])


def _copy(row: Delivery, mail: Envelope, texts: Mapping[str, int], *, usable: bool) -> OutboxMail:
    kept = mail.kept
    return OutboxMail(
        delivery_id=row.id,
        sender=mask(mail.sender),
        recipient=mail.recipient,
        subject=mail.subject,
        raw=mail.raw if usable else kept.raw,
        text_id=texts[kept.text.version] if kept.text and not usable else None,
        slots=json.dumps(kept.slots) if kept.text and not usable else "",
        at=clock.now(),
    )


def _texts(found: Set[Compiled]) -> Mapping[str, int]:
    """The numbers of texts by version; a new one is kept."""
    session, versions = db.session(), [one.version for one in found]
    stored = select(OutboxText.version, OutboxText.id).where(OutboxText.version.in_(versions))
    known = {row.version: row.id for row in session.execute(stored)}
    if new := [{"version": one.version, "pieces": one.frozen} for one in found if one.version not in known]:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(insert(OutboxText).on_conflict_do_nothing(), new)
        known = {row.version: row.id for row in session.execute(stored)}
    return known


def drop(row: Delivery) -> None:
    """It was not taken, so there is nothing to show."""
    db.session.execute(delete(OutboxMail).filter_by(delivery_id=row.id))


def forget_strangers() -> int:
    """Delete old copies of mail to people who are no candidates; returns how many."""
    to_strangers = select(Delivery.id).where(Delivery.candidate_id.is_(None))
    old = select(OutboxMail.id).where(OutboxMail.at < clock.now() - STRANGERS_KEPT, OutboxMail.delivery_id.in_(to_strangers))
    with transaction() as session:
        gone = delete(OutboxMail).where(OutboxMail.id.in_(old.limit(SLICE)))
        return len(session.scalars(gone.returning(OutboxMail.id)).all())

"""What delivery holds about a person: every mail to them."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import joinedload, undefer

from portal.db import db, transaction
from portal.delivery import queries
from portal.delivery.emails import mask, read_text
from portal.delivery.models import Delivery, OutboxMail, Purpose, Status
from portal.languages import said_again
from portal.personal import Item

KEY = "mails"
TITLE = _l("Mails to you")
KINDS = {
    Purpose.OUTREACH: _l("First message"),
    Purpose.MAILING: _l("Newsletter"),
    Purpose.CONFIRMATION: _l("Confirmation of your note"),
    Purpose.INVITATION: _l("Invitation"),
    Purpose.FOLLOW_UP: _l("Second message"),
    Purpose.REMINDER: _l("The mail that you asked for on a day"),
    Purpose.RENEWAL: _l("Question whether we may keep your data"),
    Purpose.NOTICE: _l("Privacy notice"),
    Purpose.FEEDBACK: _l("Request for feedback"),
    Purpose.ANSWER: _l("Answer to your question"),
    Purpose.ACCESS: _l("Link to this page"),
    Purpose.ADDRESS: _l("Question about your new address"),
    Purpose.CONFIRM_INTEREST: _l("Question whether it was you"),
    Purpose.REFERRAL: _l("Question whether a friend may recommend you"),
    Purpose.TEST: _l("Test"),
    Purpose.CHECK_IN: _l("Question whether it was you"),
    Purpose.REPORT: _l("Monthly report"),
    Purpose.REVIEW: _l("Question to a manager"),
}
STATES = {
    Status.DUE: _l("waits"),
    Status.CLAIMED: _l("waits"),
    Status.SENDING: _l("is being sent"),
    Status.SENT: _l("sent"),
    Status.WITHHELD: _l("not sent: a rule or your wish held it back"),
    Status.FAILED: _l("not sent: your mail server refused it"),
    Status.UNCERTAIN: _l("perhaps sent: the line broke"),
    Status.CANCELLED: _l("not sent: called off"),
}
UNBEGUN = (Status.DUE, Status.CLAIMED)


def held(candidate_id: int) -> Sequence[Item]:
    """Each mail with what became of it and its text as it was sent, the keys in its links crossed out; also mail to the address
    from before it belonged to a candidate."""
    rows = db.session.execute(_mails(candidate_id))
    return [_item(row, mail) for row, mail in rows]


def erase(candidate_id: int) -> None:
    """No copy, no subject, no word of a mail server stays; what waits is called off. The rows stay as counts that name nobody."""
    mine = Delivery.candidate_id == candidate_id
    with transaction() as session:
        session.execute(delete(OutboxMail).where(OutboxMail.delivery_id.in_(select(Delivery.id).where(mine))))
        session.execute(update(Delivery).where(mine).values(subject="", error="", domain=""))
        session.execute(
            update(Delivery)
            .where(mine, Delivery.status.in_(UNBEGUN))
            .values(status=Status.CANCELLED, lease_until=None, held_at=None)
        )
        _erase_address(candidate_id)


def _erase_address(candidate_id: int) -> None:
    """Mail to the same address from before it belonged to a candidate."""
    key = queries.address_key_of(candidate_id)
    if key is None:
        return
    same = Delivery.address_key == key
    db.session.execute(delete(OutboxMail).where(OutboxMail.delivery_id.in_(select(Delivery.id).where(same))))
    db.session.execute(delete(Delivery).where(same, Delivery.status.not_in((Status.SENDING,))))


def _mails(candidate_id: int) -> Select[Delivery, OutboxMail | None]:
    wanted = select(Delivery, OutboxMail).outerjoin(OutboxMail, OutboxMail.delivery_id == Delivery.id)
    key = queries.address_key_of(candidate_id)
    mine = Delivery.candidate_id == candidate_id
    mine = mine | (Delivery.address_key == key) if key else mine
    return (
        wanted.where(mine)
        .options(undefer(OutboxMail.raw), undefer(OutboxMail.slots), joinedload(OutboxMail.text))
        .order_by(Delivery.id.desc())
    )


def _item(row: Delivery, mail: OutboxMail | None) -> Item:
    facts = {
        str(_("Kind")): str(KINDS[row.purpose]),
        str(_("Became of it")): str(STATES[row.status]),
    }
    if row.withheld_reason:
        facts[str(_("Why"))] = said_again(row.withheld_reason)
    return Item(
        what=row.subject or str(KINDS[row.purpose]),
        at=row.sent_at or row.created_at,
        facts=facts,
        text=mask(read_text(mail.source)) if mail else "",
    )

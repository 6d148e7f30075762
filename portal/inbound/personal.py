"""What is held about a person of what came back: what they wrote to us."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, or_, select

from portal.db import db, transaction
from portal.delivery.queries import address_key_of
from portal.inbound.models import PoisonMail, Reply
from portal.personal import Item, Plain

KEY = "replies"
TITLE = _l("What you wrote back")


def held(candidate_id: int) -> Sequence[Item]:
    """Their replies, the newest first. What could not be read is nobody's until it can."""
    rows = db.session.scalars(select(Reply).where(_theirs(candidate_id)).order_by(Reply.id.desc()))
    return [_item(row) for row in rows]


def erase(candidate_id: int) -> None:
    """Delete them, and what came from their address and could not be read."""
    key = address_key_of(candidate_id)
    with transaction() as session:
        session.execute(delete(Reply).where(_theirs(candidate_id)))
        if key:
            session.execute(delete(PoisonMail).where(PoisonMail.address_key == key))


def _theirs(candidate_id: int) -> ColumnElement[bool]:
    """Also what came from their address before it was known whose it is."""
    key = address_key_of(candidate_id)
    mine = Reply.candidate_id == candidate_id
    return or_(mine, Reply.candidate_id.is_(None) & (Reply.address_key == key)) if key else mine


def _item(row: Reply) -> Item:
    facts: dict[str, Plain] = {_("From"): row.sender, _("Files that came with it, not kept"): row.files}
    return Item(row.subject or str(_("A reply")), row.at, facts, row.text)

"""Telling what changed because of what people said."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from portal import clock
from portal.db import transaction
from portal.errors import Conflict, Invalid
from portal.feedback.models import Change

LONGEST = 2000


@dataclass(frozen=True)
class Told:
    """An entry as staff type it: what was said, in our words; what changed, or why it stays; since when; who answers for it."""

    said: str
    changed: str
    on: date
    owner_id: int | None = None


def add_change(told: Told) -> Change:
    """A draft."""
    with transaction() as session:
        change = Change(created_at=clock.now(), **_columns(told))
        session.add(change)
        session.flush()
        return change


def edit_change(change: Change, told: Told) -> Change:
    """Other words; a published entry stays published."""
    with transaction():
        for name, value in _columns(told).items():
            setattr(change, name, value)
        return change


def publish(change: Change) -> Change:
    """Show it to everybody."""
    with transaction():
        change.published_at = change.published_at or clock.now()
        return change


def withdraw(change: Change) -> Change:
    """Take it back: a draft again."""
    with transaction():
        change.published_at = None
        return change


def delete_change(change: Change) -> None:
    """Throw a draft away; what is published is taken back first, so that nothing vanishes by one press."""
    with transaction() as session:
        if change.published_at is not None:
            raise Conflict(_("This is published. Take it back first."))
        session.delete(change)


def _columns(told: Told) -> dict[str, object]:
    for field in ("said", "changed"):
        if not (text := getattr(told, field).strip()):
            raise Invalid(_("Write at least a sentence."), field)
        if len(text) > LONGEST:
            raise Invalid(_("At most %(limit)s characters fit here.", limit=LONGEST), field)
    return {"said": told.said.strip(), "changed": told.changed.strip(), "on": told.on, "owner_id": told.owner_id}

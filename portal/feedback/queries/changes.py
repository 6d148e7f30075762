"""What we changed because of what people said."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.errors import NotFound
from portal.feedback.models import Change


def list_changes(*, published: bool = False) -> Sequence[Change]:
    """All of them, or those the public page shows; the latest first."""
    rows = select(Change).options(joinedload(Change.owner)).order_by(Change.on.desc(), Change.id.desc())
    return db.session.scalars(rows.where(Change.published_at.is_not(None)) if published else rows).all()


def get_change(change_id: int) -> Change:
    """One of them; NotFound when there is none."""
    if found := db.session.get(Change, change_id):
        return found
    raise NotFound(_("There is no such entry."))

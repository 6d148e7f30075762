"""Finding what was kept aside."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal.db import db
from portal.errors import NotFound
from portal.submissions.models import Quarantine

PAGE = 100


def list_quarantine() -> Sequence[Quarantine]:
    """Posts that looked like a robot's, newest first."""
    return db.session.scalars(select(Quarantine).order_by(Quarantine.id.desc()).limit(PAGE)).all()


def get_quarantined(quarantine_id: int) -> Quarantine:
    """A post that was kept aside; NotFound when it went already."""
    if row := db.session.get(Quarantine, quarantine_id):
        return row
    raise NotFound(_("This is not here any more."))


def count_quarantine() -> int:
    """How many posts wait for a person to look."""
    return db.session.scalar(select(func.count()).select_from(Quarantine)) or 0

"""Finding hires and reviews."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.db import db
from portal.hiring.models import Hire


def list_hires_of(candidate_id: int) -> Sequence[Hire]:
    """The hires of a person, the latest first; withdrawn ones are left out."""
    theirs = select(Hire).filter_by(candidate_id=candidate_id, withdrawn_at=None)
    return db.session.scalars(theirs.order_by(Hire.accepted_on.desc(), Hire.id.desc())).all()

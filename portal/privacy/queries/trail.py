"""Reading the audit trail."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.db import db
from portal.privacy.models import AuditEntry

PAGE = 200


def list_audit(candidate_id: int, limit: int = PAGE) -> Sequence[AuditEntry]:
    """Who saw, exported or changed a candidate's data, newest first."""
    newest = select(AuditEntry).filter_by(candidate_id=candidate_id).order_by(AuditEntry.id.desc())
    return db.session.scalars(newest.limit(limit)).all()

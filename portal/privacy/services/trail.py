"""The audit trail: who did what with whose data, append-only and chained."""

from typing import Any

from portal.privacy.models import Action


def audit(action: Action, *, candidate_id: int | None = None, actor_id: int | None = None, **facts: Any) -> None:
    """Write one line with the running transaction, or at once. Facts are numbers, days, names of fields."""

"""Staff pages of candidates: `people` one by one, `imports` by the list, `duplicates` two by two."""

from portal.candidates.console import duplicates, imports
from portal.candidates.console.people import candidates

__all__ = ["candidates", "duplicates", "imports"]

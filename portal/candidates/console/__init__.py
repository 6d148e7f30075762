"""Staff pages of candidates: `people` one by one, `imports` by the list."""

from portal.candidates.console import imports
from portal.candidates.console.people import candidates

__all__ = ["candidates", "imports"]

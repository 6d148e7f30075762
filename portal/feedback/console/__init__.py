"""Staff pages of feedback."""

from portal.feedback.console import answers, asking, changes, questions  # noqa: F401 - they put their pages on the door
from portal.feedback.console.door import feedback

__all__ = ["feedback"]

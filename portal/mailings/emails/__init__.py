"""Letters of mailings (`mailing`), and the one mail that somebody asked for on a day (`reminder`)."""

from portal.mailings.emails.mailing import compose, preview, subject_for
from portal.mailings.emails.reminder import compose_reminder

__all__ = ["compose", "compose_reminder", "preview", "subject_for"]

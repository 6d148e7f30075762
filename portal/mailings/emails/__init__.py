"""Letters of mailings (`mailing`), and the one mail that somebody asked for on a day (`reminder`)."""

from portal.mailings.emails.bulk import Issue, letters, preview_letter
from portal.mailings.emails.mailing import compose, preview, subject_for
from portal.mailings.emails.reminder import compose_reminder

__all__ = ["Issue", "compose", "compose_reminder", "letters", "preview", "preview_letter", "subject_for"]

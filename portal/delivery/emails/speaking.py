"""In which language a mail speaks: HR's own texts in that of the site, everything else in the reader's."""

import contextlib
from collections.abc import Iterator

from flask_babel import force_locale

from portal.config import settings
from portal.content.queries import site
from portal.delivery.models import Delivery, Purpose

WRITTEN_BY_HR = frozenset({Purpose.OUTREACH, Purpose.FOLLOW_UP, Purpose.MAILING, Purpose.TEST})


@contextlib.contextmanager
def speaking_to(row: Delivery) -> Iterator[str]:
    """Everything within is said in the language of this mail, which is handed back as its tag."""
    language = language_of(row)
    with force_locale(language.replace("-", "_")):
        yield language


def language_of(row: Delivery) -> str:
    """The language tag of a mail: the reader's when the portal speaks it and no person of ours wrote the text."""
    if row.purpose in WRITTEN_BY_HR or row.candidate is None:
        return site().language
    spoken = [name.strip() for name in settings().languages.split(",")]
    return row.candidate.language if row.candidate.language in spoken else site().language

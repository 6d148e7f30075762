"""How well the promise to answer in time is kept: the true figure, however it looks."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _

from portal import clock
from portal.selfservice.queries import list_answer_times

DAYS = 90
_HOURS = timedelta(days=3)


@dataclass(frozen=True)
class Kept:
    """Half of so many answers of the last 90 days took less than `median`; None while there is nothing to measure."""

    median: timedelta | None
    answers: int

    @property
    def words(self) -> str:
        """The figure as a sentence."""
        if self.median is None:
            return str(_("In the last %(days)s days there was no question to measure it by yet.", days=DAYS))
        long = format_timedelta(self.median, granularity="hour", threshold=72 if self.median < _HOURS else 0.85)
        counted = ngettext("one answer", "%(num)d answers", self.answers)
        said = _("In the last %(days)s days half of all answers took less than %(long)s (%(counted)s).")
        return str(said) % {"days": DAYS, "long": long, "counted": counted}


def kept_promise() -> Kept:
    """The figure of this moment."""
    times = list_answer_times(clock.now() - timedelta(days=DAYS))
    half = median(time.total_seconds() for time in times) if times else None
    return Kept(None if half is None else timedelta(seconds=half), len(times))

"""Series: a text that makes a mailing of itself every month."""

from dataclasses import asdict
from datetime import date, timedelta

from flask_babel import gettext as _

from portal import clock
from portal.config import settings
from portal.db import transaction
from portal.errors import Conflict, Invalid
from portal.mailings import queries
from portal.mailings.models import EAST, NTHS, Mailing, MailingStatus, Rule, Series, local_moment
from portal.mailings.services.runs import BEFORE_START, is_missed, is_near, skipped_note
from portal.mailings.services.texts import Text, text_of

NAME_LIMIT = 200
DAYS, HOURS, MINUTES = range(7), range(24), range(60)


def add_series(name: str, text: Text, rule: Rule) -> Series:
    """Begin a series. Its first mailing comes on the first day of the rule that lies ahead everywhere on earth."""
    with transaction() as session:
        series = Series(
            name=_free_name(name, None),
            **asdict(text.checked()),
            rule=asdict(_checked(rule)),
            next_on=_upcoming(rule, None),
            created_at=clock.now(),
        )
        session.add(series)
        session.flush()
        return series


def make_series(mailing: Mailing, name: str, rule: Rule) -> Series:
    """A series with the text of a draft, which it takes the place of."""
    with transaction() as session:
        session.refresh(mailing, with_for_update=True)
        if mailing.status not in BEFORE_START:
            raise Conflict(_("This mailing has begun already. Make a copy, and let that repeat."))
        series = add_series(name, text_of(mailing), rule)
        session.delete(mailing)
        return series


def edit_series(series: Series, name: str, text: Text, rule: Rule) -> Series:
    """Change what comes; mailings that have begun stay as they are. A month that had its mailing gets no second one."""
    with transaction() as session:
        session.refresh(series, with_for_update=True)
        _check_open(series)
        series.name = _free_name(name, series)
        for column, value in asdict(text.checked()).items():
            setattr(series, column, value)
        if _checked(rule) != series.repeats:
            series.rule, series.next_on = asdict(rule), _upcoming(rule, queries.last_issue_on(series.id))
        session.flush()
        return series


def pause_series(series: Series) -> Series:
    """No further mailings until it is resumed; one that has begun goes on."""
    with transaction():
        series.paused_at = series.paused_at or clock.now()
        return series


def resume_series(series: Series) -> Series:
    """Go on with the next day that lies ahead; what fell into the pause is not caught up on."""
    with transaction() as session:
        session.refresh(series, with_for_update=True)
        _check_open(series)
        if series.paused_at is not None:
            series.paused_at, series.next_on = None, _upcoming(series.repeats, queries.last_issue_on(series.id))
        return series


def end_series(series: Series) -> Series:
    """No further mailings, ever; what was sent stays to be seen."""
    with transaction():
        series.ended_at = series.ended_at or clock.now()
        return pause_series(series)


def start_series() -> int:
    """Make the mailing of each series whose day has come somewhere on earth, or note that it was missed; returns how many."""
    return sum(_make_issue(series) for series in queries.list_active_series() if is_near(next_issue(series)))


def next_issue(series: Series) -> Mailing:
    """The next mailing of a series, not yet stored."""
    rule = series.repeats
    return Mailing(
        series_id=series.id,
        subject=series.subject,
        body=series.body,
        page=series.page,
        sender=series.sender,
        segment_id=series.segment_id,
        on=series.next_on,
        hour=rule.hour,
        minute=rule.minute,
        created_at=clock.now(),
    )


def _make_issue(series: Series) -> bool:
    """One mailing for the occurrence at hand. The series is locked and looked at anew: another worker may have been faster."""
    with transaction() as session:
        session.refresh(series, with_for_update=True)
        mailing = next_issue(series)
        if series.paused_at is not None or not is_near(mailing):
            return False
        series.next_on = series.repeats.after(series.next_on)
        if is_missed(mailing):
            mailing.status, mailing.note, mailing.finished_at = MailingStatus.SKIPPED, skipped_note(mailing), clock.now()
        else:
            mailing.status, mailing.started_at = MailingStatus.RUNNING, clock.now()
        session.add(mailing)
        return True


def _upcoming(rule: Rule, last_on: date | None) -> date:
    """The next day of the rule whose time is not over anywhere, in a month after the last mailing's."""
    found = rule.after(clock.today(settings().time_zone) - timedelta(days=1))
    while local_moment(found, rule.hour, rule.minute, EAST) <= clock.now() or (last_on and _month(found) <= _month(last_on)):
        found = rule.after(found)
    return found


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _checked(rule: Rule) -> Rule:
    if rule.nth not in NTHS or rule.weekday not in DAYS:
        raise Invalid(_("Choose which day of the month."), "nth")
    if rule.hour not in HOURS or rule.minute not in MINUTES:
        raise Invalid(_("Choose a time of the day, such as 9:00."), "time")
    return rule


def _free_name(name: str, series: Series | None) -> str:
    if not (name := " ".join(name.split())[:NAME_LIMIT]):
        raise Invalid(_("Give the series a name."), "name")
    if (found := queries.find_series(name)) and found is not series:
        raise Invalid(_("There is a series of this name already."), "name")
    return name


def _check_open(series: Series) -> None:
    if series.ended_at is not None:
        raise Conflict(_("This series has ended."))

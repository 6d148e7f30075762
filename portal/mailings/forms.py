"""What staff type for a mailing, and what candidates choose at the end of one."""

import re
from datetime import timedelta
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from portal import clock
from portal.accounts.queries import list_users
from portal.candidates.models import Pace
from portal.config import settings
from portal.content.queries import list_pages
from portal.mailings.models import NTHS, Rule
from portal.mailings.services import Text
from portal.mailings.services.texts import BODY_LIMIT, SUBJECT_LIMIT
from portal.pipeline.queries import list_segments
from portal.security import Form, PublicForm

PACES = {
    Pace.ANY: _l("Whenever there is something"),
    Pace.WEEKLY: _l("Once a week at most"),
    Pace.MONTHLY: _l("Once a month at most"),
    Pace.QUARTERLY: _l("Four times a year at most"),
}
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\Z")
_EMPTY = _l("There is no text yet.")
_NO_TIME = _l("Write a time such as 9:00.")
_AT = [DataRequired(_NO_TIME), Regexp(_TIME, message=_NO_TIME)]


class TextForm(Form):
    """What a mailing says, to whom, in whose name."""

    segment_id = SelectField(_l("To"), [InputRequired()], coerce=int, description=_l("A segment, or everybody we may write to"))
    sender_id = SelectField(_l("From"), [InputRequired()], coerce=int, description=_l("Replies go to them"))
    subject = StringField(_l("Subject"), [DataRequired(_EMPTY), Length(max=SUBJECT_LIMIT)])
    body = TextAreaField(
        _l("Text"),
        [DataRequired(_EMPTY), Length(max=BODY_LIMIT)],
        description=_l(
            "Markdown with {{first_name|and good morning}}, {{month}}, {{company}}, {{sender_name}}, {{landing_link}}. "
            "What stands behind the bar is said where we do not know it. The way out is added by itself."
        ),
    )
    page = SelectField(_l("Page behind {{landing_link}}"), description=_l("A personal link, so that an answer takes one press"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.segment_id.choices = [(0, _l("Everybody")), *((row.id, row.name) for row in list_segments())]
        senders = [(row.id, row.full_name or row.email) for row in list_users() if row.active]
        self.sender_id.choices = [(0, _l("The company")), *senders]
        pages = [page for page in list_pages() if page.kind != "home" and not page.generated]
        self.page.choices = [("", _l("The first page")), *((page.path, f"{page.title} ({page.path})") for page in pages)]

    def text(self) -> Text:
        """What was typed."""
        return Text(
            subject=self.subject.data or "",
            body=self.body.data or "",
            segment_id=self.segment_id.data or None,
            sender_id=self.sender_id.data or None,
            page=self.page.data or "",
        )


class DayForm(Form):
    """On a day at a time, in each recipient's zone."""

    on = DateField(_l("Day"), [InputRequired(_l("Choose a day."))])
    at = StringField(_l("Time"), _AT, default="9:00", description=_l("In each reader’s zone"), id="day-at")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.on.data = self.on.data or (None if self.is_submitted() else clock.today(settings().time_zone) + timedelta(days=1))

    def hour_and_minute(self) -> tuple[int, int]:
        """The time, as numbers."""
        return _time(self.at.data)


class RuleForm(Form):
    """Every month on a certain weekday."""

    name = StringField(_l("Name of the series"), [DataRequired(_l("Give the series a name.")), Length(max=200)])
    nth = SelectField(_l("Every month on the"), [InputRequired()], coerce=int, choices=list(NTHS.items()))
    weekday = SelectField(_l("Day of the week"), [InputRequired()], coerce=int)
    time = StringField(_l("Time"), _AT, default="9:00")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.weekday.choices = list(get_locale().days["stand-alone"]["wide"].items())

    def rule(self) -> Rule:
        """What was chosen."""
        return Rule(self.nth.data, self.weekday.data, *_time(self.time.data))


class SeriesForm(TextForm, RuleForm):
    """A series as a whole."""


class PaceForm(PublicForm):
    """How often at most."""

    pace = RadioField(_l("How often may we write?"), [InputRequired(_l("Choose one."))], choices=list(PACES.items()))

    def chosen(self) -> Pace:
        """The pace."""
        return Pace(self.pace.data)


def _time(text: str | None) -> tuple[int, int]:
    found = _TIME.match(text or "")
    return (int(found[1]), int(found[2])) if found else (9, 0)

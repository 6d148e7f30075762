"""What the numbers are narrowed to and compared with, all of it in the address."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from portal.analytics.queries import Filters, options
from portal.security import Form

_NUMBERED = ("campaign", "source", "persona", "owner")


class FilterForm(Form):
    """A period and a choice of people. A value that makes no sense is passed over; the period is then the last twelve months."""

    class Meta(Form.Meta):
        csrf = False

    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("To"), [Optional()])
    view = SelectField(_l("View"), [Optional()])
    campaign = SelectField(_l("Campaign"), [Optional()])
    source = SelectField(_l("Source"), [Optional()])
    persona = SelectField(_l("Persona"), [Optional()])
    role = SelectField(_l("Role"), [Optional()])
    owner = SelectField(_l("Owner"), [Optional()])
    compare = SelectField(_l("Compare with"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = options()
        lists = (offered.campaigns, offered.sources, offered.personas, offered.owners)
        for name, rows in zip(_NUMBERED, lists, strict=True):
            self[name].choices = [("", _("any")), *((str(number), label) for number, label in rows)]
        self.role.choices = [("", _("any")), *((page, page) for page in offered.roles)]
        self.view.choices = [("", _("by cohort")), ("activity", _("by activity"))]
        others = [(f"source-{number}", _("source %(name)s", name=label)) for number, label in offered.sources]
        self.compare.choices = [("", _("nothing")), ("before", _("the period before")), ("rest", _("everything else")), *others]

    def filters(self) -> Filters:
        """The filters that were asked for; the fields of the form then show the period that is in force."""
        self.validate()
        asked = self._asked()
        chosen: dict[str, Any] = {f"{name}_id": int(asked[name]) for name in _NUMBERED if name in asked}
        year = Filters.last_year()
        since, until = asked.get("since", year.since), asked.get("until", year.until)
        if since > until or since.year < 2000 or until.year > 2200:
            since, until = year.since, year.until
        self.since.data, self.until.data = since, until
        self.since.raw_data = self.until.raw_data = None
        return Filters(since, until, role=asked.get("role"), **chosen)

    def compared(self, filters: Filters) -> Filters | None:
        """What they are compared with; None for nothing, or where there is no everything else because nothing was chosen."""
        asked = self._asked().get("compare", "")
        if asked == "before":
            return filters.before()
        if asked == "rest":
            return filters.others()
        return replace(filters, source_id=int(asked.removeprefix("source-"))) if asked else None

    def by_activity(self) -> bool:
        """Whether what happened in the period was asked for, rather than the cohort."""
        return self._asked().get("view") == "activity"

    def compared_words(self, filters: Filters) -> str:
        """What stands before a compared figure; nothing where nothing is compared."""
        asked = self._asked().get("compare", "")
        if asked.startswith("source-"):
            return str(dict(self.compare.choices)[asked])
        words = {"before": _("before"), "rest": _("everything else") if filters.others() else ""}
        return str(words.get(asked, ""))

    def _asked(self) -> dict[str, Any]:
        return {name: field.data for name, field in self._fields.items() if not field.errors and field.data}

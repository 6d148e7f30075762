"""What the numbers are narrowed to, all of it in the address."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from portal.analytics.queries import Filters, options
from portal.security import Form


class FilterForm(Form):
    """A period and a choice of people. A value that makes no sense is passed over; the period is then the last twelve months."""

    class Meta(Form.Meta):
        csrf = False

    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("To"), [Optional()])
    campaign = SelectField(_l("Campaign"), [Optional()])
    source = SelectField(_l("Source"), [Optional()])
    persona = SelectField(_l("Persona"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = options()
        choices = {"campaign": offered.campaigns, "source": offered.sources, "persona": offered.personas}
        for name, rows in choices.items():
            self[name].choices = [("", _("any")), *((str(number), label) for number, label in rows)]

    def filters(self) -> Filters:
        """The filters that were asked for; the fields of the form then show the period that is in force."""
        self.validate()
        asked = {name: field.data for name, field in self._fields.items() if not field.errors and field.data}
        chosen: dict[str, Any] = {f"{name}_id": int(asked[name]) for name in ("campaign", "source", "persona") if name in asked}
        year = Filters.last_year()
        since, until = asked.get("since", year.since), asked.get("until", year.until)
        if since > until or since.year < 2000:
            since, until = year.since, year.until
        self.since.data, self.until.data = since, until
        self.since.raw_data = self.until.raw_data = None
        return Filters(since, until, **chosen)

"""What staff type about personas and sources."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, DecimalField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from portal.accounts.queries import list_users
from portal.content.queries import list_pages
from portal.security import Form
from portal.sourcing.models import Origin, Persona, Source
from portal.sourcing.queries import find_persona_by_name, find_source_by_name

# All of them count hundredths, as `Source.cost_minor` does.
CURRENCIES = ("EUR", "CHF", "CZK", "DKK", "GBP", "NOK", "PLN", "SEK", "USD")
ORIGINS = {
    Origin.SOCIAL_NETWORK: _l("social network"),
    Origin.EVENT: _l("event"),
    Origin.REFERRAL: _l("referral"),
    Origin.AGENCY: _l("agency"),
    Origin.JOB_BOARD: _l("job board"),
    Origin.DIRECT: _l("direct"),
    Origin.OTHER: _l("other"),
}
_TEXT = Length(max=4000, message=_l("At most %(max)d characters fit."))


class PersonaForm(Form):
    """Who is looked for."""

    name = StringField(
        _l("Name"),
        [DataRequired(_l("Give the persona a name.")), Length(max=120)],
        description=_l("What you call these people among yourselves, for instance “Control engineers, northern coast”."),
    )
    summary = TextAreaField(
        _l("In one sentence"),
        [_TEXT],
        description=_l("For instance: they keep plants running and want to see what they programmed move."),
    )
    skills = TextAreaField(
        _l("Skills"), [_TEXT], description=_l("One thing per line; each becomes a criterion that fit is judged by.")
    )
    experience = TextAreaField(
        _l("Experience"), [_TEXT], description=_l("One per line, for instance: commissioned a plant on site at least once.")
    )
    motives = TextAreaField(
        _l("What moves them"), [_TEXT], description=_l("One per line, for instance: home every evening; work one can see.")
    )
    deal_breakers = TextAreaField(
        _l("What rules us out"), [_TEXT], description=_l("One per line, for instance: travel for weeks; shift work.")
    )
    channels = TextAreaField(
        _l("Where they are"), [_TEXT], description=_l("For instance: the Oldenburg meetup; a forum; a trade fair.")
    )
    pitch = TextAreaField(
        _l("What to say"),
        [_TEXT],
        description=_l("What is true, and better for them here. Shown beside every note."),
    )
    page = SelectField(
        _l("Their page"), default="", description=_l("What their personal links show where no campaign says otherwise.")
    )
    checklist = TextAreaField(
        _l("Before the first contact"),
        [_TEXT],
        description=_l("What is looked up about each person, one thing per line. Empty: the usual list."),
    )

    def __init__(self, persona: Persona | None = None, **more: Any) -> None:
        super().__init__(obj=persona, **more)
        self.persona = persona
        pages = [page for page in (*list_pages("story"), *list_pages("value")) if not page.generated]
        self.page.choices = [
            ("", _("the first page of the site")),
            *((page.path, f"{page.title} ({page.path})") for page in pages),
        ]

    def validate_name(self, field: Field) -> None:
        """Two personas of one name would be mixed up."""
        if (known := find_persona_by_name(field.data)) and known is not self.persona:
            raise ValidationError(_("There is already a persona with this name."))

    def values(self) -> dict[str, Any]:
        """Columns of a persona."""
        known = Persona.__table__.columns
        return {field.name: (field.data or "").replace("\r\n", "\n") for field in self if field.name in known}


class SourceForm(Form):
    """Where people come from."""

    name = StringField(
        _l("Name"),
        [DataRequired(_l("Give the source a name.")), Length(max=120)],
        description=_l("For instance “Oldenburg meetup, November”."),
    )
    origin = SelectField(_l("Kind"), choices=[(origin.value, label) for origin, label in ORIGINS.items()])
    data_note = StringField(
        _l("We have your address from …"),
        [DataRequired(_l("Complete the sentence; every first message says it.")), Length(max=300)],
        description=_l("Every first message says it. Complete it, for instance: the public speaker list of the meetup."),
    )
    happens_on = DateField(_l("Day of the event"), [Optional()], description=_l("Then it can have a check-in page."))
    place = StringField(
        _l("Place of the event"), [Length(max=200)], description=_l("As guests know it, “Kulturetage Oldenburg” say.")
    )
    cost = DecimalField(
        _l("Cost without a date"),
        [Optional(), NumberRange(0, 9_999_999)],
        description=_l("What was spent before anybody wrote down when. Costs with a date have a list of their own."),
    )
    currency = SelectField(_l("Currency"), choices=CURRENCIES, default="EUR")
    owner_id = SelectField(_l("Looked after by"), [Optional()], coerce=lambda value: int(value) if value else None)

    def __init__(self, source: Source | None = None, **more: Any) -> None:
        cost = {"cost": Decimal(source.cost_minor) / 100} if source else {}
        super().__init__(obj=source, **cost, **more)
        self.source = source
        self.owner_id.choices = [("", _("nobody")), *((user.id, user.full_name or user.email) for user in list_users())]

    def validate_name(self, field: Field) -> None:
        """Two sources of one name would be mixed up."""
        if (known := find_source_by_name(field.data)) and known is not self.source:
            raise ValidationError(_("There is already a source with this name."))

    def values(self) -> dict[str, Any]:
        """Columns of a source."""
        return {
            "name": self.name.data,
            "origin": Origin(self.origin.data),
            "data_note": self.data_note.data.rstrip("."),
            "cost_minor": round((self.cost.data or Decimal(0)) * 100),
            "currency": self.currency.data,
            "owner_id": self.owner_id.data,
            "happens_on": self.happens_on.data,
            "place": self.place.data or "",
        }


class CostForm(Form):
    """Money spent on a source on a day."""

    on = DateField(_l("Day"), [DataRequired(_l("Say on which day."))])
    amount = DecimalField(_l("Amount"), [DataRequired(_l("Give an amount above zero.")), NumberRange(Decimal("0.01"), 9_999_999)])
    what = StringField(_l("For what"), [Length(max=200)])

    def minor(self) -> int:
        """The amount in hundredths."""
        minor: int = round(self.amount.data * 100)
        return minor


class PeriodForm(Form):
    """From when to when; sent by GET, so that the address can be kept."""

    class Meta(Form.Meta):
        csrf = False

    first = DateField(_l("From"), [Optional()])
    last = DateField(_l("To"), [Optional()])

    def period(self) -> tuple[date | None, date | None]:
        """First and last day; what cannot be understood limits nothing."""
        self.validate()
        return (None if self.first.errors else self.first.data), (None if self.last.errors else self.last.data)

"""What candidates type on their own page."""

from datetime import timedelta
from typing import Any

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.candidates.details import LABELS, LIMITS, NAMES, Details
from portal.candidates.models import Candidate, Pace
from portal.config import settings
from portal.content.queries import site
from portal.errors import Invalid
from portal.privacy.queries import address_key
from portal.security import PublicForm
from portal.selfservice import queries
from portal.selfservice.front.words import list_zones

PACES = {
    Pace.ANY: _l("As it comes"),
    Pace.WEEKLY: _l("Once a week at most"),
    Pace.MONTHLY: _l("Once a month at most"),
    Pace.QUARTERLY: _l("Four times a year at most"),
    Pace.ROLE: _l("Only when a role fits me"),
}
LONGEST_PAUSE = timedelta(days=5 * 366)
# What the company found out or was told, and the person can put right; the address has a way of its own.
CORRECTED = tuple(name for name in NAMES if name not in {"email", "evidence", "language", "time_zone"})


class AskForm(PublicForm):
    """Where to send a fresh link: to an address, or to whom a mail was written."""

    email = EmailField(_l("Your mail address"), [Length(max=254)], description=_l("The one that our mail came to."))
    foot = HiddenField()

    def validate_email(self, field: EmailField) -> None:
        """An address that could be one; whether we know it is not said here."""
        if self.foot.data:
            return
        try:
            address_key(field.data or "")
        except Invalid as error:
            raise ValidationError(error.message) from error

    def chosen(self) -> int | None:
        """The number of whom it is for; none for an address that nobody here has."""
        if self.foot.data:
            return queries.find_id_by_foot(self.foot.data)
        return queries.find_id_by_address(self.email.data or "")


class MailForm(PublicForm):
    """How often at most, and about what."""

    pace = RadioField(
        _l("How often"),
        [InputRequired(_l("Choose how often."))],
        choices=[(pace.value, label) for pace, label in PACES.items()],
        description=_l("It holds for every mail that we send of our own accord. Answers to you come anyway."),
    )
    topics = SelectMultipleField(
        _l("What about"),
        [Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("None ticked means: about anything."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.topics.choices = [(topic.key, topic.label) for topic in site().topics]


class PauseForm(PublicForm):
    """Nothing at all until a day; empty ends a pause."""

    until = DateField(
        _l("Nothing at all until"),
        [Optional()],
        description=_l("A pause stands above everything else. On this day mail may come again. Empty: no pause."),
    )

    def __init__(self, zone: str, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = clock.today(zone)

    def validate_until(self, field: DateField) -> None:
        """A pause ends one day, and lies ahead."""
        if field.data and not self.today < field.data <= self.today + LONGEST_PAUSE:
            raise ValidationError(_("Choose a day ahead of us, within five years; or none."))


class LanguageForm(PublicForm):
    """The language of this page and of our machine's mails, and where the clock stands."""

    language = SelectField(_l("Language"), description=_l("Of this page, and of what is not written by hand."))
    time_zone = SelectField(_l("Time zone"), description=_l("The days and hours on this page, and when mail comes."))

    def __init__(self, candidate: Candidate, *args: Any, **more: Any) -> None:
        super().__init__(*args, obj=candidate, **more)
        ours = [code.strip() for code in settings().languages.split(",")]
        codes = ours if candidate.language in ours else [*ours, candidate.language]
        self.language.choices = [(code, _language(code)) for code in codes]
        self.time_zone.choices = [("", _("Ours: %(zone)s", zone=settings().time_zone)), *((zone, zone) for zone in list_zones())]


class DetailsForm(PublicForm):
    """What is known of a person, to be put right by them."""

    full_name = StringField(LABELS["full_name"], [InputRequired(_l("The name is missing."))])
    greeting_name = StringField(_l("What we call you"), description=_l("It stands after “Hello”."))
    headline = StringField(_l("What you do"))
    company = StringField(LABELS["company"])
    place = StringField(LABELS["place"])
    skills = TextAreaField(LABELS["skills"])
    profile_url = StringField(LABELS["profile_url"], description=_l("A web address."))
    phone = StringField(LABELS["phone"])

    def __init__(self, candidate: Candidate, *args: Any, **more: Any) -> None:
        super().__init__(*args, obj=candidate, **more)
        self.candidate = candidate
        for name in CORRECTED:
            self[name].render_kw = {"maxlength": LIMITS[name]}

    def details(self) -> Details:
        """What was typed, over what is known."""
        known = {name: getattr(self.candidate, name) or "" for name in NAMES}
        return Details(**known | {name: self[name].data or "" for name in CORRECTED})

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields one by one, then what only the whole can say."""
        if not super().validate(extra_validators):
            return False
        try:
            self.details().cleaned()
        except Invalid as error:
            put(self, error)
        return not self.errors


class AddressForm(PublicForm):
    """Where mail shall go from now on."""

    email = EmailField(
        _l("Your new mail address"),
        [InputRequired(_l("The mail address is missing.")), Length(max=254)],
        description=_l("We write to both addresses. It counts when you press the button in both mails, within three days."),
    )

    def validate_email(self, field: EmailField) -> None:
        """An address that could be one."""
        try:
            address_key(field.data or "")
        except Invalid as error:
            raise ValidationError(error.message) from error


class ErasureForm(PublicForm):
    """Erase everything, said twice."""

    sure = BooleanField(
        _l("Yes, erase everything you hold about me"), [InputRequired(_l("Tick the box, so that it is no slip."))]
    )


def put(form: PublicForm, error: Invalid) -> None:
    """Show what a service refused beside its field."""
    field = form[error.field] if error.field and error.field in form else next(iter(form))
    field.errors = [*field.errors, error.message]


def _language(code: str) -> str:
    """The name of a language in itself: “Deutsch”."""
    try:
        return str(Locale.parse(code, sep="-").get_display_name() or code)
    except (UnknownLocaleError, ValueError):
        return code

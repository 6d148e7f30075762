"""What anybody can type: interest, a question, a friend's address. The guard looks at each post."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.content.queries import find_page, site
from portal.guard import GuardedForm, Ruling, form_key
from portal.outreach.models import LandingLink
from portal.security import form_age
from portal.security import form_key as press_key
from portal.submissions import front, services
from portal.submissions.forms.answers import TOO_LONG
from portal.submissions.queries import is_read
from portal.submissions.services import Asked, Friend, Given
from portal.submissions.verdicts import Press, is_person, plain_name, short_name

WAYS = {"mail": _l("In writing, by mail"), "phone": _l("Twenty minutes on the phone"), "visit": _l("I come and see it")}


class OwnForm(GuardedForm):
    """A form that counts for the person of the link it lies behind: there, what opens mails for people must not pass for them."""

    keeps_doubt = True

    visit = HiddenField()

    def ruling(self, link: LandingLink | None) -> tuple[Ruling, str]:
        """Behind a personal link a person's time or proof is needed, whatever a browser's script has worked."""
        ruling, why = super().ruling(link)
        if ruling is not Ruling.PASS or link is None or link.candidate_id is None:
            return ruling, why
        press = Press(is_read(link, [self.visit.data or ""]), chosen=True, age=form_age(), early=front.is_early(link))
        return (ruling, why) if is_person(press) else (Ruling.DOUBT, "sooner than a person reads")


class InterestForm(OwnForm):
    """What attracts somebody, what matters, when, how to reach them, and whether they may be kept."""

    about = SelectField(_l("What is it about?"), [Optional()])
    attracts = TextAreaField(_l("What attracts you, and what would you like to ask?"), [Optional(), TOO_LONG])
    matters = SelectMultipleField(
        _l("What matters to you?"),
        [Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("As many as you like. We answer these first."),
    )
    available = StringField(
        _l("When could it be?"), [Optional(), Length(max=500)], description=_l("A month, a season, “not before summer”.")
    )
    way = RadioField(_l("How would you like to talk?"), [Optional()], choices=list(WAYS.items()), default="mail")
    reach = StringField(
        _l("Phone number, and good times"), [Optional(), Length(max=500)], description=_l("Only if you would like to be called.")
    )
    consent = BooleanField(
        _l("Keep what I wrote for two years"),
        description=_l(
            "Then we may come back to you later. Without it all goes after twelve months at most. Take it back at any time."
        ),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.about.choices = front.subjects()
        self.matters.choices = [(criterion.key, criterion.label) for criterion in site().criteria]

    def given(self) -> Given:
        """As the service takes it."""
        reach_by = ": ".join(filter(None, [self.way.data or "", self.reach.data or ""]))
        return Given(
            about=self.about.data or "",
            attracts=self.attracts.data or "",
            matters=tuple(self.matters.data or ()),
            available=self.available.data or "",
            reach_by=reach_by,
            consent=bool(self.consent.data),
            name=self.name.data or "",
            email=self.email.data or "",
        )

    def give(self, link: LandingLink | None) -> None:
        """Keep it, or ask whoever has the address first."""
        services.give_interest(link, self.given(), form_key())
        services.let_through(press_key())

    def keep_aside(self, link: LandingLink | None, why: str) -> None:
        """Keep a robot's for a week."""
        services.keep_aside(services.INTEREST, link, vars(self.given()), why, press_key())


class QuestionForm(OwnForm):
    """A question to the team, with a name or without. It will stand on a page, so that one link is enough for a doubt."""

    many_links = 1

    page = HiddenField()
    text = TextAreaField(_l("Your question"), [DataRequired(_l("Write your question.")), TOO_LONG])
    name = StringField(
        _l("Your name"),
        [Optional(), Length(max=services.NAME_LIMIT, message=_l("A name has at most 100 characters."))],
        description=_l("Readers see it beside the question. Leave it empty and nobody is named."),
    )
    email = EmailField(
        _l("Mail me the answer at"),
        [Optional(), Length(max=254, message=_l("A mail address has at most 254 characters."))],
        description=_l("For this one answer. Nobody sees it, and a month later it is gone."),
    )
    by_mail = BooleanField(_l("Mail me the answer"))

    def is_whole(self, asks_who: bool) -> bool:
        """A name may be missing, and so may an address; one that is there has to be one."""
        whole = bool(self.validate())
        return (not (asks_who and self.email.data) or self.check_address()) and whole

    def given(self) -> Asked:
        """As the service takes it."""
        page = find_page(self.page.data or "/")
        name, email = plain_name(self.name.data or ""), self.email.data or ""
        return Asked(page.path if page else "/", self.text.data, name, email, bool(self.by_mail.data))

    def give(self, link: LandingLink | None) -> None:
        """Keep it until somebody looked whether it is spam."""
        services.ask(link, self.given(), form_key())
        services.let_through(press_key())

    def keep_aside(self, link: LandingLink | None, why: str) -> None:
        """Keep a robot's for a week."""
        services.keep_aside(services.QUESTION, link, vars(self.given()), why, press_key())


class ReferralForm(OwnForm):
    """A friend's address, who sends it, and what it is about."""

    email = EmailField(
        _l("Your friend’s mail address"), [Length(max=254, message=_l("A mail address has at most 254 characters."))]
    )
    name = StringField(
        _l("Your name, as your friend knows you"),
        [Optional(), Length(max=200, message=_l("A name has at most 200 characters."))],
        description=_l("Only letters, four words at most. Leave it empty and we do not say who thought of them."),
    )
    about = SelectField(_l("What might suit them?"), [Optional()])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.about.choices = front.subjects()

    def is_whole(self, asks_who: bool) -> bool:  # noqa: ARG002 - the friend's address is needed from everybody
        """The address has to be one; a name may be missing, and what is no name goes into no mail."""
        whole = self.check_address() and bool(self.validate())
        if self.name.data and not short_name(self.name.data):
            self.name.errors = [_("Please only a name here: letters, four words at most. Everything else we leave out of mails.")]
        return whole and not self.name.errors

    def given(self) -> Friend:
        """As the service takes it."""
        return Friend(self.email.data or "", self.name.data or "", self.about.data or "")

    def give(self, link: LandingLink | None) -> None:
        """Ask the friend."""
        services.refer(link, self.given(), form_key())
        services.let_through(press_key())

    def keep_aside(self, link: LandingLink | None, why: str) -> None:
        """Keep a robot's for a week."""
        services.keep_aside(services.REFERRAL, link, vars(self.given()), why, press_key())

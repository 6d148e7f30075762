"""What staff type about campaigns."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DecimalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.accounts.queries import list_users
from portal.content.queries import list_pages
from portal.outreach.models import Campaign
from portal.outreach.services import Plan
from portal.pipeline.models import StageName
from portal.security import Form
from portal.sourcing.forms import CURRENCIES
from portal.sourcing.queries import list_personas, list_sources

_TEXT = DataRequired(_l("There is no text yet."))
_PLACEHOLDERS = _l(
    "Markdown with {{first_name}}, {{note}}, {{landing_link}}, {{role|an engineer}}, {{pay}}, {{sender_name}}, {{company}}"
)


class CampaignForm(Form):
    """A campaign: whom, from where, by whom, which page, which words."""

    name = StringField(_l("Name"), [DataRequired(_l("Give the campaign a name.")), Length(max=200)])
    persona_id = SelectField(_l("Persona"), [InputRequired()], coerce=int, description=_l("Whom we look for"))
    source_id = SelectField(_l("Source"), [InputRequired()], coerce=int, description=_l("Where they came from; the mail says so"))
    owner_id = SelectField(_l("Sender"), [InputRequired()], coerce=int, description=_l("Writes, and reads the replies"))
    page = SelectField(
        _l("Landing page"),
        [InputRequired()],
        description=_l("What they read behind their link; a role story says pay and drawback"),
    )
    subject = StringField(_l("Subject"), [_TEXT, Length(max=200)])
    body = TextAreaField(_l("Text"), [_TEXT, Length(max=20_000)], description=_PLACEHOLDERS)
    pay_reason = StringField(
        _l("Why there is no pay range"),
        [Length(max=500)],
        description=_l("The letter says this where the landing page names no pay. Without either nothing leaves."),
    )
    starts_on = DateField(_l("First day"), [Optional()], description=_l("Nothing leaves before nine o’clock of it"))
    ends_on = DateField(_l("Last day"), [Optional()], description=_l("After it the campaign ends by itself"))
    budget = DecimalField(_l("Budget"), [Optional(), NumberRange(Decimal(0), 20_000_000)])
    currency = SelectField(_l("Currency"), choices=CURRENCIES, default="EUR")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.persona_id.choices = [(row.id, row.name) for row in list_personas()]
        self.source_id.choices = [(row.id, row.name) for row in list_sources()]
        self.owner_id.choices = [(row.id, row.full_name or row.email) for row in list_users() if row.active]
        self.page.choices = _pages()

    @staticmethod
    def values_of(campaign: Campaign) -> dict[str, Any]:
        """What the form holds of a campaign that is there."""
        names = (*_PLAIN, "currency")
        budget = None if campaign.budget_minor is None else Decimal(campaign.budget_minor) / 100
        return {name: getattr(campaign, name) for name in names} | {"budget": budget}

    def plan(self) -> Plan:
        """What was typed."""
        budget = None if self.budget.data is None else round(self.budget.data * 100)
        typed = {name: self[name].data for name in _PLAIN} | {"pay_reason": self.pay_reason.data or ""}
        return Plan(**typed, budget_minor=budget, currency=self.currency.data or "EUR")


_PLAIN = ("name", "persona_id", "source_id", "owner_id", "page", "subject", "body", "pay_reason", "starts_on", "ends_on")


class AlternativeForm(Form):
    """Text or page B."""

    subject = StringField(_l("Subject of B"), [_TEXT, Length(max=200)])
    body = TextAreaField(_l("Text of B"), [_TEXT, Length(max=20_000)], description=_PLACEHOLDERS)
    page = SelectField(_l("Landing page of B"), [Optional()])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.page.choices = [("", _l("the same as A")), *_pages()]


# What a follow-up begins with. The links open pages that ask; a press there answers.
FOLLOW_UP = """Hello {{first_name}},

my letter may have come at a bad time, so I am asking once more, and that is all. The page is still where it was:

{{landing_link}}

Or answer from here; each of these opens a page with one button:

[Yes, let us talk]({{answer_interested}}) · [Not now, ask me on …]({{answer_not_now}}) · [No, because …]({{answer_no}})

A no is a good answer too.

{{sender_name}}
"""


class FollowUpForm(Form):
    """A text that follows."""

    wait_days = IntegerField(
        _l("Wait"), [InputRequired(_l("Say how many working days."))], description=_l("Working days after the mail before it")
    )
    body = TextAreaField(_l("Text"), [_TEXT, Length(max=20_000)], description=_PLACEHOLDERS)


class ChoiceForm(Form):
    """Which candidates to show for adding; sent by GET, so that the address can be kept."""

    class Meta(Form.Meta):
        csrf = False

    persona = SelectField(_l("Persona"), coerce=int)
    source = SelectField(_l("Source"), coerce=int)
    stage = SelectField(_l("Stage"))
    reached = SelectField(_l("Written to before"), choices=[("never", _l("Never")), ("any", _l("Whether or not"))])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.persona.choices = [(0, _l("All personas")), *((row.id, row.name) for row in list_personas(archived=True))]
        self.source.choices = [(0, _l("All sources")), *((row.id, row.name) for row in list_sources(archived=True))]
        self.stage.choices = [("", _l("All stages")), *((stage.value, stage.value.capitalize()) for stage in StageName)]

    def criteria(self) -> dict[str, Any]:
        """As `queries.list_choices` takes it; what cannot be understood filters nothing."""
        valid = self.validate()
        stage = self.stage.data if valid else ""
        return {
            "persona_id": self.persona.data if valid else None,
            "source_id": self.source.data if valid else None,
            "stage": StageName(stage) if stage else None,
            "fresh": not valid or self.reached.data != "any",
        }


class LinkForm(Form):
    """A link for a channel."""

    label = StringField(
        _l("Where it will be"), [DataRequired(_l("Say where the link will be: a poster, a profile, a talk.")), Length(max=100)]
    )


def _pages() -> list[tuple[str, str]]:
    """Pages that may be landed on, role stories first."""
    pages = [*list_pages("story"), *(page for page in list_pages() if page.kind not in {"story", "privacy"})]
    return [(page.path, f"{page.title} ({page.path})") for page in pages if not page.generated]

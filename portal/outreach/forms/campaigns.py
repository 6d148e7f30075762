"""What staff type in outreach."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.accounts.queries import list_users
from portal.content.queries import list_pages
from portal.outreach.services import Plan
from portal.pipeline.models import StageName
from portal.security import Form
from portal.sourcing.queries import list_personas, list_sources


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
    subject = StringField(_l("Subject"), [DataRequired(_l("There is no text yet.")), Length(max=200)])
    body = TextAreaField(
        _l("Text"),
        [DataRequired(_l("There is no text yet.")), Length(max=20_000)],
        description=_l(
            "Markdown with {{first_name}}, {{note}}, {{landing_link}}, {{role|an engineer}}, {{sender_name}}, {{company}}"
        ),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.persona_id.choices = [(row.id, row.name) for row in list_personas()]
        self.source_id.choices = [(row.id, row.name) for row in list_sources()]
        self.owner_id.choices = [(row.id, row.full_name or row.email) for row in list_users() if row.active]
        pages = [*list_pages("story"), *(page for page in list_pages() if page.kind not in {"story", "privacy"})]
        self.page.choices = [(page.path, f"{page.title} ({page.path})") for page in pages if not page.generated]

    def plan(self) -> Plan:
        """What was typed."""
        names = ("name", "persona_id", "source_id", "owner_id", "page", "subject", "body")
        return Plan(**{name: self[name].data for name in names})


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


class NoteForm(Form):
    """Why this person."""

    note = TextAreaField(
        _l("Personal note"),
        [Length(max=2000, message=_l("A note has at most 2,000 characters."))],
        description=_l("Two or three sentences only you could have written: what you have seen of their work, and why them."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.note.flags.required = True  # not to save, but to send


class LinkForm(Form):
    """A link for a channel."""

    label = StringField(
        _l("Where it will be"), [DataRequired(_l("Say where the link will be: a poster, a profile, a talk.")), Length(max=100)]
    )

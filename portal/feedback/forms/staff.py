"""What staff type: questions, rules, and what changed."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from portal import clock
from portal.accounts.queries import list_users
from portal.config import settings
from portal.errors import Invalid
from portal.feedback import queries
from portal.feedback.details import STATEMENTS, TEXTS, Sheet
from portal.feedback.models import Change, Event, Rule
from portal.feedback.services import Plan, Told
from portal.pipeline.models import STAGES, StageName
from portal.security import Form

EVENTS = {
    Event.SAID_YES: _l("They said yes"),
    Event.NOT_NOW: _l("They said not now"),
    Event.SAID_NO: _l("They said no"),
    Event.INTEREST: _l("They filled in the interest form"),
    Event.MOVED: _l("They reached a stage"),
}
_NEEDED = _l("Write at least a sentence.")


class StaffForm(Form):
    """A form that shows what a service refused beside its field, a line for each thing."""

    def put(self, error: Invalid) -> None:
        """Show it."""
        field = self[error.field] if error.field and error.field in self else next(iter(self))
        field.errors = [*field.errors, *error.message.split("\n")]

    @property
    def status(self) -> int:
        """422 for a page that says what to mend."""
        return 422 if self.errors else 200


class QuestionnaireForm(StaffForm):
    """The wording of a questionnaire."""

    name = StringField(
        _l("Name"), [DataRequired(_l("Give the questionnaire a name.")), Length(max=120)], description=_l("Only you see it.")
    )
    title = StringField(_l("Title"), [DataRequired(_l("Give the form a title."))])
    intro = TextAreaField(_l("Introduction"))
    score = StringField(
        _l("Question from 0 to 10"),
        [DataRequired(_l("Ask something that can be answered from 0 to 10."))],
        description=_l("The score is made of it, so its sense should stay the same."),
    )
    statements = TextAreaField(
        _l("Statements"),
        description=_l("One per line, at most %(limit)s. Answered from “not at all” to “fully”.", limit=STATEMENTS),
    )
    texts = TextAreaField(_l("Questions answered in words"), description=_l("One per line, at most %(limit)s.", limit=TEXTS))

    def __init__(self, name: str = "", sheet: Sheet | None = None, *, is_open: bool = False) -> None:
        shown = {"name": name} | (vars(sheet) if sheet else {})
        shown |= {key: "\n".join(shown.get(key, ())) for key in ("statements", "texts")}
        super().__init__(data=shown)
        if is_open:
            del self.name

    def sheet(self) -> Sheet:
        """What was typed."""
        title, intro, score = (self[name].data or "" for name in ("title", "intro", "score"))
        return Sheet(title, intro, score, _lines(self.statements.data), _lines(self.texts.data))


class RuleForm(StaffForm):
    """When somebody is asked, what, and with which mail."""

    name = StringField(
        _l("Name"),
        [DataRequired(_l("Give the rule a name.")), Length(max=120)],
        description=_l("The person sees it on their own page: “asked because of …”."),
    )
    event = SelectField(_l("After"), choices=[(event.value, label) for event, label in EVENTS.items()])
    stage = SelectField(
        _l("Stage"), choices=[("", _l("only for “They reached a stage”")), *((s.value, label) for s, label in STAGES.items())]
    )
    delay_days = IntegerField(
        _l("Days later"), [InputRequired(_l("A number of days.")), NumberRange(0, 365, _l("Between 0 and 365 days."))], default=3
    )
    questionnaire_id = SelectField(_l("Questionnaire"), coerce=int)
    sender_id = SelectField(_l("From"), coerce=int, description=_l("Replies go to them"))
    subject = StringField(_l("Subject"), [DataRequired(_l("There is no text yet."))])
    body = TextAreaField(
        _l("Text"),
        [DataRequired(_l("There is no text yet."))],
        description=_l(
            "Markdown with {{first_name|there}}, {{feedback_link}}, {{company}}, {{sender_name}}. The way out is added by itself."
        ),
    )

    def __init__(self, rule: Rule | None = None) -> None:
        super().__init__(obj=rule, data=None if rule else {"subject": _("How was it?"), "body": _first_body()})
        self.questionnaire_id.choices = [(row.id, row.name) for row in queries.list_questionnaires()]
        self.sender_id.choices = [(0, _("The company")), *((u.id, u.full_name or u.email) for u in list_users() if u.active)]

    def process(self, *args: Any, **more: Any) -> None:
        """A rule without a sender or stage shows the empty choice."""
        super().process(*args, **more)
        if not self.is_submitted():
            self.sender_id.data, self.stage.data = self.sender_id.data or 0, self.stage.data or ""

    def plan(self) -> Plan:
        """What was typed."""
        return Plan(
            name=self.name.data,
            event=Event(self.event.data),
            delay_days=self.delay_days.data,
            questionnaire_id=self.questionnaire_id.data,
            subject=self.subject.data,
            body=(self.body.data or "").replace("\r\n", "\n"),
            stage=StageName(self.stage.data) if self.stage.data else None,
            sender_id=self.sender_id.data or None,
        )


class ChangeForm(StaffForm):
    """What was said, what changed, since when, who answers for it."""

    said = TextAreaField(
        _l("What people said"), [DataRequired(_NEEDED)], description=_l("In your words, so that nobody is recognised by theirs.")
    )
    changed = TextAreaField(
        _l("What we changed"), [DataRequired(_NEEDED)], description=_l("Or why it stays as it is; that counts too.")
    )
    on = DateField(_l("Since"), [InputRequired(_l("Choose a day."))])
    owner_id = SelectField(_l("Who answers for it"), coerce=int, description=_l("Their name stands on the public page."))

    def __init__(self, change: Change | None = None) -> None:
        super().__init__(obj=change, data=None if change else {"on": clock.today(settings().time_zone)})
        self.owner_id.choices = [
            (0, _("nobody by name")),
            *((u.id, u.full_name) for u in list_users() if u.active and u.full_name),
        ]

    def told(self) -> Told:
        """What was typed."""
        texts = {name: (self[name].data or "").replace("\r\n", "\n") for name in ("said", "changed")}
        return Told(**texts, on=self.on.data, owner_id=self.owner_id.data or None)


class TryForm(StaffForm):
    """A sentence to be tried on the list of what must not be asked."""

    text = TextAreaField(_l("Try a sentence"), [DataRequired(_NEEDED), Length(max=2000)])

    def validate_text(self, field: TextAreaField) -> None:
        """Say what the list says."""
        if len(field.data or "") > 2000:
            raise ValidationError(_("At most %(limit)s characters fit here.", limit=2000))


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line for line in (line.strip() for line in (text or "").splitlines()) if line)


def _first_body() -> str:
    return "\n\n".join(
        (
            _("Hello {{first_name|there}},"),
            _("you dealt with us lately. Would you tell us how we treated you? Two minutes, with your name or without:"),
            "[" + _("Say how it was") + "]({{feedback_link}})",
            "{{sender_name}}",
        )
    )

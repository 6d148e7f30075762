"""What staff type about stages, next steps, segments, and what they narrow the table to."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.queries import list_users
from portal.pipeline.models import STAGES, StageName
from portal.pipeline.queries import NOBODY, Filters, list_segments
from portal.security import Form
from portal.sourcing.queries import list_personas, list_sources


class FilterForm(Form):
    """What the table is narrowed to, all of it in the address. A value that is not on offer is passed over."""

    class Meta(Form.Meta):
        csrf = False

    q = StringField(_l("Name, address, company or note"), [Length(max=200)])
    stage = SelectField(_l("Stage"), [Optional()])
    persona = SelectField(_l("Persona"), [Optional()])
    source = SelectField(_l("Source"), [Optional()])
    owner = SelectField(_l("Owner"), [Optional()])
    segment = SelectField(_l("Segment"), [Optional()])
    silent = BooleanField(_l("Never contacted"))
    waits = BooleanField(_l("Waits for us"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage.choices = [("", _("any")), *((stage.value, label) for stage, label in STAGES.items())]
        self.persona.choices = _any(list_personas(archived=True))
        self.source.choices = _any(list_sources(archived=True))
        self.segment.choices = _any(list_segments())
        staff = [(str(user.id), user.full_name or user.email) for user in list_users()]
        self.owner.choices = [("", _("any")), (str(NOBODY), _("nobody")), *staff]

    def filters(self) -> Filters:
        """The filters that were asked for and make sense."""
        self.validate()
        asked = {name: field.data for name, field in self._fields.items() if not field.errors and field.data}
        return Filters(
            q=str(asked.get("q", "")),
            stage=StageName(asked["stage"]) if "stage" in asked else None,
            silent="silent" in asked,
            waits="waits" in asked,
            **{f"{name}_id": int(asked[name]) for name in ("persona", "source", "owner", "segment") if name in asked},
        )

    def chips(self) -> list[tuple[str, str, str]]:
        """Filters in force: name in the address, label, value in words. Search and segment have places of their own."""
        found = []
        for name in ("stage", "persona", "source", "owner"):
            field = self[name]
            if field.data and not field.errors:
                found.append((name, field.label.text, dict(field.choices)[field.data]))
        if self.silent.data:
            found.append(("silent", self.silent.label.text, ""))
        return found


class MoveForm(Form):
    """A move to another stage. `seen` is the stage shown when the form was made, so that a later move is noticed."""

    stage = SelectField(_l("Stage"), choices=list(STAGES.items()))
    reason = StringField(
        _l("Why"), [DataRequired(_l("Say in a few words why, so that the next person understands.")), Length(max=500)]
    )
    seen = HiddenField()

    def chosen(self) -> StageName:
        """The stage to move to; trimming has made a plain text of it."""
        return StageName(self.stage.data)

    def seen_stage(self) -> StageName | None:
        """The stage that the person saw; None when the field was tampered with or left out."""
        return StageName(self.seen.data) if self.seen.data in {stage.value for stage in StageName} else None


class NextStepForm(Form):
    """What happens next, and when."""

    text = StringField(_l("Next step"), [Length(max=200)])
    on = DateField(_l("On"), [Optional()])


class SegmentForm(Form):
    """A saved rule. Nothing ticked in a list means everybody in it."""

    name = StringField(_l("Name"), [DataRequired(_l("Give the segment a name.")), Length(max=120)])
    stages = SelectMultipleField(_l("Stages"), choices=list(STAGES.items()))
    personas = SelectMultipleField(_l("Personas"), coerce=int)
    sources = SelectMultipleField(_l("Sources"), coerce=int)

    def __init__(self, name: str = "", rule: Mapping[str, Any] = MappingProxyType({}), **kwargs: Any) -> None:
        """`rule` is a segment's, or what an address asks for; what is not on offer is passed over when the form comes back."""
        super().__init__(data={"name": name, **rule}, **kwargs)
        self.personas.choices = [(row.id, row.name) for row in list_personas(archived=True)]
        self.sources.choices = [(row.id, row.name) for row in list_sources(archived=True)]
        for field in (self.stages, self.personas, self.sources):
            field.option_widget, field.widget = CheckboxInput(), ListWidget(prefix_label=False)

    def rule(self) -> dict[str, Any]:
        """What was ticked, as far as it is on offer."""
        fields = {"stages": self.stages, "personas": self.personas, "sources": self.sources}
        offered = {name: {value for value, _label in field.choices} for name, field in fields.items()}
        return {name: [one for one in field.data or () if one in offered[name]] for name, field in fields.items()}


def _any(rows: Iterable[Any]) -> list[tuple[str, str]]:
    return [("", _("any")), *((str(row.id), row.name) for row in rows)]

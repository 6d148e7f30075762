"""What staff type about people."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, FieldList, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from portal import clock
from portal.accounts.queries import list_users
from portal.candidates.details import LABELS, LIMITS, NAMES, Details
from portal.candidates.models import Candidate, Import, Pace
from portal.candidates.queries import find_by_address, find_candidate
from portal.candidates.services import FIELDS as MERGED
from portal.candidates.services import Assignment, admissible, check_mapping
from portal.candidates.services.rows import FAMILY, GIVEN
from portal.candidates.sheets import MAX_BYTES
from portal.config import settings
from portal.errors import Invalid, PortalError
from portal.security import Form
from portal.sourcing.queries import list_personas, list_sources

PACES = {
    Pace.ANY: _l("as it comes"),
    Pace.WEEKLY: _l("once a week at most"),
    Pace.MONTHLY: _l("once a month at most"),
    Pace.QUARTERLY: _l("once a quarter at most"),
}
BECOMES = {**LABELS, GIVEN: _l("First name"), FAMILY: _l("Family name")}
LONGEST_NUMBER = 18
LONGEST_PAUSE = timedelta(days=5 * 366)


def number(value: str | None) -> int | None:
    """The id in a choice; none for “nobody”."""
    return int(value) if value else None


class AssignmentForm(Form):
    """Where somebody came from, whom they resemble, who looks after them."""

    source_id = SelectField(_l("Source"), [DataRequired(_l("Choose where the address is from."))], coerce=number)
    persona_id = SelectField(_l("Persona"), [Optional()], coerce=number)
    owner_id = SelectField(_l("Looked after by"), [Optional()], coerce=number)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        sources, personas = list_sources(), list_personas()
        self.source_id.choices = [("", _("choose one")), *((row.id, row.name) for row in sources)]
        self.persona_id.choices = [("", _("none yet")), *((row.id, row.name) for row in personas)]
        self.owner_id.choices = [("", _("nobody yet")), *((row.id, row.full_name or row.email) for row in list_users())]
        for field, rows in ((self.source_id, sources), (self.persona_id, personas)):
            if len(rows) == 1 and not self.is_submitted() and more.get("obj") is None:
                field.data = field.data or rows[0].id

    def assignment(self) -> Assignment:
        """What was chosen."""
        return Assignment(self.source_id.data, self.persona_id.data, self.owner_id.data)


class CandidateForm(AssignmentForm):
    """What is known of one person."""

    full_name = StringField(LABELS["full_name"], [DataRequired(_l("The name is missing."))])
    email = StringField(LABELS["email"], [DataRequired(_l("The mail address is missing."))])
    greeting_name = StringField(
        LABELS["greeting_name"], description=_l("What mails say after “Hello”. Empty: the first name, where we can tell it.")
    )
    evidence = TextAreaField(
        LABELS["evidence"],
        description=_l("One line of evidence, for instance: gave the talk on lock gate sensors in Oldenburg."),
    )
    headline = StringField(LABELS["headline"])
    company = StringField(LABELS["company"])
    place = StringField(LABELS["place"])
    skills = TextAreaField(LABELS["skills"])
    profile_url = StringField(LABELS["profile_url"], description=_l("A web address, for instance a page of theirs."))
    phone = StringField(LABELS["phone"])
    language = StringField(LABELS["language"], default="en", description=_l("A code such as en, de or pt-BR."))
    time_zone = StringField(LABELS["time_zone"], description=_l("A name such as Europe/Berlin. Empty: ours."))

    def __init__(self, candidate: Candidate | None = None, **more: Any) -> None:
        super().__init__(obj=candidate, **more)
        self.candidate = candidate
        for name in NAMES:
            self[name].render_kw = {"maxlength": LIMITS[name]}
        for field, row in ((self.source_id, candidate and candidate.source), (self.persona_id, candidate and candidate.persona)):
            if row and row.archived_at:  # still theirs, though not offered to others
                field.choices.append((row.id, row.name))

    def validate(self, extra_validators: Any = None) -> bool:
        """What the fields say one by one, then what only the whole can say: suppressed, already here."""
        if not super().validate(extra_validators):
            return False
        try:
            admissible(self.details(), self.candidate)
        except PortalError as error:
            field = self[(error.field if isinstance(error, Invalid) else None) or "email"]
            field.errors = [*field.errors, error.message]
            return False
        return True

    def details(self) -> Details:
        """What was typed."""
        return Details(**{name: self[name].data or "" for name in NAMES})

    @property
    def known(self) -> Candidate | None:
        """Who else has this address already."""
        found = find_by_address(self.email.data or "")
        return found if found is not self.candidate else None


class NoteForm(Form):
    """A note about one person."""

    text = TextAreaField(_l("Note"), [DataRequired(_l("The note is empty.")), Length(max=10_000)])


class PreferencesForm(Form):
    """How often at most, and not before which day."""

    pace = SelectField(_l("How often"), choices=[(pace.value, label) for pace, label in PACES.items()])
    paused_until = DateField(_l("Nothing before"), [Optional()])

    def validate_paused_until(self, field: DateField) -> None:
        """A pause ends one day, and lies ahead."""
        today = clock.today(settings().time_zone)
        if field.data and not today < field.data <= today + LONGEST_PAUSE:
            raise ValidationError(_("Choose a day ahead of us, within five years; or none."))


class UploadForm(AssignmentForm):
    """A list of people and where it is from."""

    file = FileField(
        _l("List"),
        [FileRequired(_l("Choose a file."))],
        description=_l("An Excel workbook (.xlsx), or CSV with commas, semicolons or tabs; at most 32 MB and 100,000 rows."),
    )
    sheet = StringField(_l("Sheet"), description=_l("Its name, when it is not the first one of the workbook."))

    def blame(self, error: Invalid) -> None:
        """Show what is wrong with the file beside it."""
        field = self.sheet if error.field == "sheet" else self.file
        field.errors = [*field.errors, error.message]

    def list_of_people(self) -> tuple[str, bytes]:
        """Name and bytes of the file; one byte more than is taken says that it is too large."""
        return self.file.data.filename, self.file.data.read(MAX_BYTES + 1)


class MappingForm(AssignmentForm):
    """What each column becomes, and where the list is from."""

    columns = FieldList(SelectField(_l("Becomes"), choices=[("", _l("leave out")), *BECOMES.items()]))

    def __init__(self, imported: Import, **more: Any) -> None:
        chosen = [imported.mapping.get(heading, "") for heading in imported.headings]
        super().__init__(obj=imported, data={"columns": chosen}, **more)
        self.imported = imported

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields one by one, then whether a name and an address are among the columns."""
        if not super().validate(extra_validators):
            return False
        try:
            check_mapping(self.mapping())
        except Invalid as error:
            self.columns.errors = [error.message]
            return False
        return True

    def mapping(self) -> dict[str, str]:
        """Heading → what it becomes."""
        return dict(zip(self.imported.headings, (entry.data or "" for entry in self.columns), strict=False))


class PairForm(Form):
    """Two people whom a member of staff knows to be one, by address or, where there is none, by the number of their page."""

    one = StringField(_l("Mail address of one, or number of their page"), [DataRequired(_l("Say who it is."))])
    other = StringField(_l("The same of the other"), [DataRequired(_l("Say who it is."))])

    def validate_one(self, field: StringField) -> None:
        """There is somebody."""
        if _whom(field) is None:
            raise ValidationError(_("Nobody here has this address or number."))

    def validate_other(self, field: StringField) -> None:
        """Somebody else has that one."""
        self.validate_one(field)
        if len(set(self.numbers())) < 2:
            raise ValidationError(_("This is the same person already."))

    def numbers(self) -> list[int]:
        """Who they are."""
        return [person.id for field in (self.one, self.other) if (person := _whom(field))]


def _whom(field: StringField) -> Candidate | None:
    text = (field.data or "").strip()
    return find_candidate(int(text)) if text.isdecimal() and len(text) < LONGEST_NUMBER else find_by_address(text)


class MergeForm(Form):
    """Which value stays, field by field, where two people differ."""

    fields = FieldList(RadioField(choices=[("kept", ""), ("lost", "")]))

    def __init__(self, first: Candidate, second: Candidate, **more: Any) -> None:
        self.differing = [name for name in MERGED if _shown(first, name) != _shown(second, name)]
        self.same = [name for name in MERGED if name not in self.differing and _shown(first, name)]
        super().__init__(data={"fields": ["kept" if _shown(first, name) else "lost" for name in self.differing]}, **more)
        self.labels = {**LABELS, **_ASSIGNED}
        self.values = {name: (_shown(first, name), _shown(second, name)) for name in MERGED}

    def chosen(self) -> dict[str, str]:
        """Field → “kept” or “lost”."""
        return dict(zip(self.differing, (entry.data for entry in self.fields), strict=False))


_ASSIGNED = {"source_id": _l("Source"), "persona_id": _l("Persona"), "owner_id": _l("Looked after by")}


def _shown(candidate: Candidate, name: str) -> str:
    """A field as a member of staff reads it."""
    if name not in _ASSIGNED:
        return str(getattr(candidate, name) or "")
    row = getattr(candidate, name.removesuffix("_id"))
    return str(getattr(row, "name", "") or getattr(row, "full_name", "") or "") if row else ""

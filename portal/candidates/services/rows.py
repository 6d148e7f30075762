"""What becomes of the rows of a list: who is new, who is known, who is refused and why. Nothing is written here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from flask_babel import gettext as _

from portal.candidates.details import LABELS, NAMES, Details, clean
from portal.candidates.models import Candidate, Import, RowOutcome
from portal.candidates.queries import list_by_address_keys, list_row_numbers
from portal.candidates.services.people import suppressed_reason
from portal.candidates.sheets import Line, neutralised
from portal.errors import Invalid
from portal.privacy.models import Suppression
from portal.privacy.queries import address_key, list_suppressions_by_key

# What a column may become: the fields of a person, and the two halves of a name.
GIVEN, FAMILY = "given_name", "family_name"
TARGETS = (*NAMES, GIVEN, FAMILY)
# What a list may add to somebody who is already here, where nothing is known yet.
FILLABLE = ("phone", "headline", "company", "place", "profile_url", "skills", "evidence", "time_zone")

_BRACKETED = re.compile(r"[^<>]*<([^<>]+)>[\s;,]*")


@dataclass(frozen=True)
class Judgement:
    """One row's fate. Of a refused row the number and the reason are all that is kept."""

    number: int
    outcome: RowOutcome
    reason: str = ""
    candidate_id: int | None = None
    address_key: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


def texts(line: Line, headings: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The cells of a row by what they become."""
    return {mapping[heading]: cell for heading, cell in zip(headings, line.cells, strict=True) if mapping.get(heading)}


def details_of(found: Mapping[str, str]) -> Details:
    """A person as a row tells them: halves of a name joined, `Ada <ada@…>` understood."""
    halves = " ".join(filter(None, (clean(found.get(GIVEN, "")), clean(found.get(FAMILY, "")))))
    email = clean(found.get("email", ""))
    bracketed = _BRACKETED.fullmatch(email)
    known = {name: text for name, text in found.items() if name in NAMES}
    return Details(
        **known
        | {
            "full_name": found.get("full_name", "").strip() or halves,
            "greeting_name": found.get("greeting_name", "").strip() or found.get(GIVEN, ""),
            "email": (bracketed[1] if bracketed else email).removeprefix("mailto:").strip(),
        }
    )


def judge(imported: Import, headings: Sequence[str], lines: Sequence[Line]) -> list[Judgement]:
    """What would become of these rows now. Rows before them are looked up, so that the first of two spellings counts."""
    persons = {line.number: details_of(texts(line, headings, imported.mapping)) for line in lines}
    keys = {number: _key(person) for number, person in persons.items()}
    wanted = {key for key in keys.values() if isinstance(key, str)}
    known, suppressed = list_by_address_keys(wanted), list_suppressions_by_key(wanted)
    earlier = list_row_numbers(imported.id, wanted)
    found = []
    for line in lines:
        judgement = _judge_one(line, persons[line.number], keys[line.number], (known, suppressed, earlier))
        if judgement.address_key:
            earlier.setdefault(judgement.address_key, line.number)
        found.append(judgement)
    return found


def additions(candidate: Candidate, values: Mapping[str, Any]) -> dict[str, Any]:
    """What of these values fills an empty field of somebody who is already here."""
    return {name: values[name] for name in FILLABLE if values.get(name) and not getattr(candidate, name)}


Surroundings = tuple[Mapping[str, Candidate], Mapping[str, Suppression], Mapping[str, int]]


def _judge_one(line: Line, person: Details, key: str | Invalid, around: Surroundings) -> Judgement:
    known, suppressed, earlier = around
    if line.overflow:
        return _refused(line, _("This row has more cells than there are headings; a comma inside a text needs quotation marks."))
    if isinstance(key, Invalid):
        return _refused(line, key.message)
    if entry := suppressed.get(key):
        return _refused(line, suppressed_reason(entry))
    try:
        person = person.cleaned()
    except Invalid as error:
        return _refused(line, error.message)
    if key in earlier:
        return Judgement(line.number, RowOutcome.KNOWN, _("The same address as in row %(row)s.", row=earlier[key]))
    if candidate := known.get(key):
        return _judge_known(line, candidate, person, key)
    return Judgement(line.number, RowOutcome.ADDED, _oddities(person), address_key=key, values=asdict(person))


def _judge_known(line: Line, candidate: Candidate, person: Details, key: str) -> Judgement:
    values = additions(candidate, asdict(person))
    if not values:
        return Judgement(line.number, RowOutcome.KNOWN, _("Nothing new."), candidate.id, key)
    fields = ", ".join(str(LABELS[name]) for name in values)
    return Judgement(line.number, RowOutcome.UPDATED, _("Adds: %(fields)s", fields=fields), candidate.id, key, values)


def _key(person: Details) -> str | Invalid:
    try:
        return address_key(person.email)
    except Invalid as error:
        return error


def _oddities(person: Details) -> str:
    """What a person should look at before the row comes in."""
    odd = [str(LABELS[name]) for name, text in asdict(person).items() if name != "phone" and neutralised(text) != text]
    return _("Looks like a formula, kept as text: %(fields)s", fields=", ".join(odd)) if odd else ""


def _refused(line: Line, reason: str) -> Judgement:
    return Judgement(line.number, RowOutcome.REFUSED, reason)

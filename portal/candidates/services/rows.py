"""What becomes of the rows of a list: who is new, who is known, who is refused and why. Nothing is written here."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _

from portal import tokens
from portal.candidates.details import LABELS, NAMES, Details, clean, keys_of
from portal.candidates.models import Candidate, Import, RowOutcome
from portal.candidates.queries import list_by_address_keys, list_row_numbers
from portal.candidates.services.people import suppressed_reason
from portal.candidates.sheets import neutralised
from portal.errors import Invalid
from portal.privacy.models import Suppression
from portal.privacy.queries import address_hash, address_key, list_suppressions_by_key

# What a column may become: the fields of a person, and the two halves of a name.
GIVEN, FAMILY = "given_name", "family_name"
TARGETS = (*NAMES, GIVEN, FAMILY)
# What a list may add to somebody who is already here, where nothing is known yet.
FILLABLE = ("phone", "headline", "company", "place", "profile_url", "skills", "evidence", "time_zone")

_BRACKETED = re.compile(r"[^<>]*<([^<>]+)>[\s;,]*")

# A row of a part: its number, its cells, whether there are more of them than headings, why it is refused already.
Raw = Sequence[Any]


@dataclass(frozen=True)
class Judgement:
    """One row's fate. Of a refused row the number, the column and the reason are all that is kept."""

    number: int
    outcome: RowOutcome
    reason: str = ""
    column: str = ""
    candidate_id: int | None = None
    alike: str = ""
    alike_id: int | None = None
    address_key: str | None = None
    address_hash: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    filled: dict[str, Any] = field(default_factory=dict)


def texts(cells: Sequence[str], headings: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The cells of a row by what they become."""
    return {mapping[heading]: cell for heading, cell in zip(headings, cells, strict=True) if mapping.get(heading)}


def details_of(found: Mapping[str, str]) -> Details:
    """A person as a row tells them: halves of a name joined, `Ada <ada@…>` understood."""
    halves = " ".join(filter(None, (clean(found.get(GIVEN, "")), clean(found.get(FAMILY, "")))))
    known = {name: text for name, text in found.items() if name in NAMES}
    return Details(
        **known
        | {
            "full_name": found.get("full_name", "").strip() or halves,
            "greeting_name": found.get("greeting_name", "").strip() or found.get(GIVEN, ""),
            "email": address_of(found.get("email", "")),
        }
    )


def address_of(cell: str) -> str:
    """The address in a cell: `Ada <ada@…>` and `mailto:ada@…` are understood."""
    text = clean(cell)
    bracketed = _BRACKETED.fullmatch(text) if text.endswith((">", ";", ",")) or "<" in text else None
    return (bracketed[1] if bracketed else text).removeprefix("mailto:").strip()


def judge(imported: Import, lines: Sequence[Raw]) -> list[Judgement]:
    """What would become of these rows now. Rows before them are looked up, so that the first of two spellings counts."""
    open_ = [line for line in lines if not line[3]]
    width = len(imported.headings)
    persons = {
        line[0]: details_of(texts([*line[1], *[""] * (width - len(line[1]))], imported.headings, imported.mapping))
        for line in open_
    }
    keys = {number: _key(person) for number, person in persons.items()}
    wanted = {key for key in keys.values() if isinstance(key, str)}
    around = list_by_address_keys(wanted), list_suppressions_by_key(wanted), list_row_numbers(imported.id, wanted)
    columns = {field: heading for heading, field in imported.mapping.items() if field}
    found = []
    for number, _cells, overflow, refusal in lines:
        if refusal or overflow:
            found.append(Judgement(number, RowOutcome.REFUSED, refusal or _overflowing()))
            continue
        judgement = _judge_one(number, persons[number], keys[number], around)
        column = columns.get(judgement.column) or columns.get(GIVEN if judgement.column == "full_name" else "", "")
        found.append(replace(judgement, column=column))
        if judgement.address_key:
            around[2].setdefault(judgement.address_key, number)
    return found


def additions(candidate: Candidate, values: Mapping[str, Any]) -> dict[str, Any]:
    """What of these values fills an empty field of somebody who is already here."""
    return {name: values[name] for name in FILLABLE if values.get(name) and not getattr(candidate, name)}


def fill_digests(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keyed hashes of what fills fields: enough to see later whether it still stands there, too little to read it."""
    return {name: value_digest(str(values[name])) for name in FILLABLE if values.get(name)}


def value_digest(value: str) -> str:
    """The keyed hash of a value that was filled in."""
    return tokens.keyed_hash("import filled", value)[:32]


Surroundings = tuple[Mapping[str, Candidate], Mapping[str, Suppression], Mapping[str, int]]


def _judge_one(number: int, person: Details, key: str | Invalid, around: Surroundings) -> Judgement:
    known, suppressed, earlier = around
    if isinstance(key, Invalid):
        return Judgement(number, RowOutcome.REFUSED, key.message, "email")
    if entry := suppressed.get(key):
        return Judgement(number, RowOutcome.REFUSED, suppressed_reason(entry), "email")
    try:
        person = person.cleaned()
    except Invalid as error:
        return Judgement(number, RowOutcome.REFUSED, error.message, error.field or "")
    if key in earlier:
        return Judgement(number, RowOutcome.KNOWN, _("The same address as in row %(row)s.", row=earlier[key]), "email")
    if candidate := known.get(key):
        return _judge_known(number, candidate, person, key)
    values = vars(person) | keys_of(person) | {"public_id": secrets.token_urlsafe(12)}
    values.pop("compared_at")
    found = Judgement(number, RowOutcome.ADDED, _oddities(person), address_key=key, values=values)
    return replace(found, address_hash=address_hash(key))


def _judge_known(number: int, candidate: Candidate, person: Details, key: str) -> Judgement:
    same: dict[str, Any] = {"candidate_id": candidate.id, "address_key": key, "address_hash": address_hash(key)}
    values = additions(candidate, vars(person))
    if not values:
        return Judgement(number, RowOutcome.KNOWN, _("Nothing new."), **same)
    reason = _("Adds: %(fields)s", fields=", ".join(str(LABELS[name]) for name in values))
    keys = {name: value for name, value in keys_of(person).items() if value}
    return Judgement(number, RowOutcome.UPDATED, reason, **same, values=values | keys, filled=fill_digests(values))


def _key(person: Details) -> str | Invalid:
    try:
        return address_key(person.email)
    except Invalid as error:
        return error


def _oddities(person: Details) -> str:
    """What a person should look at before the row comes in."""
    odd = [str(LABELS[name]) for name, text in vars(person).items() if name != "phone" and neutralised(text) != text]
    return _("Looks like a formula, kept as text: %(fields)s", fields=", ".join(odd)) if odd else ""


def _overflowing() -> str:
    return str(_("This row has more cells than there are headings; a comma inside a text needs quotation marks."))

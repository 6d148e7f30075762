"""Whether two people may be one: what is compared, and what of it counts. Pure rules, nothing is read here."""

import enum
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.fuzz import ratio, token_sort_ratio

EXACTLY, NAME_ALIKE, NAME_NEAR, PLACE_ALIKE = 100, 96, 86, 85  # of 100
# A key that more people than this share (a switchboard, a very common name) says nothing about any two of them.
CROWD = 25
_UMLAUTS = re.compile(r"(?<=[aou])e")


class Reason(enum.StrEnum):
    """Why two people may be one, the strongest first."""

    ADDRESS = "address"
    PROFILE = "profile"
    PHONE = "phone"
    NAME = "name"
    SIMILAR_NAME = "similar name"
    COMPANY = "company"
    PLACE = "place"


_WEIGHT = {Reason.ADDRESS: 70, Reason.PROFILE: 70, Reason.PHONE: 50, Reason.NAME: 40, Reason.SIMILAR_NAME: 25}
_MORE = {Reason.COMPANY: 20, Reason.PLACE: 10}


@dataclass(frozen=True)
class Person:
    """What is compared of a person, however they are stored."""

    full_name: str
    company: str = ""
    place: str = ""
    address_key: str | None = None
    phone_key: str | None = None
    profile_key: str | None = None

    @cached_property
    def name(self) -> str:
        """The name as it is compared."""
        return fold(self.full_name)

    @cached_property
    def where(self) -> tuple[str, str]:
        """Company and place as they are compared."""
        return fold(self.company), fold(self.place)


@dataclass(frozen=True)
class Verdict:
    """How much speaks for one person, 0 to 100, and what."""

    score: int
    reasons: tuple[Reason, ...]


def keys(person: Person) -> list[str]:
    """By which a look-up finds everybody who could be this person: two people who share none are not compared."""
    words = person.name.split()
    found = {f"mail:{mailbox(person.address_key)}"} if person.address_key else set()
    found |= {f"phone:{person.phone_key}"} if person.phone_key else set()
    found |= {f"profile:{person.profile_key}"} if person.profile_key else set()
    if len(words) > 1:
        # One word whole and the first letter of another: a slip in one of the two words is found by the other.
        ends = {words[0], words[-1]}
        found |= {f"name:{word} {other[0]}" for word in ends for other in ends - {word}} or {f"name:{words[0]}"}
    elif words:
        found.add(f"name:{words[0]}")
    return sorted(key[:200] for key in found)


def compare(one: Person, other: Person) -> Verdict | None:
    """What speaks for their being one person; None when that is not enough to ask a member of staff."""
    reasons = [*_same_ways(one, other)]
    likeness = token_sort_ratio(one.name, other.name)
    if not reasons and likeness < NAME_NEAR:
        return None
    company, place = (_alike(mine, theirs) for mine, theirs in zip(one.where, other.where, strict=True))
    apart = (company is False and place is not True) or (place is False and company is not True)
    near = (company is True and likeness >= NAME_NEAR) or (place is True and likeness >= (NAME_ALIKE + NAME_NEAR) / 2)
    if (likeness >= NAME_ALIKE and (reasons or not apart)) or (likeness >= NAME_NEAR and (reasons or near)):
        reasons.append(Reason.NAME if likeness == EXACTLY else Reason.SIMILAR_NAME)
    if not reasons:
        return None
    reasons += [Reason.COMPANY] if company else []
    reasons += [Reason.PLACE] if place else []
    return Verdict(min(sum(_WEIGHT.get(reason, 0) + _MORE.get(reason, 0) for reason in reasons), 100), tuple(reasons))


def mailbox(address_key: str) -> str:
    """An address without what follows a plus: ada+jobs@ and ada@ are read by the same person."""
    local, _at, domain = address_key.rpartition("@")
    return f"{local.split('+')[0] or local}@{domain}"


def fold(text: str) -> str:
    """Small letters without accents, umlauts in either spelling the same, signs as blanks; other scripts as they are."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
    letters = "".join(sign if sign.isalnum() else "" if unicodedata.combining(sign) else " " for sign in plain)
    return " ".join(_UMLAUTS.sub("", word) for word in letters.split())


def _same_ways(one: Person, other: Person) -> Iterable[Reason]:
    if one.address_key and other.address_key and mailbox(one.address_key) == mailbox(other.address_key):
        yield Reason.ADDRESS
    if one.profile_key and one.profile_key == other.profile_key:
        yield Reason.PROFILE
    if one.phone_key and one.phone_key == other.phone_key:
        yield Reason.PHONE


def _alike(one: str, other: str) -> bool | None:
    """None when one of them is not known."""
    return ratio(one, other) >= PLACE_ALIKE if one and other else None

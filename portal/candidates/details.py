"""What is known of a person before it is stored: the fields, their limits, cleaning, and the guess of how to greet them."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from urllib.parse import unquote, urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.errors import Invalid

# Field → the word on screen and the longest text that is taken.
LABELS = {
    "full_name": _l("Name"),
    "greeting_name": _l("Greeting name"),
    "email": _l("Mail address"),
    "phone": _l("Phone"),
    "headline": _l("Works as"),
    "company": _l("Company"),
    "place": _l("Place"),
    "profile_url": _l("Profile page"),
    "skills": _l("Skills"),
    "evidence": _l("Why them"),
    "language": _l("Language"),
    "time_zone": _l("Time zone"),
}
LIMITS = {
    "full_name": 200,
    "greeting_name": 100,
    "email": 254,
    "phone": 50,
    "headline": 200,
    "company": 200,
    "place": 200,
    "profile_url": 500,
    "skills": 1000,
    "evidence": 2000,
    "language": 20,
    "time_zone": 64,
}
MANY_LINES = frozenset({"skills", "evidence"})

_BREAKS = re.compile(r"[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Signs that turn the order of others round, or take no room at all: a name never needs them, a spoofed one does.
_TURNING = re.compile(r"[\u00ad\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff]+")
_JOINING = re.compile(r"[\u061c\u200c-\u200f]+")  # which some scripts need inside a word
_EDGES = re.compile(r"^[\s\u061c\u200c-\u200f]+|[\s\u061c\u200c-\u200f]+$")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TITLES = frozenset({"dr", "prof", "mr", "mrs", "ms", "mx", "herr", "frau", "dipl", "ing", "dipl-ing", "pd", "mag", "sir"})
# Scripts and languages in which the family name stands first, so that the first word is not the name to call somebody by.
_FAMILY_FIRST_SCRIPTS = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA", "BOPOMOFO")
_ABROAD = re.compile(r"\+|00")
_COUNTRY = re.compile(r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{0,3}")
_LONGEST_NATIONAL, _SHORTEST_PHONE = 11, 6
_CROWDS = frozenset(
    {"linkedin.com", "xing.com", "github.com", "gitlab.com", "x.com", "twitter.com", "facebook.com", "instagram.com"}
)
_FAMILY_FIRST_LANGUAGES = frozenset({"hu", "ja", "ko", "vi", "zh"})


@dataclass(frozen=True)
class Details:
    """What staff, a list or the person says about somebody. An empty greeting name is guessed; `time_zone` is an IANA name."""

    full_name: str
    email: str
    greeting_name: str = ""
    phone: str = ""
    headline: str = ""
    company: str = ""
    place: str = ""
    profile_url: str = ""
    skills: str = ""
    evidence: str = ""
    language: str = "en"
    time_zone: str = ""

    def cleaned(self) -> "Details":
        """The same, fit to be stored; Invalid with the field that cannot be."""
        tidy = replace(self, **{name: clean(value, name in MANY_LINES) for name, value in vars(self).items()})
        for name in NAMES:
            _check_length(name, getattr(tidy, name))
        if not tidy.full_name:
            raise Invalid(_("The name is missing."), "full_name")
        checked = {name: check(getattr(tidy, name)) for name, check in _CHECKS.items()}
        guess = tidy.greeting_name or guess_greeting(tidy.full_name, checked["language"])
        return replace(tidy, **checked, greeting_name=guess)


NAMES = tuple(field.name for field in fields(Details))


def clean(text: str, many_lines: bool = False) -> str:
    """Text without control characters and outer blanks; on one line unless it may have many. Nothing else that shows is changed.

    Invisible signs go where they could only make one name look like another; joiners stay between letters that need them.
    """
    text = _LINE_ENDS.sub("\n", text) if many_lines else _BREAKS.sub(" ", text)
    text = _TURNING.sub("", _CONTROL.sub("", text))
    text = _EDGES.sub("", text)
    return text if text.isascii() else _JOINING.sub(_joined, text)


def keys_of(details: Details) -> dict[str, str | None]:
    """The columns by which a person is found again; duplicates are looked for anew."""
    return {"phone_key": phone_key(details.phone), "profile_key": profile_key(details.profile_url), "compared_at": None}


def phone_key(phone: str) -> str | None:
    """The number as dialled inside its country: +49 (0)4921 12 34 and 04921/1234 are the same. None when it is too short."""
    international = bool(_ABROAD.match(phone.strip()))
    digits = "".join(str(unicodedata.decimal(sign)) for sign in phone.replace("(0)", "") if sign.isdecimal())
    digits = digits.lstrip("0")
    if international or (len(digits) > _LONGEST_NATIONAL and not phone.strip().startswith("0")):
        digits = digits[len(_COUNTRY.match(digits)[0]) :].lstrip("0") if digits else ""  # type: ignore[index]
    return digits if len(digits) >= _SHORTEST_PHONE else None


def profile_key(url: str) -> str | None:
    """A profile page without what changes between two copies of its address. None when it is no page of one person."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = re.sub(r"^(www|m|mobile|[a-z]{2})\.(?=.*\.)", "", (parts.hostname or "").lower())
    except ValueError:
        return None
    path = unquote(parts.path).strip("/").casefold()
    return f"{host}/{path}" if host and url and (path or host not in _CROWDS) else None


def guess_greeting(full_name: str, language: str = "") -> str:
    """What a mail says after “Hello”: the first name where it is the first word, else the full name. Staff can change it."""
    if language.partition("-")[0] in _FAMILY_FIRST_LANGUAGES or _is_family_first(full_name):
        return full_name[: LIMITS["greeting_name"]].strip()
    family, _comma, given = full_name.partition(",")
    words = [word for word in (given or family).split() if word.strip(".").lower() not in _TITLES]
    first = words[0] if words else ""
    return (first if len(first.strip(".")) > 1 else full_name)[: LIMITS["greeting_name"]].strip()


def _joined(run: re.Match[str]) -> str:
    """Of some invisible signs in the middle the one that the letters around them need, or none."""
    before, after = run.string[run.start() - 1], run.string[run.end()]
    signs = run[0]
    if {"\u200c", "\u200d"} & set(signs) and all(_is_joining(sign) for sign in (before, after)):
        return next(sign for sign in signs if sign in "\u200c\u200d")
    marks = [sign for sign in signs if sign in "\u061c\u200e\u200f"]
    right_to_left = any(unicodedata.bidirectional(sign) in {"R", "AL"} for sign in run.string if sign not in signs)
    return marks[0] if marks and right_to_left else ""


def _is_joining(sign: str) -> bool:
    """A letter or mark of a script that is joined (Arabic, Indic …), or a part of an emoji."""
    kind = unicodedata.category(sign)
    european = unicodedata.name(sign, "").startswith(("LATIN", "GREEK", "CYRILLIC"))
    return kind in {"So", "Sk"} or (kind[0] in "LM" and not european)


def _is_family_first(name: str) -> bool:
    return any(unicodedata.name(sign, "").startswith(_FAMILY_FIRST_SCRIPTS) for sign in name)


def _check_length(name: str, value: str) -> None:
    if len(value) > LIMITS[name]:
        measures = {"field": LABELS[name], "limit": LIMITS[name], "length": len(value)}
        raise Invalid(_("%(field)s: at most %(limit)s characters fit, these are %(length)s.", **measures), name)


def _checked_url(value: str) -> str:
    """A page address; `linkedin.com/in/ada` is understood. Anything a browser would run instead of open is refused."""
    if not value:
        return ""
    address = value if "://" in value else f"https://{value}"
    try:
        parts = urlsplit(address)
        sound = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and not re.search(r"\s", address)
    except ValueError:
        sound = False
    if not sound or len(address) > LIMITS["profile_url"]:
        raise Invalid(_("The profile page is not a web address."), "profile_url")
    return address


def _checked_language(value: str) -> str:
    if value and not _LANGUAGE.fullmatch(value):
        raise Invalid(_("The language is a code such as de or pt-BR."), "language")
    return value or "en"


def _checked_zone(value: str) -> str:
    if value and value not in clock.time_zones():
        raise Invalid(_("The time zone is a name such as Europe/Berlin."), "time_zone")
    return value


_CHECKS: dict[str, Callable[[str], str]] = {
    "profile_url": _checked_url,
    "language": _checked_language,
    "time_zone": _checked_zone,
}

"""The front matter of a page: what keys there are, what each may hold, and what is wrong with those that are there."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from babel.numbers import get_currency_precision, list_currencies
from flask_babel import gettext as _
from frontmatter.default_handlers import YAMLHandler

from portal.content.library.files import UnreadableError
from portal.content.models import KINDS, Pay, Person
from portal.markup import Problem

_SLUG = re.compile(r"[\w-]+")


@dataclass
class Matter:
    """Values by key, the text below them, and the line on which that text begins."""

    values: dict[str, Any] = field(default_factory=dict)
    body: str = ""
    first_line: int = 1
    problems: list[Problem] = field(default_factory=list)


def split(text: str) -> tuple[dict[str, Any], str, int]:
    """Raw front matter, body, and the body's first line. Raises UnreadableError for broken YAML."""
    handler = YAMLHandler()
    if not handler.detect(text):
        return {}, text, 1
    try:
        head, body = handler.split(text)
    except ValueError:
        return {}, text, 1
    raw = load(head)
    if not isinstance(raw, dict):
        return {}, text, 1
    return raw, body.lstrip("\n"), text.count("\n", 0, len(text) - len(body.lstrip("\n"))) + 1


def load(text: str) -> Any:
    """YAML as plain values; raises UnreadableError with the line."""
    try:
        return yaml.safe_load(text) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        if error.problem and error.problem.startswith("mapping values"):
            message = _("There is a second colon in this line. Put what follows the first into quotation marks.")
            raise UnreadableError(line, message) from error
        what = " ".join(filter(None, (error.context, error.problem)))
        raise UnreadableError(line, _("This cannot be read as “key: value”: %(what)s.", what=what)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnreadableError(1, _("This cannot be read as “key: value”: %(what)s.", what=str(error)[:200])) from error


def parse(name: str, text: str, readers: Mapping[str, Callable[[Any], Any]]) -> Matter:
    """The values of a file's front matter that can be used, and what is wrong with the others."""
    raw, body, first_line = split(text)
    matter = Matter(body=body, first_line=first_line)
    for key, value in raw.items():
        reader = readers.get(str(key))
        try:
            if reader is None:
                raise ValueError(_("There is no key “%(key)s” here.", key=str(key)[:40]))
            if value is not None:
                matter.values[str(key)] = reader(value)
        except ValueError as error:
            matter.problems.append(Problem(name, line_of(text, str(key)), str(error)))
    return matter


def line_of(text: str, key: str) -> int:
    """The line on which a key stands; 0 if it is not found."""
    return next((number for number, line in enumerate(text.split("\n"), 1) if line.startswith((f"{key}:", f'"{key}":'))), 0)


def words(value: Any) -> str:
    """A single piece of text; raises ValueError."""
    if isinstance(value, str | int | float | date):
        return str(value).strip()
    raise ValueError(_("Write plain text here. If it has a colon in it, put it into quotation marks."))


def day(value: Any) -> date:
    """A calendar day; raises ValueError."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise ValueError(_("Write a day here, as in 2026-11-23."))


def number(value: Any) -> int:
    """A whole number; raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9:
        return value
    raise ValueError(_("Write a whole number here."))


def yes(value: Any) -> bool:
    """Yes or no; raises ValueError."""
    if isinstance(value, bool):
        return value
    raise ValueError(_("Write yes or no here."))


def kind(value: Any) -> str:
    """A kind of page; raises ValueError."""
    if value not in KINDS:
        raise ValueError(_("There is no kind “%(kind)s”. There are: %(known)s.", kind=words(value), known=", ".join(KINDS)))
    return str(value)


def pay(value: Any) -> Pay:
    """A range of pay; raises ValueError."""
    if not isinstance(value, dict) or not {"min", "max", "currency"} <= set(value):
        raise ValueError(_("Write pay as {min: 50000, max: 60000, currency: EUR, per: year}."))
    currency = words(value["currency"]).upper()
    if currency not in list_currencies():
        raise ValueError(_("“%(currency)s” is not a currency; use a code such as EUR.", currency=currency))
    lowest, highest = (_minor(value[key], currency) for key in ("min", "max"))
    if lowest > highest:
        raise ValueError(_("The lowest pay is above the highest."))
    return Pay(lowest, highest, currency, words(value.get("per", "year")), words(value.get("note", "")))


def _minor(value: Any, currency: str) -> int:
    try:
        amount = Decimal(words(value).replace("_", ""))
        if not amount.is_finite() or not 0 <= amount < 10**12:
            raise ValueError(_("Pay is an amount of money, without thousands separators."))
        return int(amount.scaleb(get_currency_precision(currency)))
    except InvalidOperation:
        raise ValueError(_("Pay is an amount of money, without thousands separators.")) from None


def people(value: Any) -> tuple[Person, ...]:
    """People with name, what they do, and a photo; raises ValueError."""
    if not isinstance(value, list) or not all(isinstance(one, dict) and one.get("name") for one in value[:100]):
        raise ValueError(_("Write people as a list, each with a name, what they do (does) and a photo."))
    return tuple(Person(words(one["name"]), words(one.get("does") or ""), words(one.get("photo") or "")) for one in value[:100])


def slug(value: Any) -> str:
    """A key of letters, digits and hyphens; raises ValueError."""
    if _SLUG.fullmatch(words(value)):
        return words(value)
    raise ValueError(_("Use letters, digits and hyphens only."))


PAGE: dict[str, Callable[[Any], Any]] = {
    "kind": kind, "title": words, "description": words, "kicker": words, "lede": words, "published": day, "checked": day,
    "draft": yes, "opens": day, "closes": day, "owner": words, "order": number, "picture": words, "caption": words,
}  # fmt: skip
META: dict[str, Callable[[Any], Any]] = {
    "role": words, "team": words, "pay": pay, "place": words, "hours": words, "drawback": words, "contact": slug,
    "people": people, "name": words, "since": words, "photo": words, "quote": words, "criterion": slug,
}  # fmt: skip
MAIL: dict[str, Callable[[Any], Any]] = {"kind": words, "name": words, "subject": words, "description": words}

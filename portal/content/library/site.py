"""`site.yaml`: the company's name, colours, navigation and promises. Without it, they are made from the folder itself."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _

from portal.content.library import colour, matter
from portal.content.models import AVOIDED, Criterion, NavItem, Page, Promise, Site
from portal.markup import Problem

NAME = "site.yaml"
TEXTS = ("name", "tagline", "legal_name", "address", "email", "phone", "time_zone")
MOST_NAVIGATION = 7
WORKING_DAYS = 5
STANDS = ("strong", "mixed", "weak")
CLAIM = ("says", "against", "owner", "checked")
PAPER_LIGHT, PAPER_DARK = "#fbfaf7", "#15171a"  # as in static/css/tokens.css


def parse(text: str, name: str) -> tuple[Site, list[Problem]]:
    """The site of a YAML text, `name` being what it is called if the text does not say; raises UnreadableError."""
    raw = matter.load(text)
    reader = _Reader(text, raw if isinstance(raw, dict) else {})
    accent = reader.take("accent", _colours, {})
    values: dict[str, Any] = {key: value for key in TEXTS if (value := reader.take(key, matter.words, ""))}
    site = Site(
        **{"name": name, **values},
        promise=reader.take("promise", _promise, _promise({})),
        logo=reader.take("logo", matter.words, "").lstrip("/"),
        navigation=reader.take("navigation", _navigation, ()),
        footer=reader.take("footer", _navigation, ()),
        criteria=reader.take("criteria", _criteria, ()),
        topics=reader.take("topics", _topics, ()),
        avoided=reader.take("avoid", _avoided, AVOIDED),
        language=reader.take("language", _language, "en"),
        **{f"accent_{name}": value for name, value in accent.items()},
    )
    reader.finish()
    return site, [*reader.problems, *_contrast_problems(text, raw, site)]


def untold(name: str) -> Site:
    """The site of a folder without `site.yaml`."""
    return Site(name=name, promise=_promise({}))


def navigation_of(pages: Sequence[Page], has_children: Callable[[str], bool]) -> tuple[NavItem, ...]:
    """A navigation made of the top folders, or of the top pages where there are no folders."""
    folders = [page for page in pages if has_children(page.path)]
    return tuple(NavItem(page.title, page.url) for page in (folders or pages)[:MOST_NAVIGATION])


class _Reader:
    """Takes keys one by one and notes down what cannot be used and what is left over."""

    def __init__(self, text: str, raw: dict[str, Any]) -> None:
        self.text = text
        self.raw = dict(raw)
        self.problems: list[Problem] = []

    def take(self, key: str, read: Callable[[Any], Any], otherwise: Any) -> Any:
        value = self.raw.pop(key, None)
        if value is None:
            return otherwise
        try:
            return read(value)
        except ValueError as error:
            self._note(key, str(error))
            return otherwise

    def finish(self) -> None:
        for key in self.raw:
            self._note(str(key), _("There is no key “%(key)s” here.", key=str(key)[:40]))

    def _note(self, key: str, message: str) -> None:
        self.problems.append(Problem(NAME, matter.line_of(self.text, key), message))


def _promise(value: Any) -> Promise:
    if not isinstance(value, dict):
        raise ValueError(_("Write the promise as {working_days: 3, text: …}."))
    days = matter.number(value.get("working_days", WORKING_DAYS))
    text = matter.words(value.get("text") or _("We answer within %(days)s working days.", days=days))
    return Promise(days, text)


def _navigation(value: Any) -> tuple[NavItem, ...]:
    return tuple(NavItem(matter.words(item["label"]), _address(item["path"])) for item in _mappings(value, "label", "path"))


def _address(value: Any) -> str:
    path = matter.words(value)
    if urlsplit(path).scheme in {"http", "https", "mailto", "tel"}:
        return path
    if urlsplit(path).scheme or path.startswith("//"):
        raise ValueError(_("The address “%(address)s” cannot be used.", address=path))
    return quote("/" + path.lstrip("/"), safe="/%#?=&-._~")


def _topics(value: Any) -> tuple[Criterion, ...]:
    return tuple(_topic(item) for item in _mappings(value, "key", "label"))


def _topic(item: dict[str, Any]) -> Criterion:
    return Criterion(matter.slug(item["key"]), matter.words(item["label"]), matter.words(item.get("hint") or ""))


def _criteria(value: Any) -> tuple[Criterion, ...]:
    return tuple(_criterion(item) for item in _mappings(value, "key", "label"))


def _criterion(item: dict[str, Any]) -> Criterion:
    """What may matter, and what the company says of itself on it. A claim wants its weak side, an owner and a day beside it."""
    plain, stand = _topic(item), matter.words(item.get("stand") or "")
    if not stand:
        return plain
    if stand not in STANDS:
        raise ValueError(_("“%(stand)s” is no stand; use %(stands)s.", stand=stand, stands=", ".join(STANDS)))
    if missing := [key for key in CLAIM if not item.get(key)]:
        raise ValueError(_("What is said on “%(key)s” lacks %(missing)s.", key=plain.key, missing=", ".join(missing)))
    evidence = item.get("evidence")
    return replace(
        plain,
        stand=stand,
        **{name: matter.words(item[name]) for name in ("says", "against", "owner")},
        checked=matter.day(item["checked"]),
        evidence=_navigation([evidence])[0] if evidence else None,
    )


def _avoided(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(str(words).strip() for words in value):
        raise ValueError(_("Write words and what to write instead, as in ninja: Name the work."))
    return {str(words).strip(): matter.words(instead or "") for words, instead in value.items()}


def _mappings(value: Any, *needed: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) and set(needed) <= set(item) for item in value):
        raise ValueError(_("Write this as a list, each line with %(keys)s.", keys=", ".join(needed)))
    return value


def _language(value: Any) -> str:
    try:
        return str(Locale.parse(matter.words(value).replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        message = _("“%(language)s” is not a language; use a code such as en or de.", language=matter.words(value))
        raise ValueError(message) from None


def _colours(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError(_("Write the accent as two colours, light and dark."))
    papers = {"light": PAPER_LIGHT, "dark": PAPER_DARK}
    return {name: colour.readable(matter.words(value[name]), paper) for name, paper in papers.items() if name in value}


def _contrast_problems(text: str, raw: Any, site: Site) -> list[Problem]:
    given = raw.get("accent") if isinstance(raw, dict) else None
    if not isinstance(given, dict):
        return []
    used = {"light": site.accent_light, "dark": site.accent_dark}
    message = _("%(given)s is hard to read on this page, so %(used)s is used instead.")
    return [
        Problem(NAME, matter.line_of(text, "accent"), message % {"given": given[name], "used": used[name]}, minor=True)
        for name in used
        if isinstance(given.get(name), str) and colour.is_colour(given[name]) and colour.normal(given[name]) != used[name]
    ]

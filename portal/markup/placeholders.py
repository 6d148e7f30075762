"""`{{placeholders}}` of mails: a fixed list, filled by plain replacement. Nothing that people type is ever a template."""

import re
from collections.abc import Callable, Mapping
from html import escape, unescape

from flask_babel import gettext as _

from portal.errors import Invalid
from portal.markup.problems import Problem

# Those that stand for an address may be the target of a link; no other may, since people type the others.
LINKS = frozenset({
    "landing_link", "answer_interested", "answer_not_now", "answer_no",
    "feedback_link", "preferences_link", "unsubscribe_link", "own_page_link",
})  # fmt: skip
PLACEHOLDERS = LINKS | {
    "first_name", "full_name", "note", "role", "pay", "persona", "source", "page_title", "month",
    "company", "sender_name", "sender_first_name", "sender_title", "sender_email", "sender_phone",
}  # fmt: skip
_FORM = re.compile(r"\{\{([^{}\n]*)\}\}")
_NAME = re.compile(r"[a-z_]+")
_STRAY = re.compile(r"\{\{|\}\}")
# Private characters stand in for placeholders while Markdown and the sanitiser work; neither gives them a meaning.
_OPEN, _CLOSE = "\ue000", "\ue001"
_HIDDEN = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")


def fill(text: str, values: Mapping[str, str], *, html: bool = False) -> str:
    """Replace each `{{name}}` or `{{name|fallback}}`; an empty value takes the fallback. With `html` values are escaped."""
    safe: Callable[[str], str] = escape if html else str

    def value(match: re.Match[str]) -> str:
        name, fallback = _parts(match.group(1))
        return safe(values.get(name) or (unescape(fallback) if html else fallback))

    return _FORM.sub(value, text)


def check_text(text: str, field: str, limit: int) -> None:
    """Invalid, with the field, when a subject or body is empty, longer than `limit`, or has a placeholder that nobody fills."""
    if not text.strip():
        raise Invalid(_("There is no text yet."), field)
    if len(text) > limit:
        raise Invalid(_("At most %(limit)s characters fit here.", limit=limit), field)
    if problems := check_placeholders(text):
        first = problems[0]
        place = _("Line %(line)s, column %(column)s: %(message)s", line=first.line, column=first.column, message=first.message)
        raise Invalid(place, field)


def check_placeholders(text: str, *, path: str = "", first_line: int = 1) -> list[Problem]:
    """Unknown and unfinished placeholders, each with line and column."""
    problems = []
    for number, line in enumerate(text.splitlines(), first_line):
        for match in _FORM.finditer(line):
            name = _parts(match.group(1))[0]
            if name not in PLACEHOLDERS:
                problems.append(Problem(path, number, _unknown(name), match.start() + 1))
        blanked = _FORM.sub(lambda match: " " * len(match.group()), line)
        problems += [
            Problem(path, number, _("This placeholder is not finished: two braces on both sides."), match.start() + 1)
            for match in _STRAY.finditer(blanked)
        ]
    return problems


def names(text: str) -> frozenset[str]:
    """The placeholders used in a text."""
    return frozenset(_parts(match.group(1))[0] for match in _FORM.finditer(text))


def hide(text: str) -> tuple[str, list[str]]:
    """The text with private marks for its placeholders, and the placeholders in their order."""
    kept: list[str] = []

    def mark(match: re.Match[str]) -> str:
        kept.append(match.group(1))
        return f"{_OPEN}{len(kept) - 1}{_CLOSE}"

    return _FORM.sub(mark, text.replace(_OPEN, "").replace(_CLOSE, "")), kept


def reveal(html: str, kept: list[str]) -> str:
    """Put hidden placeholders back into HTML; a fallback is escaped."""

    def shown(match: re.Match[str]) -> str:
        place = int(match.group(1))
        return "{{" + escape(kept[place]) + "}}" if place < len(kept) else ""

    return _HIDDEN.sub(shown, html)


def is_hidden_link(target: str, kept: list[str]) -> bool:
    """Whether a link target is one hidden placeholder that stands for an address."""
    match = _HIDDEN.fullmatch(target)
    return bool(match) and _parts(kept[int(match.group(1))])[0] in LINKS if match else False


def has_hidden(target: str) -> bool:
    """Whether a placeholder is hidden anywhere in it."""
    return _OPEN in target


def _parts(inner: str) -> tuple[str, str]:
    name, _bar, fallback = inner.partition("|")
    return name.strip(), fallback.strip()


def _unknown(name: str) -> str:
    if not _NAME.fullmatch(name):
        return str(
            _("“%(name)s” is not a placeholder. A placeholder looks like {{first_name}} or {{first_name|there}}.", name=name)
        )
    return str(_("There is no placeholder “%(name)s”.", name=name))

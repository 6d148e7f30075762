"""Text with places for what differs between people. What lies between the places is made once and the same for all."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape, unescape
from urllib.parse import quote

_FORM = re.compile(r"\{\{([^{}\n]*)\}\}")
# A note that stands alone becomes as many paragraphs as its writer made.
_FORM_OR_NOTE = re.compile(r"<p((?: style=\"[^\"]*\")?)>\{\{\s*(note\s*(?:\|[^{}\n]*)?)\}\}</p>|\{\{([^{}\n]*)\}\}")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_HOST = re.compile(r"(?:https?://[^/?#]*)?")
_IN_ADDRESSES = "%/:?#[]@!$&'()*+,;=-._~"
_NOTHING_TO_ESCAPE = re.compile(r"[^&<>\"'\r]*")


class Place(enum.Enum):
    """Where a slot is, which decides how its value is written."""

    TEXT = "text"
    HTML = "HTML"
    LINK = "link"
    PARAGRAPHS = "paragraphs"


@dataclass(frozen=True)
class Slot:
    """A place for one value; an empty one takes the fallback. `attributes` are those of a note's paragraphs."""

    name: str
    fallback: str
    place: Place
    attributes: str = ""

    def written(self, values: Mapping[str, str]) -> str:
        """The value as it stands in its place."""
        value = values.get(self.name) or self.fallback
        if self.place is Place.HTML and _NOTHING_TO_ESCAPE.fullmatch(value):
            return value
        value = value.replace("\r\n", "\n").replace("\r", "\n")
        match self.place:
            case Place.TEXT:
                return value
            case Place.HTML:
                return escape(value)
            case Place.LINK:
                host = _HOST.match(value)
                end = host.end() if host else 0
                return escape(value[:end] + quote(value[end:], safe=_IN_ADDRESSES, errors="replace"))
        return self._paragraphs(value.strip())

    def _paragraphs(self, value: str) -> str:
        parts = (escape(part).replace("\n", "<br>") for part in _BLANK_LINES.split(value))
        return "".join(f"<p{self.attributes}>{part}</p>" for part in parts)


@dataclass(frozen=True, eq=False)
class Template:
    """A text and its slots: `fixed` has one piece more than `slots`, which stand between."""

    source: str
    fixed: tuple[str, ...]
    slots: tuple[Slot, ...]

    @classmethod
    def of_text(cls, source: str) -> "Template":
        """Read plain text with `{{name}}` and `{{name|fallback}}`."""
        parts = _FORM.split(source)
        return cls(source, tuple(parts[::2]), tuple(_slot(inner, Place.TEXT) for inner in parts[1::2]))

    @classmethod
    def of_html(cls, source: str) -> "Template":
        """Read HTML with the same; what is the target of a link is written as an address."""
        parts = _FORM_OR_NOTE.split(source)
        fixed, slots = parts[::4], []
        for before, attributes, note, inner in zip(fixed, parts[1::4], parts[2::4], parts[3::4], strict=False):
            place = Place.PARAGRAPHS if inner is None else Place.LINK if before.endswith(('href="', "href='")) else Place.HTML
            slots.append(_slot(unescape(note if inner is None else inner), place, attributes or ""))
        return cls(source, tuple(fixed), tuple(slots))

    def filled(self, values: Mapping[str, str]) -> str:
        """The whole text for one person."""
        written = [slot.written(values) for slot in self.slots]
        return "".join(piece for pair in zip(self.fixed, [*written, ""], strict=True) for piece in pair)

    @cached_property
    def names(self) -> frozenset[str]:
        """The placeholders in it."""
        return frozenset(slot.name for slot in self.slots)


def _slot(inner: str, place: Place, attributes: str = "") -> Slot:
    name, _bar, fallback = inner.partition("|")
    return Slot(name.strip(), fallback.strip(), place, attributes)

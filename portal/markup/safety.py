"""The last gate before a reader: only harmless elements, attributes, classes and addresses pass."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote, unquote, urljoin, urlsplit

import nh3
from flask_babel import gettext as _

from portal.markup import placeholders
from portal.markup.problems import Problem

SCHEMES = {"http", "https", "mailto", "tel"}
_WORD = re.compile(r"\S+")
TAGS = set(
    _WORD.findall(
        "a abbr article aside b bdi blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption "
        "figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q s samp section small span strong sub summary sup "
        "table tbody td tfoot th thead time tr track u ul video"
    )
)
CLASSES = frozenset(
    _WORD.findall(
        "actions ask button by day face fact figure footnote footnote-backref footnote-ref honest keys note plain primary "
        "proof quiet row scene scroll small split stale tag task-list task-list-control task-list-item voice wide"
    )
)
ATTRIBUTES = {
    "*": {"id", "class", "lang", "dir", "title"},
    "a": {"href"},
    "div": {"aria-label"},
    "img": {"src", "alt"},
    "input": {"type", "checked", "disabled"},
    "ol": {"start", "reversed"},
    "section": {"aria-labelledby"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"kind", "src", "srclang", "label", "default"},
    "video": {"src", "poster", "controls", "preload"},
}
FILMS = frozenset({("video", "src"), ("video", "poster"), ("track", "src")})
_PICTURE = re.compile(r'<img((?: [a-z-]+="[^"]*")*)>')
_SOURCE = re.compile(r' src="([^"]*)"')
_ALT = re.compile(r' alt="([^"]*)"')


@dataclass(frozen=True)
class Link:
    """A link of the text: as written, and where it leads."""

    written: str
    target: str
    line: int


@dataclass(frozen=True)
class Image:
    """A picture of the text; `decorative` ones, such as a face beside a name, need no alternative text."""

    written: str
    source: str
    alt: str
    line: int
    decorative: bool = False


class Washer:
    """Sanitises one text and notes its links and pictures on the way."""

    def __init__(self, source: str, base: str, kept: list[str], size_of: Callable[[str], tuple[int, int] | None] | None) -> None:
        self.links: list[Link] = []
        self.images: list[Image] = []
        self.problems: list[Problem] = []
        self._source = source.splitlines()
        self._base = base
        self._kept = kept
        self._size_of = size_of or (lambda _address: None)
        self._seen: Counter[str] = Counter()
        self._written: dict[str, str] = {}

    def wash(self, html: str) -> str:
        """Safe HTML. Ids are prefixed, addresses resolved, pictures get their size and load late."""
        clean = nh3.clean(
            html,
            tags=TAGS,
            clean_content_tags={"script", "style", "title", "template", "noscript", "textarea"},
            attributes=ATTRIBUTES,
            tag_attribute_values={"div": {"role": {"region"}, "tabindex": {"0"}}},
            attribute_filter=self._attribute,
            url_schemes=SCHEMES,
            link_rel=None,
        )
        return _PICTURE.sub(self._picture, clean.replace("<th>", '<th scope="col">'))

    def _attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "class":
            return " ".join(word for word in value.split() if word in CLASSES) or None
        if name in {"id", "aria-labelledby"}:
            return "s-" + value
        if tag == "a" and name == "href":
            return self._link(value)
        if tag == "img" and name == "src":
            return self._source_of(value)
        if (tag, name) in FILMS:
            return self._film(value)
        if tag == "input" and name == "type":
            return "checkbox"
        return value

    def _link(self, written: str) -> str | None:
        if placeholders.has_hidden(written):
            if placeholders.is_hidden_link(written, self._kept):
                return written
            self.problems.append(Problem("", 0, _("Only a placeholder that ends in _link can be the target of a link.")))
            return None
        line = self._line_of(written)
        target = resolve(self._base, written, is_page=True)
        if target is None:
            self.problems.append(Problem("", line, _("The address “%(address)s” cannot be used.", address=written)))
            return None
        self.links.append(Link(written, target, line))
        return target

    def _film(self, written: str) -> str | None:
        """The address of a film, its captions or its first picture; noted as a link, so that one that leads nowhere is found."""
        target = self._source_of(written)
        if target is not None:
            self.links.append(Link(written, target, self._line_of(written)))
        return target

    def _source_of(self, written: str) -> str | None:
        target = resolve(self._base, written, is_page=False)
        if target is None or not _is_ours(target, self._base):
            message = _("The picture “%(address)s” lies elsewhere. Put it into the media folder.", address=written)
            self.problems.append(Problem("", self._line_of(written), message))
            return None
        self._written[target] = written
        return target

    def _picture(self, match: re.Match[str]) -> str:
        attributes = match.group(1)
        source = _SOURCE.search(attributes)
        if source is None:
            return ""
        alt = _ALT.search(attributes)
        address = unescape(source.group(1))
        written = self._written.get(address, address)
        face = ' class="face"' in attributes
        self.images.append(Image(written, address, unescape(alt.group(1)) if alt else "", self._line_of(written), face))
        size = (48, 48) if face else self._size_of(address)
        dimensions = ' width="{}" height="{}"'.format(*size) if size else ""
        return f'<img{attributes}{"" if alt else " alt=" + chr(34) * 2}{dimensions} loading="lazy" decoding="async">'

    def _line_of(self, written: str) -> int:
        """The line where an address is written; of several the next one that was not named yet. 0: not found."""
        lines = [number for number, line in enumerate(self._source, 1) if written in line]
        place = self._seen[written]
        self._seen[written] += 1
        return lines[min(place, len(lines) - 1)] if lines else 0


def resolve(base: str, written: str, *, is_page: bool) -> str | None:
    """The address that a link or picture leads to, seen from `base`; None if it must not be used.

    `media/x` is the media folder from everywhere; a link to a Markdown file is one to its page.
    """
    written = "".join(character for character in written.strip() if character > " " or character == " ")
    try:
        parts = urlsplit(written)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        scheme = parts.scheme.lower() or "https"
        return written if scheme in SCHEMES and (is_page or scheme in {"http", "https"}) else None
    path = _address(base, parts.path, is_page=is_page)
    fragment = parts.fragment if not parts.fragment or parts.fragment.startswith("s-") else "s-" + parts.fragment
    query = "?" + quote(parts.query, safe="=&%+/:,;") if parts.query else ""
    return path + query + ("#" + quote(fragment, safe=":%-._~") if fragment else "")


def _address(base: str, path: str, *, is_page: bool) -> str:
    if not path:
        return ""
    origin = base if urlsplit(base).scheme else ""
    if path.startswith("media/") and not origin:
        path = "/" + path
    if is_page and path.lower().endswith(".md"):
        path = path[:-3].removesuffix("index") or "."
    start = base.rstrip("/") + "/" if origin or not base else base
    joined = urljoin(start, quote(unquote(path), safe="/~!$&'()*+,;=:@"))
    return joined if joined == "/" else joined.rstrip("/")


def _is_ours(target: str, base: str) -> bool:
    parts = urlsplit(target)
    return not parts.netloc or parts.netloc == urlsplit(base).netloc

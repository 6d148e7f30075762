"""The blocks that authors have beyond Markdown: fact, honest, voice, figure, video, question, day, keys and ask."""

import re
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

from flask_babel import format_date, get_locale, ngettext
from flask_babel import gettext as _
from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block

from portal import clock
from portal.markup.scan import Shape, is_stale

SHAPES = {
    "fact": Shape(argument="claim", required=("figure", "owner", "checked"), optional=("evidence",)),
    "honest": Shape(argument="heading"),
    "voice": Shape(argument="name", optional=("role", "since", "photo")),
    "figure": Shape(argument="caption", required=("src", "alt")),
    "question": Shape(argument="question"),
    "video": Shape(argument="caption", required=("src", "captions"), optional=("poster",)),
    "day": Shape(pairs=True),
    "keys": Shape(pairs=True),
    "ask": Shape(argument="label", required=("to",)),
}
_TIME = re.compile(r"(\d{1,2}):(\d{2})")


class AuthorBlocks(BlocksExtension):
    """The Python-Markdown extension that knows our blocks and puts their headings in order."""

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:  # noqa: N802
        for block in (Fact, Honest, Voice, Figure, Video, Question, Day, Keys, Ask):
            block_mgr.register(block, self.getConfigs())
        # After inline parsing (20) and before the table of contents (5) gives headings their ids; then after it.
        md.treeprocessors.register(_Levels(md), "portal_levels", 6)
        md.treeprocessors.register(_Labels(md), "portal_labels", 4)


def long_date(day: date) -> str:
    """“4 November 2026”, in the present language."""
    english = str(get_locale() or "en").startswith("en")
    return str(format_date(day, "d MMMM y" if english else "long"))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


class _AuthorBlock(Block):
    """Every option is text or whatever YAML made of it; `portal.markup.scan` has refused what is not known."""

    def __init_subclass__(cls) -> None:
        shape = SHAPES.get(cls.NAME, Shape())
        cls.ARGUMENT = bool(shape.argument)
        cls.OPTIONS = {name: ["", lambda value: value] for name in (*shape.required, *shape.optional)}

    def option(self, name: str) -> str:
        return _text(self.options.get(name))


class Fact(_AuthorBlock):
    NAME = "fact"

    def on_create(self, parent: ET.Element) -> ET.Element:
        checked = self.options["checked"]
        stale = isinstance(checked, date) and is_stale(checked)
        article = ET.SubElement(parent, "article", {"class": "fact split stale" if stale else "fact split"})
        self.words = ET.SubElement(article, "div")
        if stale:
            self._tag((clock.now().date() - checked).days // 30)
        ET.SubElement(self.words, "p", {"class": "figure"}).text = AtomicString(self.option("figure"))
        ET.SubElement(self.words, "h3").text = self.argument
        proof = ET.SubElement(article, "dl", {"class": "proof note"})
        _row(proof, _("Owner"), AtomicString(self.option("owner")))
        day = _row(proof, _("Checked"), "" if isinstance(checked, date) else AtomicString(_text(checked)))
        if isinstance(checked, date):
            ET.SubElement(day, "time", {"datetime": checked.isoformat()}).text = AtomicString(long_date(checked))
        if self.option("evidence"):
            _row(proof, _("Evidence"), self.option("evidence"))
        return article

    def _tag(self, months: int) -> None:
        paragraph = ET.SubElement(self.words, "p")
        text = ngettext("Not checked for %(num)s month", "Not checked for %(num)s months", months)
        ET.SubElement(paragraph, "span", {"class": "tag"}).text = AtomicString(text)

    def on_add(self, block: ET.Element) -> ET.Element:  # noqa: ARG002
        return self.words


class Honest(_AuthorBlock):
    NAME = "honest"

    def on_create(self, parent: ET.Element) -> ET.Element:
        section = ET.SubElement(parent, "section", {"class": "honest"})
        ET.SubElement(section, "h2").text = self.argument
        return section


class Voice(_AuthorBlock):
    NAME = "voice"

    def on_create(self, parent: ET.Element) -> ET.Element:
        figure = ET.SubElement(parent, "figure", {"class": "voice"})
        self.quote = ET.SubElement(figure, "blockquote")
        caption = ET.SubElement(figure, "figcaption", {"class": "by"})
        if self.option("photo"):
            ET.SubElement(caption, "img", {"class": "face", "src": self.option("photo"), "alt": ""})
        name = ET.SubElement(caption, "b")
        ET.SubElement(name, "bdi").text = AtomicString(self.argument)
        since = _("since %(year)s", year=self.option("since")) if self.option("since") else ""
        if about := ", ".join(filter(None, (self.option("role"), since))):
            ET.SubElement(name, "span").text = AtomicString(about)
        return figure

    def on_add(self, block: ET.Element) -> ET.Element:  # noqa: ARG002
        return self.quote


class Figure(_AuthorBlock):
    NAME = "figure"

    def on_create(self, parent: ET.Element) -> ET.Element:
        figure = ET.SubElement(parent, "figure", {"class": "wide scene"})
        ET.SubElement(figure, "img", {"src": self.option("src"), "alt": self.option("alt")})
        ET.SubElement(figure, "figcaption").text = self.argument
        return figure


class Video(_AuthorBlock):
    """A film of our own with captions. Nothing of it is fetched before somebody presses play."""

    NAME = "video"

    def on_create(self, parent: ET.Element) -> ET.Element:
        figure = ET.SubElement(parent, "figure", {"class": "wide scene"})
        about = {"src": self.option("src"), "controls": "controls", "preload": "none"}
        film = ET.SubElement(figure, "video", about | ({"poster": self.option("poster")} if self.option("poster") else {}))
        language = str(get_locale() or "en").replace("_", "-")
        captions = {"kind": "captions", "src": self.option("captions"), "srclang": language, "label": _("Captions")}
        ET.SubElement(film, "track", captions | {"default": "default"})
        ET.SubElement(figure, "figcaption").text = self.argument
        return figure


class Question(_AuthorBlock):
    """A question that opens to its answer."""

    NAME = "question"

    def on_create(self, parent: ET.Element) -> ET.Element:
        box = ET.SubElement(parent, "details")
        ET.SubElement(box, "summary").text = self.argument
        return box


class Day(_AuthorBlock):
    """A list of `7:20 | text`."""

    NAME = "day"

    def on_create(self, parent: ET.Element) -> ET.Element:
        return ET.SubElement(parent, "div")

    def on_end(self, block: ET.Element) -> None:
        rows = _take_rows(block)
        block.tag = "ol"
        block.set("class", "day")
        for left, right, rest in rows:
            item = ET.SubElement(block, "li")
            match = _TIME.fullmatch(left)
            clock_time = {"datetime": f"{int(match.group(1)):02}:{match.group(2)}"} if match else {}
            start = ET.SubElement(item, "time" if match else "span", clock_time)
            start.text, start.tail = left, " "
            text = ET.SubElement(item, "span")
            text.text = right
            text.extend(rest)


class Keys(_AuthorBlock):
    """A list of `Label | value`."""

    NAME = "keys"

    def on_create(self, parent: ET.Element) -> ET.Element:
        return ET.SubElement(parent, "div")

    def on_end(self, block: ET.Element) -> None:
        rows = _take_rows(block)
        block.tag = "dl"
        block.set("class", "keys")
        for left, right, rest in rows:
            _row(block, left, right).extend(rest)


class Ask(_AuthorBlock):
    NAME = "ask"

    def on_create(self, parent: ET.Element) -> ET.Element:
        box = ET.SubElement(parent, "div", {"class": "ask"})
        actions = ET.SubElement(box, "p", {"class": "actions"})
        link = ET.SubElement(actions, "a", {"class": "button primary", "href": self.option("to")})
        link.text = AtomicString(self.argument)
        return box


def _row(parent: ET.Element, label: str, value: str) -> ET.Element:
    """A row of a description list; returns the place of its value."""
    row = ET.SubElement(parent, "div")
    ET.SubElement(row, "dt").text = label
    place = ET.SubElement(row, "dd")
    place.text = value
    return place


def _take_rows(block: ET.Element) -> list[tuple[str, str, list[ET.Element]]]:
    """Empty a block of its lists and return each item's left and right part, and what is nested in it."""
    rows = []
    for item in [item for child in block if child.tag in {"ul", "ol"} for item in child]:
        nested = list(item)
        holder = nested.pop(0) if nested and nested[0].tag == "p" else item
        left, bar, right = (holder.text or "").strip().partition(" | ")
        rows.append((left.strip() if bar else "", (right if bar else left).strip(), nested))
    for child in [child for child in block if child.tag in {"ul", "ol"}]:
        block.remove(child)
    block.text = None
    return rows


class _Levels(Treeprocessor):
    """The page's title is the only h1, so an author's h1 moves down; a fact before the first section is one itself."""

    def run(self, root: ET.Element) -> None:
        headings = [element for element in root.iter() if element.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}]
        all_move = bool(headings) and headings[0].tag == "h1"
        for heading in headings:
            if all_move or heading.tag == "h1":
                heading.tag = f"h{min(int(heading.tag[1]) + 1, 6)}"
        claims = [article.find("div/h3") for article in root.iter("article")]
        if headings and any(claim is headings[0] for claim in claims):
            headings[0].tag = "h2"


class _Labels(Treeprocessor):
    """A section is named by its heading, whose id exists only now; wide tables may scroll by themselves."""

    def run(self, root: ET.Element) -> None:
        for section in root.iter("section"):
            heading = section.find("h2") if section.find("h2") is not None else section.find("h3")
            if heading is not None and heading.get("id"):
                section.set("aria-labelledby", heading.get("id", ""))
        for parent in list(root.iter()):
            for place, table in enumerate(list(parent)):
                if table.tag == "table":
                    parent[place] = _scrolling(table)


def _scrolling(table: ET.Element) -> ET.Element:
    """A frame in which a table scrolls, also by keyboard."""
    frame = ET.Element("div", {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": _("Table")})
    frame.tail, table.tail = table.tail, None
    frame.append(table)
    return frame

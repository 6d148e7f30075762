"""The author's blocks before Markdown sees them: what cannot be used is named with its line and taken out of the text.

A reader never meets a `///`: an unknown block leaves its content, an unknown option is dropped, an open block is closed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Any

import yaml
from flask_babel import gettext as _

from portal import clock
from portal.markup.problems import Problem

STALE_AFTER_DAYS = 365

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_START = re.compile(r" {0,3}(/{3,})[ ]*([\w-]+)[ ]*(?:\|[ ]*(.*?)[ ]*)?$")
_END = re.compile(r" {0,3}(/{3,})[ ]*$")
_OPTION = re.compile(r" {4,}(\w[\w-]*):(?: |$)")
_NEAR_OPTION = re.compile(r" {0,3}(\w[\w-]*): ")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)])[ ]+(.*)")
# The parser's work grows with the square of these within a paragraph, so beyond a budget they are shown as typed. Private
# characters, to which nothing gives a meaning, stand for them until the HTML is done.
_COSTLY = re.compile(r"[\[<]|^[ ]{0,3}:|^[ ]{0,3}\*\[|\d\.[ ]+(?=\d)", re.MULTILINE)
_BUDGET = 1_000_000
_MOST_BLOCKS = 200
_DEEPEST = 4
_MOST_PROBLEMS = 50
_SIGNS = "[<:*_`&\\!.|=~^>@-"
_SIGN = re.compile(f"[{re.escape(_SIGNS)}]")
_MOST_SIGNS = 3000
_TO_PRIVATE = {ord(sign): 0xE010 + place for place, sign in enumerate(_SIGNS)}
_FROM_PRIVATE = {code: escape(chr(sign)) for sign, code in _TO_PRIVATE.items()}


@dataclass(frozen=True)
class Shape:
    """What a block of the author's may say: its argument, its options, and whether its content is a list of `a | b`."""

    argument: str = ""
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    pairs: bool = False


@dataclass
class _Open:
    name: str
    slashes: str
    line: int
    shape: Shape | None
    options: set[str] = field(default_factory=set)


class Scanner:
    """One pass over the lines of a text. `lines` is what is left of them, `problems` what was found."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self.shapes = shapes
        self.lines: list[str] = []
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._fence = ""
        self._in_header = False
        self._count = 0

    def scan(self, text: str) -> str:
        """The text with only such blocks as can be rendered; it has as many lines as before, or more at its end."""
        for number, line in enumerate(text.split("\n"), 1):
            self.lines.append(self._line(number, line))
        for block in reversed(self._open):
            self._problem(block.line, _("The block “%(name)s” is not closed with ///.", name=block.name))
            if block.shape:
                self.lines += ["", block.slashes]
        return "\n".join(self.lines)

    def _line(self, number: int, line: str) -> str:
        if self._is_code(line):
            return line
        if self._open and self._in_header and (kept := self._option(number, line)) is not None:
            return kept
        self._in_header = False
        if end := _END.match(line):
            return self._close(number, line, end.group(1))
        if start := _START.match(line):
            return self._begin(number, line, start)
        if self._open and self._open[-1].shape and self._open[-1].shape.pairs:
            self._pair(number, line)
        return line

    def _is_code(self, line: str) -> bool:
        fence = _FENCE.match(line)
        if self._fence:
            if fence and fence.group(1).startswith(self._fence) and not line.strip().strip(self._fence[0]):
                self._fence = ""
            return True
        if fence:
            self._fence = fence.group(1)
        return bool(fence)

    def _begin(self, number: int, line: str, start: re.Match[str]) -> str:
        slashes, name, argument = start.group(1), start.group(2).lower(), start.group(3)
        self._count += 1
        too_many = len(self._open) >= _DEEPEST or self._count > _MOST_BLOCKS
        shape = None if too_many else self.shapes.get(name)
        self._open.append(_Open(name, slashes, number, shape))
        self._in_header = True
        if too_many:
            self._problem(number, _("There are too many blocks in this text, or too many inside each other."))
            return ""
        if shape is None:
            known = ", ".join(sorted(self.shapes))
            self._problem(number, _("There is no block “%(name)s”. There are: %(known)s.", name=name, known=known))
            return ""
        if shape.argument and not argument:
            message = _("The block “%(name)s” needs a %(what)s after a bar: /// %(name)s | …", name=name, what=shape.argument)
            self._problem(number, message)
            return f"{line.rstrip(' |')} | …"
        if argument and not shape.argument:
            self._problem(number, _("The block “%(name)s” takes nothing after a bar.", name=name))
            return f"{slashes} {name}"
        return line

    def _close(self, number: int, line: str, slashes: str) -> str:
        if not self._open or self._open[-1].slashes != slashes:
            self._problem(number, _("This /// closes nothing."))
            return ""
        block = self._open.pop()
        if block.shape is None:
            return ""
        for missing in [name for name in block.shape.required if name not in block.options]:
            self._problem(block.line, _("The block “%(name)s” has no “%(option)s”.", name=block.name, option=missing))
        return line

    def _option(self, number: int, line: str) -> str | None:
        """The line of the block's head as it may stay; None when the head is over."""
        block = self._open[-1]
        allowed = block.shape.required + block.shape.optional if block.shape else ()
        match = _OPTION.match(line)
        if match is None:
            near = _NEAR_OPTION.match(line)
            if near and near.group(1) in allowed:
                self._problem(number, _("Indent “%(option)s” by four spaces.", option=near.group(1)))
                match, line = near, " " * 4 + line.lstrip()
            else:
                return None
        name = match.group(1)
        if block.shape is None:
            return " "  # a blank that keeps the line's place
        if name not in allowed:
            message = _("The block “%(name)s” knows no “%(option)s”. It knows: %(known)s.")
            self._problem(number, message % {"name": block.name, "option": name, "known": ", ".join(allowed) or "-"})
            return self._nothing()
        block.options.add(name)
        return self._readable(number, line)

    def _readable(self, number: int, line: str) -> str:
        """The option's line, quoted if YAML cannot read it as it is."""
        try:
            value = yaml.safe_load(line.strip())
        except (yaml.YAMLError, ValueError):
            value = None
        if isinstance(value, dict) and not isinstance(next(iter(value.values())), dict | list):
            self._day(number, value)
            return line
        self._problem(number, _("Put the value into quotation marks."))
        name, _colon, rest = line.strip().partition(":")
        return f'    {name}: "{rest.strip().strip(chr(34)).replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}"'

    def _day(self, number: int, option: Mapping[str, Any]) -> None:
        checked = option.get("checked")
        if isinstance(checked, date) and is_stale(checked):
            message = _("This was last checked more than a year ago, so readers see it in grey.")
            self.problems.append(Problem("", number, message, minor=True))
        elif "checked" in option and not isinstance(checked, date):
            self._problem(number, _("Write a day here, as in 2026-11-23."))

    def _nothing(self) -> str:
        # A blank line would end the head of the block, so a harmless option stands in.
        return "    attrs: {}"

    def _pair(self, number: int, line: str) -> None:
        if (item := _ITEM.match(line)) and " | " not in item.group(1):
            self._problem(number, _("Write “%(left)s | %(right)s” here.", left=_("first"), right=_("second")))

    def _problem(self, line: int, message: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem("", line, message))


def is_stale(checked: date) -> bool:
    """Whether a figure was last checked more than twelve months ago."""
    return (clock.now().date() - checked).days > STALE_AFTER_DAYS


def tame(text: str) -> str:
    """The text with so few brackets that no paragraph can keep the parser busy for long."""
    spent = 0
    blocks = re.split(r"(\n[ \t]*\n)", text)
    for place, block in enumerate(blocks):
        spent += len(_COSTLY.findall(block)) ** 2
        if spent > _BUDGET or len(_SIGN.findall(block)) > _MOST_SIGNS:
            blocks[place] = block.translate(_TO_PRIVATE)
    return "".join(blocks)


def untame(html: str) -> str:
    """The HTML with the signs that `tame` had hidden."""
    return html.translate(_FROM_PRIVATE)

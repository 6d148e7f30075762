"""How a page reads: titles that are cut off, sentences that lose their reader, words that put people off.

Readability is LIX (C.-H. Björnsson, Läsbarhet, 1968): words per sentence plus the share of words longer than six letters in
per cent. It needs no list of syllables, so it holds for every language; below 40 is easy, above 60 is for specialists.
"""

import re
from collections.abc import Iterator, Mapping

from flask_babel import gettext as _

from portal.content.library import matter
from portal.content.models import Page, Problem
from portal.markup import to_text

# What results lists and previews show of a title before they cut it.
LONGEST_TITLE = 65
LONGEST_SENTENCE = 40
HARD = 60
# Below this a figure says nothing.
FEWEST_WORDS = 100
LONG_WORD = 7
_SENTENCE = re.compile(r"[^.!?:;…\n]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def wording(page: Page, text: str, avoided: Mapping[str, str]) -> Iterator[Problem]:
    """What is worth a second thought in the words of a page; `text` is its file, `avoided` words with what to write instead."""
    if len(page.title) > LONGEST_TITLE:
        message = _(
            "The title has %(length)s letters; after %(most)s it is cut off elsewhere.",
            length=len(page.title),
            most=LONGEST_TITLE,
        )
        yield Problem(page.source, matter.line_of(text, "title") or 1, message, minor=True)
    plain = to_text(page.body_html) if page.body_html else ""
    yield from _sentences(page, text, plain)
    if len(plain.split()) >= FEWEST_WORDS and (score := readability(plain)) > HARD:
        message = _(
            "This page is hard to read (LIX %(score)s, above %(hard)s). Shorter sentences help most.", score=score, hard=HARD
        )
        yield Problem(page.source, 0, message, minor=True)
    yield from _avoided(page, text, avoided)


def readability(plain: str) -> int:
    """LIX of a plain text; 0 for one without words."""
    words = _WORD.findall(plain)
    sentences = [part for part in _SENTENCE.findall(plain) if _WORD.search(part)]
    if not words:
        return 0
    return round(len(words) / len(sentences) + 100 * sum(len(word) >= LONG_WORD for word in words) / len(words))


def _sentences(page: Page, text: str, plain: str) -> Iterator[Problem]:
    for sentence in _SENTENCE.findall(plain):
        words = _WORD.findall(sentence)
        if len(words) > LONGEST_SENTENCE:
            message = _("This sentence has %(count)s words: “%(start)s …”", count=len(words), start=" ".join(words[:6]))
            yield Problem(page.source, _line_with(text, words), message, minor=True)


def _avoided(page: Page, text: str, avoided: Mapping[str, str]) -> Iterator[Problem]:
    for words, instead in avoided.items():
        pattern = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
        for number, line in enumerate(text.split("\n"), 1):
            if pattern.search(line):
                message = _("“%(words)s” puts many people off. %(instead)s", words=words, instead=instead)
                yield Problem(page.source, number, message.strip(), minor=True)


def _line_with(text: str, words: list[str]) -> int:
    """The line on which a sentence begins, by its first words; 0 when marks stand between them."""
    for many in (4, 2):
        pattern = re.compile(r"\W+".join(map(re.escape, words[:many])))
        if match := pattern.search(text):
            return text.count("\n", 0, match.start()) + 1
    return 0

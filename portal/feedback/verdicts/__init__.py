"""What must not be asked, and how it is found: a list of words in English and German for each topic. Pure: text in, findings out.

The list catches what is asked without thinking; it cannot read minds. It has no override, because the person who answers cannot
see whether somebody had a good reason. Who meant something harmless says it in other words; each topic says which.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from portal.feedback.verdicts.topics import TOPICS, Topic

_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}


@dataclass(frozen=True)
class Finding:
    """A topic that must not be asked about, and the words, as typed, that say so; `at` counts characters from 0."""

    topic: Topic
    words: str
    at: int


def check(text: str) -> list[Finding]:
    """Everything in a text that must not be asked, the first place of each topic, in the order of the text."""
    folded, places = _fold(text)
    found = []
    for topic in TOPICS:
        if match := _pattern(topic).search(folded):
            start, end = places[match.start()], places[match.end() - 1] + 1
            found.append(Finding(topic, text[start:end].strip(), start))
    return sorted(found, key=lambda finding: finding.at)


def _fold(text: str) -> tuple[str, list[int]]:
    """The text as the list is written (small letters, no accents, ä as ae, nothing invisible), and where each letter was."""
    letters: list[str] = []
    places: list[int] = []
    for at, letter in enumerate(text):
        # Written as two signs, an umlaut is a letter and two dots after it.
        for one in "e" if letter == "\u0308" and letters[-1:] and letters[-1] in "aou" else _plain(letter):
            letters.append(one)
            places.append(at)
    return "".join(letters), places


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    if unicodedata.category(letter) in {"Cf", "Mn"}:  # zero-width characters, soft hyphens, marks of direction, loose accents
        return ""
    if unicodedata.category(letter) == "Pd":
        return "-"
    small = unicodedata.normalize("NFKC", letter).casefold()
    small = "".join(_UMLAUTS.get(one, one) for one in small)
    return "".join(one for one in unicodedata.normalize("NFD", small) if unicodedata.category(one) != "Mn")


@lru_cache(maxsize=64)
def _pattern(topic: Topic) -> re.Pattern[str]:
    return re.compile("|".join(_one(word) for word in _spelled((*topic.english, *topic.german))))


def _spelled(words: Iterable[str]) -> list[str]:
    return ["".join(_plain(letter) for letter in word) for word in words]


def _one(word: str) -> str:
    """`word` stands alone, `word*` begins a word, `*word*` is anywhere in one; a blank is any run of blanks and hyphens."""
    inner = r"[\s\-_]+".join(re.escape(part) for part in word.strip("*").split(" "))
    before = "" if word.startswith("*") else r"(?<!\w)"
    after = r"\w*" if word.endswith("*") else r"(?!\w)"
    return before + inner + after

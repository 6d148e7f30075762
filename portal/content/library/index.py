"""Words of all pages, ready to be searched. The index lies in memory beside the pages, so it is the same on every database.

SQLite's FTS5 does the work (https://www.sqlite.org/fts5.html); a thousand pages cost a fraction of a second, once per change.
"""

import re
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from portal.content.models import Page

MOST_WORDS = 12
MOST_HITS = 30
SNIPPET_WORDS = 28
# A title says more than a description, and that more than the text.
WEIGHTS = "0.0, 10.0, 4.0, 1.0"
# Private characters stand for the marks until the text around them is escaped.
OPEN, CLOSE = "\ue000", "\ue001"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Hit:
    """A page that was found, and a piece of it as safe HTML in which the words are marked."""

    path: str
    snippet: Markup


class Index:
    """Finds pages by their words. Safe to ask from many threads."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._connection.execute(
            "CREATE VIRTUAL TABLE page USING fts5(path UNINDEXED, title, about, body, tokenize = 'unicode61 remove_diacritics 2')"
        )
        self._connection.executemany("INSERT INTO page VALUES (?, ?, ?, ?)", map(_row, pages))

    def find(self, text: str) -> Sequence[Hit]:
        """Pages with all the words, the last as a beginning; best first, at most thirty. Nothing for a text without words."""
        words = _WORD.findall(text)[:MOST_WORDS]
        if not words:
            return []
        wanted = " ".join(f'"{word}"' for word in words) + "*"
        found = f"SELECT path, snippet(page, -1, ?, ?, '…', {SNIPPET_WORDS}) FROM page WHERE page MATCH ? "  # noqa: S608 - constants
        with self._lock:
            rows = self._connection.execute(
                found + f"ORDER BY bm25(page, {WEIGHTS}) LIMIT {MOST_HITS}", (OPEN, CLOSE, wanted)
            ).fetchall()
        return [Hit(path, _marked(snippet)) for path, snippet in rows]


def _row(page: Page) -> tuple[str, str, str, str]:
    about = " ".join(filter(None, (page.description, page.lede, page.kicker, page.role, str(page.meta["team"]))))
    body = Markup(page.body_html.replace("<", " <"))  # noqa: S704 - only to lose its tags
    return page.path, page.title, about, body.striptags()


def _marked(snippet: str) -> Markup:
    return Markup(str(Markup.escape(snippet)).replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # noqa: S704 - escaped just now

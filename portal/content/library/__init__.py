"""The shelf: a content folder and what was last read from it. It looks for changes by itself, at most once a second.

Any number of processes may share a folder; each looks for itself, so what is saved is on the site within about a second.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from flask_babel import force_locale
from flask_babel import gettext as _

from portal import clock
from portal.content.library.building import Builder
from portal.content.library.files import walk
from portal.content.library.index import Index
from portal.content.models import Library
from portal.markup import Problem

__all__ = ["Shelf"]

LOOK_EVERY_SECONDS = 1.0
UNTOLD_ZONE = "UTC"


class Shelf:
    """Keeps the present library of a folder. Safe to ask from many threads; a reader never waits for another's reading.

    `is_taken` tells whether an address belongs to the portal itself. Needs an application context.
    """

    def __init__(self, folder: Path, is_taken: Callable[[str], bool]) -> None:
        self.folder = folder
        self.version = 0
        self.next_look = 0.0
        self.is_taken = is_taken
        # What features above put on the pages; when it says something else, pages kept in memory are old.
        self.published: Callable[[], object] = lambda: None
        self._published: object = None
        self._builder = Builder(is_taken)
        self._signature: object = None
        self._library: Library | None = None
        self._index: tuple[Library, Index] | None = None
        self._lock = threading.Lock()

    def library(self) -> Library:
        """What the folder holds now, or held a moment ago."""
        if self._library is None or time.monotonic() >= self.next_look:
            self.look()
        assert self._library is not None
        return self._library

    def index(self) -> Index:
        """The words of the present pages; made when somebody first searches them."""
        library, known = self.library(), self._index
        if known is None or known[0] is not library:
            known = self._index = (library, Index(library.pages.values()))
        return known[1]

    def look(self, *, wait: bool = False) -> bool:
        """Read what changed. While another thread reads, the present library stays good, unless one is to `wait`."""
        if not self._lock.acquire(blocking=wait or self._library is None):
            return False
        try:
            self.next_look = time.monotonic() + LOOK_EVERY_SECONDS
            return self._read()
        finally:
            self._lock.release()

    def _read(self) -> bool:
        root = self.folder.resolve()
        entries, problems = walk(root)
        # A fact grows stale and a page opens by the day, so the day is part of what the site was made from.
        zone = self._library.site.time_zone if self._library else UNTOLD_ZONE
        signature = (
            clock.now().date(),
            clock.today(zone),
            {name: entry.stamp for name, entry in entries.items()},
            tuple(problems),
        )
        if signature == self._signature:
            return self._has_more_to_show()
        if not entries and self._library:
            self._library = replace(self._library, problems=(Problem("", 0, _away()), *problems))
        else:
            with force_locale(self._library.site.language if self._library else "en"):
                self._library = self._builder.build(root.name, entries, problems)
        self._signature = signature
        self.version += 1
        return True

    def _has_more_to_show(self) -> bool:
        """Whether a feature above published something since the last look. Without its database the site stays as it was."""
        try:
            published = self.published()
        except Exception:  # noqa: BLE001 - whatever is wrong there, pages go on being served
            return False
        if published == self._published:
            return False
        self._published = published
        self.version += 1
        return True


def _away() -> str:
    return str(_("The content folder is empty or away, so the site stays as it was."))

"""From files to a library: each file for itself, then what can only be known of all together."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import TypeVar

from flask_babel import gettext as _

from portal import clock
from portal.content.library import files, site
from portal.content.library.files import Entry, UnreadableError
from portal.content.library.pages import Pictures, prettify, read_mail, read_page
from portal.content.models import Library, NavItem, Page, PageState, Problem, Site

Made = TypeVar("Made")


@dataclass(frozen=True)
class _Kept:
    """What was made of a file, and of what state of things."""

    stamp: object
    made: object
    problems: list[Problem]


class Builder:
    """Makes libraries of one folder. It remembers what it made of each file, so that only changed ones are read again.

    A file that is broken now stays as it was when it could last be read, and is named as a problem.
    """

    def __init__(self, is_taken: Callable[[str], bool]) -> None:
        self._is_taken = is_taken
        self._kept: dict[str, _Kept] = {}
        self._problems: list[Problem] = []

    def build(self, name: str, entries: Mapping[str, Entry], problems: Iterable[Problem]) -> Library:
        """The library of these files; `name` is what the site is called if nothing says so."""
        self._problems = list(problems)
        self._kept = {kept: value for kept, value in self._kept.items() if kept in entries}
        top = "pages/" if any(entry.startswith("pages/") for entry in entries) else ""
        pictures = _pictures(entries, top)
        words = self._site(entries.get(site.NAME), name)
        written, today = self._addressed(self._pages(entries, top, pictures)), clock.today(words.time_zone)
        pages = {path: page for path, page in written.items() if page.state(today) is PageState.ONLINE}
        resting = tuple(page for page in written.values() if page.path not in pages)
        tree = _sorted(_with_folders(pages, words))
        found_mails = [self._make(entry, None, read_mail) for entry in entries.values() if _is_mail(entry.name)]
        mails = {mail.key: mail for mail in found_mails if mail}
        if not words.navigation:
            words = replace(words, navigation=_navigation(tree))
        return Library(words, tree, mails, pictures.files(), tuple(sorted(set(self._problems))), resting)

    def _pages(self, entries: Mapping[str, Entry], top: str, pictures: Pictures) -> list[Page]:
        # A picture's size and the age of a fact are written into the page.
        around = (clock.now().date(), {path: entry.stamp for path, entry in pictures.entries.items()})
        pages = []
        for entry in (entry for entry in entries.values() if _is_page(entry.name, top)):
            if not files.is_text(entry.name):
                self._note(Problem(ascii(entry.name), 0, _("This name cannot be an address; rename the file.")))
                continue
            page = self._make(entry, around, lambda found: read_page(found, found.name.removeprefix(top), pictures))
            pages += [page] if page else []
        return pages

    def _make(self, entry: Entry, around: object, make: Callable[[Entry], tuple[Made, list[Problem]]]) -> Made | None:
        """What a file becomes; if it cannot be read now, what it was before, or None."""
        kept = self._kept.get(entry.name)
        if kept is None or kept.stamp != (entry.stamp, around):
            try:
                kept = _Kept((entry.stamp, around), *make(entry))
                self._kept[entry.name] = kept
            except UnreadableError as error:
                self._note(Problem(entry.name, error.line, _still_shown(error.message, kept)))
            except Exception:  # one file must not take the site down
                logging.getLogger(__name__).exception("content.unreadable")
                self._note(Problem(entry.name, 0, _still_shown(_("This file cannot be used; the log says why."), kept)))
        if kept is None:
            return None
        self._problems += kept.problems
        return kept.made  # type: ignore[return-value]

    def _site(self, entry: Entry | None, name: str) -> Site:
        untold = site.untold(prettify(name))
        if entry is None:
            return untold

        def make(found: Entry) -> tuple[Site, list[Problem]]:
            text, problems = files.read(found)
            words, more = site.parse(text, untold.name)
            return words, problems + more

        return self._make(entry, None, make) or untold

    def _addressed(self, pages: list[Page]) -> dict[str, Page]:
        """Pages by address: none that belongs to the portal, none twice; `index` goes before others of the same address."""
        chosen: dict[str, Page] = {}
        for page in sorted(pages, key=lambda page: (PurePosixPath(page.source).stem.lower() != "index", page.source)):
            if page.path in chosen:
                message = _("%(other)s has the address %(path)s already, so this file is not shown.")
                self._note(Problem(page.source, 0, message % {"other": chosen[page.path].source, "path": page.path}))
            elif self._is_taken(page.path):
                self._note(Problem(page.source, 0, _("The address %(path)s belongs to the portal itself.", path=page.path)))
            else:
                chosen[page.path] = page
        return chosen

    def _note(self, problem: Problem) -> None:
        self._problems.append(problem)


def _still_shown(message: str, kept: _Kept | None) -> str:
    return f"{message} {_('The version before it is still shown.')}" if kept else message


def _pictures(entries: Mapping[str, Entry], top: str) -> Pictures:
    found = {}
    for entry in entries.values():
        is_visible = entry.name.startswith(("media/", top)) and not entry.name.startswith("mails/")
        if is_visible and PurePosixPath(entry.name).suffix.lower() in files.MEDIA_TYPES and files.is_text(entry.name):
            found[files.address(entry.name.removeprefix(top))] = entry
    return Pictures(found)


def _is_page(name: str, top: str) -> bool:
    return name.lower().endswith(".md") and name.startswith(top) and not name.startswith(("mails/", "media/"))


def _is_mail(name: str) -> bool:
    return name.lower().endswith(".md") and name.startswith("mails/")


def _with_folders(pages: Mapping[str, Page], words: Site) -> dict[str, Page]:
    """The pages, and a list page for each folder that has none of its own."""
    tree = dict(pages)
    above = {"/", *(str(folder) for page in pages.values() for folder in PurePosixPath(page.path).parents)}
    for path in above - set(pages):
        title = words.name if path == "/" else prettify(path.rpartition("/")[2])
        lede = words.tagline if path == "/" else ""
        tree[path] = Page(path, "home" if path == "/" else "page", title, "", lede=lede, generated=True)
    return tree


def _sorted(pages: Mapping[str, Page]) -> dict[str, Page]:
    return {page.path: page for page in sorted(pages.values(), key=_place)}


def _place(page: Page) -> tuple[str, int, int, str]:
    newest_first = -(page.published or date.min).toordinal()
    return page.folder, page.order, newest_first, page.title.casefold()


def _navigation(tree: Mapping[str, Page]) -> tuple[NavItem, ...]:
    tops = [page for page in tree.values() if page.folder == "/"]
    folders = {page.folder for page in tree.values()}
    return site.navigation_of(tops, folders.__contains__)

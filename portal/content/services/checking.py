"""Everything that is wrong with the content, or worth a second thought, by file and line."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from flask import current_app
from flask_babel import gettext as _

from portal.content import queries
from portal.content.library import matter
from portal.content.models import Library, Page, Problem
from portal.content.services.wording import wording
from portal.markup import is_stale


def reload() -> bool:
    """Read what changed, now rather than within a second; whether anything had changed."""
    return queries.shelf().look(wait=True)


def check() -> list[Problem]:
    """Everything that is wrong with the content, by file and line: for editors, and for `portal content check`."""
    reload()
    books = queries.library()
    found = list(books.problems)
    for page in books.pages.values():
        if not page.generated:
            text = _text(page)
            found += [*_links(books, page), *_pictures(books, page), *_headings(page), *_front_matter(books, page, text)]
            found += wording(page, text, books.site.avoided)
    return sorted({*found, *_navigation(books)})


def _links(books: Library, page: Page) -> Iterator[Problem]:
    for link in page.links:
        if message := _broken(books, page, link.target):
            yield Problem(page.source, link.line, message % {"address": link.written})


def _broken(books: Library, page: Page, target: str) -> str:
    """What is wrong with a link's target; empty if it leads somewhere, or out of the site."""
    path, _hash, fragment = target.partition("#")
    path = unquote(path.partition("?")[0])
    if path and not path.startswith("/"):
        return ""
    goal = books.pages.get(path) if path else page
    if goal is None:
        if any(path == page.path for page in books.resting):
            return str(_("The link to “%(address)s” leads to a page that is not online."))
        is_there = path in books.files or queries.shelf().is_taken(path)
        return "" if is_there else str(_("The link to “%(address)s” leads nowhere."))
    anchors = {heading.anchor for heading in goal.headings}
    if fragment and unquote(fragment) not in anchors and f'id="{unquote(fragment)}"' not in goal.body_html:
        return str(_("The link to “%(address)s” leads to the page, but there is no such place on it."))
    return ""


def _pictures(books: Library, page: Page) -> Iterator[Problem]:
    for image in page.images:
        if unquote(image.source) not in books.files:
            yield Problem(page.source, image.line, _("There is no picture “%(name)s”.", name=image.written))
        if not image.alt and not image.decorative:
            yield Problem(page.source, image.line, _("The picture “%(name)s” has no alternative text.", name=image.written))
    named = {"picture": [page.picture], "photo": [page.meta.get("photo", "")], "people": [person.photo for person in page.people]}
    for key, addresses in named.items():
        for address in addresses:
            if address and address not in books.files:
                yield Problem(page.source, _line(page, key), _("There is no picture “%(name)s”.", name=address.lstrip("/")))


def _headings(page: Page) -> Iterator[Problem]:
    level = 1
    for heading in page.headings:
        if heading.level > level + 1:
            message = _(
                "The heading “%(text)s” jumps from level %(old)s to %(new)s.", text=heading.text, old=level, new=heading.level
            )
            yield Problem(page.source, heading.line, message, minor=True)
        level = heading.level


def _front_matter(books: Library, page: Page, text: str) -> Iterator[Problem]:
    if page.kind == "story" and page.pay is None:
        yield Problem(page.source, 1, _("This story does not say what it pays."))
    if page.kind == "story" and not page.drawback:
        yield Problem(page.source, 1, _("This story does not say what is hard about it (drawback)."))
    if page.kind != "page" and not page.description:
        yield Problem(page.source, 1, _("This page has no description; search engines and previews show it."), minor=True)
    if page.checked and is_stale(page.checked):
        yield Problem(
            page.source, matter.line_of(text, "checked"), _("This page was last checked more than a year ago."), minor=True
        )
    contact = page.meta["contact"]
    if contact and not any(voice.slug == contact for voice in books.pages.values() if voice.kind == "voice"):
        message = _("There is no voice “%(name)s” who could be the contact.", name=contact)
        yield Problem(page.source, matter.line_of(text, "contact"), message)
    criterion = page.meta.get("criterion")
    if criterion and criterion not in {known.key for known in books.site.criteria}:
        message = _("There is no criterion “%(key)s” in site.yaml.", key=criterion)
        yield Problem(page.source, matter.line_of(text, "criterion"), message)


def _navigation(books: Library) -> Iterable[Problem]:
    home = books.pages["/"]
    for item in (*books.site.navigation, *books.site.footer):
        if message := _broken(books, home, item.path):
            yield Problem("site.yaml", 0, message % {"address": item.path})
    if books.site.logo and "/" + books.site.logo not in books.files:
        yield Problem("site.yaml", 0, _("There is no picture “%(name)s”.", name=books.site.logo))


def _line(page: Page, key: str) -> int:
    """The line of a key in a page's file; 0 if the file is away."""
    return matter.line_of(_text(page), key)


def _text(page: Page) -> str:
    """A page's file as it lies there; empty if it is away."""
    path = Path(current_app.config["CONTENT_DIR"]) / page.source
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""

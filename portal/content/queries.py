"""How pages, mail texts and the site's own words are found. All of it lies in memory."""

import unicodedata
from collections.abc import Sequence
from datetime import date

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from portal import clock, tokens
from portal.content.library import Shelf
from portal.content.models import Criterion, File, Library, Mail, Page, PageState, Problem, Site, slugify
from portal.errors import NotFound

RELATED = 3
MOST_PICKED = 5
PREVIEW = "preview"
PREVIEW_SECONDS = 14 * 24 * 3600


def shelf() -> Shelf:
    """The shelf of the running application."""
    found: Shelf = current_app.extensions["content"]
    return found


def library() -> Library:
    """Everything the content folder holds at this moment."""
    return shelf().library()


def site() -> Site:
    """Name, colours, navigation and promises of the company."""
    return library().site


def find_page(path: str) -> Page | None:
    """The page at an address, also when it is written in another way: with `.md`, a last slash, small letters and hyphens."""
    books = library()
    plain = "/" + unicodedata.normalize("NFC", path).strip("/").removesuffix(".md")
    slug = slugify(plain)
    found = books.pages.get(plain) or books.pages.get(plain.removesuffix("/index") or "/")
    return found or (books.by_slug.get(slug) if slug.strip("/") else None)


def get_page(path: str) -> Page:
    """The page at an address; raises NotFound."""
    page = find_page(path)
    if page is None:
        raise NotFound(_("There is no page at this address."))
    return page


def list_pages(kind: str | None = None) -> Sequence[Page]:
    """All pages, or those of a kind: by folder, their order there, and the newest first."""
    return [page for page in library().pages.values() if kind in {None, page.kind}]


def list_resting() -> Sequence[tuple[Page, PageState]]:
    """Pages that readers do not meet now, each with the reason, by address."""
    today = clock.today(site().time_zone)
    return [(page, page.state(today)) for page in sorted(library().resting, key=lambda page: page.path)]


def page_of_preview(token: str) -> Page:
    """The page, online or not, that a preview link shows; NotFound when it has run out or the page is gone."""
    path = str(tokens.unsign(PREVIEW, token, PREVIEW_SECONDS))
    found = next((page for page in library().resting if page.path == path), None)
    return found or get_page(path)


def preview_token(page: Page) -> str:
    """What opens a page for two weeks to whoever has the link, without an account."""
    return tokens.sign(PREVIEW, page.path)


def list_newest(kind: str, most: int) -> Sequence[Page]:
    """The latest pages of a kind."""
    return sorted(list_pages(kind), key=lambda page: page.published or date.min, reverse=True)[:most]


def list_children(path: str) -> Sequence[Page]:
    """The pages right below an address."""
    return library().children(path)


def list_siblings(page: Page) -> Sequence[Page]:
    """The other pages of the same kind in the same folder."""
    return [other for other in library().children(page.folder) if other.kind == page.kind and other != page]


def list_related(page: Page) -> Sequence[Page]:
    """A few stories to read next: those of the same team first."""
    others = [other for other in list_pages(page.kind) if other.path != page.path]
    return sorted(others, key=lambda other: other.meta.get("team") != page.meta.get("team"))[:RELATED]


def search(text: str) -> Sequence[tuple[Page, Markup]]:
    """Pages that have all the words, best first, each with a piece of its text as safe HTML."""
    pages = library().pages
    return [(pages[hit.path], hit.snippet) for hit in shelf().index().find(text) if hit.path in pages]


def list_stories(folder: str, team: str = "", place: str = "") -> Sequence[Page]:
    """The role stories right below an address, of a team, and at a place whose name begins so."""
    stories = [page for page in list_children(folder) if page.kind == "story"]
    of_team = [page for page in stories if team in {"", page.meta["team"]}]
    return [page for page in of_team if place in {"", town(page)}]


def town(page: Page) -> str:
    """Where a role is, without what is said further about it: “Emden” of “Emden, two days a week at home”."""
    return str(page.meta["place"]).partition(",")[0].strip()


def list_picked(keys: Sequence[str]) -> Sequence[Criterion]:
    """The criteria that a reader picked, in the reader's order: at most five, each once, unknown ones left out."""
    known = {criterion.key: criterion for criterion in site().criteria}
    return [known[key] for key in dict.fromkeys(keys) if key in known][:MOST_PICKED]


def find_answer(criterion: Criterion) -> Page | None:
    """The page that says more about a criterion."""
    return next((page for page in list_pages() if page.meta.get("criterion") == criterion.key), None)


def find_voice(name: str) -> Page | None:
    """The page on which a person speaks, by name or by the name of the file."""
    return next((page for page in list_pages("voice") if page.meta.get("name") == name or page.slug == name), None)


def find_file(path: str) -> File | None:
    """The picture or document at an address."""
    return library().files.get("/" + unicodedata.normalize("NFC", path).lstrip("/"))


def list_mails(kind: str | None = None) -> Sequence[Mail]:
    """Texts to start a mail from: all, or those of a kind (outreach, newsletter, confirmation)."""
    return [mail for mail in library().mails.values() if kind in {None, mail.kind}]


def get_mail(name: str) -> Mail:
    """A mail text by the name of its file, or by the name people call it; raises NotFound."""
    mails = library().mails
    mail = mails.get(name) or next((mail for mail in mails.values() if mail.name == name), None)
    if mail is None:
        raise NotFound(_("There is no mail text “%(name)s”.", name=name))
    return mail


def problems() -> Sequence[Problem]:
    """What was wrong with files when they were read. `services.check` looks further."""
    return library().problems

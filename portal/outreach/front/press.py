"""Landing pages are printed once for each page, language and kind of link, with gaps for what is one person's.

The gaps are filled for each request: token, name, note, notice, a fresh token for the proof and one for each form. Sheets hold
nothing about candidates, so they need not be forgotten when somebody is erased or a note changes.
"""

import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Flask, render_template
from flask_babel import force_locale, format_date
from flask_babel import gettext as _
from markupsafe import Markup, escape

from portal.content.models import Page
from portal.content.queries import shelf
from portal.outreach.front.showing import call_name, keep_prefix, writer_of
from portal.outreach.queries import Opened
from portal.security import form_token

MOST_SHEETS = 512
FORGET_AFTER_SECONDS = 20.0  # what readers asked stands on a page, too, and changes without the content folder
# No page's text holds this by chance, and it passes through addresses and escaping as it is.
_MARK = "gap" + secrets.token_hex(8)
_GAP = re.compile(_MARK + r"(\w+?)end")
FORM = "form_"


class Sheet:
    """A page with gaps: pieces of bytes, and between them the names of what belongs there."""

    def __init__(self, html: str) -> None:
        parts = _GAP.split(html)
        self._texts = [part.encode() for part in parts[::2]]
        self._gaps = parts[1::2]
        self._purposes = {name for name in self._gaps if name.startswith(FORM)}

    def fill(self, values: Mapping[str, str]) -> bytes:
        """The page of one request; tokens of forms are made here, a fresh one for each purpose."""
        ready = {name: text.encode() for name, text in values.items()}
        ready |= {name: form_token(name.removeprefix(FORM)).encode() for name in self._purposes}
        pieces = [self._texts[0]]
        for name, text in zip(self._gaps, self._texts[1:], strict=True):
            pieces += (ready[name], text)
        return b"".join(pieces)


class Press:
    """Keeps the sheets. What a sheet was made from is its name, so a changed page, writer or word makes another."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._sheets: dict[tuple[object, ...], Sheet] = {}
        self._version = -1
        self._forget_at = 0.0

    def landing(self, link: Opened, page: Page, is_first: bool, language: str) -> Sheet:
        """The sheet of a page behind a link of this kind."""
        has = {
            "first_name": bool(call_name(link.greeting_name, link.full_name)),
            "note": bool(link.note and link.note.strip()),
            "source": link.candidate_id is not None,
            "until": link.until is not None,
        }
        key = (page.path, is_first, language, link.writer, link.writer_title, link.campaign_id is not None, *has.values())
        return self._sheet(key, lambda: self._print(link, page, is_first, language, has))

    def closed(self, language: str) -> Sheet:
        """The sheet that every link shows which is not open, for whatever reason."""
        return self._sheet(("closed", language), lambda: self._render("outreach/closed.html", language))

    def busy(self, language: str) -> Sheet:
        """The sheet for a network that tried too many links which are not there."""
        return self._sheet(("busy", language), lambda: self._render("outreach/busy.html", language))

    def _sheet(self, key: tuple[object, ...], make: Callable[[], str]) -> Sheet:
        shelf().library()  # looks for changed files, once a second at most
        version, now = shelf().version, time.monotonic()
        if version != self._version or now >= self._forget_at or len(self._sheets) >= MOST_SHEETS:
            with self._lock:
                self._version, self._forget_at, self._sheets = version, now + FORGET_AFTER_SECONDS, {}
        sheets = self._sheets
        found = sheets.get(key)
        if found is None:
            found = sheets[key] = Sheet(make())
        return found

    def _print(self, link: Opened, page: Page, is_first: bool, language: str, has: Mapping[str, bool]) -> str:
        shown = {name: gap(name) if there else "" for name, there in has.items()}
        return self._render(
            "outreach/landing.html",
            language,
            token=gap("token"),
            visit=gap("visit"),
            page=page,
            is_first=is_first,
            body=keep_prefix(page.body_html, f"/l/{gap('token')}"),
            first_name=shown["first_name"],
            note=shown["note"],
            writer=writer_of(link.writer or "", link.writer_title or "") if link.campaign_id is not None else None,
            where_from={"source": shown["source"], "until": shown["until"]} if has["source"] else None,
            form_token=lambda purpose: gap(FORM + purpose),
        )

    def _render(self, template: str, language: str, **values: Any) -> str:
        # A request of its own: what the present one looks like must not get into what others will read.
        with self._app.test_request_context("/l/"), force_locale(language):
            return render_template(template, **values)


def gap(name: str) -> Markup:
    """What stands in a sheet where something of one request belongs."""
    return Markup(f"{_MARK}{name}end")  # noqa: S704 - our own mark


def personal_values(link: Opened, token: str, proof: str, language: str) -> dict[str, str]:
    """What fills the gaps for one request, escaped."""
    return {
        "token": str(escape(token)),
        "visit": proof,
        "first_name": str(escape(call_name(link.greeting_name, link.full_name))),
        "note": paragraphs(link.note or ""),
        "source": str(escape(link.source or "")),
        "until": _day(link.until.date(), language) if link.until is not None else "",
    }


@lru_cache(maxsize=4096)
def _day(day: date, language: str) -> str:
    """A day in words; remembered, since many share it."""
    with force_locale(language):
        return str(format_date(day, _("d MMMM y")))


def paragraphs(note: str) -> str:
    """A note as HTML: what was typed, in paragraphs, each in its own direction."""
    return "\n  ".join(
        f'<p class="prose" dir="auto">{escape(text.strip())}</p>'
        for text in note.replace("\r\n", "\n").split("\n\n")
        if text.strip()
    )

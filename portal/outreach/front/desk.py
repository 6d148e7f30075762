"""What happens at a landing link: one question to the database, one durable row, one page from memory."""

from queue import SimpleQueue
from typing import Any, NamedTuple, cast

from flask import Flask, current_app
from werkzeug.datastructures import EnvironHeaders, LanguageAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header

from portal import clock
from portal.config import read_from
from portal.content.models import Page
from portal.content.queries import find_page
from portal.outreach import services
from portal.outreach.front.press import Press, personal_values
from portal.outreach.front.watch import Guesses, Sweeps, network_of
from portal.outreach.queries import Opened, find_opened
from portal.outreach.verdicts import Facts, read_request
from portal.privacy.services import replay_once

PROOF = "portal.proof"  # where other pages behind a link find the token of their visit
MOST_MEMORISED = 256
# Pages made at the same time. More would only take the interpreter from each other; those who wait for the disk hold no place.
PLACES = 4
Environ = dict[str, Any]


class Reply(NamedTuple):
    """A whole answer but its headers, which are the same for all."""

    status: str
    body: bytes


class Ready(NamedTuple):
    """An answer, and the visit that is to be kept before it leaves."""

    reply: Reply | None
    visit: tuple[Opened, Facts, str] | None


class Desk:
    """Answers requests to landing links, for the door in front of Flask and for the view behind it."""

    def __init__(self, app: Flask) -> None:
        settings = read_from(app)
        self._app = app
        self._press = Press(app)
        self._hops = settings.behind_proxy
        self._languages = [name.strip() for name in settings.languages.split(",")]
        self._guesses = Guesses()
        self._sweeps = Sweeps()
        self._places: SimpleQueue[None] = SimpleQueue()  # a semaphore of Python's own wakes its waiters at several times the cost
        for _place in range(PLACES):
            self._places.put(None)
        self._endpoints: dict[str, str] = {}
        self._chosen: dict[str, str] = {}

    def answer(self, token: str, rest: str, environ: Environ) -> Reply | None:
        """What to say at `/l/<token>/<rest>`; None when another page of the application is to answer, its visit kept already.

        Needs an application context.
        """
        network = network_of(environ, self._hops)
        if self._guesses.are_too_many(network):
            return Reply("429 TOO MANY REQUESTS", self._press.busy(self._language(environ)).fill({}))
        place = self._places.get()
        try:
            ready = self._prepare(token, rest, network, environ)
        finally:
            self._places.put(place)
        if ready.visit is not None:
            services.keep(*ready.visit)
        return ready.reply

    def _prepare(self, token: str, rest: str, network: str, environ: Environ) -> "Ready":
        """The whole answer before the visit is kept, so that nothing can go wrong between the row and the answer."""
        replay_once()  # as before every first request: whom a restored backup brought back is nobody
        link = find_opened(token, clock.now(), inside=bool(rest))
        if link is None:
            self._guesses.note(network)
            return Ready(self._closed(environ), None)
        if self._endpoint(rest) != "outreach.land":
            return self._elsewhere(link, "/" + rest, network, environ)
        page = find_page(rest) if rest else find_page(link.page) or find_page("/")
        return self._landing(link, token, page, not rest, network, environ) if page else Ready(None, None)

    def _landing(self, link: Opened, token: str, page: Page, is_first: bool, network: str, environ: Environ) -> "Ready":
        language, proof = self._language(environ), services.new_proof()
        facts = self._facts(link, page.path, network, environ)
        if is_first and link.visit_limit is not None and not services.admit(link.id, facts):
            return Ready(self._closed(environ), None)
        sheet = self._press.landing(link, page, is_first or page.path == link.page, language)
        body = sheet.fill(personal_values(link, token, proof, language))
        return Ready(Reply("200 OK", body), (link, facts, proof))

    def _elsewhere(self, link: Opened, page: str, network: str, environ: Environ) -> "Ready":
        proof = environ[PROOF] = services.new_proof()
        return Ready(None, (link, self._facts(link, page, network, environ), proof))

    def _closed(self, environ: Environ) -> Reply:
        return Reply("404 NOT FOUND", self._press.closed(self._language(environ)).fill({}))

    def _facts(self, link: Opened, page: str, network: str, environ: Environ) -> Facts:
        facts = read_request(environ["REQUEST_METHOD"], EnvironHeaders(environ), page)
        if link.candidate_id is not None and self._sweeps.has_many(network, link.id):
            return Facts(facts.page, facts.agent, (*facts.signals, "sweep"), facts.private)
        return facts

    def _endpoint(self, rest: str) -> str:
        """Which view a path behind a link belongs to; remembered for the few that exist."""
        found = self._endpoints.get(rest)
        if found is None:
            try:
                found = self._app.url_map.bind("").match(f"/l/token/{rest}" if rest else "/l/token", "GET")[0]
            except HTTPException:
                found = ""
            if len(self._endpoints) < MOST_MEMORISED:
                self._endpoints[rest] = found
        return found

    def _language(self, environ: Environ) -> str:
        """The language that the reader's browser likes best among ours."""
        if len(self._languages) == 1:
            return self._languages[0]
        asked = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        found = self._chosen.get(asked)
        if found is None:
            found = parse_accept_header(asked, LanguageAccept).best_match(self._languages) or self._languages[0]
            if len(self._chosen) < MOST_MEMORISED:
                self._chosen[asked] = found
        return found


def desk() -> Desk:
    """The desk of the running application."""
    return cast(Desk, current_app.extensions["landing"])

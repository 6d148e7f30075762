"""A real server, and what comes to it besides people: none of it makes a human visit or changes anything; no token is logged."""

import contextlib
import html
import http.client
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from portal import clock
from portal.db import db
from portal.delivery.models import Delivery, Purpose, Status
from portal.outreach import services
from portal.outreach.models import Verdict, Visit
from portal.pipeline.queries import find_placement
from portal.submissions.models import Response, Tap
from portal.timeline.models import Kind, Touchpoint
from tests.live import ROOT, answers, environment
from tests.outreach import BROWSER
from tests.services import free_port, wait_until

OUTLOOK = {**BROWSER, "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"}
UNFURLERS = (
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "WhatsApp/2.23.20.0",
    "Twitterbot/1.0",
    "facebookexternalhit/1.1",
)
PREFETCHES = ({"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"})
STAYS = {Kind.ADDED, Kind.OUTREACH_DELIVERED, Kind.MAIL_DELIVERED}


@dataclass
class Server:
    """A running portal, asked as a program asks: no cookies, no scripts."""

    port: int
    log: Path
    visited: list[str] = field(default_factory=list)

    def ask(
        self, path: str, headers: dict[str, str] = BROWSER, method: str = "GET", fields: dict | None = None
    ) -> tuple[int, dict, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        body = urlencode(fields) if fields is not None else None
        more = {"Content-Type": "application/x-www-form-urlencoded"} if fields is not None else {}
        connection.request("POST" if fields is not None else method, path, body, {**headers, **more})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, text


@contextlib.contextmanager
def served(app, folder: Path, database_url: str, **more: str) -> Iterator[Server]:
    """The application's database behind a server of its own, its log in a file."""
    server = Server(free_port(), folder / "server.log")
    settings = {
        "PORTAL_SECRET_KEY": app.config["SECRET_KEY"],
        "PORTAL_DATABASE_URL": database_url,
        "PORTAL_LOG_LEVEL": "info",
        **more,
    }
    command = [sys.executable, "-m", "portal.cli", "serve"]
    with server.log.open("wb") as log:
        env = environment(folder, server.port, **settings)
        process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_until(lambda: answers(f"http://127.0.0.1:{server.port}/healthz"), 90, "the server")
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(40)


def addresses_on(page: str) -> list[str]:
    """Every link of a page, hidden ones too."""
    return [html.unescape(found) for found in re.findall(r'<a\b[^>]*?\shref="(/[^"]*)"', page)]


def press_everything(server: Server, path: str, headers: dict[str, str], depth: int = 2) -> None:
    """What a sandbox does: open the page, fill in each form, press each of its buttons, and so on where that leads."""
    status, _headers, page = server.ask(path, headers)
    if status != 200 or not depth:
        return
    for form in re.findall(r"<form\b.*?</form>", page, re.DOTALL):
        action = html.unescape(re.search(r'action="([^"]*)"', form)[1]) if "action=" in form else path
        fields = dict(re.findall(r'<input type="hidden"[^>]*name="([^"]+)" value="([^"]*)"', form))
        fields |= dict.fromkeys(re.findall(r'type="date"[^>]*name="([^"]+)"', form), "2027-03-01")
        buttons = re.findall(r'<button\b[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form) or [("", "")]
        for name, value in buttons:
            chosen = {key: html.unescape(text) for key, text in {**fields, **({name: value} if name else {})}.items()}
            status, answer, _body = server.ask(action, headers, fields=chosen)
            if status in {302, 303}:
                target = urlsplit(answer["location"])
                server.ask(f"{target.path}?{target.query}", headers)
    for address in addresses_on(page):
        if address.startswith("/l/"):
            press_everything(server, address, headers, depth - 1)


def test_scanners_unfurlers_prefetchers_and_sandboxes_make_nobody_human_and_change_nothing(app, make, tmp_path, database_url):
    campaign = make.campaign()
    people = {
        name: make.message(make.candidate(name), campaign)
        for name in ("Outlook", "Ada", "Bob", "Eve", "Kim", "Lou", "Sam", "Zoe")
    }
    tokens = {name: services.token_of(message.link) for name, message in people.items()}
    just_sent(people["Outlook"])
    db.session.commit()
    with served(app, tmp_path, database_url) as server:
        scanner_of_a_mail(server, tokens["Outlook"])
        for number, unfurler in enumerate(UNFURLERS):
            server.ask(f"/l/{tokens[('Ada', 'Bob')[number % 2]]}", {**BROWSER, "User-Agent": unfurler})
        for headers in PREFETCHES:
            server.ask(f"/l/{tokens['Eve']}", {**BROWSER, **headers})
        server.ask(f"/l/{tokens['Kim']}", method="HEAD")
        sandbox_that_lies(server, tokens["Lou"])
        press_everything(server, f"/l/{tokens['Sam']}", OUTLOOK)
        for token in tokens.values():  # a scanner on every link of every mail
            server.ask(f"/l/{token}", OUTLOOK)
    while services.classify():
        pass
    db.session.expire_all()
    assert nothing_changed(people)
    assert {visit.verdict for visit in db.session.query(Visit)} <= {Verdict.MACHINE, Verdict.PREVIEW, Verdict.UNCONFIRMED}
    assert db.session.query(Visit).filter_by(verdict=Verdict.PREVIEW).count() == len(UNFURLERS)
    assert {visit.rule for visit in db.session.query(Visit)} >= {
        "just delivered",
        "unseen link",
        "several links",
        "preview",
        "head",
        "prefetch",
    }
    assert db.session.query(Tap).count() > 0, "the sandbox pressed nothing"
    log = server.log.read_text()
    assert "request" in log
    for token in tokens.values():
        assert token not in log
    assert "127.0.0.1" not in log.replace(f"http://127.0.0.1:{server.port}", "")


def just_sent(message) -> None:
    services.queue(message.campaign)
    row = db.session.query(Delivery).filter_by(purpose=Purpose.OUTREACH, subject_id=message.id).one()
    row.status, row.sent_at = Status.SENT, clock.now()


def scanner_of_a_mail(server: Server, token: str) -> None:
    """It opens all links of a mail with an ordinary browser's name, seconds after the mail was delivered."""
    for path in ("", "/answer/interested", "/answer/not-now", "/answer/no"):
        assert server.ask(f"/l/{token}{path}", OUTLOOK)[0] == 200


def sandbox_that_lies(server: Server, token: str) -> None:
    """It follows every link it finds, also the hidden one, waits and sends the proof a script would send."""
    page = server.ask(f"/l/{token}", OUTLOOK)[2]
    for address in addresses_on(page):
        server.ask(address, OUTLOOK)
    proof = re.search(r'data-visit="([^"]+)"', page)[1]
    assert server.ask(f"/l/{token}/proofs", OUTLOOK, fields={"visit": proof})[0] == 204
    time.sleep(5.2)
    assert server.ask(f"/l/{token}/proofs", OUTLOOK, fields={"visit": proof})[0] == 204


def nothing_changed(people) -> bool:
    assert db.session.query(Response).count() == 0
    assert not {touchpoint.kind for touchpoint in db.session.query(Touchpoint)} - STAYS
    for message in people.values():
        candidate = message.candidate
        assert find_placement(candidate.id) is None
        assert candidate.unsubscribed_at is candidate.do_not_contact_at is candidate.objected_at is candidate.ask_again_on is None
    return True

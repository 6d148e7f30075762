"""A running portal with people in it, and their mailboxes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from playwright.sync_api import Page
from sqlalchemy import select

from portal import clock, create_app
from portal.candidates import services as candidates
from portal.db import db
from portal.delivery.emails import read
from portal.delivery.models import OutboxMail
from portal.delivery.queries import get_mail
from portal.outreach import services as outreach
from portal.privacy import services as privacy
from portal.privacy.models import Action
from tests.factories import Factory
from tests.live import ROOT, Live
from tests.services import wait_until

ADA, BOB, MALLORY = "ada@candidate.example", "bob@candidate.example", "mallory@candidate.example"


@contextmanager
def inside(live: Live) -> Iterator[None]:
    """The same installation from within, beside its server and worker."""
    app = create_app({"data_dir": live.folder, "content_dir": ROOT / "content", "base_url": live.url, "log_level": "warning"})
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def settle(live: Live) -> None:
    """Ada got a first message an hour ago; Bob ended the newsletters; Mallory is known too."""
    with inside(live), clock.standing_at(clock.now() - timedelta(hours=1)):
        make = Factory()
        hana = make.user()
        ada = make.candidate(
            "Ada Quillfeather", email=ADA, greeting_name="Ada", company="Hafenwerk", evidence="gave the talk on sensors"
        )
        candidates.add_note(ada, "Asked the best question about ladders.", hana.id)
        privacy.audit(Action.SAW, candidate_id=ada.id, actor_id=hana.id)
        outreach.queue(make.message(ada).campaign)
        candidates.unsubscribe(make.reader("Bob Olsen", email=BOB), "page")
        make.reader("Mallory", email=MALLORY)


def newest_mail(live: Live, to: str, after: int = 0) -> tuple[int, str]:
    """Number and text of the newest mail to somebody, once there is one later than number `after`."""
    found: list[int] = []

    def arrived() -> bool:
        newest = select(OutboxMail.id).filter_by(recipient=to).where(OutboxMail.id > after)
        found[:] = db.session.scalars(newest.order_by(OutboxMail.id.desc())).all()
        db.session.rollback()
        return bool(found)

    with inside(live):
        wait_until(arrived, 60, f"a mail to {to}")
        return found[0], read(get_mail(found[0]).raw).text


def path_in(text: str, start: str) -> str:
    """The address in a mail that begins so, as a path."""
    return re.search(rf"https?://[^/\s]+({re.escape(start)}[^\s)>]*)", text)[1]


def count_mails(live: Live) -> int:
    """The number of the newest mail of all."""
    with inside(live):
        return db.session.scalar(select(OutboxMail.id).order_by(OutboxMail.id.desc()).limit(1)) or 0


def go_in(page: Page, live: Live, email: str) -> str:
    """Ask by address, read the mail, press the button; returns the link that was used up."""
    before = count_mails(live)
    page.goto("/me")
    page.get_by_label("Your mail address").fill(email)
    page.get_by_role("button", name="Send me a fresh link").click()
    page.get_by_role("heading", name="Look into your mailbox").wait_for()
    link = path_in(newest_mail(live, email, before)[1], "/me/links/")
    page.goto(link)
    page.get_by_role("button", name="Open my page").click()
    page.get_by_role("heading", name="Your own page").wait_for()
    return link

"""What the tests of delivery share: a mail server, and letters that need no feature above."""

import pytest
from pydantic import SecretStr

from portal import clock
from portal.delivery import services as delivery
from portal.delivery.emails import Letter
from portal.delivery.models import Delivery, Purpose
from portal.privacy import services as privacy
from tests.delivery.post import Post, post_office


@pytest.fixture
def post() -> Post:
    with post_office() as post:
        yield post


@pytest.fixture
def mailing_app(app, post):
    """The application with that mail server, and a short letter for every purpose."""
    use_server(app, post.url)
    app.extensions["composers"] = dict.fromkeys(Purpose, write_letter)
    return app


def use_server(app, url: str) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"smtp_url": SecretStr(url)})


def write_letter(delivery: Delivery) -> Letter:
    return Letter(
        subject="A question for {{first_name}}",
        body="Hello {{first_name}},\n\nhow are you?\n\n{{sender_name}}",
        values={"first_name": delivery.candidate.greeting_name, "sender_name": "Marit Folkerts"},
        sender_name="Marit Folkerts",
        footer=("Sielwerk GmbH, Emden",),
        notice=delivery.purpose in {Purpose.OUTREACH, Purpose.NOTICE},
        about=("test", delivery.subject_id),
    )


@pytest.fixture
def send(mailing_app):
    """Queue one mail to somebody and send what is due; returns its row."""

    def send(candidate, purpose: Purpose = Purpose.OUTREACH, subject_id: int = 1) -> Delivery:
        row = queue(candidate, purpose, subject_id)
        delivery.send_slice()
        return row

    return send


def queue(candidate, purpose: Purpose = Purpose.OUTREACH, subject_id: int = 1) -> Delivery:
    delivery.enqueue(purpose, subject_id, [candidate.id])
    return find(candidate, purpose, subject_id)


def find(candidate, purpose: Purpose = Purpose.OUTREACH, subject_id: int = 1) -> Delivery:
    from portal.db import db
    from portal.delivery.queries import find_delivery

    db.session.expire_all()
    return find_delivery(purpose, subject_id, candidate.id)


def told(candidate) -> None:
    """The candidate has had the privacy notice."""
    privacy.record_notice(candidate.id)


def now():
    return clock.now()

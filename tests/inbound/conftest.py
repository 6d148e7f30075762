"""What the tests of inbound share: an installation with addresses to come back to, and a mail that has left."""

import pytest

from portal import clock
from portal.db import db, transaction
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, Purpose, Status
from portal.delivery.queries import find_delivery


def configure(app, **more) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update=more)


@pytest.fixture
def inbound_app(app):
    configure(app, bounce_address="bounces@sielwerk.example", reply_address="reply@sielwerk.example")
    return app


@pytest.fixture
def left(inbound_app):
    """A mail to somebody that has left, or of which nobody knows."""

    def left(candidate, purpose: Purpose = Purpose.MAILING, subject_id: int = 1, status: Status = Status.SENT) -> Delivery:
        delivery.enqueue(purpose, subject_id, [candidate.id])
        row = find_delivery(purpose, subject_id, candidate.id)
        with transaction():
            row.status, row.sent_at = status, clock.now()
        return row

    return left


@pytest.fixture
def ada(make, inbound_app):
    return make.reader("Ada", email="ada@candidate.example")


def fresh(row):
    """A row as it is now."""
    db.session.expire_all()
    return row

"""A hundred people have themselves erased in the middle of a mailing of five thousand."""

import random
import threading
import time

from sqlalchemy import insert

from portal import clock
from portal.candidates.models import Candidate
from portal.db import db, transaction
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, Purpose, Status
from portal.privacy import services as privacy
from tests.delivery.test_kill import start, wait_for

MAILS, ERASED = 5000, 100
# So many mails the server takes for each erasure: on no machine is the mailing over before the last of them.
PACE = 40
# The mail that is on the wire at the very moment may still arrive; nothing that begins later.
GRACE_SECONDS = 1.0


def test_nobody_who_was_erased_is_written_to_a_second_later(app, database_url, tmp_path, make, post):
    addresses = many_people(make)
    delivery.enqueue(Purpose.CONFIRMATION, 1, list(addresses))
    arrived: dict[str, float] = {}
    chosen, erased, done = random.Random(11).sample(sorted(addresses), ERASED), {}, threading.Event()

    def take(recipient: str) -> None:
        arrived[recipient] = time.monotonic()
        while len(arrived) > PACE * (len(erased) + 1) + 50 and not done.is_set():
            done.wait(0.01)

    post.before_answer = take
    worker = start(tmp_path, database_url, post.url, 0)
    wait_for(post, 50, worker)
    for number in chosen:
        privacy.erase(number, "themselves")
        db.session.remove()
        erased[number] = time.monotonic()
    done.set()
    assert worker.poll() is None, "the mailing was over before the last was erased"
    assert worker.wait(300) == 0

    late = {number for number in chosen if arrived.get(addresses[number], 0) > erased[number] + GRACE_SECONDS}
    assert late == set()
    spared = {number for number in chosen if addresses[number] not in arrived}
    assert len(spared) > ERASED / 2, "most were erased before their turn, or this shows nothing"
    states = dict(db.session.query(Delivery.candidate_id, Delivery.status).all())
    assert {states[number] for number in spared} == {Status.CANCELLED}
    others = {number for number in addresses if number not in erased}
    assert {states[number] for number in others} == {Status.SENT}
    assert {addresses[number] for number in others} <= set(arrived)


def many_people(make) -> dict[int, str]:
    """The candidates, by number, with their addresses; written at once, because adding them is not what is shown."""
    now = clock.now()
    same = {
        "full_name": "Somebody",
        "greeting_name": "Somebody",
        "source_id": make.source().id,
        "collected_at": now,
        "created_at": now,
    }
    names = [f"p{number}@many.example" for number in range(MAILS)]
    people = [same | {"public_id": name, "email": name, "address_key": name} for name in names]
    with transaction() as session:
        session.execute(insert(Candidate), people)
        return dict(session.query(Candidate.id, Candidate.email).all())

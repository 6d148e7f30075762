"""Who would get a mailing, and what became of it."""

import time
from datetime import timedelta

from sqlalchemy import insert, select

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.models import Candidate, Pace
from portal.db import db, transaction
from portal.delivery.models import Status
from portal.mailings import queries, services
from portal.privacy import services as privacy
from portal.privacy.models import Basis, LawfulBasis, Notice, SuppressionReason
from tests.mailings.work import work


def test_reach_tells_who_gets_it_and_counts_the_others_by_reason(make):
    make.reader("Ada")
    make.reader("Bob", unsubscribed_at=clock.now())
    make.reader("Carla", unsubscribed_at=clock.now())
    make.candidate("Dörte")
    eske = make.reader("Eske", email="eske@candidate.example")
    privacy.suppress("eske@candidate.example", SuppressionReason.OBJECTED)
    candidates.stop_contact(fenna := make.reader("Fenna"))
    with transaction():
        gone = make.reader("Gone")
        gone.erased_at, gone.email, gone.address_key = clock.now(), None, None
    reach = queries.reach(None)
    assert (reach.total, reach.allowed, reach.will_get_it) == (6, 1, 1)
    assert sorted(map(len, reach.left_out.values())) == [1, 1, 1, 2]
    assert reach.left_out["Do not contact."] == [fenna.id]
    assert [eske.id] in reach.left_out.values()


def test_reach_tells_those_apart_who_get_it_some_days_later(make):
    today = clock.now().date()
    soon, late = make.reader(paused_until=today + timedelta(days=5)), make.reader(paused_until=today + timedelta(days=90))
    reach = queries.reach(None)
    assert (reach.allowed, reach.will_get_it) == (0, 1)
    assert list(reach.later.values()) == [[soon.id]]
    assert list(reach.left_out.values()) == [[late.id]]


def test_reach_looks_at_the_moment_of_sending(make):
    ada = make.reader()
    privacy.establish(ada.id, Basis.LEGITIMATE_INTEREST, until=clock.now() + timedelta(days=3))
    assert queries.reach(None).allowed == 1
    assert queries.reach(None, clock.now() + timedelta(days=4)).allowed == 0


def test_reach_says_beforehand_what_then_happens(make):
    for number, pace in enumerate(Pace):
        make.reader(f"Reader {number}", pace=pace)
    make.candidate("No notice")
    services.start(make.mailing())
    work()
    reach = queries.reach(None)
    mailing = services.start(make.mailing(subject="The second"))
    work()
    became = {row.status: row.count for row in queries.outcomes(mailing.id) if row.status is not Status.WITHHELD}
    assert reach.allowed == became[Status.SENT] == 1
    assert sum(map(len, reach.later.values())) == became[Status.DUE] == 1
    withheld = {row.reason: row.count for row in queries.outcomes(mailing.id) if row.status is Status.WITHHELD}
    assert {reason: len(ids) for reason, ids in reach.left_out.items()} == withheld


def test_reach_of_thousands_is_quick(make):
    base = make.reader()
    columns = {column.name: getattr(base, column.name) for column in Candidate.__table__.columns}
    with transaction() as session:
        numbers = range(10, 5010)
        unique = [{"id": n, "public_id": f"p{n}", "email": f"p{n}@x.example", "address_key": f"p{n}@x.example"} for n in numbers]
        session.execute(insert(Candidate), [columns | own for own in unique])
        session.execute(insert(Notice), [{"candidate_id": n, "at": clock.now()} for n in numbers])
        until = {"basis": Basis.CONSENT, "since": clock.now(), "until": clock.now() + timedelta(days=9), "evidence": ""}
        session.execute(insert(LawfulBasis), [{"candidate_id": n} | until for n in numbers])
    started = time.perf_counter()
    assert queries.reach(None).allowed == 5001
    assert time.perf_counter() - started < 10  # about half a second on an idle core; a question per person would take minutes


def test_the_people_behind_each_number_can_be_listed(make):
    ada, bob = make.reader("Ada"), make.reader("Bob", unsubscribed_at=clock.now())
    mailing = services.start(make.mailing())
    work()
    [withheld] = [row for row in queries.outcomes(mailing.id) if row.status is Status.WITHHELD]
    assert [row.id for row in queries.list_people(mailing.id, Status.SENT)] == [ada.id]
    assert [row.id for row in queries.list_people(mailing.id, Status.WITHHELD, withheld.reason)] == [bob.id]


def test_unsubscribing_after_a_mailing_counts_for_it_and_before_it_does_not(make):
    ada, _eske = make.reader("Ada"), make.reader("Eske")
    candidates.unsubscribe(ada)
    candidates.resubscribe(ada)
    mailing = services.start(make.mailing())
    work()
    assert queries.count_unsubscribed(mailing.id) == 0
    candidates.unsubscribe(ada)
    assert queries.count_unsubscribed(mailing.id) == 1
    assert [row.id for row in queries.list_unsubscribed(mailing.id)] == [ada.id]


def test_readers_of_a_preview_can_be_leafed_through(make):
    first, second, third = (make.reader(name) for name in ("Ada", "Eske", "Fenna"))
    assert queries.find_reader(None, None).candidate == first
    middle = queries.find_reader(None, second.id)
    assert (middle.before, middle.candidate, middle.after) == (first.id, second, third.id)
    assert queries.find_reader(None, 999).candidate == first
    segment = make.segment("Nobody", personas=[make.persona("Nobody").id])
    assert queries.find_reader(segment, first.id) is None


def test_mailings_that_need_somebody_come_first(make):
    make.reader()
    sent = services.start(make.mailing(subject="Sent"))
    work()
    draft = make.mailing(subject="Draft")
    assert [row.id for row in queries.list_mailings()] == [draft.id, sent.id]
    assert db.session.scalar(select(Candidate.id).limit(1))

"""May this person be mailed this, now? Every rule, for every kind of mail."""

from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.models import Pace
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, Purpose, Status
from portal.privacy import services as privacy
from portal.privacy.models import Basis, SuppressionReason

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ASKED = (Purpose.CONFIRMATION, Purpose.INVITATION)
UNASKED = (Purpose.OUTREACH, Purpose.MAILING)
ALL = (*UNASKED, *ASKED)


@pytest.fixture(autouse=True)
def at_noon():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def ada(make):
    """Somebody who may get anything: with a basis, told who we are."""
    ada = make.candidate("Ada", time_zone="Europe/Berlin")
    privacy.record_notice(ada.id)
    return ada


def ask(candidate, purpose, at=NOW):
    return delivery.gate(candidate, purpose, at)


def change(candidate, **columns):
    with transaction():
        for name, value in columns.items():
            setattr(candidate, name, value)


def sent(candidate, ago: timedelta, purpose=Purpose.MAILING, status=Status.SENT):
    with transaction() as session:
        moment = NOW - ago
        session.add(
            Delivery(
                purpose=purpose,
                subject_id=99,
                candidate_id=candidate.id,
                status=status,
                not_before=moment,
                message_id=f"<{purpose}@test>",
                created_at=moment,
                sent_at=moment,
            )
        )


def allowed(candidate, at=NOW) -> set[Purpose]:
    return {purpose for purpose in ALL if ask(candidate, purpose, at).allowed}


def test_who_has_said_nothing_against_it_may_be_mailed(ada):
    assert allowed(ada) == set(ALL)


NEVER = {
    "erased": lambda ada: change(ada, erased_at=NOW, email=None, address_key=None),
    "without an address": lambda ada: change(ada, email=None, address_key=None),
    "do not contact": candidates.stop_contact,
    "suppressed": lambda ada: privacy.suppress(ada.email, SuppressionReason.OBJECTED),
    "suppressed in another spelling": lambda ada: privacy.suppress(
        ada.email.upper().replace("@", "+x@"), SuppressionReason.BOUNCED
    ),
    "paused": lambda ada: candidates.set_preferences(ada, Pace.ANY, datetime(2027, 1, 1, tzinfo=UTC).date()),
}
UNASKED_ONLY = {
    "unsubscribed": lambda ada: candidates.unsubscribe(ada, "page"),
    "basis run out": lambda ada: privacy.establish(ada.id, Basis.CONSENT, NOW - timedelta(days=9), NOW),
}


@pytest.mark.parametrize("wish", NEVER)
def test_some_wishes_hold_for_every_kind_of_mail(ada, wish):
    NEVER[wish](ada)
    assert allowed(ada) == set()


@pytest.mark.parametrize("wish", UNASKED_ONLY)
def test_some_wishes_hold_for_what_nobody_asked_for(ada, wish):
    UNASKED_ONLY[wish](ada)
    assert allowed(ada) == set(ASKED)
    assert ask(ada, Purpose.MAILING).not_before is None


def test_without_any_basis_nothing_unasked_goes(make):
    ada = make.person("Ada")
    privacy.record_notice(ada.id)
    assert not ask(ada, Purpose.OUTREACH).allowed
    assert ask(ada, Purpose.CONFIRMATION).allowed


def test_a_basis_that_was_renewed_counts(ada):
    privacy.establish(ada.id, Basis.LEGITIMATE_INTEREST, NOW - timedelta(days=400), NOW - timedelta(days=35))
    privacy.establish(ada.id, Basis.CONSENT, NOW)
    assert ask(ada, Purpose.MAILING).allowed


def test_a_mailing_is_never_the_first_contact(make):
    ada = make.candidate("Ada")
    assert not ask(ada, Purpose.MAILING).allowed
    assert ask(ada, Purpose.OUTREACH).allowed
    assert delivery.gate(ada, Purpose.MAILING, NOW, carries_notice=True).allowed
    assert not delivery.gate(ada, Purpose.OUTREACH, NOW, carries_notice=False).allowed
    privacy.record_notice(ada.id)
    assert ask(ada, Purpose.MAILING).allowed


def test_a_pause_ends_in_the_morning_of_its_day_where_the_candidate_is(ada):
    candidates.set_preferences(ada, Pace.ANY, datetime(2027, 1, 4).date())
    change(ada, time_zone="Asia/Tokyo")
    morning = datetime(2027, 1, 4, 0, 0, tzinfo=UTC)
    assert {ask(ada, purpose).not_before for purpose in UNASKED} == {morning}
    assert allowed(ada, morning) == set(ALL)
    assert allowed(ada, datetime(2027, 1, 3, 14, 59, tzinfo=UTC)) == set()


def test_a_confirmation_is_left_out_during_a_pause_rather_than_sent_weeks_late(ada):
    candidates.set_preferences(ada, Pace.ANY, datetime(2027, 1, 4).date())
    assert {ask(ada, purpose).not_before for purpose in ASKED} == {None}


PACES = [(Pace.WEEKLY, 7), (Pace.MONTHLY, 30), (Pace.QUARTERLY, 90)]


@pytest.mark.parametrize(("pace", "days"), PACES)
def test_the_pace_counts_from_the_last_mail(ada, pace, days):
    candidates.set_preferences(ada, pace, None)
    assert allowed(ada) == set(ALL)
    sent(ada, timedelta(days=days - 1), Purpose.OUTREACH)
    tomorrow = NOW + timedelta(days=1)
    assert {ask(ada, purpose).not_before for purpose in UNASKED} == {tomorrow}
    assert allowed(ada) == set(ASKED)
    assert allowed(ada, tomorrow) == set(ALL)


@pytest.mark.parametrize("status", [Status.SENDING, Status.UNCERTAIN])
def test_a_mail_that_may_have_arrived_counts_for_the_pace(ada, status):
    candidates.set_preferences(ada, Pace.WEEKLY, None)
    sent(ada, timedelta(days=1), status=status)
    assert not ask(ada, Purpose.MAILING).allowed


def test_confirmations_neither_follow_the_pace_nor_count_for_it(ada):
    candidates.set_preferences(ada, Pace.WEEKLY, None)
    sent(ada, timedelta(days=1), Purpose.CONFIRMATION)
    assert ask(ada, Purpose.MAILING).allowed
    sent(ada, timedelta(days=1))
    assert ask(ada, Purpose.CONFIRMATION).allowed


def test_any_pace_has_no_limit(ada):
    sent(ada, timedelta(minutes=1))
    assert ask(ada, Purpose.MAILING).allowed


def test_a_lasting_no_is_said_before_a_not_yet(ada):
    candidates.set_preferences(ada, Pace.WEEKLY, datetime(2027, 1, 4).date())
    candidates.unsubscribe(ada, "page")
    assert ask(ada, Purpose.MAILING).not_before is None


def test_many_are_judged_as_one_is(make, ada):
    bob, mallory = make.candidate("Bob"), make.candidate("Mallory")
    candidates.unsubscribe(bob, "page")
    privacy.suppress(mallory.email, SuppressionReason.COMPANY)
    people = [ada, bob, mallory]
    assert delivery.gate_many(people, Purpose.MAILING, NOW) == {one.id: ask(one, Purpose.MAILING) for one in people}


class TestWhenSending:
    """The gate's word is what the sender does."""

    def test_a_pause_holds_for_every_kind_of_mail(self, ada, mailing_app, post):
        candidates.set_preferences(ada, Pace.ANY, datetime(2026, 12, 24).date())
        for purpose in ALL:
            delivery.enqueue(purpose, 1, [ada.id])
        delivery.send_slice()
        assert post.taken == []

    def test_ask_me_on_a_date_gives_silence_and_then_the_mail(self, ada, mailing_app, post):
        candidates.set_preferences(ada, Pace.ANY, datetime(2027, 2, 1).date())
        delivery.enqueue(Purpose.OUTREACH, 1, [ada.id])
        delivery.send_slice()
        with clock.standing_at(datetime(2027, 2, 1, 7, 59, tzinfo=UTC)):
            delivery.send_slice()
            assert post.taken == []
        with clock.standing_at(datetime(2027, 2, 1, 8, 0, tzinfo=UTC)):
            delivery.send_slice()
            delivery.send_slice()
        assert post.recipients == [ada.email]

    def test_of_two_mails_at_once_the_pace_lets_one_through(self, ada, mailing_app, post):
        candidates.set_preferences(ada, Pace.WEEKLY, None)
        delivery.enqueue(Purpose.MAILING, 1, [ada.id])
        delivery.enqueue(Purpose.OUTREACH, 2, [ada.id])
        delivery.send_slice()
        assert len(post.taken) == 1
        with clock.standing_at(NOW + timedelta(days=7)):
            delivery.send_slice()
        assert len(post.taken) == 2

    def test_news_that_would_come_weeks_late_is_withheld(self, ada, mailing_app, post):
        candidates.set_preferences(ada, Pace.QUARTERLY, None)
        sent(ada, timedelta(days=1))
        delivery.enqueue(Purpose.MAILING, 1, [ada.id])
        delivery.send_slice()
        from portal.delivery.queries import find_delivery

        row = find_delivery(Purpose.MAILING, 1, ada.id)
        assert (row.status, row.withheld_reason) == (Status.WITHHELD, "Had a mail already within the pace they set.")

"""Over random histories no mail leaves that the wishes forbid, and none stays that they allow.

What may leave is worked out a second time here, from the promises alone, without a line of the gate.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.models import Pace
from portal.db import db, transaction
from portal.delivery import services as delivery
from portal.delivery.models import Delivery, Purpose, Status
from portal.delivery.verdicts import TO_STAFF
from portal.privacy import services as privacy
from portal.privacy.models import Basis

START = datetime(2026, 3, 20, 12, tzinfo=UTC)
ZONES = ("Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York")
NEWS = {Purpose.MAILING, Purpose.FEEDBACK}
OURS = NEWS | {Purpose.OUTREACH, Purpose.FOLLOW_UP, Purpose.RENEWAL, Purpose.REMINDER, Purpose.NOTICE}
THEIRS = {Purpose.CONFIRMATION, Purpose.INVITATION, Purpose.CONFIRM_INTEREST, Purpose.REFERRAL, Purpose.CHECK_IN}
# What they asked for and still want to have when a pause is over.
LATE = {Purpose.ANSWER}
KEYS = {Purpose.ACCESS, Purpose.ADDRESS}
DAYS = {Pace.WEEKLY: 7, Pace.MONTHLY: 30, Pace.QUARTERLY: 90}
# A newsletter that is a fortnight late is left out for good.
NEVER_LATE = timedelta(days=14)

WISHES = st.one_of(
    st.tuples(st.just("pace"), st.sampled_from(Pace)),
    st.tuples(st.just("pause"), st.integers(0, 40)),
    st.tuples(st.just("ask"), st.integers(1, 40)),
    st.tuples(st.just("hold"), st.integers(1, 7)),
    st.sampled_from(
        [(name, None) for name in ("resume", "unsubscribe", "resubscribe", "stop", "allow", "restrict", "free", "hear")]
    ),
)
RARE = st.sampled_from([("object", None), ("erase", None), ("end", None)])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("mail"), st.sampled_from(sorted(OURS | THEIRS | LATE | KEYS))),
        st.tuples(st.just("mail"), st.sampled_from(sorted(OURS))),
        st.tuples(st.just("wait"), st.integers(1, 24 * 20)),
        WISHES,
        st.one_of(WISHES, RARE),
    ),
    min_size=3,
    max_size=14,
)


class Wishes:
    """What a person said, in plain values, kept beside the product."""

    def __init__(self, zone: str) -> None:
        self.zone, self.pace, self.pause, self.ask, self.hold = ZoneInfo(zone), Pace.ANY, None, None, None
        self.unsubscribed = self.stopped = self.restricted = self.objected = self.erased = self.ended = False
        self.told, self.last = False, None

    def today(self) -> date:
        return clock.now().astimezone(self.zone).date()

    def nine_on(self, day: date) -> datetime:
        return datetime.combine(day, time(9), self.zone)

    def never(self, kind: Purpose) -> bool:
        """Whether no waiting helps."""
        if kind in KEYS:
            return self.erased
        silent = self.erased or self.objected or self.stopped or self.restricted
        quiet = kind in OURS - {Purpose.NOTICE, Purpose.REMINDER} and self.unsubscribed
        rootless = kind in OURS - {Purpose.NOTICE} and self.ended
        strange = kind in OURS - {Purpose.NOTICE, Purpose.OUTREACH} and not self.told
        unwanted = kind in NEWS and self.pace is Pace.ROLE
        asked = kind in OURS - {Purpose.REMINDER} and self.ask is not None
        moot = kind in THEIRS and self.pause is not None and self.pause > self.today()
        return silent or quiet or rootless or strange or unwanted or asked or moot

    def earliest(self, kind: Purpose) -> datetime:
        """The first moment at which nothing is in the way any more, if the wishes stay as they are."""
        moments = [clock.now()]
        if kind in OURS:
            moments += [self.nine_on(self.ask)] if self.ask else []
            moments += [self.hold] if self.hold else []
            moments += [self.last + timedelta(days=DAYS[self.pace])] if self.last and self.pace in DAYS else []
        if kind in OURS | LATE:
            # A pause ends in the morning of its day.
            moments += [self.nine_on(self.pause)] if self.pause else []
        return max(moments)

    def may_leave(self, kind: Purpose) -> bool:
        return not self.never(kind) and self.earliest(kind) <= clock.now()


def change(ada, wishes: Wishes, name: str, value) -> None:
    """The same wish, said to the product and written down here."""
    if name == "pace":
        candidates.set_preferences(ada, value, ada.paused_until)
        wishes.pace = value
    elif name == "pause":
        wishes.pause = wishes.today() + timedelta(days=value)
        candidates.set_preferences(ada, ada.pace, wishes.pause)
    elif name == "resume":
        candidates.set_preferences(ada, ada.pace, None)
        wishes.pause = wishes.ask = None
    elif name == "ask":
        wishes.pause = wishes.ask = wishes.today() + timedelta(days=value)
        candidates.ask_later(ada, wishes.ask)
    elif name == "hear":
        candidates.heard_again(ada)
        wishes.pause, wishes.ask = (None if wishes.pause == wishes.ask else wishes.pause), None
    elif name == "hold":
        wishes.hold = clock.now() + timedelta(days=value)
        candidates.hold_back(ada, wishes.hold)
    else:
        decide(ada, wishes, name)


def decide(ada, wishes: Wishes, name: str) -> None:
    if wishes.erased:
        return
    if name == "allow" and wishes.objected:
        return
    action, noted, value = DECISIONS[name]
    action(ada)
    setattr(wishes, noted, value)


DECISIONS = {
    "unsubscribe": (candidates.unsubscribe, "unsubscribed", True),
    "resubscribe": (candidates.resubscribe, "unsubscribed", False),
    "restrict": (candidates.restrict, "restricted", True),
    "free": (candidates.unrestrict, "restricted", False),
    "stop": (candidates.stop_contact, "stopped", True),
    "allow": (candidates.allow_contact, "stopped", False),
    "object": (candidates.object_to_contact, "objected", True),
    "end": (lambda ada: privacy.establish(ada.id, Basis.CONSENT, until=clock.now()), "ended", True),
    "erase": (lambda ada: privacy.erase(ada.id, "herself"), "erased", True),
}


def work(ada, wishes: Wishes, taken: list, waiting: dict[int, Purpose]) -> None:
    """Send what is due, one mail after the other, and look at each."""
    while delivery.send_slice(1):
        for row in rows(ada, list(waiting)):
            kind = waiting[row.id]
            if row.status is Status.SENT:
                assert wishes.may_leave(kind), f"{kind} left against {vars(wishes)}"
                assert len(taken) == 1, "a row says sent, so one mail is with the server"
                wishes.last = clock.now() if kind in OURS else wishes.last
                wishes.told = wishes.told or kind in {Purpose.OUTREACH, Purpose.NOTICE}
                del waiting[row.id]
                taken.clear()
            elif row.status is Status.WITHHELD:
                late = kind is Purpose.MAILING and wishes.earliest(kind) > row.created_at + NEVER_LATE
                assert wishes.never(kind) or late, f"{kind} was left out against {vars(wishes)}"
                del waiting[row.id]
    for row in rows(ada, list(waiting)):
        if row.status is Status.CANCELLED:
            assert wishes.erased
            del waiting[row.id]
            continue
        looked_at = row.not_before - timedelta(days=1) <= clock.now()
        assert row.status is Status.DUE
        assert looked_at, "what waits is asked about every day"
        if row.not_before <= clock.now():
            raise AssertionError("something due was not sent")
    assert not taken


def rows(ada, numbers: list[int]) -> list[Delivery]:
    db.session.expire_all()
    return (
        db.session.query(Delivery).filter(Delivery.candidate_id == ada.id, Delivery.id.in_(numbers)).order_by(Delivery.id).all()
    )


def test_every_kind_of_mail_to_candidates_is_in_the_histories():
    assert set(Purpose) == OURS | THEIRS | LATE | KEYS | TO_STAFF


# Shrinking takes minutes where a database and a mail server take part; the steps are short enough to be read.
@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(
    steps=[("mail", Purpose.ACCESS), ("mail", Purpose.ACCESS), ("erase", None), ("mail", Purpose.ACCESS)], zone="Europe/Berlin"
)
@given(steps=STEPS, zone=st.sampled_from(ZONES))
def test_no_mail_leaves_that_the_wishes_forbid_and_none_stays_that_they_allow(mailing_app, post, make, steps, zone):
    now, waiting, subject = START, {}, 0
    post.taken.clear()
    with clock.standing_at(now), transaction() as session:
        session.query(Delivery).delete()
    with clock.standing_at(now):
        ada, wishes = make.candidate(f"Ada {make.numbers}", time_zone=zone), Wishes(zone)
    for name, value in steps:
        now += timedelta(hours=value) if name == "wait" else timedelta(minutes=1)
        with clock.standing_at(now):
            if name == "mail":
                subject += 1
                delivery.enqueue(value, subject, [ada.id])
                made = db.session.query(Delivery).filter_by(purpose=value, subject_id=subject, candidate_id=ada.id).one()
                waiting[made.id] = value
            elif name != "wait":
                change(ada, wishes, name, value)
            work(ada, wishes, post.taken, waiting)

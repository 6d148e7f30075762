"""What became of mails: each outcome is one conditional change of its row, together with what it leaves in the timeline.

`fold` takes what many mails came to at once; the others concern a mail that never reached the wire.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal import clock
from portal.db import transaction
from portal.delivery.models import Bounce, Delivery, Purpose, Status
from portal.delivery.queries import get_delivery
from portal.delivery.services import copies
from portal.delivery.services.journal import Note, Outcome
from portal.delivery.services.returned import came_back
from portal.delivery.verdicts import Ruling
from portal.privacy import services as privacy
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

# News that comes weeks late is none: a mailing that would have to wait longer is withheld instead.
FRESH = {Purpose.MAILING: timedelta(days=14)}
# A wish may be taken back: what waits is asked about again once a day.
LOOK_AGAIN = timedelta(days=1)
# A server that does not take a mail for so long never will.
PATIENCE = timedelta(hours=72)
LONGEST_WAIT = timedelta(hours=4)
ERROR_LIMIT = 300
_OURS = (Status.CLAIMED, Status.SENDING)


def fold(claim: str, outcomes: Sequence[Outcome], notes: Mapping[int, Note]) -> None:
    """Write down what the mail server said of mails of one claim. What was written down before stays."""
    with transaction() as session:
        told = {outcome.number: outcome for outcome in outcomes}
        own = select(Delivery).where(Delivery.id.in_(told), Delivery.claim == claim).options(selectinload(Delivery.candidate))
        rows = session.scalars(own.order_by(Delivery.id).with_for_update(of=Delivery)).all()
        sent([row for row in rows if told[row.id].kind == "sent"], notes)
        for row in rows:
            if row.status in _OURS and told[row.id].kind != "sent":
                _SETTLE[told[row.id].kind](row, told[row.id])


def sent(rows: Iterable[Delivery], notes: Mapping[int, Note]) -> None:
    """The server has taken them. Counts also when the sweeper had given one up as uncertain meanwhile."""
    now, groups = clock.now(), dict[tuple[Kind, int | None, tuple[str, int]], list[int]]()
    for row in rows:
        if row.status is Status.SENT:
            continue
        row.status, row.lease_until, row.error, row.sent_at = Status.SENT, None, "", row.sent_at or now
        note = notes.get(row.id, Note())
        kind = Kind.OUTREACH_DELIVERED if row.purpose is Purpose.OUTREACH else Kind.MAIL_DELIVERED
        if row.candidate_id is None:
            _forget_address(row)
            continue
        groups.setdefault((kind, note.campaign_id, note.about or ("delivery", row.id)), []).append(row.candidate_id)
        if note.notice:
            privacy.record_notice(row.candidate_id, row.id)
    for (kind, campaign_id, about), people in groups.items():
        if campaign_id is None and len(people) > 1:
            timeline.record_all(people, kind, Direction.OUT, Channel.MAIL, subject=about)
            continue
        for candidate_id in people:
            timeline.record(candidate_id, kind, Direction.OUT, Channel.MAIL, campaign_id=campaign_id, subject=about)


def refused(number: int, ruling: Ruling) -> None:
    """The gate or the composer said no, or not yet."""
    with transaction():
        row = get_delivery(number)
        if row.status not in _OURS:
            return
        row.lease_until = None
        if ruling.not_before is not None and _stays_fresh(row, ruling):
            row.status, row.not_before = Status.DUE, min(ruling.not_before, clock.now() + LOOK_AGAIN)
        else:
            row.status, row.withheld_reason, row.sent_at = Status.WITHHELD, ruling.reason, None
            _forget_address(row)


def again(number: int, error: str) -> None:
    """Somebody has to mend our side: due again after a while that grows."""
    with transaction():
        row = get_delivery(number)
        if row.status in _OURS:
            _later(row, Outcome(number, "later", error))


def failed(number: int, error: str) -> None:
    """It can never be sent."""
    with transaction():
        row = get_delivery(number)
        if row.status in _OURS:
            _failed(row, Outcome(number, "failed", error))


def bounce_of(outcome: Outcome) -> Bounce | None:
    """What a final refusal says about the address; None when it was about the mail."""
    if outcome.enhanced.startswith("5.1."):
        return Bounce.HARD
    if not outcome.recipient:
        return None
    if outcome.enhanced.startswith("5.7."):
        return Bounce.POLICY
    return Bounce.SOFT if outcome.enhanced else Bounce.HARD


def _again(row: Delivery, outcome: Outcome) -> None:
    """Not taken now: due again after a while that grows, for three days, then failed."""
    row.first_tried_at = row.first_tried_at or clock.now()
    _later(row, outcome)
    if clock.now() >= row.first_tried_at + PATIENCE:
        row.status = Status.FAILED
        _forget_address(row)


def _later(row: Delivery, outcome: Outcome) -> None:
    row.attempts += 1
    row.error, row.status_code, row.sent_at, row.lease_until = outcome.error[:ERROR_LIMIT], outcome.enhanced, None, None
    wait = min(timedelta(minutes=2 ** min(row.attempts - 1, 20)), LONGEST_WAIT)
    # Spread by a quarter, so that what was refused together does not come back together.
    row.status, row.not_before = Status.DUE, clock.now() + wait * (0.75 + secrets.randbelow(500) / 1000)
    copies.drop(row)


def _failed(row: Delivery, outcome: Outcome) -> None:
    row.first_tried_at = row.first_tried_at or clock.now()
    row.status, row.error, row.sent_at, row.lease_until = Status.FAILED, outcome.error[:ERROR_LIMIT], None, None
    row.status_code = outcome.enhanced
    copies.drop(row)
    if bounce := bounce_of(outcome):
        came_back(row, bounce, outcome.enhanced)
    _forget_address(row)


def _uncertain(row: Delivery, outcome: Outcome) -> None:
    """The server may have taken it. It is never sent again by itself."""
    row.status, row.error, row.lease_until = Status.UNCERTAIN, outcome.error[:ERROR_LIMIT], None


def _unbegun(row: Delivery, _outcome: Outcome) -> None:
    row.status, row.sent_at, row.lease_until, row.claim = Status.DUE, None, None, None
    copies.drop(row)


_SETTLE = {"again": _again, "later": _later, "failed": _failed, "uncertain": _uncertain, "unbegun": _unbegun}


def _stays_fresh(row: Delivery, ruling: Ruling) -> bool:
    patience = FRESH.get(row.purpose)
    return patience is None or ruling.not_before is None or ruling.not_before <= row.created_at + patience


def _forget_address(row: Delivery) -> None:
    """Nothing is kept of somebody who is no candidate, once their mail is settled."""
    row.address, row.address_name = "", ""

"""What became of a mail: each outcome is one conditional change of its row, together with what it leaves in the timeline."""

from datetime import timedelta

from portal import clock
from portal.db import transaction
from portal.delivery.emails import Letter
from portal.delivery.models import Delivery, Purpose, Status
from portal.delivery.queries import get_delivery
from portal.delivery.services import copies
from portal.delivery.verdicts import Ruling
from portal.privacy import services as privacy
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

# News that comes weeks late is none: a mailing that would have to wait longer is withheld instead.
FRESH = {Purpose.MAILING: timedelta(days=14)}
# A wish may be taken back: what waits is asked about again once a day.
LOOK_AGAIN = timedelta(days=1)
ATTEMPTS = 14
LONGEST_WAIT = timedelta(hours=4)
ERROR_LIMIT = 300
_OURS = (Status.CLAIMED, Status.SENDING)


def sent(number: int, letter: Letter) -> None:
    """The server has taken it. Counts also when the sweeper had given it up as uncertain meanwhile."""
    with transaction() as session:
        row = get_delivery(number)
        session.refresh(row, with_for_update=True)
        if row.status is Status.SENT:
            return
        row.status, row.lease_until, row.error, row.sent_at = Status.SENT, None, "", row.sent_at or clock.now()
        kind = Kind.OUTREACH_DELIVERED if row.purpose is Purpose.OUTREACH else Kind.MAIL_DELIVERED
        about = letter.about or ("delivery", row.id)
        _record(row, kind, letter.campaign_id, about)
        if letter.notice and row.candidate_id is not None:
            privacy.record_notice(row.candidate_id, row.id)
        _forget_address(row)


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
            row.status, row.withheld_reason = Status.WITHHELD, ruling.reason
            _forget_address(row)


def again(number: int, error: str, *, give_up: bool = False) -> None:
    """Not taken: due again after a while that grows; with `give_up` at last failed. Without it somebody has to mend our side."""
    with transaction():
        row = get_delivery(number)
        if row.status not in _OURS:
            return
        row.attempts += 1
        row.error, row.sent_at, row.lease_until = error[:ERROR_LIMIT], None, None
        wait = min(timedelta(minutes=2 ** min(row.attempts - 1, 20)), LONGEST_WAIT)
        row.status = Status.FAILED if give_up and row.attempts >= ATTEMPTS else Status.DUE
        row.not_before = clock.now() + wait
        copies.drop(row)


def failed(number: int, error: str, *, bounced: bool = False) -> None:
    """It will never be taken; `bounced`: because there is no such address."""
    with transaction():
        row = get_delivery(number)
        if row.status not in _OURS:
            return
        row.status, row.error, row.sent_at, row.lease_until = Status.FAILED, error[:ERROR_LIMIT], None, None
        if bounced:
            _record(row, Kind.BOUNCED, None, ("delivery", row.id))
        _forget_address(row)
        copies.drop(row)


def uncertain(number: int, error: str) -> None:
    """The server may have taken it. It is never sent again by itself."""
    with transaction():
        row = get_delivery(number)
        if row.status in _OURS:
            row.status, row.error, row.lease_until = Status.UNCERTAIN, error[:ERROR_LIMIT], None


def _stays_fresh(row: Delivery, ruling: Ruling) -> bool:
    patience = FRESH.get(row.purpose)
    return patience is None or ruling.not_before is None or ruling.not_before <= row.created_at + patience


def _forget_address(row: Delivery) -> None:
    """Nothing is kept of somebody who is no candidate, once their mail is settled."""
    row.address, row.address_name = "", ""


def _record(row: Delivery, kind: Kind, campaign_id: int | None, about: tuple[str, int]) -> None:
    if row.candidate_id is not None:
        timeline.record(row.candidate_id, kind, Direction.OUT, Channel.MAIL, campaign_id=campaign_id, subject=about)

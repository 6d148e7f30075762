"""The definitions of METRICS.md once more, slowly, person by person, with nothing shared with the code under test."""

from datetime import timedelta

from portal.timeline.models import Kind

HUMAN = {
    Kind.VISITED,
    Kind.RESPONDED,
    Kind.INTEREST_GIVEN,
    Kind.FEEDBACK_GIVEN,
    Kind.ASKED,
    Kind.REFERRED,
    Kind.ATTENDED,
}
MAILS = {Kind.OUTREACH_DELIVERED, Kind.MAIL_DELIVERED}


def returned_mails(events):
    """Positions of mails directly followed, among contacts, by a bounce; of several bounces each blames the same last mail."""
    found, last = set(), None
    for position, event in enumerate(events):
        if event.kind is Kind.BOUNCED:
            if last is not None:
                found.add(last)
        elif event.kind in HUMAN | MAILS | {Kind.UNSUBSCRIBED}:
            last = position
    return found


def attempts(events):
    """The first delivered outreach, and each that comes half a year after the one before it."""
    returned, before = returned_mails(events), None
    for position, event in enumerate(events):
        if event.kind is not Kind.OUTREACH_DELIVERED or position in returned:
            continue
        if before is None or event.at - before >= timedelta(days=180):
            yield event
        before = event.at


def response(histories, start, end, campaign=None):
    """(answered, agreed, delivered) over all attempts that began in the period."""
    answered = agreed = delivered = 0
    for events in histories:
        for first in attempts(events):
            if not start <= first.at < end or (campaign and first.campaign != campaign):
                continue
            inside = [e for e in events if first.at <= e.at <= first.at + timedelta(days=30)]
            delivered += 1
            answered += any(e.kind in {Kind.RESPONDED, Kind.INTEREST_GIVEN} for e in inside)
            yes = [e for e in inside if e.kind is Kind.RESPONDED and e.answer == "interested"]
            agreed += bool(yes) or any(e.kind is Kind.INTEREST_GIVEN for e in inside)
    return answered, agreed, delivered


def engagement(histories, start, end, unsubscribed, campaign=None):
    """(engaged, touched) among those who could be written to at the end of the period."""
    engaged = touched = 0
    for events, left_at in zip(histories, unsubscribed, strict=True):
        returned = returned_mails(events)
        mine = [
            event
            for position, event in enumerate(events)
            if start <= event.at < end and position not in returned and (campaign is None or event.campaign == campaign)
        ]
        if left_at is not None and left_at < end:
            continue
        engaged += any(event.kind in HUMAN for event in mine)
        touched += any(event.kind in HUMAN | MAILS for event in mine)
    return engaged, touched


def in_pool(events, moment):
    """Whether somebody is in the engaged pool at a moment, and whether they ever engaged before it."""
    before = [event for event in events if event.at < moment]
    acts = [event.at for event in before if event.kind in HUMAN]
    if not acts:
        return False, False
    subscriptions = [event for event in before if event.kind in {Kind.UNSUBSCRIBED, Kind.RESUBSCRIBED}]
    # Of both at one moment the subscription counts.
    subscriptions.sort(key=lambda event: (event.at, event.kind is Kind.RESUBSCRIBED))
    away = bool(subscriptions) and subscriptions[-1].kind is Kind.UNSUBSCRIBED
    bounced = any(event.at > max(acts) for event in before if event.kind is Kind.BOUNCED)
    return not away and not bounced and max(acts) >= moment.replace(year=moment.year - 1), True


def pool(histories, start, end):
    """(start, joined, reactivated, left, end) of the engaged pool."""
    sums = [0, 0, 0, 0, 0]
    for events in histories:
        was, known = in_pool(events, start)
        inside, _known = in_pool(events, end)
        sums[0] += was
        sums[1] += inside and not was and not known
        sums[2] += inside and not was and known
        sums[3] += was and not inside
        sums[4] += inside
    return tuple(sums)

"""What a candidate wishes, and what the company decides: how often, not before when, about what, never again."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from portal import clock
from portal.candidates.models import Candidate, Pace
from portal.candidates.services.people import refuse_suppressed
from portal.candidates.services.records import record
from portal.content.queries import site
from portal.db import transaction
from portal.errors import Invalid
from portal.privacy import services as privacy
from portal.privacy.models import SuppressionReason
from portal.timeline.models import Channel, Kind

# How somebody unsubscribed → the channel of the touchpoint.
_WAYS = {"one click": Channel.MAIL, "page": Channel.WEB, "console": Channel.CONSOLE}
# An answer tapped in a mail, perhaps by a machine: so long nothing is sent, to be safe.
HELD_BACK = timedelta(days=7)


def unsubscribe(candidate: Candidate, how: str = "page", *, actor_id: int | None = None) -> Candidate:
    """No more newsletters and series. `how` is "one click", "page" or "console". A second time changes nothing."""
    with transaction():
        if candidate.unsubscribed_at is None:
            candidate.unsubscribed_at = clock.now()
            record(candidate, Kind.UNSUBSCRIBED, _WAYS.get(how, Channel.WEB), actor_id, how=how)
        return candidate


def resubscribe(candidate: Candidate, how: str = "page", *, actor_id: int | None = None) -> Candidate:
    """Newsletters and series may come again, because the candidate says so."""
    with transaction():
        if candidate.unsubscribed_at is not None:
            candidate.unsubscribed_at = None
            record(candidate, Kind.RESUBSCRIBED, _WAYS.get(how, Channel.WEB), actor_id, how=how)
        return candidate


def set_preferences(
    candidate: Candidate,
    pace: Pace,
    paused_until: date | None,
    *,
    actor_id: int | None = None,
    channel: Channel = Channel.WEB,
) -> Candidate:
    """How often at most, and not before which day: it holds for every kind of mail. Who lifts a pause takes back "ask me on"."""
    until = paused_until.isoformat() if paused_until else None
    with transaction():
        if (candidate.pace, candidate.paused_until) != (pace, paused_until):
            candidate.pace, candidate.paused_until = pace, paused_until
            candidate.ask_again_on = candidate.ask_again_on if paused_until else None
            record(candidate, Kind.PREFERENCES_CHANGED, channel, actor_id, pace=pace.value, paused_until=until)
        return candidate


def stop_contact(candidate: Candidate, *, actor_id: int | None = None, channel: Channel = Channel.CONSOLE) -> Candidate:
    """Nobody writes to this person: the company decided it, or they said no; what is known stays until its basis runs out."""
    with transaction():
        if candidate.do_not_contact_at is None:
            candidate.do_not_contact_at = clock.now()
            record(candidate, Kind.PREFERENCES_CHANGED, channel, actor_id, do_not_contact=True)
        return candidate


def allow_contact(candidate: Candidate, *, actor_id: int | None = None, channel: Channel = Channel.CONSOLE) -> Candidate:
    """Take the company's own “do not contact” back; a person's objection cannot be taken back here."""
    with transaction():
        if candidate.email:
            refuse_suppressed(candidate.email)
        if candidate.do_not_contact_at is not None:
            candidate.do_not_contact_at = None
            record(candidate, Kind.PREFERENCES_CHANGED, channel, actor_id, do_not_contact=False)
        return candidate


def object_to_contact(candidate: Candidate, *, actor_id: int | None = None) -> Candidate:
    """The person said never again: no mail of any kind, and no list can bring them back."""
    with transaction():
        if candidate.email:
            privacy.suppress(candidate.email, SuppressionReason.OBJECTED)
        candidate.objected_at = candidate.objected_at or clock.now()
        return stop_contact(candidate, actor_id=actor_id)


def ask_later(candidate: Candidate, on: date, *, channel: Channel = Channel.WEB) -> Candidate:
    """Silence until that day, then the one mail they asked for, and nothing more unless they answer."""
    with transaction():
        candidate.ask_again_on = on
        return set_preferences(candidate, candidate.pace, on, channel=channel)


def heard_again(candidate: Candidate) -> Candidate:
    """They said something new, so that the silence they asked for is over, unless they paused by themselves."""
    with transaction():
        if candidate.ask_again_on is not None:
            day, candidate.ask_again_on = candidate.ask_again_on, None
            if candidate.paused_until == day:
                set_preferences(candidate, candidate.pace, None)
        return candidate


def hold_back(candidate: Candidate, until: datetime | None = None) -> Candidate:
    """Send nothing for some days: an answer was tapped, and nobody knows yet by whom. It leaves no touchpoint."""
    with transaction():
        candidate.held_back_until = until or clock.now() + HELD_BACK
        return candidate


def let_go(candidate: Candidate) -> Candidate:
    """The tap was answered for, one way or the other."""
    with transaction():
        candidate.held_back_until = None
        return candidate


def set_topics(candidate: Candidate, topics: Sequence[str], *, actor_id: int | None = None) -> Candidate:
    """What mailings may be about: keys of site.yaml; none means all of them."""
    known = {topic.key for topic in site().topics}
    if strange := sorted(set(topics) - known):
        raise Invalid(_("There is no topic “%(key)s”.", key=strange[0][:40]), "topics")
    wanted = sorted(set(topics))
    with transaction():
        if candidate.topics != wanted:
            candidate.topics = wanted
            _changed(candidate, actor_id, topics=wanted)
        return candidate


def set_language(candidate: Candidate, language: str, time_zone: str, *, actor_id: int | None = None) -> Candidate:
    """The language of their page and of what machines write to them, and where their clock stands (an IANA name or empty)."""
    with transaction():
        if (candidate.language, candidate.time_zone) != (language, time_zone):
            candidate.language, candidate.time_zone = language, time_zone
            _changed(candidate, actor_id, language=language, time_zone=time_zone)
        return candidate


def set_tracking(candidate: Candidate, on: bool, *, actor_id: int | None = None) -> Candidate:
    """Whether visits through their links are remembered, or only counted."""
    with transaction():
        if (candidate.tracking_off_at is None) != on:
            candidate.tracking_off_at = None if on else clock.now()
            _changed(candidate, actor_id, tracking=on)
        return candidate


def restrict(candidate: Candidate, *, actor_id: int | None = None) -> Candidate:
    """Keep everything, use nothing (GDPR Article 18): only what they ask for themselves reaches them."""
    with transaction():
        if candidate.restricted_at is None:
            candidate.restricted_at = clock.now()
            _changed(candidate, actor_id, restricted=True)
        return candidate


def unrestrict(candidate: Candidate, *, actor_id: int | None = None) -> Candidate:
    """The restriction is lifted; staff tell the person before (Article 18(3))."""
    with transaction():
        if candidate.restricted_at is not None:
            candidate.restricted_at = None
            _changed(candidate, actor_id, restricted=False)
        return candidate


def _changed(candidate: Candidate, actor_id: int | None, **what: object) -> None:
    channel = Channel.WEB if actor_id is None else Channel.CONSOLE
    record(candidate, Kind.PREFERENCES_CHANGED, channel, actor_id, **what)

"""Checking in at an event, and confirming it by mail. Until then it is only a name and an address that anybody may have typed."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.candidates.queries import find_by_address
from portal.db import transaction
from portal.delivery import services as delivery
from portal.delivery.models import Purpose
from portal.errors import Invalid, Refused
from portal.events import queries
from portal.events.models import CheckIn
from portal.events.queries import EVENT, PATIENCE
from portal.languages import in_english
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName
from portal.privacy import services as privacy
from portal.privacy.models import Basis
from portal.privacy.queries import address_key, find_suppression
from portal.sourcing.models import Source
from portal.sourcing.queries import get_source, is_open
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

SLICE = 500
CHECK_IN = "check-in"


def check_in(event: Source, full_name: str, email: str, consented: bool) -> CheckIn | None:
    """Keep that somebody says to be at an event, and ask by mail. The same address again is the same guest: no second mail.

    None, and nothing kept, for who must not be kept; who has been counted already is not asked again.
    """
    if not is_open(event):
        raise Refused(_("This event’s check-in is not open now."))
    key = address_key(email)
    known = find_by_address(email)
    if find_suppression(email) or (known and queries.has_attended(known.id, event.id)):
        return None
    try:
        with transaction():
            return _keep(event, full_name, email, key, consented)
    except IntegrityError:  # the same press, twice at once
        return queries.find_by_address_key(event.id, key)


def take_in(link: object, content: Mapping[str, Any], key: str) -> None:  # noqa: ARG001 - as every form that is let through
    """It was a guest after all: ask by mail, as the form would have; the event may be over by now."""
    event = get_source(content["event_id"])
    key_of = address_key(content["email"])
    known = find_by_address(content["email"])
    if not find_suppression(content["email"]) and not (known and queries.has_attended(known.id, event.id)):
        _keep(event, content["name"], content["email"], key_of, bool(content["consented"]))


def confirm(row: CheckIn) -> Candidate | None:
    """The address is theirs: now they are here, with the event as their source. A second time changes nothing.

    None for who must not be kept, since they objected meanwhile.
    """
    with transaction() as session:
        session.refresh(row, with_for_update=True)
        if row.confirmed_at is not None:
            return row.candidate
        try:
            details = candidates.Details(full_name=row.full_name, email=row.email)
            row.candidate = candidates.add(details, row.source_id, channel=Channel.WEB, or_existing=True)
        except (Refused, Invalid):
            session.delete(row)
            return None
        _record(row, row.candidate)
        # The candidate has them now; here they would only be one more place to forget.
        row.confirmed_at, row.full_name, row.email, row.address_key = clock.now(), "", "", None
        return row.candidate


def forget() -> int:
    """Delete a slice of check-ins that nobody confirmed in two weeks; returns how many."""
    with transaction() as session:
        rows = queries.list_forgotten(clock.now() - PATIENCE, SLICE)
        for row in rows:
            delivery.cancel(Purpose.CHECK_IN, row.id)
            session.delete(row)
        return len(rows)


def _keep(event: Source, full_name: str, email: str, key: str, consented: bool) -> CheckIn:
    with transaction() as session:
        row = queries.find_by_address_key(event.id, key)
        if row is None:
            row = CheckIn(source_id=event.id, address_key=key, at=clock.now())
            session.add(row)
        row.full_name, row.email, row.consented = full_name.strip(), email.strip(), consented
        session.flush()
        delivery.enqueue_to(Purpose.CHECK_IN, row.id, row.email, row.full_name)
        return row


def _record(row: CheckIn, candidate: Candidate) -> None:
    if not queries.has_attended(candidate.id, row.source_id):
        timeline.record(candidate.id, Kind.ATTENDED, Direction.IN, Channel.WEB, at=row.at, subject=(EVENT, row.source_id))
    privacy.record_notice(candidate.id)  # the mail that they confirmed says what is kept, why, and how to end it
    if row.consented:
        privacy.establish(candidate.id, Basis.CONSENT, evidence=f"check-in {row.id}, confirmed by mail")
    pipeline.advance(candidate.id, StageName.ENGAGED, in_english(_l("Came to “%(event)s”", event=row.source.name)))

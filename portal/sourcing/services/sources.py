"""Writing down where people come from, what it costs, and when an event is."""

from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal import clock, tokens
from portal.config import settings
from portal.db import transaction
from portal.errors import Invalid
from portal.sourcing.models import Cost, Origin, Source
from portal.sourcing.services.naming import change, named, save

CHECK_IN = "check-in"
LARGEST_COST = 2_000_000_000


def add_source(
    name: str,
    origin: Origin,
    data_note: str,
    *,
    cost_minor: int = 0,
    currency: str = "EUR",
    owner_id: int | None = None,
    happens_on: date | None = None,
    place: str = "",
) -> Source:
    """A new place that people come from. `data_note` completes “We have your address from …”; `cost_minor` counts cents."""
    if not data_note.strip():
        raise Invalid(_("Say where the addresses are from; every first message tells it."), "data_note")
    source = Source(
        name=named(name),
        origin=origin,
        data_note=data_note.strip().rstrip("."),
        cost_minor=cost_minor,
        currency=currency,
        owner_id=owner_id,
        happens_on=happens_on,
        place=place.strip(),
        created_at=clock.now(),
    )
    return save(source)


def edit_source(source: Source, **values: Any) -> Source:
    """Change columns of a source."""
    return change(source, values)


def archive_source(source: Source, archived: bool = True) -> Source:
    """Put a source away, or take it out again. Its people and costs stay; its check-in page closes meanwhile."""
    return change(source, {"archived_at": clock.now() if archived else None})


def add_cost(source: Source, on: date, amount_minor: int, what: str = "", actor_id: int | None = None) -> Cost:
    """Money spent on a day, in smallest units of the source's currency."""
    if not 0 < amount_minor <= LARGEST_COST:
        raise Invalid(_("Give an amount above zero."), "amount")
    with transaction() as session:
        cost = Cost(source_id=source.id, on=on, amount_minor=amount_minor, what=what.strip(), actor_id=actor_id)
        session.add(cost)
        session.flush()
        return cost


def remove_cost(cost: Cost) -> None:
    """It was written down by mistake."""
    with transaction() as session:
        session.delete(cost)


def open_check_in(source: Source) -> Source:
    """Give an event its check-in page; the address stays the same once it is made, because it may be printed."""
    if source.origin is not Origin.EVENT:
        raise Invalid(_("Only events have a check-in page."), "origin")
    if source.happens_on is None:
        raise Invalid(_("Give the event its day first."), "happens_on")
    with transaction():
        if source.check_in_nonce is None:
            source.check_in_nonce = tokens.new_nonce()
            source.check_in_hash = tokens.digest(tokens.derive(CHECK_IN, source.check_in_nonce))
        return source


def check_in_address(source: Source) -> str:
    """The whole address of an event's check-in page; empty when it has none."""
    if source.check_in_nonce is None:
        return ""
    return f"{settings().base_url}/check-in/{tokens.derive(CHECK_IN, source.check_in_nonce)}"

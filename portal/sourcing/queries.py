"""Finding personas and sources, and what they brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal import clock, tokens
from portal.config import settings
from portal.db import db
from portal.errors import NotFound
from portal.sourcing.models import Cost, Criterion, Persona, Source, Trait

# What is looked up before the first contact, where a persona says nothing else.
CHECKLIST = (
    _l("Read something they made or wrote"),
    _l("Checked that this is the right person, and still their work"),
    _l("Looked whether anybody here knows them"),
    _l("Thought about what would be better for them here"),
    _l("Looked for what might rule us out for them"),
)
# A check-in page is open from the day before an event until a week after it.
EARLY, LATE = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Tally:
    """What a persona or a source brought so far. People and how many of them were contacted, ever answered, said yes; visits to
    their links: all of them, those without proof of a person, those of people; money spent, in smallest units by currency.
    """

    people: int = 0
    contacted: int = 0
    visits: int = 0
    answered: int = 0
    interested: int = 0
    spent: tuple[tuple[str, int], ...] = ()
    unconfirmed: int = 0
    human: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        spent = dict(self.spent)
        for currency, amount in other.spent:
            spent[currency] = spent.get(currency, 0) + amount
        return Tally(
            self.people + other.people,
            self.contacted + other.contacted,
            self.visits + other.visits,
            self.answered + other.answered,
            self.interested + other.interested,
            tuple(sorted(spent.items())),
            self.unconfirmed + other.unconfirmed,
            self.human + other.human,
        )

    @property
    def cost_per_response(self) -> tuple[tuple[str, int], ...]:
        """What one answer cost, by currency; empty while nobody answered or nothing was spent."""
        return tuple((currency, round(amount / self.answered)) for currency, amount in self.spent if self.answered and amount)


def find_persona(persona_id: int) -> Persona | None:
    """A persona, archived ones too."""
    return db.session.get(Persona, persona_id)


def get_persona(persona_id: int) -> Persona:
    """A persona; NotFound when there is none."""
    if persona := find_persona(persona_id):
        return persona
    raise NotFound(_("There is no such persona."))


def list_personas(archived: bool = False) -> Sequence[Persona]:
    """Personas in use by name; with `archived` all of them, those in use first."""
    wanted = select(Persona).order_by(Persona.archived_at.is_not(None), Persona.name)
    return db.session.scalars(wanted if archived else wanted.filter_by(archived_at=None)).all()


def list_criteria(persona_id: int) -> Sequence[Criterion]:
    """What a persona's fit is judged by, in the order of the page."""
    rows = db.session.scalars(select(Criterion).filter_by(persona_id=persona_id, removed_at=None)).all()
    return sorted(rows, key=lambda row: (list(Trait).index(row.trait), row.position))


def checklist_of(persona: Persona | None) -> list[str]:
    """What is looked up before the first contact with somebody of this persona."""
    own = [line.strip() for line in (persona.checklist if persona else "").splitlines() if line.strip()]
    return list(dict.fromkeys(own)) or [str(item) for item in CHECKLIST]


def find_source(source_id: int) -> Source | None:
    """A source, archived ones too."""
    return db.session.get(Source, source_id)


def get_source(source_id: int) -> Source:
    """A source; NotFound when there is none."""
    if source := find_source(source_id):
        return source
    raise NotFound(_("There is no such source."))


def list_sources(archived: bool = False) -> Sequence[Source]:
    """Sources in use by name; with `archived` all of them, those in use first."""
    wanted = select(Source).order_by(Source.archived_at.is_not(None), Source.name)
    return db.session.scalars(wanted if archived else wanted.filter_by(archived_at=None)).all()


def find_persona_by_name(name: str) -> Persona | None:
    """The persona of this name."""
    return db.session.scalar(select(Persona).filter_by(name=name))


def find_source_by_name(name: str) -> Source | None:
    """The source of this name."""
    return db.session.scalar(select(Source).filter_by(name=name))


def find_event(token: str) -> Source | None:
    """The event of a check-in token, whether or not its page is open now; none when it is put away or has no day."""
    event = db.session.scalar(select(Source).filter_by(check_in_hash=tokens.digest(token)))
    return event if event and event.archived_at is None and event.happens_on else None


def is_open(event: Source, today: date | None = None) -> bool:
    """Whether guests may check in: from the day before the event until a week after it, in the company's zone."""
    today = today or clock.today(settings().time_zone)
    return event.happens_on is not None and event.happens_on - EARLY <= today <= event.happens_on + LATE


def list_costs(source_id: int) -> Sequence[Cost]:
    """What was spent on a source, the latest day first."""
    return db.session.scalars(select(Cost).filter_by(source_id=source_id).order_by(Cost.on.desc(), Cost.id.desc())).all()


def get_cost(cost_id: int) -> Cost:
    """Money spent; NotFound when it was never written down."""
    if cost := db.session.get(Cost, cost_id):
        return cost
    raise NotFound(_("There is no such cost."))


def spent_between(first: date | None = None, last: date | None = None) -> dict[int, int]:
    """What was spent by source on the days from first to last, both included; with no `first` also what has no date."""
    dated = select(Cost.source_id, func.sum(Cost.amount_minor)).group_by(Cost.source_id)
    if first:
        dated = dated.where(Cost.on >= first)
    if last:
        dated = dated.where(Cost.on <= last)
    spent = {source_id: int(amount) for source_id, amount in db.session.execute(dated)}
    if first is None:
        for source in db.session.scalars(select(Source).where(Source.cost_minor > 0)):
            spent[source.id] = spent.get(source.id, 0) + source.cost_minor
    return spent


def tallies_by_persona() -> Mapping[int, Tally]:
    """What each persona brought, by id; those that brought nothing are missing."""
    return _tallies("persona")


def tallies_by_source() -> Mapping[int, Tally]:
    """What each source brought and cost, by id; those that did neither are missing."""
    found = dict(_tallies("source"))
    for source_id, amount in spent_between().items():
        spent = Tally(spent=((get_source(source_id).currency, amount),))
        found[source_id] = found.get(source_id, Tally()) + spent
    return found


def _tallies(kind: str) -> Mapping[int, Tally]:
    found: dict[int, Tally] = {}
    for counter in current_app.extensions["tallies"][kind]:
        for key, tally in counter().items():
            found[key] = found.get(key, Tally()) + tally
    return found

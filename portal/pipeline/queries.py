"""Reading placements, segments and the pipeline table. Who was never moved has no placement and counts as Identified."""

import itertools
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, false, func, literal, or_, select, tuple_

from portal import clock, tokens
from portal.accounts.models import User
from portal.candidates.models import Candidate, Note
from portal.config import settings
from portal.db import UtcDateTime, db
from portal.delivery.models import Delivery, OutboxMail
from portal.errors import NotFound
from portal.pipeline.models import Placement, Segment, StageName, StageTransition
from portal.sourcing.models import Source
from portal.timeline.models import Direction, Kind, Touchpoint

PAGE = 50
# Counting a filter stops here; the page then says “1,000+”.
COUNT_CAP = 1000
# Columns that the table can be sorted by, and how the key in a cursor is read back.
SORTS: dict[str, Callable[[Any], Any]] = {
    "name": str,
    "stage": int,
    "touched": datetime.fromisoformat,
    "owner": str,
    "next": date.fromisoformat,
}
NOBODY = 0  # as an owner


@dataclass(frozen=True)
class Filters:
    """What the table is narrowed to; every default means all. `owner_id` NOBODY asks for people without an owner."""

    q: str = ""
    stage: StageName | None = None
    persona_id: int | None = None
    source_id: int | None = None
    owner_id: int | None = None
    segment_id: int | None = None
    silent: bool = False  # never contacted
    waits: bool = False  # see `is_waiting`


@dataclass(frozen=True)
class TableRow:
    """One person in the table. `touched_at` is the last contact in either direction; None when there was none."""

    candidate_id: int
    full_name: str
    headline: str
    company: str
    place: str
    source: str
    owner: str | None
    stage: StageName
    since: datetime | None
    next_step: str
    next_step_on: date | None
    touched_at: datetime | None


@dataclass(frozen=True)
class TablePage:
    """A page of rows; `earlier` and `later` are cursors of its neighbours. `total` is counted up to one above the cap."""

    rows: Sequence[TableRow]
    total: int
    earlier: str | None = None
    later: str | None = None


def list_sample(ids: Select[int], size: int = 5) -> Sequence[Candidate]:
    """The newest few of a select of ids."""
    newest = select(Candidate).where(Candidate.id.in_(ids)).order_by(Candidate.id.desc()).limit(size)
    return db.session.scalars(newest).all()


def find_placement(candidate_id: int) -> Placement | None:
    """Where a candidate stands, if they were ever moved."""
    return db.session.scalars(select(Placement).filter_by(candidate_id=candidate_id)).one_or_none()


def stage_of(placement: Placement | None) -> StageName:
    """The stage of a placement, or that of somebody who has none."""
    return placement.stage if placement else StageName.IDENTIFIED


def list_mails(candidate_id: int) -> Sequence[tuple[Delivery, int | None]]:
    """Mails to a candidate, newest first, each with the number of its copy in the outbox if there is one."""
    copies = select(Delivery, OutboxMail.id).outerjoin(OutboxMail, OutboxMail.delivery_id == Delivery.id)
    found = db.session.execute(copies.where(Delivery.candidate_id == candidate_id).order_by(Delivery.id.desc()).limit(PAGE))
    return [(row[0], row[1]) for row in found]


def list_transitions(candidate_id: int) -> Sequence[StageTransition]:
    """Every move of a candidate, newest first."""
    moves = select(StageTransition).join(StageTransition.placement).where(Placement.candidate_id == candidate_id)
    return db.session.scalars(moves.order_by(StageTransition.at.desc(), StageTransition.id.desc())).all()


def find_last_move(candidate_id: int) -> StageTransition | None:
    """The latest move that is no mistake."""
    return next((step for step in list_transitions(candidate_id) if step.mistaken_at is None), None)


def get_transition(candidate_id: int, step_id: int) -> StageTransition:
    """A move of this candidate; NotFound when it is none of theirs."""
    step = db.session.get(StageTransition, step_id)
    if step is None or step.placement.candidate_id != candidate_id:
        raise NotFound("There is no such move.")
    return step


def list_segments() -> Sequence[Segment]:
    """All segments by name."""
    return db.session.scalars(select(Segment).order_by(Segment.name, Segment.id)).all()


def get_segment(segment_id: int) -> Segment:
    """A segment; NotFound when there is none."""
    if segment := db.session.get(Segment, segment_id):
        return segment
    raise NotFound("There is no such segment.")


def find_segment(name: str) -> Segment | None:
    """The segment of this name."""
    return db.session.scalars(select(Segment).filter_by(name=name)).one_or_none()


def segment_candidate_ids(segment: Segment | None) -> Select[int]:
    """A select of the ids that a segment means; without a segment everybody. Erased people belong to none."""
    return rule_candidate_ids(segment.rule if segment else {})


def list_rows(filters: Filters, sort: str = "name", cursor: str = "") -> TablePage:
    """A page of the table. `sort` is a key of SORTS, with a minus for descending; `cursor` comes from another page."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    key = _sort_key(name)
    place = _read_cursor(cursor, name)
    back = place is not None and place.back
    page = _filtered(filters).add_columns(key.label("key"))
    if place is not None:
        here = tuple_(literal(place.key, key.type), literal(place.candidate_id))
        page = page.where(tuple_(key, Candidate.id) < here if down is not back else tuple_(key, Candidate.id) > here)
    order = [column.desc() if down is not back else column.asc() for column in (key, Candidate.id)]
    found = db.session.execute(page.order_by(*order).limit(PAGE + 1)).all()
    return _page(filters, [(row[0], row[1]) for row in found], place, name)


def count(filters: Filters) -> int:
    """How many people a filter finds, counted up to one more than COUNT_CAP."""
    return count_ids(_filtered(filters))


def is_waiting(row: TableRow, today: date) -> bool:
    """Somebody waits for us when their next step is due, or when they said yes and no next step is agreed."""
    if row.next_step_on is not None:
        return row.next_step_on <= today
    return row.stage is StageName.INTERESTED and not row.next_step


def rule_candidate_ids(rule: dict[str, Any]) -> Select[int]:
    """A select of the ids that a rule means; see `pipeline.models.Segment`."""
    ids = select(Candidate.id).where(Candidate.erased_at.is_(None), Candidate.merged_into_id.is_(None))
    if rule.get("stages"):
        ids = ids.outerjoin(Placement, Placement.candidate_id == Candidate.id)
    return ids.where(*_selected_by(rule))


def count_ids(ids: Select[int]) -> int:
    """How many a select of ids finds, counted up to one more than the cap."""
    return db.session.scalar(select(func.count()).select_from(ids.limit(COUNT_CAP + 1).subquery())) or 0


@dataclass(frozen=True)
class _Cursor:
    """A place in a sorted list: the key and id of the row beside it; `back` for the page before."""

    key: Any
    candidate_id: int
    back: bool = False


def _page(filters: Filters, found: list[tuple[int, Any]], place: _Cursor | None, sort: str) -> TablePage:
    more, found = len(found) > PAGE, found[:PAGE]
    back = place is not None and place.back
    if back:
        found.reverse()
    ids = [candidate_id for candidate_id, _key in found]
    total = len(ids) if place is None and not more else count(filters)
    ends = [_write_cursor(_Cursor(found[at][1], found[at][0], at == 0), sort) for at in (0, -1)] if found else [None, None]
    return TablePage(_rows(ids), total, ends[0] if place and (more or not back) else None, ends[1] if more or back else None)


def _rows(ids: Sequence[int]) -> Sequence[TableRow]:
    """The people of one page, in the order of their ids given."""
    stage, step = func.coalesce(Placement.stage, StageName.IDENTIFIED), func.coalesce(Placement.next_step, "")
    person = (Candidate.id, Candidate.full_name, Candidate.headline, Candidate.company, Candidate.place)
    stand = (stage, Placement.since, step, Placement.next_step_on)
    people = select(*person, Source.name, User.full_name, *stand, _touched_at()).join(Source, Source.id == Candidate.source_id)
    people = people.outerjoin(User, User.id == Candidate.owner_id).outerjoin(Placement, Placement.candidate_id == Candidate.id)
    rows: Sequence[Any] = db.session.execute(people.where(Candidate.id.in_(ids))).all()
    found = {row[0]: TableRow(*row) for row in rows}
    return [found[one] for one in ids]


def _filtered(filters: Filters) -> Select[int]:
    rule = get_segment(filters.segment_id).rule if filters.segment_id else {}
    here = Candidate.erased_at.is_(None) & Candidate.merged_into_id.is_(None)
    ids = select(Candidate.id).where(here).outerjoin(Placement, Placement.candidate_id == Candidate.id)
    ids = ids.where(*_selected_by(rule))
    single = {"stages": filters.stage, "personas": filters.persona_id, "sources": filters.source_id}
    ids = ids.where(*_selected_by({key: [one] for key, one in single.items() if one}))
    if filters.owner_id is not None:
        ids = ids.where(Candidate.owner_id == (filters.owner_id or None))
    if filters.silent:
        contacted = exists().where(Touchpoint.candidate_id == Candidate.id, Touchpoint.kind == Kind.OUTREACH_DELIVERED)
        ids = ids.where(~contacted)
    if filters.waits:
        ids = ids.where(_waits())
    return ids.where(*(_mentions(word) for word in filters.q.split()))


def _selected_by(rule: dict[str, Any]) -> list[ColumnElement[bool]]:
    """Conditions of a segment's rule over candidates joined with their placement, if any."""
    stands = Placement.stage.in_([stage for stage in StageName if stage in (rule.get("stages") or ())])
    unplaced = Placement.id.is_(None) if StageName.IDENTIFIED in (rule.get("stages") or ()) else false()
    chosen = {
        "stages": stands | unplaced,
        "personas": Candidate.persona_id.in_(rule.get("personas") or ()),
        "sources": Candidate.source_id.in_(rule.get("sources") or ()),
    }
    return [condition for key, condition in chosen.items() if rule.get(key)]


def _waits() -> ColumnElement[bool]:
    """`is_waiting` for the database."""
    due = Placement.next_step_on <= clock.today(settings().time_zone)
    return due | ((Placement.stage == StageName.INTERESTED) & (Placement.next_step == ""))


def _mentions(word: str) -> ColumnElement[bool]:
    """Whether name, address, company, headline or a note contain a word. Databases fold the case of ASCII letters only, so
    the usual spellings of other scripts are asked for one by one."""
    word = unicodedata.normalize("NFC", word)
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.title(), word.casefold()}
    columns = (Candidate.full_name, Candidate.email, Candidate.company, Candidate.headline)
    noted = select(Note.candidate_id).where(or_(*(Note.text.icontains(one, autoescape=True) for one in spellings)))
    hits = [column.icontains(one, autoescape=True) for column, one in itertools.product(columns, spellings)]
    return or_(*hits, Candidate.id.in_(noted))


def _sort_key(name: str) -> ColumnElement[Any]:
    """What a column is sorted by; never null, because a null has no place in a list that is read in pages."""
    if name == "stage":
        ranks = {stage: rank for rank, stage in enumerate(StageName)}
        return case(ranks, value=func.coalesce(Placement.stage, StageName.IDENTIFIED), else_=len(ranks))
    if name == "touched":
        return func.coalesce(_touched_at(), literal(datetime(1970, 1, 1, tzinfo=UTC), UtcDateTime()))
    if name == "owner":
        owner = select(User.full_name).where(User.id == Candidate.owner_id).scalar_subquery()
        return func.coalesce(owner, "")
    if name == "next":
        return func.coalesce(Placement.next_step_on, literal(date.max))
    return Candidate.full_name.expression


def _touched_at() -> ColumnElement[Any]:
    contact = Touchpoint.direction.in_([Direction.IN, Direction.OUT])
    latest = select(func.max(Touchpoint.at)).where(Touchpoint.candidate_id == Candidate.id, contact)
    return latest.correlate(Candidate).scalar_subquery()


def _write_cursor(cursor: _Cursor, sort: str) -> str:
    key = cursor.key.isoformat() if isinstance(cursor.key, date) else cursor.key
    return tokens.sign(f"place.{sort}", [key, cursor.candidate_id, cursor.back])


def _read_cursor(text: str, sort: str) -> _Cursor | None:
    """None for the first page, and for a cursor that somebody made up or that belongs to another sort."""
    try:
        key, candidate_id, back = tokens.unsign(f"place.{sort}", text)
    except NotFound:
        return None
    return _Cursor(SORTS[sort](key), candidate_id, back)

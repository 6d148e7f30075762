"""What the people feature holds about a person: who they are, notes, research, lists they came with, how often we may write."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

from flask_babel import format_date, format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, select, update

from portal import clock
from portal.candidates.models import (
    Candidate,
    Duplicate,
    Fit,
    ImportRow,
    Judgement,
    Likeness,
    Merge,
    Note,
    Pace,
    ResearchCheck,
    ResearchLink,
    RowOutcome,
)
from portal.candidates.queries import list_merged_ids
from portal.candidates.services import erase_from_lists
from portal.db import db, transaction
from portal.languages import said_again
from portal.personal import Item, Plain

KEY = "person"
TITLE = _l("Who you are")
PACES = {
    Pace.ANY: _l("no limit"),
    Pace.WEEKLY: _l("once a week at most"),
    Pace.MONTHLY: _l("once a month at most"),
    Pace.QUARTERLY: _l("once a quarter at most"),
    Pace.ROLE: _l("only when a role fits"),
}
JUDGEMENTS = {
    Judgement.FITS: _l("fits"),
    Judgement.PARTLY: _l("fits in part"),
    Judgement.NO: _l("does not fit"),
    Judgement.UNKNOWN: _l("not known"),
}
OUTCOMES = {
    RowOutcome.ADDED: _l("you were added"),
    RowOutcome.UPDATED: _l("what was missing was filled in"),
    RowOutcome.KNOWN: _l("you were here already"),
    RowOutcome.REFUSED: _l("refused"),
    RowOutcome.TAKEN_BACK: _l("taken back"),
    RowOutcome.STAYS: _l("stays as it is"),
}
# Columns of words and what they are called; all of them are emptied by an erasure.
WORDS = {
    "full_name": _l("Name"),
    "greeting_name": _l("How we greet you"),
    "email": _l("Mail address"),
    "phone": _l("Phone"),
    "headline": _l("What you do"),
    "company": _l("Where you work"),
    "place": _l("Place"),
    "profile_url": _l("Public profile"),
    "skills": _l("What you can do"),
    "evidence": _l("Why we thought of you"),
    "language": _l("Language"),
    "time_zone": _l("Time zone"),
}
Table = TypeVar("Table", Note, Fit, ResearchCheck, ResearchLink, ImportRow)
_OWN = (Note, Fit, ResearchCheck, ResearchLink, Likeness, ImportRow)


def held(candidate_id: int) -> Sequence[Item]:
    """The person's own record first, then notes and research, then the lists they came with."""
    candidate = db.session.get_one(Candidate, candidate_id)
    more = *_notes(candidate_id), *_research(candidate_id), *_lists(candidate_id)
    return [_record_of(candidate), *_merged(candidate_id), _wishes_of(candidate), *more]


def erase(candidate_id: int) -> None:
    """The row stays as nobody, so that counts of the past hold; nothing in it says who it was."""
    with transaction() as session:
        candidate = session.get_one(Candidate, candidate_id)
        if candidate.address_key:
            erase_from_lists(candidate.address_key)
            session.execute(delete(ImportRow).where(ImportRow.address_key == candidate.address_key))
        for table in _OWN:
            session.execute(delete(table).where(table.candidate_id == candidate_id))
        session.execute(delete(Duplicate).where(or_(Duplicate.first_id == candidate_id, Duplicate.second_id == candidate_id)))
        merged = or_(Merge.kept_id == candidate_id, Merge.lost_id == candidate_id)
        session.execute(update(Merge).where(merged).values(moved={}, before={}, settled_at=clock.now()))
        _blank(candidate)
        session.flush()


def _blank(candidate: Candidate) -> None:
    for name in WORDS:
        setattr(candidate, name, "")
    candidate.email = candidate.address_key = candidate.phone_key = candidate.profile_key = None
    candidate.topics, candidate.pace = [], Pace.ANY
    candidate.paused_until = candidate.ask_again_on = candidate.held_back_until = None
    candidate.erased_at = candidate.erased_at or clock.now()


def _record_of(candidate: Candidate) -> Item:
    facts: dict[str, Plain] = {str(label): getattr(candidate, name) for name, label in WORDS.items() if getattr(candidate, name)}
    facts[str(_("Where we have it from"))] = said_again(candidate.source.data_note)
    facts[str(_("Kind of source"))] = candidate.source.name
    if candidate.persona:
        facts[str(_("Kind of work we thought of"))] = candidate.persona.name
    if candidate.owner:
        facts[str(_("Who looks after it"))] = candidate.owner.full_name
    return Item(str(_("What we wrote down about you")), candidate.collected_at, facts)


def _wishes_of(candidate: Candidate) -> Item:
    dated = {
        _("Unsubscribed"): candidate.unsubscribed_at,
        _("Not to be contacted since"): candidate.do_not_contact_at,
        _("Objected"): candidate.objected_at,
        _("Restricted since"): candidate.restricted_at,
        _("Visits not remembered since"): candidate.tracking_off_at,
        _("Held back until, because an answer may have been tapped"): candidate.held_back_until,
    }
    facts: dict[str, Plain] = {str(_("How often at most")): str(PACES[candidate.pace])}
    facts |= {str(label): _moment(at) for label, at in dated.items() if at}
    facts |= {str(label): _day(on) for label, on in _days(candidate).items() if on}
    if candidate.topics:
        facts[str(_("Topics"))] = list(candidate.topics)
    return Item(str(_("What you want from us")), None, facts)


def _days(candidate: Candidate) -> dict[str, date | None]:
    return {_("Paused until"): candidate.paused_until, _("To be asked on"): candidate.ask_again_on}


def _merged(candidate_id: int) -> list[Item]:
    """Further rows that turned out to be the same person; kept so that the other address is known, and 30 days for an undo."""
    rows = db.session.scalars(select(Candidate).where(Candidate.id.in_(list_merged_ids(candidate_id))))
    return [
        Item(
            str(_("The same person, known to us a second time")),
            row.collected_at,
            {str(label): getattr(row, name) for name, label in WORDS.items() if getattr(row, name)},
        )
        for row in rows
        if row.erased_at is None
    ]


def _notes(candidate_id: int) -> list[Item]:
    return [Item(_("Note by %(name)s", name=_author(row)), row.at, text=row.text) for row in _rows(Note, candidate_id)]


def _author(note: Note) -> str:
    return note.author.full_name if note.author else str(_("somebody who has left"))


def _research(candidate_id: int) -> list[Item]:
    found = [
        Item(
            _("How you might fit: %(what)s", what=row.criterion.text),
            row.at,
            {_("Judged"): str(JUDGEMENTS[row.judgement])},
            row.reason,
        )
        for row in _rows(Fit, candidate_id)
    ]
    found += [
        Item(_("Where we read about you"), row.at, {_("Address"): row.url}, row.label)
        for row in _rows(ResearchLink, candidate_id)
    ]
    return found + [Item(_("Looked up before we wrote"), row.at, text=row.item) for row in _rows(ResearchCheck, candidate_id)]


def _lists(candidate_id: int) -> list[Item]:
    rows = _rows(ImportRow, candidate_id)
    return [
        Item(_("Came with a list"), None, {_("Row"): row.number, _("Became of it"): str(OUTCOMES[row.outcome])}) for row in rows
    ]


def _rows(table: type[Table], candidate_id: int) -> Sequence[Table]:
    """What a table has about somebody, newest first."""
    return db.session.scalars(select(table).filter_by(candidate_id=candidate_id).order_by(table.id.desc())).all()


def _moment(at: datetime) -> str:
    return str(format_datetime(at, _("d MMMM y, HH:mm")))


def _day(on: date) -> str:
    return str(format_date(on, _("d MMMM y")))

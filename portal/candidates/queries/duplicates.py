"""Finding people who may be one, and what was merged."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.candidates.models import Candidate, Duplicate, DuplicateState, Likeness, Merge
from portal.candidates.verdicts import CROWD, Person
from portal.db import db
from portal.errors import NotFound
from portal.privacy.queries import CHUNK

# Somebody by (candidate number, None), a row of a list by (None, row number).
Place = tuple[int | None, int | None]


def person_of(candidate: Candidate) -> Person:
    """What is compared of somebody who is here."""
    return Person(
        candidate.full_name,
        candidate.company,
        candidate.place,
        candidate.address_key,
        candidate.phone_key,
        candidate.profile_key,
    )


def list_likenesses(keys: Collection[str], import_id: int | None = None) -> Mapping[str, list[Place]]:
    """Who has these keys: people who are here, and rows of one list. A key that a crowd shares is left out."""
    wanted = sorted(keys)
    found: dict[str, list[Place]] = defaultdict(list)
    ours = or_(Likeness.import_id.is_(None), Likeness.import_id == import_id)
    for start in range(0, len(wanted), CHUNK):
        near = Likeness.key.in_(wanted[start : start + CHUNK]) & ours
        few = select(Likeness.key).where(near).group_by(Likeness.key).having(func.count() <= CROWD)
        telling = list(db.session.scalars(few))
        rows = select(Likeness.key, Likeness.candidate_id, Likeness.number).where(Likeness.key.in_(telling), ours)
        for key, candidate_id, number in db.session.execute(rows):
            found[key].append((candidate_id, number))
    return found


def list_persons(candidate_ids: Collection[int]) -> dict[int, Person]:
    """What is compared of some people who are here, by their number."""
    columns = Candidate.full_name, Candidate.company, Candidate.place, Candidate.address_key, Candidate.phone_key
    wanted, found = sorted(candidate_ids), {}
    for start in range(0, len(wanted), CHUNK):
        rows = select(Candidate.id, *columns, Candidate.profile_key).where(
            Candidate.id.in_(wanted[start : start + CHUNK]), Candidate.erased_at.is_(None), Candidate.merged_into_id.is_(None)
        )
        found.update({row[0]: Person(*row[1:]) for row in db.session.execute(rows)})
    return found


def list_uncompared(limit: int) -> Sequence[Candidate]:
    """People of whom something changed since duplicates were looked for."""
    waiting = select(Candidate).filter_by(compared_at=None, erased_at=None, merged_into_id=None)
    return db.session.scalars(waiting.order_by(Candidate.id).limit(limit)).all()


def list_duplicates(page: int = 1, size: int = 25) -> Sequence[Duplicate]:
    """Pairs that wait for a decision, the surest first."""
    pairs = _open().options(joinedload(Duplicate.first), joinedload(Duplicate.second))
    return db.session.scalars(pairs.order_by(Duplicate.score.desc(), Duplicate.id).limit(size).offset((page - 1) * size)).all()


def count_duplicates() -> int:
    """How many pairs wait for a decision."""
    return db.session.scalar(select(func.count()).select_from(_open().subquery())) or 0


def list_duplicates_of(candidate_id: int) -> Sequence[Duplicate]:
    """Pairs with this person that wait for a decision, the surest first."""
    pairs = _open().where(or_(Duplicate.first_id == candidate_id, Duplicate.second_id == candidate_id))
    pairs = pairs.options(joinedload(Duplicate.first), joinedload(Duplicate.second))
    return db.session.scalars(pairs.order_by(Duplicate.score.desc(), Duplicate.id).limit(3)).all()


def next_duplicate() -> Duplicate | None:
    """The pair to look at next."""
    return next(iter(list_duplicates(size=1)), None)


def get_duplicate(duplicate_id: int) -> Duplicate:
    """A pair; NotFound when there is none, or one of the two is gone."""
    pair = db.session.get(Duplicate, duplicate_id)
    if pair is None or pair.first.erased_at is not None or pair.second.erased_at is not None:
        raise NotFound(_("These two are no longer here to be compared."))
    return pair


def find_duplicate(one_id: int, other_id: int) -> Duplicate | None:
    """What is known of a pair."""
    first, second = sorted((one_id, other_id))
    return db.session.scalar(select(Duplicate).filter_by(first_id=first, second_id=second))


def get_merge(merge_id: int) -> Merge:
    """A merge; NotFound when there is none."""
    if merge := db.session.get(Merge, merge_id):
        return merge
    raise NotFound(_("There is no such merge, or not any more."))


def list_merges(limit: int = 20) -> Sequence[Merge]:
    """The latest merges that can be undone."""
    people = joinedload(Merge.kept), joinedload(Merge.lost), joinedload(Merge.actor)
    latest = select(Merge).filter_by(undone_at=None, settled_at=None).options(*people)
    return db.session.scalars(latest.order_by(Merge.id.desc()).limit(limit)).all()


def list_merged_ids(candidate_id: int) -> list[int]:
    """The rows that were made one with this person, those of earlier merges included."""
    found: list[int] = []
    level = [candidate_id]
    while level := list(db.session.scalars(select(Candidate.id).where(Candidate.merged_into_id.in_(level)))):
        found += level
    return found


def _open() -> Select[Duplicate]:
    return select(Duplicate).filter_by(state=DuplicateState.OPEN)

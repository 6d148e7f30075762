"""All that a landing page needs, in one question to the database, asked over the driver itself.

It is asked for every visit. Through SQLAlchemy's layers it takes 200 µs, compiled once and handed to the driver 25.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Engine, Select, bindparam, select

from portal import tokens
from portal.accounts.models import User
from portal.candidates.models import Candidate
from portal.db import db
from portal.outreach.models import Campaign, LandingLink, OutreachMessage
from portal.outreach.queries.links import is_open
from portal.privacy.models import LawfulBasis
from portal.sourcing.models import Source


class Opened(NamedTuple):
    """An open link with what its page shows: a name, a note, who writes, where the data is from."""

    id: int
    page: str
    candidate_id: int | None
    campaign_id: int | None
    paused_at: datetime | None
    expires_at: datetime | None
    visit_limit: int | None
    used_up_at: datetime | None
    greeting_name: str | None
    full_name: str | None
    erased_at: datetime | None
    tracking_off_at: datetime | None
    note: str | None
    source: str | None
    until: datetime | None
    writer: str | None
    writer_title: str | None


def find_opened(token: str, at: datetime, *, inside: bool = False) -> Opened | None:
    """The link of a token, if it is open at a moment. The same one question for every token, whatever becomes of it.

    `inside`: a page behind the first one is asked for.
    """
    row = _question(db.engine).ask(tokens.digest(token))
    if row is None:
        return None
    found = Opened(*row)
    return found if found.erased_at is None and is_open(found, at, inside=inside) else None


class Question:
    """A statement with one open value, compiled once for a database; types are read as SQLAlchemy reads them."""

    def __init__(self, engine: Engine, statement: Select[*tuple[Any, ...]]) -> None:
        self._engine = engine
        compiled = statement.compile(dialect=engine.dialect)
        self._sql = str(compiled)
        self._names = list(compiled.positiontup or ())
        self._fixed = dict(compiled.params)
        self._readers = [_reader(column.type, engine) for column in statement.selected_columns]
        self._has_autocommit = engine.dialect.name != "sqlite"  # there a read begins nothing by itself

    def ask(self, value: str) -> Sequence[Any] | None:
        """The first row; None where there is none. A read of one statement needs no transaction around it."""
        values = {**self._fixed, "value": value}
        connection = self._engine.raw_connection()
        try:
            if self._has_autocommit:
                connection.dbapi_connection.autocommit = True  # type: ignore[union-attr]
            cursor = connection.cursor()
            cursor.execute(self._sql, tuple(values[name] for name in self._names) if self._names else values)
            row = cursor.fetchone()
            cursor.close()
            if self._has_autocommit:
                connection.dbapi_connection.autocommit = False  # type: ignore[union-attr]
        except BaseException:
            connection.invalidate()
            raise
        connection.close()
        return row and [read(item) if read else item for read, item in zip(self._readers, row, strict=True)]


def _reader(kind: Any, engine: Engine) -> Callable[[Any], Any] | None:
    found: Callable[[Any], Any] | None = kind.dialect_impl(engine.dialect).result_processor(engine.dialect, None)
    return found


def _statement() -> Select[*tuple[Any, ...]]:
    until = select(LawfulBasis.until).filter_by(candidate_id=LandingLink.candidate_id).order_by(LawfulBasis.id.desc()).limit(1)
    columns = (
        *(LandingLink.id, LandingLink.page, LandingLink.candidate_id, LandingLink.campaign_id),
        *(LandingLink.paused_at, LandingLink.expires_at, LandingLink.visit_limit, LandingLink.used_up_at),
        *(Candidate.greeting_name, Candidate.full_name, Candidate.erased_at, Candidate.tracking_off_at),
        *(OutreachMessage.note, Source.data_note, until.correlate(LandingLink).scalar_subquery(), User.full_name, User.title),
    )
    joined = (
        select(*columns)
        .select_from(LandingLink)
        .outerjoin(Candidate, Candidate.id == LandingLink.candidate_id)
        .outerjoin(Source, Source.id == Candidate.source_id)
        .outerjoin(OutreachMessage, OutreachMessage.link_id == LandingLink.id)
        .outerjoin(Campaign, Campaign.id == LandingLink.campaign_id)
        .outerjoin(User, User.id == Campaign.owner_id)
    )
    return joined.where(LandingLink.token_hash == bindparam("value"))


def _question(engine: Engine) -> Question:
    """The question, made for an engine at its first use."""
    found: Question | None = getattr(engine, "_landing_question", None)
    if found is None:
        found = Question(engine, _statement())
        engine._landing_question = found  # type: ignore[attr-defined]
    return found

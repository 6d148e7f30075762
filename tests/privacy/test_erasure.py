"""Erased is erased everywhere: no row, no file, no log, no way back in."""

import logging
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal import clock, logs
from portal.analytics import queries as analytics
from portal.analytics.queries.periods import Filters
from portal.candidates import services as candidates
from portal.candidates.details import Details
from portal.candidates.models import Candidate
from portal.candidates.queries import find_by_address, get_import
from portal.candidates.services.duplicates import pair_up
from portal.config import settings
from portal.db import Base, db
from portal.errors import NotFound, Refused
from portal.extensions import jobs
from portal.privacy import services as privacy
from portal.privacy.models import Action, Erasure, SuppressionReason
from portal.privacy.queries import find_erasure, find_suppression, list_audit
from portal.submissions import services as submissions
from portal.submissions.models import Answer
from portal.submissions.services.interest import Given
from tests.outreach import at_once
from tests.privacy.life import ADDRESS, NAME, NEEDLES, SECOND, live


@pytest.fixture
def log_file(app, tmp_path):
    """Logs as an operator would keep them: in a file in the data folder."""
    handler = logging.FileHandler(tmp_path / "portal.log")
    handler.setFormatter(logging.getLogger("portal").handlers[0].formatter)
    names = ("portal", *logs.OTHERS)
    for name in names:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel("DEBUG" if name == "portal" else "WARNING")
    yield tmp_path / "portal.log"
    for name in names:
        logging.getLogger(name).removeHandler(handler)
    handler.close()


def spots(words=NEEDLES) -> list[str]:
    """Every column of every table that holds one of the words."""
    db.session.rollback()
    found = []
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(sa.select(table)).mappings():
            for column, value in row.items():
                said = value.decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                found += [f"{table.name}.{column}: {word}" for word in words if word.casefold() in said.casefold()]
    return sorted(set(found))


def past() -> list:
    """Every number of the month in which she was here, which is over."""
    today = clock.today("UTC") - timedelta(days=70)
    month = Filters(since=today - timedelta(days=20), until=today + timedelta(days=10))
    return [analytics.response_rate(month), analytics.visits(month), analytics.engagement(month), analytics.pool_growth(month)]


def bytes_of(folder: Path, words=NEEDLES) -> list[str]:
    """Every file beneath a folder with a byte of hers, in any of three encodings."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            forms = {word: [word.lower().encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")] for word in words}
            found += [f"{path.name}: {word}" for word, codes in forms.items() if any(code in content for code in codes)]
    return found


def test_of_a_whole_life_no_byte_is_left_and_the_counts_stand(app, make, hana, log_file, tmp_path):
    life = live(app, make, hana)
    assert len(spots()) > 20, "the life has left traces everywhere"
    logging.getLogger("portal.delivery").error("mail.failed", extra={"why": f"refused: {ADDRESS}"})
    with clock.standing_at(clock.now() + timedelta(days=70)):
        before = past()
        receipt = privacy.erase(life.candidate_id, "candidate")
        assert past() == before
    assert "\n".join(spots()) == ""
    db.session.remove()
    db.engine.dispose()
    if not settings().database_url:
        assert bytes_of(tmp_path) == []
    jobs.run("retention.scrub")
    assert find_erasure(receipt.reference).scrubbed_at
    assert log_file.stat().st_size > 0
    assert not [word for word in NEEDLES if word in log_file.read_text().casefold()]
    assert find_erasure(receipt.reference.lower()).counts["person"] >= 2


def test_nobody_adds_an_erased_person_again(app, make, client, hana):
    ada = make.candidate("Ada", email="ada+talks@bücher.example")
    privacy.erase(ada.id, "candidate")
    source = make.source().id
    for spelling in ("Ada+talks@BÜCHER.example", "ada@xn--bcher-kva.example", "ADA+jobs@bücher.example"):
        assert find_suppression(spelling).reason is SuppressionReason.ERASED
        with pytest.raises(Refused):
            candidates.add(Details(full_name="Ada", email=spelling), source)
        assert submissions.give_interest(None, Given(name="Ada", email=spelling), spelling) is None
    assert db.session.query(Candidate).filter(Candidate.address_key.is_not(None)).count() == 0


def test_an_answer_after_the_erasure_finds_nobody(app, make, client):
    ada = make.candidate("Ada")
    message = make.message(ada)
    token = make.link(ada) if message.link is None else None
    link = message.link
    privacy.erase(ada.id, "candidate")
    db.session.expire_all()
    with pytest.raises(NotFound):
        submissions.respond(link, Answer.INTERESTED, form_key="late", comment="zwiebelfisch")
    assert token is None
    assert spots(("zwiebelfisch",)) == []


def test_a_second_erasure_gives_the_first_receipt(app, make):
    ada = make.candidate("Ada")
    receipts = at_once(app, 4, lambda: privacy.erase(ada.id, "candidate"))
    assert len({receipt.reference for receipt in receipts}) == 1
    assert db.session.query(Erasure).count() == 1
    assert privacy.erase(ada.id, "staff").reference == receipts[0].reference


@pytest.mark.parametrize("which", ["kept", "lost"])
def test_who_was_merged_is_erased_with_all_their_rows(app, make, which):
    ada, twin = make.candidate(NAME, email=ADDRESS), make.candidate(NAME, email=SECOND)
    pair_up(ada.id, twin.id)
    candidates.merge(ada, twin)
    privacy.erase(ada.id if which == "kept" else twin.id, "candidate")
    assert "\n".join(spots()) == ""
    assert find_suppression(ADDRESS).reason is SuppressionReason.ERASED
    assert find_suppression(SECOND).reason is SuppressionReason.ERASED


def test_an_erasure_is_written_down_with_who_did_it(app, make, hana):
    ada, user = make.candidate("Ada"), make.user("ida@sielwerk.example", name="Ida")
    privacy.erase(ada.id, "staff", user.id)
    entry = list_audit(ada.id)[0]
    assert (entry.action, entry.actor_id, entry.facts) == (Action.ERASED, user.id, {"by": "staff"})


def test_nobody_is_erased_when_a_feature_cannot_let_go(app, make, monkeypatch):
    ada = make.candidate("Ada")
    monkeypatch.setattr("portal.timeline.personal.erase", lambda candidate_id: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        privacy.erase(ada.id, "candidate")
    db.session.expire_all()
    assert db.session.get(Candidate, ada.id).erased_at is None
    assert find_suppression(ada.email) is None
    assert not (settings().data_dir / "erasures.journal").exists()


@pytest.mark.parametrize("moment", ["uploaded", "checked", "confirmed"])
def test_an_erasure_during_an_import_wins(app, make, moment):
    person = make.candidate(NAME, email=ADDRESS)
    assignment = candidates.Assignment(make.source().id, make.persona().id, make.sender().id)
    content = f"Name;E-Mail;Company\r\n{NAME};{ADDRESS.upper()};Korallenwerft\r\nBob;bob@elsewhere.example;\r\n"
    imported = candidates.upload("people.csv", content.encode(), assignment, assignment.owner_id)
    number, person_id = imported.id, person.id
    if moment != "uploaded":
        jobs.run("candidates.import_read")
        candidates.confirm_mapping(get_import(number), get_import(number).mapping, assignment)
        jobs.run("candidates.import_check")
    if moment == "confirmed":
        candidates.confirm(get_import(number))
    privacy.erase(person_id, "candidate")
    assert "\n".join(spots()) == ""
    if moment == "uploaded":
        jobs.run("candidates.import_read")
        candidates.confirm_mapping(get_import(number), get_import(number).mapping, assignment)
        jobs.run("candidates.import_check")
    if moment != "confirmed":
        candidates.confirm(get_import(number))
    jobs.run("candidates.import_run")
    assert "\n".join(spots()) == ""
    assert find_by_address("bob@elsewhere.example") is not None


def test_deleted_bytes_are_cleared_also_when_somebody_reads_meanwhile(app, make, tmp_path):
    ada = make.candidate("Ada")
    reader = None
    if not settings().database_url:
        reader = sqlite3.connect(tmp_path / "portal.sqlite", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM candidate").fetchone()
    privacy.erase(ada.id, "candidate")
    assert waiting() == 1
    if reader:
        reader.execute("ROLLBACK")
        reader.close()
    jobs.run("retention.scrub")
    assert waiting() == 0


def test_postgresql_goes_through_its_tables_once_for_many_erasures(app, make):
    said: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda _connection, _cursor, statement, *_more: said.append(statement))
    for name in ("Ada", "Grace", "Edsger"):
        privacy.erase(make.candidate(name).id, "candidate")
    vacuums = sum(statement.startswith("VACUUM") for statement in said)
    assert (waiting(), vacuums) == ((3, 0) if settings().database_url else (0, 0))
    jobs.run("retention.scrub")
    vacuums = sum(statement.startswith("VACUUM") for statement in said)
    assert (waiting(), vacuums) == (0, len(Base.metadata.sorted_tables) if settings().database_url else 0)


def waiting() -> int:
    """How many receipts wait for their bytes to be cleared."""
    db.session.rollback()
    return db.session.query(Erasure).filter(Erasure.scrubbed_at.is_(None)).count()

"""Anonymous that can be believed: with everything that is stored in hand, at every moment, nobody can say whose an answer is."""

import io
import secrets
import sys
from collections import defaultdict
from datetime import date, datetime

import pytest
import time_machine

from portal import clock, logs
from portal.db import Base, db
from portal.feedback import queries, services
from portal.feedback.details import Said
from portal.feedback.models import Feedback, FormKey, Sealed
from portal.feedback.services import sealing
from tests.feedback import asked, ballot_path, later, look, send
from tests.feedback.attacker import Sight, joins, keys, open_box, orders, pairs_right, save, tau
from tests.feedback.attacker import look as read_all

BATCHES, FEW = 3, 5


@pytest.fixture
def folder(app):
    return app.config["SETTINGS"].data_dir


@pytest.fixture
def log(app, monkeypatch):
    """Everything the application logs, as it does in production."""
    kept = io.StringIO()
    monkeypatch.setattr(sys, "stderr", kept)
    logs.configure(app.config["SETTINGS"].model_copy(update={"log_level": "info", "log_format": "json"}))
    return kept


def answer_anonymously(client, request, words: str) -> str:
    """As people do: the mail's link, the choice, the form, the look at it, and off it goes. Returns the ballot's address."""
    path = ballot_path(client, request)
    if request.id % FEW == 1:
        client.get(path)
        look(client, path, words_0=words)
    assert send(client, path, words_0=words).status_code == 303
    return path


def unnamed(sight: Sight) -> list[dict]:
    return [row for row in sight.tables["feedback"] if row["anonymous"]]


def whose(row: dict, words: list[str]) -> int:
    return next(number for number, text in enumerate(words) if text in str(row["answers"]))


def no_value_leads(answers: list[dict], truth: list[int], sight: Sight) -> None:
    """No value, digest or derived token leads from an answer to its person."""
    for way, found in joins(answers, sight.tables, truth, least=12):
        assert not pairs_right(found, truth), way
    # Small numbers, places in a table among them, are equal by chance; as a way to who it is they fail for most.
    for way, found in joins(answers, sight.tables, truth):
        assert pairs_right(found, truth) < len(truth) * 0.8, way


def no_order_tells(runs: dict[str, list[float]]) -> None:
    """No order, of rows, columns or bytes, runs in each batch as its answers came, or backwards."""
    for name, told in runs.items():
        assert not (len(told) == BATCHES and (min(told) == 1 or max(told) == -1)), (name, told)


def test_with_every_table_file_backup_and_log_of_every_moment_nobody_joins_answer_and_person(app, client, make, folder, log):
    people = [make.reader(f"Person {number}", email=f"p{number}@home.example") for number in range(BATCHES * FEW)]
    requests = [asked(one) for one in people]
    # Of different lengths, so that size could give them away.
    words = [f"{secrets.token_hex(8)} {'x' * secrets.randbelow(900)}".strip() for _one in people]
    runs: dict[str, list[float]] = defaultdict(list)
    tried, boxes, paths = [], {}, []
    for batch in range(BATCHES):
        mine = range(batch * FEW, (batch + 1) * FEW)
        for number in mine:  # the attacker watches between any two answers
            paths.append(answer_anonymously(client, requests[number], words[number]))
            sight = read_all(folder)
            assert not sight.holds(words[number]), "readable before its batch is full"
            boxes |= {row["id"]: bytes(row["box"]) for row in sight.tables["feedback_sealed"]}
        kept = save(folder) if db.engine.dialect.name == "sqlite" else {}
        assert not any(words[number].encode() in content for content in kept.values() for number in mine)
        tried = tried or keys(sight, kept)
        assert len(unnamed(sight)) == batch * FEW
        assert services.release_batches() == FEW
        final = read_all(folder)
        fresh = [row for row in unnamed(final) if whose(row, words) in mine]
        assert len(fresh) == FEW
        for name, order in orders(fresh, [words[number] for number in mine], final):
            runs[name].append(tau(order))
    everything = unnamed(final)
    truth = [people[whose(row, words)].id for row in everything]

    no_value_leads(everything, truth, final)
    no_order_tells(runs)
    # The boxes seen while watching are of one size, their numbers in no answer, and no key that is kept opens them.
    assert {len(box) for box in boxes.values()} == {sealing.SIZE + 28}
    assert not set(boxes) & {row["id"] for row in everything}
    if db.engine.dialect.name == "sqlite":
        assert all(open_box(box, tried) is None for box in boxes.values())
    # Nor does the log help: it holds no token, no word and no address.
    logged = log.getvalue()
    assert logged.count('"method": "POST"') >= len(people)
    for text in (*words, *(path.rpartition("/")[2] for path in paths), *(queries.token_of(one) for one in requests)):
        assert text not in logged
    assert "@home.example" not in logged


def test_the_same_attack_on_answers_by_name_finds_everybody(client, make, folder):
    """Otherwise the test above would prove nothing."""
    people = [make.reader(f"Person {number}") for number in range(FEW)]
    for number, one in enumerate(people):
        services.answer_request(asked(one), Said(score=number, words=(f"Named {number}", ""), anonymous=False), f"k{number}")
    final = read_all(folder)
    rows = sorted(final.tables["feedback"], key=lambda row: row["score"])
    ids = [one.id for one in people]
    assert max(pairs_right(found, ids) for _way, found in joins(rows, final.tables, ids)) == FEW


def test_nothing_of_a_batch_can_be_read_before_it_has_five_and_what_is_more_waits(hana, client, make):
    for number in range(7):
        answer_anonymously(client, asked(make.reader(f"P{number}")), f"Words {number}")
        services.release_batches()
        if number not in {0, FEW - 2, FEW - 1, 6}:
            continue
        page = hana.get("/console/feedback").get_data(as_text=True)
        assert sum(f"Words {one}" in page for one in range(7)) == (FEW if number >= FEW - 1 else 0)
        assert ("wait, locked" in page) == (number != FEW - 1)
    assert db.session.query(Sealed).count() == 2


def test_a_batch_holds_one_wording_and_one_way_of_asking(client, make):
    for number in range(4):
        send(client, "/feedback", words_0=str(number))
        answer_anonymously(client, asked(make.reader(f"P{number}")), str(number))
    assert services.release_batches() == 0
    send(client, "/feedback", words_0="the fifth")
    assert services.release_batches() == FEW
    assert db.session.query(Sealed).count() == 4


def test_of_an_anonymous_answer_only_the_month_of_its_batch_is_kept(client, app):
    with time_machine.travel(datetime(2026, 8, 14, 12, tzinfo=clock.now().tzinfo)):
        for number in range(4):
            send(client, "/feedback", words_0=str(number))
        assert {row.month for row in db.session.query(Sealed)} == {date(2026, 8, 1)}
    with time_machine.travel(datetime(2026, 10, 30, 12, tzinfo=clock.now().tzinfo)):
        send(client, "/feedback", words_0="late")
        services.release_batches()
    rows = db.session.query(Feedback).all()
    assert {row.on for row in rows} == {date(2026, 10, 1)}
    empty = ("candidate_id", "request_id", "form_key", "contact_at", "settled_at", "settled_by_id")
    assert all(getattr(row, name) is None for row in rows for name in empty)
    for table in (Sealed, FormKey):
        assert not [column.name for column in table.__table__.columns if column.type.python_type is datetime]


def test_a_batch_that_never_fills_is_thrown_away_unread_after_a_year(client, app):
    send(client, "/feedback")
    with time_machine.travel(later(days=330)):
        services.release_batches()
        assert db.session.query(Sealed).count() == 1
    with time_machine.travel(later(days=400)):
        services.release_batches()
    assert db.session.query(Sealed).count() == db.session.query(Feedback).count() == 0


def test_the_key_of_the_boxes_is_in_no_backup_and_gone_with_the_last_box(client, app, folder):
    if db.engine.dialect.name != "sqlite":
        assert not (folder / sealing.KEY_FILE).exists()
        return
    send(client, "/feedback", words_0="0")
    key = (folder / sealing.KEY_FILE).read_bytes()
    assert (folder / sealing.KEY_FILE).stat().st_mode & 0o077 == 0
    assert key not in b"".join(save(folder).values())
    box = db.session.query(Sealed).one().box
    for number in range(1, FEW):
        send(client, "/feedback", words_0=str(number))
    services.release_batches()
    assert not (folder / sealing.KEY_FILE).exists()
    assert sealing.unseal(box) is None


def test_asking_and_opening_and_looking_write_nothing(client, make, folder):
    request = asked(make.reader("Ada"))
    before = read_all(folder).tables
    path = ballot_path(client, request)
    for _time in range(2):
        client.get(path)
        look(client, path, words_0="only looking")
    assert read_all(folder).tables == before


def test_every_table_that_an_anonymous_answer_touches_is_known(client, make, folder):
    """So that a table added tomorrow does not quietly keep what nobody thought of."""
    request = asked(make.reader("Ada"))
    path, before = ballot_path(client, request), read_all(folder).tables
    send(client, path)
    after = read_all(folder).tables
    assert {name for name in before if before[name] != after[name]} == {"feedback_sealed", "form_key"}
    assert set(after) == {table.name for table in Base.metadata.sorted_tables}


def test_the_form_says_openly_what_is_kept_and_what_cannot_be_promised(client, app):
    page = client.get("/feedback").get_data(as_text=True)
    for words in ("locked until 5 answers are there", "fewer than 5 answers nobody ever reads it", "What we cannot hide"):
        assert words in page

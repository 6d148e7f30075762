"""The trail says who looked at whom, and shows when somebody touched it."""

import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, select, update

from portal import cli, clock
from portal.db import db, transaction
from portal.extensions import jobs
from portal.privacy import personal
from portal.privacy import services as privacy
from portal.privacy.models import Action, AuditAnchor, AuditEntry
from portal.privacy.queries import list_audit
from portal.privacy.queries.trail import head_path, verify
from tests.outreach import at_once

NOTES = "/console/candidates/{}/notes"


def write(count: int = 5) -> None:
    for number in range(count):
        privacy.audit(Action.SAW, candidate_id=number + 1, actor_id=1, page="console.pipeline.show")


def run(statement) -> None:
    """As somebody would who can write into the database."""
    with transaction() as session:
        session.execute(statement, execution_options={"synchronize_session": False})
    db.session.expire_all()


TOUCHED = {
    "changed": (update(AuditEntry).where(AuditEntry.id == 3).values(actor_id=9), "entry 3 was changed"),
    "facts changed": (update(AuditEntry).where(AuditEntry.id == 2).values(facts={"page": "other"}), "entry 2 was changed"),
    "dated back": (
        update(AuditEntry).where(AuditEntry.id == 4).values(at=clock.now() - timedelta(days=9)),
        "entry 4 was changed",
    ),
    "removed": (delete(AuditEntry).where(AuditEntry.id == 3), "entry 3 is missing"),
    "two removed": (delete(AuditEntry).where(AuditEntry.id.in_([2, 3])), "entries 2 to 3 are missing"),
    "the first removed": (delete(AuditEntry).where(AuditEntry.id == 1), "entry 1 is missing"),
    "cut off": (delete(AuditEntry).where(AuditEntry.id >= 4), "entry 3 is the last"),
    "all removed": (delete(AuditEntry), "entry 0 is the last"),
    "put in": (
        insert(AuditEntry).values(
            id=6, at=clock.now(), action=Action.SAW, whom_id=1, actor_id=1, facts={}, previous="x" * 64, mac="y" * 64
        ),
        "entry 6 was changed or put in",
    ),
    "pruned by hand": (delete(AuditEntry).where(AuditEntry.id <= 2), "entries 1 to 2 are missing"),
}


@pytest.mark.parametrize("how", TOUCHED)
def test_whatever_is_touched_is_named(app, how):
    write()
    assert verify() == []
    statement, finding = TOUCHED[how]
    run(statement)
    assert any(finding in line for line in verify()), verify()


def test_a_forged_anchor_hides_nothing(app):
    write()
    run(delete(AuditEntry).where(AuditEntry.id <= 2))
    second = db.session.get(AuditEntry, 3).previous
    run(insert(AuditAnchor).values(entry_id=2, entry_mac=second, at=clock.now(), mac="z" * 64))
    assert "entries 1 to 2 are missing" in verify()


def test_a_missing_head_is_told(app):
    write()
    head_path().unlink()
    assert "audit.head" in verify()[0]


def test_after_twelve_months_entries_go_and_the_rest_stays_whole(app):
    write(3)
    with clock.standing_at(clock.now() + timedelta(days=200)):
        write(2)
    with clock.standing_at(clock.now() + timedelta(days=370)):
        jobs.run("retention.prune")
        assert [row.id for row in db.session.query(AuditEntry)] == [4, 5]
        assert verify() == []
        write(1)
    with clock.standing_at(clock.now() + timedelta(days=800)):
        assert privacy.prune_trail() == 3
        assert verify() == []
        write(1)
        assert (verify(), db.session.query(AuditEntry).one().id) == ([], 7)


def test_many_at_once_make_one_chain(app, make):
    numbers = [make.candidate(f"Person {number}").id for number in range(3)]
    db.session.commit()

    def look() -> None:
        for number in numbers:
            privacy.audit(Action.SAW, candidate_id=number, actor_id=1)

    at_once(app, 6, look)
    assert db.session.query(AuditEntry).count() >= 18
    assert verify() == []


def test_what_was_rolled_back_is_not_in_the_trail(app):
    with pytest.raises(ZeroDivisionError), transaction():
        privacy.audit(Action.SAW, candidate_id=1)
        raise ZeroDivisionError
    write(1)
    assert [row.whom_id for row in db.session.query(AuditEntry)] == [1]
    assert db.session.query(AuditEntry).one().actor_id == 1


@pytest.mark.parametrize("words", ["Ada Lovelace", "ada@mail.example", "She said yes", "x" * 200, 1.5])
def test_words_and_addresses_are_refused(app, words):
    with pytest.raises(ValueError, match="numbers and words of ours"):
        privacy.audit(Action.CHANGED, candidate_id=1, note=words)


def test_staff_who_look_change_and_export_are_written_down(make, hana):
    message = make.message(ada := make.candidate("Ada"))
    number, message_id = ada.id, message.id
    hana.get(f"/console/outreach/messages/{message_id}/note")
    page = hana.get(f"/console/pipeline/{number}").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    hana.post(NOTES.format(number), data={"text": "zwiebelfisch", "csrf_token": token})
    entries = list_audit(number)
    assert {(row.action, row.facts["page"]) for row in entries} >= {
        (Action.SAW, "console.pipeline.show"),
        (Action.CHANGED, "console.candidates.add_note"),
    }
    assert all(row.actor_id for row in entries)
    told = personal.held(number)
    assert any(item.facts.get("who") == "Hana Ubben" and item.at for item in told), told
    whole = str([dict(row) for row in db.session.execute(select(AuditEntry.__table__)).mappings()])
    assert "zwiebelfisch" not in whole
    assert token not in whole


def test_their_own_page_names_every_look_however_many_there_were(app, make):
    ada = make.candidate("Ada")
    with transaction():
        for _look in range(510):
            privacy.audit(Action.SAW, candidate_id=ada.id)
    assert sum(item.what == "Looked at your data" for item in personal.held(ada.id)) == 510


def test_who_is_merged_keeps_who_looked_at_either(app, make):
    ada, twin = make.candidate("Ada"), make.candidate("Ada")
    privacy.audit(Action.SAW, candidate_id=twin.id, actor_id=1)
    with transaction():
        twin.merged_into_id = ada.id
    assert Action.SAW in {row.action for row in list_audit(ada.id)}
    assert verify() == []


def test_the_command_says_whether_the_trail_is_whole(app, tmp_path, database_url, monkeypatch):
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTAL_DATABASE_URL", database_url)
    monkeypatch.setenv("PORTAL_SECRET_KEY", app.config["SECRET_KEY"])
    write(3)
    db.session.commit()
    good = CliRunner().invoke(cli.main, ["audit", "verify"])
    assert (good.exit_code, "whole" in good.output) == (0, True)
    run(delete(AuditEntry).where(AuditEntry.id == 2))
    bad = CliRunner().invoke(cli.main, ["audit", "verify"])
    assert (bad.exit_code, "entry 2 is missing" in bad.output) == (1, True)

"""Everybody has a day of deletion from the first second, and the day is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.db import db, transaction
from portal.errors import Conflict, Invalid
from portal.privacy import services as privacy
from portal.privacy.models import Basis, Term, Why
from portal.privacy.queries import current_basis, find_suppression, find_term
from portal.privacy.queries.terms import work_out
from portal.retention import services
from portal.submissions.services.interest import Given, confirm_interest, give_interest
from portal.submissions.services.referrals import Friend, accept_referral, refer
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind
from tests.candidates.lists import bring_in
from tests.retention.work import run

START = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _spring(app):
    with clock.standing_at(START):
        yield


def term(candidate: Candidate):
    db.session.expire_all()
    kept, [now] = find_term(candidate.id), work_out([candidate.id])
    assert (kept.delete_at, kept.why) == (now.delete_at, now.why), "what is kept is true"
    return kept


def heard(candidate: Candidate, kind: Kind = Kind.VISITED) -> None:
    timeline.record(candidate.id, kind, Direction.IN, Channel.WEB)
    db.session.commit()
    run("retention.terms")


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 9, tzinfo=UTC)


def alive() -> set[str]:
    db.session.expire_all()
    return {row.full_name for row in db.session.query(Candidate) if row.erased_at is None}


def test_from_the_first_second_somebody_has_source_basis_and_day(make):
    ada = make.candidate("Ada")
    assert (ada.source.name, ada.collected_at) == ("Oldenburg meetup", START)
    assert current_basis(ada.id).until == at(2027, 3, 10)
    assert (term(ada).delete_at, term(ada).why) == (START + timedelta(days=30), Why.NOT_INFORMED)
    privacy.record_notice(ada.id)
    assert (term(ada).delete_at, term(ada).why) == (at(2027, 3, 10), Why.BASIS_ENDS)


def test_a_list_gives_everybody_their_day_too(make):
    rows = [make.person(f"P{number}") for number in range(3)]
    privacy.establish_all([row.id for row in rows], Basis.LEGITIMATE_INTEREST, START)
    assert {term(row).delete_at for row in rows} == {START + timedelta(days=30)}


def test_the_day_moves_with_what_the_person_does_and_not_with_our_mail(make):
    ada = make.reader("Ada")
    with clock.standing_at(at(2026, 9, 1)):
        timeline.record(ada.id, Kind.MAIL_DELIVERED, Direction.OUT, Channel.MAIL)
        heard(ada, Kind.UNSUBSCRIBED)
        assert term(ada).delete_at == at(2027, 3, 10)
        heard(ada)
        assert term(ada).delete_at == at(2027, 9, 1)
        assert current_basis(ada.id).until == at(2027, 9, 1), "mail is allowed as long"
        privacy.establish(ada.id, Basis.CONSENT)
        assert term(ada).delete_at == at(2028, 9, 1)


def test_a_day_that_was_promised_stays(make):
    ada = make.reader("Ada")
    privacy.establish(ada.id, Basis.CONSENT, until=at(2026, 6, 1))
    with clock.standing_at(at(2026, 5, 1)):
        heard(ada)
        assert term(ada).delete_at == at(2026, 6, 1)


def test_a_rule_of_a_country_counts_for_who_lives_there(make):
    anna, bea, cleo = (make.reader(f"P{n}", place=place) for n, place in enumerate(["Graz, Österreich", "Emden", "at"]))
    privacy.set_rule("Austria, Österreich, AT", Basis.LEGITIMATE_INTEREST, 6)
    privacy.set_rule("", Basis.LEGITIMATE_INTEREST, 9)
    run("retention.terms")
    assert [term(one).delete_at.month for one in (anna, bea, cleo)] == [9, 12, 9]
    assert term(anna).country == "Austria, Österreich, AT"
    with pytest.raises(Conflict, match="Österreich"):
        privacy.set_rule("österreich, Steiermark", Basis.CONSENT, 6)
    with pytest.raises(Invalid):
        privacy.set_rule("Norway", Basis.CONSENT, 0)


def test_without_its_rule_a_country_falls_back(make):
    anna = make.reader("Anna", place="Graz, Austria")
    rule = privacy.set_rule("Austria", Basis.LEGITIMATE_INTEREST, 6)
    run("retention.terms")
    privacy.remove_rule(rule.id)
    run("retention.terms")
    assert term(anna).delete_at == at(2027, 3, 10)


def test_nobody_stays_uninformed_beyond_the_thirtieth_day(make):
    make.candidate("Ada")
    make.reader("Bob")
    with clock.standing_at(START + timedelta(days=29, hours=23)):
        run("retention.delete")
        assert alive() == {"Ada", "Bob"}
    with clock.standing_at(START + timedelta(days=30, minutes=1)):
        run("retention.delete")
        assert alive() == {"Bob"}


def test_who_is_silent_goes_on_their_day_and_who_was_heard_of_stays(make):
    ada, bob, cleo = make.reader("Ada"), make.reader("Bob"), make.reader("Cleo")
    with clock.standing_at(at(2027, 1, 10)):
        timeline.record(bob.id, Kind.VISITED, Direction.IN, Channel.WEB)
        db.session.commit()
    candidates.unsubscribe(cleo)
    address, stopped = ada.email, cleo.email
    with clock.standing_at(at(2027, 3, 11)):
        run("retention.delete")  # the day is worked out once more, although nobody settled Bob's
        assert alive() == {"Bob"}
        assert find_suppression(address) is None, "by a rule alone nobody is shut out"
        assert find_suppression(stopped) is not None, "who wanted no mail is"


def test_a_thousand_at_once_are_deleted_in_slices(make, monkeypatch):
    monkeypatch.setattr(services, "SLICE", 2)
    for number in range(5):
        make.candidate(f"P{number}")
    with clock.standing_at(START + timedelta(days=31)):
        assert run("retention.delete") == 5
        assert alive() == set()


def test_a_merged_row_has_no_day_of_its_own(make):
    ada, twin = make.reader("Ada"), make.candidate("Ada B.")
    with transaction():
        twin.merged_into_id = ada.id
    with clock.standing_at(START + timedelta(days=31)):
        run("retention.delete")
        run("retention.terms")
        assert find_term(twin.id) is None
        assert "Ada" in alive()


def test_people_of_before_get_their_day(make):
    make.person("Old")
    run("retention.terms")
    assert db.session.query(Term).one().why is Why.NOT_INFORMED


def test_every_way_of_adding_somebody_gives_them_their_day_at_once(make):
    bring_in(make, [["Lea", "lea@list.example", "", "", ""]])
    pending = give_interest(None, Given(name="Ina", email="ina@form.example"), "form")
    confirm_interest(pending)
    referral = refer(None, Friend(email="rea@friend.example", referrer="Ada"), "friend")
    accept_referral(referral, "Rea")
    make.candidate("Hans")
    people = db.session.query(Candidate).all()
    assert {person.full_name for person in people} >= {"Lea", "Ina", "Rea", "Hans"}
    for person in people:
        assert term(person).delete_at, person.full_name
        assert person.source is not None
        assert person.collected_at
        assert current_basis(person.id).until > clock.now()

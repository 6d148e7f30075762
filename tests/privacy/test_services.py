"""Suppression is for ever and keeps nothing readable; bases run out on the right day; the first notice counts."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from portal import clock
from portal.db import db
from portal.privacy.models import Basis, SuppressionReason
from portal.privacy.queries import current_basis, find_notice, find_suppression, has_notice
from portal.privacy.services import basis_ends, establish, establish_all, record_notice, suppress

SPRING = datetime(2026, 3, 31, 12, tzinfo=UTC)


def test_a_second_objection_keeps_the_first_date_and_reason(app):
    with clock.standing_at(SPRING):
        suppress("ada@sielwerk.example", SuppressionReason.OBJECTED)
    suppress("ADA+x@sielwerk.example", SuppressionReason.BOUNCED)
    entry = find_suppression("ada@sielwerk.example")
    assert (entry.at, entry.reason) == (SPRING, SuppressionReason.OBJECTED)


def test_of_a_suppressed_person_nothing_readable_is_kept(app):
    suppress("ada@sielwerk.example", SuppressionReason.ERASED)
    row = db.session.execute(text("SELECT * FROM suppression")).one()
    assert not [value for value in row if "ada" in str(value)]
    assert len(row.address_hash) == 64


@pytest.mark.parametrize(
    ("basis", "since", "until"),
    [
        (Basis.LEGITIMATE_INTEREST, datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2027, 11, 23, 9, tzinfo=UTC)),
        (Basis.CONSENT, datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2028, 11, 23, 9, tzinfo=UTC)),
        (Basis.LEGITIMATE_INTEREST, datetime(2028, 2, 29, tzinfo=UTC), datetime(2029, 2, 28, tzinfo=UTC)),
        (Basis.LEGITIMATE_INTEREST, datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_basis_ends_on_the_same_day_of_a_later_year(basis, since, until):
    assert basis_ends(basis, since) == until


def test_the_newest_basis_counts(make):
    ada = make.candidate("Ada")
    with clock.standing_at(SPRING):
        establish(ada.id, Basis.CONSENT, evidence="interest form")
    basis = current_basis(ada.id)
    assert (basis.basis, basis.since, basis.until) == (Basis.CONSENT, SPRING, basis_ends(Basis.CONSENT, SPRING))


def test_many_people_get_their_basis_at_once(make):
    people = [make.candidate(name).id for name in ("Ada", "Bob")]
    establish_all(people, Basis.LEGITIMATE_INTEREST, SPRING)
    establish_all([], Basis.LEGITIMATE_INTEREST, SPRING)
    assert {current_basis(number).until for number in people} == {basis_ends(Basis.LEGITIMATE_INTEREST, SPRING)}


def test_the_first_notice_counts(make):
    ada = make.candidate("Ada")
    with clock.standing_at(SPRING):
        record_notice(ada.id, 7)
    record_notice(ada.id, 8)
    assert has_notice(ada.id)
    assert (find_notice(ada.id).at, find_notice(ada.id).delivery_id) == (SPRING, 7)

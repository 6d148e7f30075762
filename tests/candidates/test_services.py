"""People are added once, never against their word, and every change leaves a touchpoint."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.candidates import queries, services
from portal.candidates.details import LABELS, LIMITS, NAMES, Details, clean, guess_greeting
from portal.candidates.models import Candidate, Pace
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound, Refused
from portal.privacy.models import Basis, SuppressionReason
from portal.privacy.queries import current_basis, find_suppression
from portal.privacy.services import suppress
from portal.timeline.models import Channel, Direction, Kind
from portal.timeline.queries import list_touchpoints

ADA = Details(full_name="Ada Lovelace", email="Ada@Sielwerk.example")
MAY = datetime(2025, 5, 3, 12, tzinfo=UTC)


def kinds(candidate):
    return [touchpoint.kind for touchpoint in list_touchpoints(candidate.id)]


def test_whoever_is_added_has_a_basis_a_touchpoint_and_a_name_to_be_called(make):
    hana = make.user()
    ada = services.add(ADA, make.source().id, actor_id=hana.id)
    basis = current_basis(ada.id)
    assert (basis.basis, basis.since, basis.until.year) == (Basis.LEGITIMATE_INTEREST, ada.collected_at, clock.now().year + 1)
    (added,) = list_touchpoints(ada.id)
    assert (added.kind, added.direction, added.channel, added.actor_id) == (Kind.ADDED, Direction.INTERNAL, Channel.HAND, hana.id)
    assert (ada.greeting_name, ada.email, ada.address_key) == ("Ada", "Ada@Sielwerk.example", "ada@sielwerk.example")
    assert queries.find_by_address(" ADA@sielwerk.EXAMPLE") is ada
    assert queries.find_by_public_id(ada.public_id) is ada


def test_the_basis_runs_from_the_day_of_collecting(make):
    ada = services.add(ADA, make.source().id, collected_at=MAY)
    assert (current_basis(ada.id).since, current_basis(ada.id).until) == (MAY, MAY.replace(year=2026))


def test_one_address_is_one_candidate(make):
    source = make.source().id
    ada = services.add(ADA, source)
    again = Details(full_name="A. L.", email="ada@sielwerk.example")
    with pytest.raises(Conflict, match="Ada Lovelace"):
        services.add(again, source)
    assert services.add(again, source, or_existing=True) is ada
    assert ada.full_name == "Ada Lovelace"
    assert services.add(Details(full_name="Ada Two", email="ada+two@sielwerk.example"), source) is not ada


@pytest.mark.parametrize("email", ["ada@bücher.example", "ADA+x@xn--bcher-kva.example"])
def test_who_objected_is_refused_with_the_day_and_nothing_is_stored(make, email):
    source = make.source().id
    with clock.standing_at(MAY):
        suppress("ada@bücher.example", SuppressionReason.OBJECTED)
    with pytest.raises(Refused, match="objected on 3 May 2025"):
        services.add(Details(full_name="Ada", email=email), source, or_existing=True)
    assert db.session.query(Candidate).count() == 0


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"full_name": " \x00"}, "full_name"),
        ({"email": "ada@"}, "email"),
        ({"full_name": "x" * 201}, "full_name"),
        ({"evidence": "x" * 2001}, "evidence"),
        ({"profile_url": "javascript:alert(1)"}, "profile_url"),
        ({"profile_url": "https://"}, "profile_url"),
        ({"profile_url": "http://[x"}, "profile_url"),
        ({"language": "Deutsch!"}, "language"),
        ({"time_zone": "Emden"}, "time_zone"),
    ],
)
def test_what_cannot_be_kept_is_said_by_field(make, broken, field):
    with pytest.raises(Invalid) as caught:
        services.add(Details(**{"full_name": "Ada", "email": "ada@x.example"} | broken), make.source().id)
    assert caught.value.field == field
    assert db.session.query(Candidate).count() == 0


def test_a_source_that_is_not_there_adds_nobody(make):
    with pytest.raises(NotFound):
        services.add(ADA, 99)
    with pytest.raises(Invalid):
        services.add(ADA, make.source().id, persona_id=99)
    assert db.session.query(Candidate).count() == 0


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ada Lovelace", "Ada"),
        ("Dr. Jürgen Groß", "Jürgen"),
        ("Prof. Dr. Ing. Maren Poppinga", "Maren"),
        ("Groß, Jürgen", "Jürgen"),
        ("김도현", "김도현"),
        ("李 小龍", "李 小龍"),
        ("たなか ゆき", "たなか ゆき"),
        ("Αικατερίνη Παπαδοπούλου", "Αικατερίνη"),
        ("مريم الخطيب", "مريم"),
        ("Петро Іваненко", "Петро"),
        ("J. Groß", "J. Groß"),
        ("வேலு", "வேலு"),
        ("Dr.", "Dr."),
        ("Ada", "Ada"),
    ],
)
def test_the_name_to_greet_is_guessed_and_doubt_keeps_the_whole(name, greeting):
    assert guess_greeting(name) == greeting


def test_family_first_languages_keep_the_whole_name():
    assert guess_greeting("Nagy Ilona", "hu") == "Nagy Ilona"
    assert guess_greeting("Nguyễn Văn An", "vi-VN") == "Nguyễn Văn An"
    assert guess_greeting("Nagy Ilona") == "Nagy"


def test_staff_decide_how_somebody_is_greeted(make):
    ada = make.candidate("Ada Lovelace", greeting_name="Countess")
    assert ada.greeting_name == "Countess"


def test_editing_records_which_fields_and_not_what_they_say(make):
    ada = make.candidate("Ada", email="ada@x.example")
    services.edit(ada, Details(full_name="Ada L.", email="ada@x.example", greeting_name="Ada", phone="+49 1"))
    (edited, _added) = list_touchpoints(ada.id)
    assert (edited.kind, edited.details) == (Kind.EDITED, {"fields": ["full_name", "phone"]})
    services.edit(ada, Details(full_name="Ada L.", email="ada@x.example", greeting_name="Ada", phone="+49 1"))
    assert kinds(ada) == [Kind.EDITED, Kind.ADDED]


def test_an_address_cannot_be_changed_to_one_that_is_taken_or_objected(make):
    ada, bob = make.candidate("Ada", email="ada@x.example"), make.candidate("Bob", email="bob@x.example")
    suppress("eve@x.example", SuppressionReason.ERASED)
    with pytest.raises(Conflict, match="Ada"):
        services.edit(bob, Details(full_name="Bob", email="ADA@x.example"))
    with pytest.raises(Refused):
        services.edit(bob, Details(full_name="Bob", email="eve+1@x.example"))
    services.edit(bob, Details(full_name="Bob", email="BOB@x.example"))
    assert (bob.email, bob.address_key, ada.address_key) == ("BOB@x.example", "bob@x.example", "ada@x.example")


def test_a_new_address_is_found_and_the_old_one_is_free(make):
    ada = make.candidate("Ada", email="ada@x.example")
    services.edit(ada, Details(full_name="Ada", email="ada@y.example"))
    assert queries.find_by_address("ada@y.example") is ada
    assert queries.find_by_address("ada@x.example") is None
    assert queries.find_by_address("no address") is None


def test_an_assignment_changes_source_persona_and_owner(make):
    ada, fair, hana = make.candidate("Ada"), make.source("Fair"), make.user()
    details = Details(full_name="Ada", email=ada.email, greeting_name="Ada")
    services.edit(ada, details, services.Assignment(fair.id, None, hana.id), actor_id=hana.id)
    assert (ada.source_id, ada.persona_id, ada.owner_id) == (fair.id, None, hana.id)
    assert list_touchpoints(ada.id)[0].details == {"fields": ["owner_id", "persona_id", "source_id"]}


def test_unsubscribing_twice_is_once_and_resubscribing_takes_it_back(make):
    bob = make.candidate("Bob")
    with clock.standing_at(MAY):
        services.unsubscribe(bob, "one click")
    services.unsubscribe(bob, "page")
    assert bob.unsubscribed_at == MAY
    services.resubscribe(bob, "console", actor_id=make.user().id)
    services.resubscribe(bob)
    assert bob.unsubscribed_at is None
    gone, back = sorted(list_touchpoints(bob.id), key=lambda row: row.id)[1:]
    assert (gone.channel, gone.direction, gone.details) == (Channel.MAIL, Direction.IN, {"how": "one click"})
    assert (back.channel, back.direction) == (Channel.CONSOLE, Direction.INTERNAL)


def test_a_wish_for_pace_and_pause_is_kept_and_recorded_once(make):
    ada = make.candidate("Ada")
    for _twice in range(2):
        services.set_preferences(ada, Pace.MONTHLY, date(2027, 1, 31))
    assert (ada.pace, ada.paused_until) == (Pace.MONTHLY, date(2027, 1, 31))
    assert kinds(ada) == [Kind.PREFERENCES_CHANGED, Kind.ADDED]
    assert list_touchpoints(ada.id)[0].details == {"pace": "monthly", "paused_until": "2027-01-31"}


def test_the_company_may_take_back_its_own_word_but_not_an_objection(make):
    ada, bob = make.candidate("Ada"), make.candidate("Bob")
    services.stop_contact(ada)
    assert services.allow_contact(ada).do_not_contact_at is None
    services.object_to_contact(bob)
    assert find_suppression(bob.email).reason is SuppressionReason.OBJECTED
    with pytest.raises(Refused):
        services.allow_contact(bob)
    assert bob.do_not_contact_at is not None


def test_a_note_is_kept_with_its_author_and_an_empty_one_is_not(make):
    ada, hana = make.candidate("Ada"), make.user()
    services.add_note(ada, " No calls\r\nbefore 16:00 ", hana.id)
    with pytest.raises(Invalid):
        services.add_note(ada, " \n")
    with pytest.raises(Invalid, match="10000"):
        services.add_note(ada, "x" * 10_001)
    (note,) = queries.list_notes(ada.id)
    assert (note.text, note.author) == ("No calls\nbefore 16:00", hana)
    assert list_touchpoints(ada.id)[0].details == {}


def test_erased_people_are_not_found(make):
    ada = make.candidate("Ada", erased_at=clock.now())
    assert queries.find_candidate(ada.id) is None
    assert queries.find_by_public_id(ada.public_id) is None
    with pytest.raises(NotFound):
        queries.get_candidate(ada.id)


def test_rights_say_what_permits_and_what_forbids(make):
    ada = make.candidate("Ada", email="ada@x.example", time_zone="Pacific/Auckland", paused_until=date(2026, 11, 24))
    with clock.standing_at(datetime(2026, 11, 23, 10, 30, tzinfo=UTC)):
        assert queries.get_rights(ada).paused
    with clock.standing_at(datetime(2026, 11, 23, 11, 30, tzinfo=UTC)):  # the 24th has begun in Auckland
        assert not queries.get_rights(ada).paused
    assert not queries.get_rights(ada).expired
    with clock.standing_at(clock.now().replace(year=clock.now().year + 2)):
        assert queries.get_rights(ada).expired
    suppress("ada@x.example", SuppressionReason.COMPLAINED)
    assert queries.get_rights(ada).suppression.reason is SuppressionReason.COMPLAINED


def seen(sign):
    return sign.isprintable() and not sign.isspace()


@given(text=st.text(max_size=80), many=st.booleans())
def test_cleaning_takes_control_characters_only_and_is_done_once(text, many):
    once = clean(text, many)
    assert clean(once, many) == once
    assert [sign for sign in once if seen(sign)] == [sign for sign in text if seen(sign)]


def test_every_field_has_a_limit_and_a_label():
    assert set(NAMES) == set(LIMITS) == set(LABELS)


def test_two_at_the_same_moment_are_one_candidate(app, make):
    source = make.source().id

    def add(_number):
        with app.app_context():
            try:
                return services.add(ADA, source).id
            except Conflict:
                return None

    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(add, range(8)))
    assert len([number for number in added if number]) == 1
    assert db.session.query(Candidate).count() == 1

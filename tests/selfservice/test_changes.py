"""What people change on their own page counts from that moment, and stands in the timeline."""

from datetime import timedelta

import pytest
import time_machine

from portal import clock
from portal.candidates.models import Pace
from portal.candidates.queries import find_by_address, get_candidate
from portal.delivery.models import Purpose
from portal.delivery.services import gate
from portal.privacy import services as privacy
from portal.privacy.queries import find_hold, find_suppression
from portal.selfservice import queries, services
from portal.timeline.models import Direction, Kind
from portal.timeline.queries import list_touchpoints
from tests.selfservice.visits import enter, letters, links, press, token_in

ADA, NEW = "ada@candidate.example", "ada@new.example"


@pytest.fixture
def ada_id(client, make) -> int:
    """Ada is on her own page."""
    number = make.reader("Ada Novak", email=ADA, headline="Welder").id
    enter(client, ADA)
    return number


def test_pace_and_topics_hold_from_now_on(client, ada_id):
    answer = press(client, "/me", "/me/paces", pace="only when a role fits", topics=["roles", "visits"])
    assert answer.location == "/me?done=pace#mail"
    ada = get_candidate(ada_id)
    assert (ada.pace, ada.topics) == (Pace.ROLE, ["roles", "visits"])
    assert not gate(ada, Purpose.MAILING, clock.now()).allowed
    page = client.get("/me?done=pace").text
    assert "Kept. It holds" in page
    assert 'value="only when a role fits" checked' in page or 'checked id="pace-4"' in page
    assert press(client, "/me", "/me/paces", pace="hourly").status_code == 422
    assert press(client, "/me", "/me/paces", pace="weekly", topics=["nonsense"]).status_code == 422
    made = [t for t in list_touchpoints(ada_id) if t.kind is Kind.PREFERENCES_CHANGED]
    assert {t.direction for t in made} == {Direction.IN}


def test_a_pause_holds_until_its_day_and_can_be_ended(client, ada_id):
    day = clock.today("Europe/Berlin") + timedelta(days=60)
    press(client, "/me", "/me/pauses", until=day.isoformat())
    assert get_candidate(ada_id).paused_until == day
    assert not gate(get_candidate(ada_id), Purpose.OUTREACH, clock.now()).allowed
    assert f'datetime="{day.isoformat()}T' in client.get("/me").text, "the day stands at the top"
    for wrong in ("2020-01-01", clock.today("Europe/Berlin").isoformat(), "2999-01-01", "tomorrow"):
        answer = press(client, "/me", "/me/pauses", until=wrong)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
    press(client, "/me", "/me/pauses", until="")
    assert get_candidate(ada_id).paused_until is None


def test_newsletters_end_and_come_again(client, ada_id):
    press(client, "/me", "/me/unsubscriptions")
    assert get_candidate(ada_id).unsubscribed_at
    press(client, "/me", "/me/returns")
    assert get_candidate(ada_id).unsubscribed_at is None


def test_name_and_facts_are_put_right_by_the_person(client, ada_id):
    page = client.get("/me/details").text
    assert 'value="Welder"' in page
    fields = {"full_name": "Ada Nováková", "greeting_name": "Ada", "headline": "", "profile_url": "ada.example"}
    assert press(client, "/me/details", "/me/details", **fields).location == "/me?done=details#held"
    ada = get_candidate(ada_id)
    assert (ada.full_name, ada.headline, ada.profile_url, ada.email) == ("Ada Nováková", "", "https://ada.example", ADA)
    edited = next(t for t in list_touchpoints(ada_id) if t.kind is Kind.EDITED)
    assert edited.direction is Direction.IN
    for name, wrong in {"full_name": " ", "profile_url": "javascript:alert(1)", "company": "x" * 300}.items():
        answer = press(client, "/me/details", "/me/details", **fields | {name: wrong})
        assert answer.status_code == 422
        assert f'href="#{name}"' in answer.text


def test_a_new_address_counts_when_both_mailboxes_said_yes(app, client, ada_id):
    assert press(client, "/me/addresses", "/me/addresses", email=NEW).location == "/me/addresses"
    mails = {mail.recipient: mail for mail in letters()[-2:]}
    assert set(mails) == {ADA, NEW}
    assert "Ada" not in str(mails[NEW].raw), "who has the new mailbox learns no name"
    paths = {to: next(p for p in links(mail) if p.startswith("/me/addresses/")) for to, mail in mails.items()}
    for to, path in paths.items():
        stranger = app.test_client()
        assert stranger.get(path).status_code == 200
        assert ADA not in stranger.get(path).text
        assert NEW not in stranger.get(path).text
        assert get_candidate(ada_id).email == ADA, "a look changes nothing"
        page = press(stranger, path, f"{path}/confirmations").text
        assert ("Done" in page) == (to == list(paths)[-1])
        assert ADA not in page
    assert get_candidate(ada_id).email == NEW
    assert client.get(paths[ADA]).status_code == 404
    assert queries.get_change(1).email == "", "nothing waits any more, so that no address stays there"


def test_an_address_that_only_one_mailbox_confirms_lapses(client, ada_id):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        press(client, "/me/addresses", "/me/addresses", email=NEW)
        path = next(p for p in links(letters()[-1]) if p.startswith("/me/addresses/"))
        press(client, path, f"{path}/confirmations")
        assert "not yet" in client.get("/me/addresses").text
        traveller.shift(timedelta(days=3, minutes=1))
        assert client.get(path).status_code == 404
        services.forget()
    assert get_candidate(ada_id).email == ADA
    assert queries.get_change(1).email == ""


def test_who_asks_for_somebody_elses_address_cannot_tell(client, ada_id, make):
    make.candidate("Bob", email="bob@candidate.example")
    for taken in ("bob@candidate.example", "free@candidate.example"):
        assert press(client, "/me/addresses", "/me/addresses", email=taken).status_code == 303
        assert f"<bdi>{taken}</bdi>" in client.get("/me/addresses").text
        sent = letters()[1:]
    assert [mail.recipient for mail in sent].count(ADA) == 2
    assert "bob@candidate.example" not in [mail.recipient for mail in sent]
    answer = press(client, "/me/addresses", "/me/addresses", email=ADA.upper())
    assert answer.status_code == 422
    press(client, "/me/addresses", "/me/addresses/removals")
    assert queries.find_open_change(ada_id) is None


def test_tracking_objection_and_restriction_are_one_press_each(client, ada_id):
    press(client, "/me", "/me/tracking", on="no")
    assert get_candidate(ada_id).tracking_off_at
    press(client, "/me", "/me/tracking", on="yes")
    assert get_candidate(ada_id).tracking_off_at is None
    press(client, "/me", "/me/restrictions", on="yes")
    assert get_candidate(ada_id).restricted_at
    assert not gate(get_candidate(ada_id), Purpose.CONFIRMATION, clock.now()).allowed
    press(client, "/me", "/me/restrictions", on="no")
    assert get_candidate(ada_id).restricted_at is None
    press(client, "/me", "/me/objections")
    assert get_candidate(ada_id).objected_at
    assert find_suppression(ADA)
    page = client.get("/me").text
    assert "None will come" in page
    assert "/me/objections" not in page


def test_erasing_asks_in_words_gives_a_receipt_and_closes_the_door(client, ada_id):
    page = client.get("/me/erasures").text
    assert "cannot be undone" in page
    token = token_in(page, "/me/erasures")
    assert client.post("/me/erasures", data={"form_token": token}).status_code == 422
    assert get_candidate(ada_id)
    answer = client.post("/me/erasures", data={"form_token": token, "sure": "y"})
    receipt = client.get(answer.location)
    assert "You are erased" in receipt.text
    assert "Reference number" in receipt.text
    assert not any(word in receipt.text + answer.location for word in ("Ada", "Novak", ADA))
    assert client.get_cookie("own_page", path="/me") is None
    assert find_by_address(ADA) is None
    assert find_suppression(ADA)
    assert "Ada" not in client.get("/me").text
    assert client.get(answer.location[:-4] + "xxxx").status_code == 404


def test_a_legal_hold_notes_the_wish_and_says_so(client, ada_id):
    privacy.hold(ada_id, "a claim before the labour court", until=None)
    page = client.get("/me/erasures").text
    assert "A law makes us keep your data for now" in page
    answer = client.post("/me/erasures", data={"form_token": token_in(page, "/me/erasures"), "sure": "y"})
    assert "Your wish is noted" in client.get(answer.location).text
    assert find_hold(ada_id).erasure_asked_at
    assert get_candidate(ada_id)

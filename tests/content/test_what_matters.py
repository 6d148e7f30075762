"""What a reader picks stands first, in the reader's order, with what speaks against the company."""

import re

import pytest

from portal.content.library import site as site_file
from portal.content.library.files import UnreadableError


def test_what_was_picked_stands_first_in_the_order_of_the_address_weak_points_too(client):
    page = client.get("/what-matters?m=remote&m=pay").text
    headings = re.findall(r'<span class="rank num">(\d)</span> ([^<]+?) <span class="tag \w+">(\w+)</span>', page)
    assert headings == [("1", "Work from home", "Weak"), ("2", "Pay", "Strong")]
    assert "1 strong with us, 0 mixed, 1 weak" in page
    places = [page.index(words) for words in ("58% of us", "€41,200", "The others, in our own order", "storm standby")]
    assert places == sorted(places)


def test_moving_up_is_a_link_that_swaps_two_and_the_button_keeps_the_order(client):
    page = client.get("/what-matters?m=time&m=pay&m=remote").text
    assert 'href="/what-matters?m=time&amp;m=remote&amp;m=pay" aria-label="Move up: Work from home"' in page
    assert re.findall(r'value="(\w+)" checked', page) == ["time", "pay", "remote"]


def test_more_than_five_are_cut_and_said_and_nonsense_is_left_out(client):
    keys = ["pay", "pay", "time", "remote", "growth", "craft", "people", "<script>"]
    page = client.get("/what-matters", query_string={"m": keys}).text
    assert re.findall(r'value="(\w+)" checked', page) == ["pay", "time", "remote", "growth", "craft"]
    assert "You picked more than five" in page
    assert "<script>" not in page.partition("<main")[2]


def test_a_criterion_on_which_nothing_was_written_says_so(client):
    page = client.get("/what-matters?m=place").text
    assert "We have not written down yet how we do on this" in page


def test_the_choice_goes_along_to_the_interest_form_and_nothing_is_stored(client):
    page = client.get("/what-matters?m=growth&m=pay")
    assert 'href="/interest?matters=growth&amp;matters=pay"' in page.text
    assert "Set-Cookie" not in page.headers
    form = client.get("/interest?matters=growth&matters=pay&matters=nonsense").text
    assert re.findall(r'checked[^>]*name="matters"[^>]*value="(\w+)"', form) == ["pay", "growth"]


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("stand: great", "“great” is no stand; use strong, mixed, weak."),
        ("stand: weak, says: We try", "lacks against, owner, checked"),
        ("stand: weak, says: a, against: b, owner: c, checked: soon", "Write a day here"),
    ],
)
def test_a_claim_without_its_weak_side_an_owner_and_a_day_is_refused_with_its_place(app, claim, said):
    text = f"name: Sielwerk\ncriteria:\n  - {{key: pay, label: Pay, {claim}}}\n"
    try:
        site, problems = site_file.parse(text, "x")
    except UnreadableError as error:
        pytest.fail(f"the whole file was refused: {error.message}")
    assert [(problem.line, said in problem.message) for problem in problems] == [(2, True)]
    assert site.criteria == ()

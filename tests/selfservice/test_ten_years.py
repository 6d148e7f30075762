"""A copy of ten years is made within ten seconds, and says what the page says."""

import json
import time
from html.parser import HTMLParser

from flask.testing import FlaskClient

from portal import personal
from portal.candidates.queries import find_by_address
from tests.selfservice.histories import ten_years
from tests.selfservice.test_page import exported
from tests.selfservice.visits import enter, token_in

ADA = "ada@candidate.example"


class Reader(HTMLParser):
    """What a page lists. As `test_page.things`, for pages of megabytes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.things: list[dict] = []
        self.place = ""
        self.label = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "p" and given.get("class") == "what":
            self.things.append({"what": "", "at": None, "facts": {}, "text": ""})
            self.place = ""
        elif tag == "b" and self.things:
            self.place = "what"
        elif tag == "time" and self.place == "time":
            self.things[-1]["at"] = given["datetime"]
        elif tag in {"dt", "dd"} and self.things:
            self.place, self.label = tag, "" if tag == "dt" else self.label
        elif tag == "p":
            self.place = "text" if given.get("class") == "said" else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "dd" and self.place == "dd":
            self.things[-1]["facts"][" ".join(self.label.split())] = " ".join(self.value.split())
        self.place = "time" if tag == "b" and self.place == "what" else ("" if tag in {"p", "dt", "dd", "time"} else self.place)

    def handle_data(self, data: str) -> None:
        if self.place in {"what", "text"}:
            self.things[-1][self.place] = " ".join((self.things[-1][self.place] + data).split())
        elif self.place == "dt":
            self.label, self.value = self.label + data, ""
        elif self.place == "dd":
            self.value += data


def whole_list(client: FlaskClient, key: str) -> list[dict]:
    found, number = [], 1
    while True:
        page = client.get(f"/me/held/{key}?page={number}").text
        found += Reader(page.partition("<main")[2].partition("</main")[0]).things
        if 'rel="next"' not in page:
            return found
        number += 1


def test_ten_years_are_copied_within_ten_seconds_and_equal_the_page(app, client, make):
    make.candidate("Ada Novak", email=ADA, evidence="gave the talk on sensors")
    enter(client, ADA)
    rows = ten_years(find_by_address(ADA))
    app.test_client_class = FlaskClient  # pages of megabytes are not validated again
    reader = app.test_client()
    reader.set_cookie("own_page", client.get_cookie("own_page", path="/me").value, path="/me")
    page = reader.get("/me").text
    token = token_in(page, "/me/exports")
    taken = {}
    for form in ("json", "html"):
        began = time.monotonic()
        taken[form] = reader.post("/me/exports", data={"form_token": token, "format": form}).text
        assert time.monotonic() - began < 10
    held = {key: exported(one) for key, one in json.loads(taken["json"])["held"].items()}
    assert sum(map(len, held.values())) >= rows
    now = {"privacy", "own_page"}  # the copies themselves are written down there
    for key in (holder.KEY for holder in personal.holders() if holder.KEY not in now):
        assert whole_list(reader, key) == held[key], key
    for_people = Reader(taken["html"]).things
    assert [one for one in for_people if one not in held["privacy"]][:1], "the copy for people is not empty"
    assert len(for_people) == sum(map(len, held.values())) + 1
    assert all(one in for_people for key, things in held.items() if key not in now for one in things[:20])

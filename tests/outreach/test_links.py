"""Landing links: whom they open for, for how long, under which name, and what came of each."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import inspect

from portal import clock, tokens
from portal.candidates.services import Assignment, edit
from portal.db import db, transaction
from portal.errors import Conflict, Invalid
from portal.outreach import queries, services
from portal.outreach.models import LandingLink, Verdict, Visit
from portal.outreach.queries import links as reading
from portal.outreach.queries import opened
from portal.outreach.queries.links import LinkFilters, visits_by_persona, visits_by_source
from portal.outreach.services import Terms, sharing
from portal.sourcing import services as sourcing
from tests.outreach import BROWSER, at_once
from tests.pages import press, press_on

STORY, WELDER = "/stories/control-engineer", "/stories/welder"


@pytest.fixture
def poster(make) -> LandingLink:
    return services.channel_link(make.campaign(), "Poster at the station")


def path(link: LandingLink) -> str:
    return f"/l/{services.token_of(link)}"


def arrive(client, link: LandingLink, **headers):
    return client.get(path(link), headers={**BROWSER, **headers})


def change(link: LandingLink, **terms) -> LandingLink:
    kept = {"page": link.page, "label": link.channel, "alias": link.alias or "", "utm": link.utm, "expires_at": link.expires_at}
    return services.set_terms(link, Terms(**{**kept, "visit_limit": link.visit_limit, **terms}))


def test_a_token_has_128_random_bits_and_the_database_alone_opens_nothing(client, make, poster):
    nonces = [tokens.new_nonce() for _number in range(2000)]
    derived = [tokens.derive("landing", nonce) for nonce in nonces]
    assert len(set(nonces)) == len(set(derived)) == 2000
    assert {len(bytes.fromhex(nonce)) * 8 for nonce in nonces} == {128}
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", token) for token in derived), "128 bits as 22 characters"
    ones = [sum(byte >> bit & 1 for nonce in nonces for byte in bytes.fromhex(nonce)) for bit in range(8)]
    assert all(abs(count / 32_000 - 0.5) < 0.02 for count in ones)
    token = services.token_of(poster)
    stored = [str(value) for value in inspect(poster).dict.values() if isinstance(value, str)]
    assert token not in stored
    assert tokens.digest(token) in stored, "its SHA-256, and nothing of it"
    for value in stored:
        if "/" not in value:
            assert client.get(f"/l/{value}", headers=BROWSER).status_code == 404


def test_unknown_expired_paused_and_used_up_links_look_and_cost_the_same(client, poster, monkeypatch):
    paused, expired, used_up = (services.channel_link(poster.campaign, name) for name in ("One", "Two", "Three"))
    services.pause_link(paused)
    change(expired, expires_at=clock.now())
    assert arrive(client, change(used_up, visit_limit=1)).status_code == 200
    asked, ask = [], opened.Question.ask
    monkeypatch.setattr(opened.Question, "ask", lambda self, value: asked.append(self._sql) or ask(self, value))
    addresses = ["/l/" + "x" * 22, path(paused), path(expired), path(used_up), "/go/nobody-has-this"]
    seen = set()
    for address in addresses:
        answer = client.get(address, headers=BROWSER)
        headers = {name: value for name, value in answer.headers.items() if name not in {"X-Request-ID", "Date"}}
        seen.add((answer.status_code, answer.data, repr(sorted(headers.items())) if "/l/" in address else ""))
    assert {status for status, _body, _headers in seen} == {404}
    assert len({body for _status, body, _headers in seen}) == 1
    assert len({headers for _status, _body, headers in seen if headers}) == 1
    assert len(asked) == len(addresses), "one question for each"
    assert len(set(asked)) == 1, "the same one"
    for link in (paused, expired, used_up):
        assert client.get(path(link) + "/stories/welder", headers=BROWSER).status_code == (200 if link is used_up else 404)


def test_a_visit_limit_holds_when_many_come_at_once_and_machines_take_no_place(app, make, poster):
    change(poster, visit_limit=5)
    address = path(poster)
    robot = {**BROWSER, "User-Agent": "Twitterbot/1.0"}
    assert {app.test_client().get(address, headers=robot).status_code for _robot in range(3)} == {200}
    came = at_once(app, 12, lambda: app.test_client().get(address, headers=BROWSER).status_code)
    assert sorted(came) == [200] * 5 + [404] * 7
    db.session.expire_all()
    assert (poster.arrivals, queries.state_of(poster)) == (5, "used up")


def test_who_came_last_may_read_on_and_answer_for_a_day(client, make):
    link = make.message(make.candidate("Ada")).link
    change(link, visit_limit=1)
    assert arrive(client, link).status_code == 200
    assert arrive(client, link).status_code == 404
    assert client.get(f"{path(link)}/interest", headers=BROWSER).status_code == 200
    with clock.standing_at(clock.now() + timedelta(days=1, minutes=1)):
        assert client.get(f"{path(link)}/interest", headers=BROWSER).status_code == 404
    change(link, visit_limit=2)
    assert arrive(client, link).status_code == 200


def test_a_short_name_leads_to_a_channel_link_with_its_parameters(client, poster):
    change(poster, alias="Bahnhof", utm={"utm_source": "poster", "utm_medium": "print", "utm_content": "blue"})
    assert services.shared_address(poster) == "http://portal.test/go/bahnhof"
    answer = client.get("/go/BAHNHOF", headers=BROWSER)
    query = "utm_source=poster&utm_medium=print&utm_content=blue"
    assert (answer.status_code, answer.location) == (302, f"http://portal.test{path(poster)}?{query}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(answer.location.removeprefix("http://portal.test"), headers=BROWSER).status_code == 200
    services.pause_link(poster)
    assert client.get("/go/bahnhof", headers=BROWSER).status_code == 404
    assert client.get("/l/bahnhof", headers=BROWSER).status_code == 404, "a name is no token"
    assert client.get(f"/go/{services.token_of(poster)}", headers=BROWSER).status_code == 404, "a token is no name"


def test_a_short_name_is_plain_free_and_never_a_persons(make, poster):
    for name in ("ab", "-ab", "ab-", "a--b", "zürich", "a b", "x" * 41, "../up", "admin", "l", "go"):
        with pytest.raises(Invalid) as refused:
            change(poster, alias=name)
        assert refused.value.field == "alias"
    change(poster, alias="bahnhof-2")
    with pytest.raises(Invalid, match="already"):
        change(services.channel_link(None, "Flyer"), alias="bahnhof-2")
    personal = make.message().link
    with pytest.raises(Conflict, match="guess"):
        change(personal, alias="ada")
    assert personal.alias is None


def test_parameters_come_from_lists_and_one_wrong_thing_changes_nothing(make, poster):
    for wrong, name in (
        ({"utm_source": "LinkedIn.com", "utm_medium": "social"}, "utm_source"),
        ({"utm_source": "linkedin", "utm_medium": "posting"}, "utm_medium"),
        ({"utm_source": "linkedin"}, "utm_medium"),
        ({"utm_source": "linkedin", "utm_medium": "social", "utm_campaign": "a&b=c"}, "utm_campaign"),
    ):
        with pytest.raises(Invalid) as refused:
            change(poster, alias="new-name", utm=wrong)
        assert refused.value.field == name
    with pytest.raises(Invalid):
        services.add_channel_link(poster.campaign, Terms(page=STORY, label="Profile", visit_limit=0))
    with pytest.raises(Invalid):
        services.add_channel_link(None, Terms(page="/nowhere", label="Profile"))
    db.session.expire_all()
    assert (poster.alias, poster.utm, db.session.query(LandingLink).count()) == (None, {}, 1)


def test_a_text_must_fit_its_network_together_with_the_address(poster):
    address = services.shared_address(poster)
    for name, network in sharing.NETWORKS.items():
        room = network.limit - sharing.length(network, "", address)
        assert sharing.check_share_text(name, "a" * room, address) == "a" * room
        with pytest.raises(Invalid, match="by 1 characters"):
            sharing.check_share_text(name, "a" * (room + 1), address)
    assert sharing.length(sharing.NETWORKS["x"], "水", "") == 2 + 1 + 23, "X counts these twice"
    with pytest.raises(Invalid):
        sharing.check_share_text("gab", "Hello", address)


def test_personal_links_show_the_page_of_the_persons_persona(make):
    welder = sourcing.add_persona("Welders", page=WELDER)
    campaign, ada, eve = make.campaign(), make.candidate("Ada"), make.candidate("Eve", persona=welder)
    [first, second] = services.draft(campaign, [ada.id, eve.id])
    assert (first.link.page, second.link.page) == (campaign.page, WELDER)
    assert services.link_for(eve.id, None).page == WELDER
    assert services.link_for(eve.id, None, "/stories/site-planner").page == "/stories/site-planner"
    edit(ada, make_details(ada), Assignment(ada.source_id, None, None))
    assert services.link_for(ada.id, None).page == "/"


def make_details(candidate):
    from portal.candidates.details import NAMES, Details

    return Details(**{name: getattr(candidate, name) or "" for name in NAMES})


def visited(link: LandingLink, *verdicts: Verdict) -> None:
    with transaction() as session:
        for verdict in verdicts:
            session.add(Visit(link_id=link.id, at=clock.now(), page=link.page, agent="Firefox", verdict=verdict))


def test_every_link_is_listed_with_raw_unconfirmed_and_human_side_by_side(hana, make, poster):
    assert poster.page
    ada = make.candidate("Ada Novak")
    personal = make.message(ada, poster.campaign).link
    visited(poster, Verdict.HUMAN, Verdict.HUMAN, Verdict.UNCONFIRMED, Verdict.MACHINE, Verdict.PREVIEW)
    visited(personal, Verdict.HUMAN, Verdict.MACHINE)
    page = hana.get("/console/outreach/links").text
    row = next(part for part in page.split("<tr>") if "Poster at the station" in part)
    assert re.findall(r'class="num[^"]*">(?:<b>)?(\d+)', row) == ["5", "1", "2"]
    services.pause_link(poster)
    for query, shown, hidden in (
        ("kind=person", "Ada Novak", "Poster"),
        ("kind=channel", "Poster", "Ada Novak"),
        ("state=paused", "Poster", "Ada Novak"),
        ("state=open", "Ada Novak", "Poster"),
        ("q=novak", "Ada Novak", "Poster"),
        (f"campaign={poster.campaign_id}&q=STATION", "Poster", "Ada Novak"),
    ):
        table = hana.get(f"/console/outreach/links?{query}").text.partition("<tbody>")[2].partition("</tbody>")[0]
        assert shown in table, query
        assert hidden not in table, query
    assert "No link like this" in hana.get("/console/outreach/links?q=zzz").text
    assert hana.get("/console/outreach/links?kind=moon&state=x&campaign=y").status_code == 200
    for tally in (visits_by_source()[poster.campaign.source_id], visits_by_persona()[poster.campaign.persona_id]):
        assert (tally.visits, tally.unconfirmed, tally.human) == (7, 1, 3)
    for address in ("/console/sourcing/sources", "/console/sourcing/personas"):
        row = hana.get(address).text.partition("<tbody>")[2]
        assert re.findall(r'class="num">(\d+)', row)[2:5] == ["7", "1", "3"], address


def test_a_long_list_is_leafed_through_and_an_empty_one_says_what_to_do(hana, app, monkeypatch):
    assert "Make the first one" in hana.get("/console/outreach/links").text
    monkeypatch.setattr(reading, "PAGE", 2)
    made = [services.channel_link(None, f"Link {number}") for number in range(5)]
    seen, page = [], queries.list_links(LinkFilters())
    while True:
        seen += page.rows
        if page.earlier is None:
            break
        page = queries.list_links(LinkFilters(), page.earlier)
    assert seen == made[::-1]


def test_hana_makes_a_link_prints_its_code_and_keeps_what_to_say(hana, make):
    campaign = make.campaign()
    wrong = press(hana, f"/console/outreach/links/new?campaign={campaign.id}", "Make this link", label="", alias="admin")
    assert wrong.status_code == 422
    fields = {"label": "Poster at the station", "alias": "bahnhof", "visit_limit": "100", "notes": "Ask Okko", "page": STORY}
    assert (
        "Ask Okko"
        in press_on(hana, wrong.text, "/console/outreach/links/new", "Make this link", **{**fields, "alias": "a b"}).text
    ), "nothing is lost"
    made = press(hana, f"/console/outreach/links/new?campaign={campaign.id}", "Make this link", **fields)
    [link] = db.session.query(LandingLink)
    assert (link.alias, link.visit_limit, link.campaign_id, link.page) == ("bahnhof", 100, campaign.id, STORY)
    assert "http://portal.test/go/bahnhof" in made.text
    address = f"/console/outreach/links/{link.id}"
    assert b"<svg" in hana.get(f"{address}/code.svg").data
    assert hana.get(f"{address}/code.png").data.startswith(b"\x89PNG")
    token = services.token_of(link)
    press(hana, address, "Save changes", utm_source="linkedin", utm_medium="social", expires_on="2099-01-31")
    assert (services.token_of(link), link.utm["utm_source"], link.expires_at.year) == (token, "linkedin", 2099)
    assert "This day is over" in press(hana, address, "Save changes", expires_on="2020-01-01").text
    press(hana, address, "Keep these texts", share_mastodon="We test gates.", share_x="", share_linkedin="", share_bluesky="")
    assert link.share_texts["mastodon"] == "We test gates."
    assert press(hana, address, "Keep these texts", share_x="a" * 279).status_code == 422
    assert "Open again" in press(hana, address, "Pause").text
    assert "Pause" in press(hana, address, "Open again").text


def test_the_page_of_a_personal_link_offers_neither_name_nor_texts(hana, make):
    link = make.message(make.candidate("Ada Novak")).link
    page = hana.get(f"/console/outreach/links/{link.id}").text
    assert 'name="alias"' not in page
    assert "What to say with it" not in page
    press(hana, f"/console/outreach/links/{link.id}", "Save changes", notes="Sent by hand", alias="ada")
    assert (link.notes, link.alias, link.channel) == ("Sent by hand", None, "mail")

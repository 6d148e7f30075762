"""The main job on real input: 300 people from a file, a campaign over SMTP, links as received, answers, a newsletter, numbers."""

import io
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select

from portal import clock, integrity, worker
from portal.accounts import services as accounts
from portal.analytics import queries as analytics
from portal.candidates import queries as candidates
from portal.candidates.models import Candidate
from portal.db import db
from portal.feedback.models import Feedback, Sealed
from portal.mailings.models import Series
from portal.outreach import services as outreach
from portal.outreach.models import Campaign, MessageStatus, OutreachMessage
from portal.pipeline import queries as pipeline
from portal.pipeline.models import StageName
from portal.submissions.models import Interest
from tests import mailserver
from tests.conftest import build_app
from tests.journeys.people import FORMULA, NAMES, make_list
from tests.pages import press, press_on

ROBOT = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Accept": "text/html"}
INTERESTED, NOT_NOW, NO, SILENT_READERS = 8, 5, 6, 6


@pytest.fixture
def mailbox():
    with mailserver.listening() as mailbox:
        yield mailbox


@pytest.fixture
def app(database_url, tmp_path, mailbox):
    app = build_app(tmp_path, database_url, smtp_url=mailbox.url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def work(app) -> None:
    """Let the worker do all that is due, then look with new eyes: an open snapshot would not see it."""
    worker.run_until_empty(app)
    db.session.rollback()


def path_of(link: str) -> str:
    parts = urlsplit(link)
    assert parts.netloc == "portal.test", link
    return parts.path


def test_from_a_list_to_the_numbers(app, client, mailbox):
    read_the_site(app)
    hana = first_administrator(client)
    import_list(app, hana)
    campaign_id = send_campaign(app, hana, mailbox)
    visit_and_answer(app, mailbox)
    look_at_pipeline(hana)
    send_newsletter(app, hana, mailbox)
    look_at_numbers(hana, campaign_id)
    assert integrity.check() == []


def read_the_site(app) -> None:
    """As a stranger, from the first page to every page that it leads to; no cookie is set."""
    stranger = app.test_client(use_cookies=False)
    home = stranger.get("/", headers=BROWSER)
    pages = sorted(set(re.findall(r'href="(/[a-z][a-z0-9/-]*)"', home.text)) - {"/site.css"})
    assert {"/stories/control-engineer", "/value/pay", "/voices/tomasz-wilk", "/privacy"} <= set(pages)
    for page in pages:
        answer = stranger.get(page, headers=BROWSER)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False), page


def first_administrator(client):
    link = accounts.first_link()
    password = "eleven locks between two tides"
    answer = press(
        client, path_of(link), "Make my account", full_name="Hana Ubben", email="hana@sielwerk.example", password=password
    )
    assert answer.status_code == 200
    assert client.get(path_of(link)).status_code == 404, "the link works once"
    return client


def import_list(app, hana) -> None:
    press(hana, "/console/sourcing/personas/new", "Keep this persona", name="Control engineers")
    press(
        hana,
        "/console/sourcing/sources/new",
        "Keep this source",
        name="Meetup",
        data_note="the public speaker list of the Oldenburg meetup",
    )
    file = make_list()
    upload = (io.BytesIO(file.content), "Speakers 2026.csv")
    page = press(hana, "/console/imports", "Look at the columns", file=upload, source_id="1", persona_id="1")
    assert "Anna Schröder" in page.text
    checked = press_on(hana, page.text, page.request.path, "Check all")
    import_page = checked.request.path
    assert candidates.find_by_address("person001@mail.example") is None, "checking writes nobody"
    work(app)
    preview = hana.get(import_page).text
    assert f"Import {file.people} people" in preview
    press_on(hana, preview, import_page, f"Import {file.people} people")
    work(app)
    report = hana.get(f"{import_page}/report.csv").text
    assert report.count("refused") >= file.refused
    ada = candidates.find_by_address("PERSON005@mail.example")
    assert ada.company == FORMULA, "a formula stays text"
    for number, name in enumerate(NAMES):
        assert candidates.find_by_address(f"person{number:03}@mail.example").full_name == name


def send_campaign(app, hana, mailbox) -> int:
    press(hana, "/console/outreach/new", "Begin, then choose people", name="Test bench", page="/stories/control-engineer")
    campaign = db.session.query(Campaign).one()
    outreach.draft(campaign, db.session.scalars(select(Candidate.id).order_by(Candidate.id)).all())
    messages = db.session.query(OutreachMessage).order_by(OutreachMessage.id).all()
    assert {message.status for message in messages} == {MessageStatus.HELD}
    for message in messages[:-10]:
        outreach.write_note(message, f"{message.candidate.evidence}: I read what you wrote about gates.")
    with clock.standing_at(clock.now() - timedelta(minutes=2)):  # the minute is over in which it can be undone
        press(hana, f"/console/outreach/{campaign.id}", "Send 260 ready")
    work(app)
    addresses = [recipient for recipient, _raw in mailbox.received]
    assert len(addresses) == 260, "ten wait for their note"
    assert len(set(addresses)) == 260, "nobody is written to twice"
    return campaign.id


def landing_of(mailbox, number: int) -> str:
    letter = mailbox.to(f"person{number:03}@mail.example")[0]
    return next(path_of(link) for link in mailserver.links_of(letter) if "/l/" in link)


def visit_and_answer(app, mailbox) -> None:
    """Robots open everything first; then people come, read, and some answer. Each is a browser without cookies."""
    robot, ada = app.test_client(use_cookies=False), app.test_client(use_cookies=False)
    for number in range(20):
        assert robot.get(landing_of(mailbox, number), headers=ROBOT).status_code == 200
    answers = ["interested"] * INTERESTED + ["not now"] * NOT_NOW + ["no"] * NO + [""] * SILENT_READERS
    for number, answer in enumerate(answers):
        page = landing_of(mailbox, number)
        landing = ada.get(page, headers=BROWSER)
        assert "Set-Cookie" not in landing.headers
        if answer:
            thanks = answer_as(ada, answer, landing.text, page)
        else:
            proof = re.search(r'data-visit="([^"]+)"', landing.text).group(1)
            with time_machine.travel(clock.now() + timedelta(seconds=6)):
                assert ada.post(f"{page}/proofs", data={"visit": proof}).status_code in {200, 204}
            continue
        assert thanks.status_code == 200, thanks.text
    fill_in_the_forms(ada, landing_of(mailbox, 0))
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=True):
        work(app)


def answer_as(ada, answer: str, landing: str, page: str):
    """Read for a while and press; the page behind the first press asks whether it was a person, and that press counts."""
    later = (clock.now() + timedelta(days=90)).date().isoformat()
    with time_machine.travel(clock.now() + timedelta(minutes=3), tick=True):
        if answer == "interested":
            page_that_asks = press_on(ada, landing, page, "Yes, let us talk").text
        else:
            page_that_asks = ada.get(f"{page}/answer/{answer.replace(' ', '-')}").text
        button = {"interested": "Yes, let us talk", "not now": "Ask me on this day", "no": "Just no"}[answer]
        with time_machine.travel(clock.now() + timedelta(seconds=9), tick=True):
            return press_on(ada, page_that_asks, page, button, **({"ask_on": later} if answer == "not now" else {}))


def fill_in_the_forms(ada, page: str) -> None:
    """Interest and feedback, at the speed of a person."""
    interest, feedback = ada.get(f"{page}/interest").text, ada.get("/feedback").text
    with time_machine.travel(clock.now() + timedelta(minutes=4), tick=True):
        said = press_on(
            ada, interest, f"{page}/interest", "Send", attracts="The test bench.", matters=["pay", "people"], consent="y"
        )
        assert said.status_code == 200
        looked = press_on(ada, feedback, "/feedback", "Look at it", score="9", words_0="A person wrote.")
        assert press_on(ada, looked.text, "/feedback", "Send it like this").status_code == 200
    assert db.session.query(Interest).one().attracts == "The test bench."
    assert (db.session.query(Sealed).count(), db.session.query(Feedback).count()) == (1, 0)


def look_at_pipeline(hana) -> None:
    stages = [pipeline.find_placement(candidates.find_by_address(f"person{n:03}@mail.example").id).stage for n in range(30)]
    assert stages[:INTERESTED] == [StageName.INTERESTED] * INTERESTED
    assert stages.count(StageName.NOT_NOW) == NOT_NOW
    assert stages.count(StageName.DECLINED) == NO
    assert stages.count(StageName.ENGAGED) == SILENT_READERS
    assert stages[25:] == [StageName.CONTACTED] * 5
    table = hana.get("/console/pipeline?stage=interested").text
    assert table.count("/console/pipeline/") >= INTERESTED
    ada = candidates.find_by_address("person000@mail.example")
    press(hana, f"/console/pipeline/{ada.id}", "Move", stage="in conversation", reason="Talked for half an hour")
    assert pipeline.find_placement(ada.id).stage is StageName.IN_CONVERSATION


def send_newsletter(app, hana, mailbox) -> None:
    """To everybody: not to who said no, not to who asked for silence, not to who was never informed. Bob unsubscribes first."""
    bob = mailbox.to("person020@mail.example")[0]
    one_click = re.search(r"<(https?://[^>]+)>", bob["List-Unsubscribe"]).group(1)
    assert bob["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stranger = app.test_client(use_cookies=False)
    assert stranger.get(path_of(one_click).removesuffix("/one-click")).status_code == 200
    assert candidates.find_by_address("person020@mail.example").unsubscribed_at is None, "a GET unsubscribes nobody"
    done = stranger.post(path_of(one_click), data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    before = len(mailbox.received)
    page = press(
        hana,
        "/console/mailings/new",
        "Save",
        subject="News for {{first_name|you}}",
        body="Hello {{first_name}},\n\nthe gate is lifted.",
    )
    page = press_on(hana, page.text, page.request.path, "Send")
    work(app)
    reached = {recipient for recipient, _raw in mailbox.received[before:]}
    assert len(reached) == len(mailbox.received) - before, "nobody gets it twice"
    left_out = {"person020@mail.example"}
    left_out |= {f"person{n:03}@mail.example" for n in range(INTERESTED, INTERESTED + NOT_NOW + NO)}
    left_out |= {f"person{n:03}@mail.example" for n in range(260, 270)}
    assert reached == {f"person{n:03}@mail.example" for n in range(270)} - left_out
    repeat_it(app, hana, mailbox, reached)


def repeat_it(app, hana, mailbox, reached: set[str]) -> None:
    """The same letter on the first Tuesday of every month at nine: on that day each of them has it once more."""
    page = press(hana, "/console/mailings/new", "Save", subject="Every month", body="Hello {{first_name}},\n\nthe gate is up.")
    page = press_on(hana, page.text, page.request.path, "Make it a series", name="Letter from the coast", nth="1", weekday="1")
    assert "first Tuesday at 9:00" in page.text
    day, before = db.session.query(Series).one().next_on, len(mailbox.received)
    work(app)
    assert len(mailbox.received) == before, "not before its day"
    with time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), tick=True):
        work(app)
    again = [recipient for recipient, raw in mailbox.received[before:] if b"Subject: Every month" in raw]
    assert (set(again), len(again)) == (reached, len(reached))


def look_at_numbers(hana, campaign_id: int) -> None:
    """Counted by hand from what was done above: 260 letters, 19 answers, 8 of them yes, 25 people on their pages, 20 robots."""
    answered = INTERESTED + NOT_NOW + NO
    (rate,) = analytics.response_rate(analytics.Filters.last_year()).by_campaign
    assert (rate.campaign_id, rate.responded.hits, rate.responded.of) == (campaign_id, answered, 260)
    assert (rate.interested.hits, rate.immature) == (INTERESTED, True)
    (visits,) = analytics.visits(analytics.Filters.last_year()).by_campaign
    # One person also read the form they filled in. Machines: 20 robots, 20 fetched thanks, 11 looks right after delivery.
    assert (visits.human, visits.people, visits.machine) == (answered + SILENT_READERS + 1, answered + SILENT_READERS, 51)
    assert visits.raw == visits.human + visits.unconfirmed + visits.machine + visits.preview
    page = hana.get("/console/numbers").text
    assert f"{answered} of 260" in page

"""The ten steps in a real browser, as a newcomer takes them. `PORTAL_SCREENSHOTS=docs/steps` keeps a picture of each."""

import os
import re
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import update

from portal import clock
from portal.db import transaction
from portal.delivery.models import Delivery
from tests.browser.own_page import inside
from tests.journeys.people import make_list

PICTURES = os.environ.get("PORTAL_SCREENSHOTS")
PASSWORD = "eleven locks between two tides"


def keep(page: Page, name: str, **more) -> None:
    """Keep a picture of a step, when asked to."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png", **more)


def press(page: Page, name: str | Locator) -> None:
    """Press a button and wait for the page that it leads to; a question in between is answered with yes."""
    button = page.get_by_role("button", name=name).first if isinstance(name, str | re.Pattern) else name
    with page.expect_navigation():
        button.click()
        if (yes := page.locator("dialog[open] button[value=yes]")).is_visible():
            yes.click()


def test_a_newcomer_lives_the_whole_story(live, browser: Browser) -> None:
    hana = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=live.url)
    page = hana.new_page()
    read_the_site(page)
    sign_in(page, live)
    describe_whom_we_seek(page)
    import_people(page, live)
    write_to_ada(page, live)
    link = read_the_letter(page)
    ada = browser.new_context(viewport={"width": 390, "height": 844}, base_url=live.url)
    answer_as_ada(ada, link)
    live.empty_the_worker()
    see_ada_in_the_pipeline(page)
    send_a_newsletter(page, live)
    unsubscribe_by_the_page(page, browser, live)
    read_the_numbers(page, live)
    assert live.portal("check").stdout.strip() == "All rules hold."


def read_the_site(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("already have a job"))
    keep(page, "01-site")
    page.get_by_role("link", name="Stories").first.click()
    page.get_by_role("link", name="Forty tonnes, moved by a text file").first.click()
    expect(page.get_by_text("€66,000 to €79,000").first).to_be_visible()
    assert page.context.cookies() == []


def sign_in(page: Page, live) -> None:
    """By a one-time link, as `portal up` prints it and `portal staff invite` makes it."""
    link = live.portal("staff", "invite", "administrator").stdout.strip()
    page.goto(link[link.index("/welcome") :])
    page.get_by_label("Your name").fill("Hana Ubben")
    page.get_by_label("What you do").fill("looks after people and pay")
    page.get_by_label("Work address").fill("hana@sielwerk.example")
    page.get_by_label("Password").first.fill(PASSWORD)
    keep(page, "02-first-sign-in")
    press(page, "Make my account")
    expect(page).to_have_title(re.compile("safer"))
    page.get_by_role("link", name=re.compile("Later|later|Not now")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Today"))


def describe_whom_we_seek(page: Page) -> None:
    page.goto("/console/sourcing/personas/new")
    page.get_by_label("Name").first.fill("Control engineers")
    page.get_by_label("Skills").fill("Structured Text\nPython for tests")
    press(page, "Keep this persona")
    page.goto("/console/sourcing/sources/new")
    page.get_by_label("Name").first.fill("Oldenburg meetup")
    page.locator("[name=data_note]").fill("the public speaker list of the Oldenburg meetup")
    keep(page, "03-source")
    press(page, "Keep this source")


def import_people(page: Page, live) -> None:
    page.goto("/console/candidates/new")
    page.locator("[name=full_name]").fill("Ada Lindqvist")
    page.locator("[name=email]").fill("ada@candidate.example")
    page.locator("[name=evidence]").fill("Her talk about a plant that does not exist")
    press(page, page.locator("main form button.pri, main form button.primary").first)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Ada Lindqvist"))
    page.goto("/console/imports")
    file = {"name": "speakers.csv", "mimeType": "text/csv", "buffer": make_list(60).content}
    page.locator("[name=file]").set_input_files(file)
    press(page, "Look at the columns")
    press(page, "Check all")
    expect(page.get_by_role("button", name=re.compile("Import 30 people"))).to_be_visible(timeout=60_000)
    keep(page, "04-import")
    press(page, page.get_by_role("button", name=re.compile("Import 30 people")))
    expect(page.get_by_text(re.compile("30")).first).to_be_visible()
    live.empty_the_worker()


def write_to_ada(page: Page, live) -> None:
    page.goto("/console/outreach/new")
    page.locator("[name=name]").fill("Test bench, winter")
    page.locator("[name=page]").select_option("/stories/control-engineer")
    press(page, "Begin, then choose people")
    page.get_by_role("row", name=re.compile("Ada Lindqvist")).get_by_role("checkbox").check()
    press(page, "Add the selected")
    page.get_by_role("link", name=re.compile("Write what is missing")).click()
    page.locator("[name=note]").fill(
        "You tested control code against a tank that does not exist. We still test at the lock, in the rain."
    )
    keep(page, "05-note")
    press(page, "Save")
    page.goto("/console/outreach/1")
    press(page, "Send 1 ready")
    expect(page.get_by_role("button", name=re.compile("Undo"))).to_be_visible()
    keep(page, "05-undo")
    with inside(live), transaction() as session:  # the minute is over
        session.execute(update(Delivery).values(not_before=clock.now()))
    live.empty_the_worker()


def read_the_letter(page: Page) -> str:
    """In the outbox, as it would look; its link works."""
    page.goto("/console/outbox")
    page.get_by_role("row", name=re.compile("Ada Lindqvist")).get_by_role("link").first.click()
    letter = page.frame_locator("iframe")
    expect(letter.get_by_text("in the rain").first).to_be_visible()
    keep(page, "05-outbox")
    link = letter.locator("a[href*='/l/']").first.get_attribute("href")
    assert link
    return link[link.index("/l/") :]


def answer_as_ada(ada: BrowserContext, link: str) -> None:
    page = ada.new_page()
    page.goto(link)
    expect(page.get_by_role("button", name="Yes, let us talk")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Not now")).to_be_in_viewport()
    expect(page.get_by_text("What is hard").or_(page.get_by_text("Drawback")).first).to_be_in_viewport()
    keep(page, "06-landing")
    # Five seconds and a scroll prove a person, so that one press is enough.
    with page.expect_response(re.compile("/proofs")):
        page.wait_for_timeout(5200)
        page.mouse.wheel(0, 200)
    press(page, "Yes, let us talk")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Thank you"))
    keep(page, "06-thanks")
    page.goto(f"{link}/interest")
    page.locator("[name=attracts]").fill("The test bench.")
    page.locator("[name=matters]").first.check()
    keep(page, "07-interest", full_page=True)
    press(page, page.locator("main form button.primary").first)
    # Nobody types that fast, so soon after the mail: the form asks once more and has lost nothing.
    expect(page.locator("[name=attracts]")).to_have_value("The test bench.")
    with page.expect_response(re.compile("/proofs")):
        page.wait_for_timeout(5200)
        page.mouse.wheel(0, 200)
    press(page, page.locator("main form button.primary").first)
    expect(page.get_by_text(re.compile("Thank", re.IGNORECASE)).first).to_be_visible()
    page.goto(f"{link}/feedback")
    press(page, page.get_by_role("link", name="Without my name"))
    page.locator("[name=score][value='9']").check()
    page.locator("[name=words_0]").fill("A person wrote.")
    keep(page, "07-feedback", full_page=True)
    assert ada.cookies() == []


def see_ada_in_the_pipeline(page: Page) -> None:
    page.goto("/console/pipeline")
    row = page.get_by_role("row", name=re.compile("Ada Lindqvist"))
    expect(row).to_contain_text("Interested")
    keep(page, "08-pipeline")
    row.get_by_role("link").first.click()
    expect(page.get_by_text("The test bench.").first).to_be_visible()
    keep(page, "08-candidate", full_page=True)
    page.locator("[name=stage]").select_option("in conversation")
    page.locator("[name=reason]").fill("Talked for half an hour")
    press(page, page.get_by_role("button", name="Move", exact=True))
    expect(page.locator("main")).to_contain_text("In conversation")


def send_a_newsletter(page: Page, live) -> None:
    page.goto("/console/mailings/new")
    page.locator("[name=subject]").fill("A gate is lifted, {{first_name|and you may watch}}")
    keep(page, "09-newsletter")
    press(page, page.locator("main form button.pri").first)
    keep(page, "09-newsletter-reach", full_page=True)
    press(page, page.get_by_role("button", name=re.compile("^Send")).first)
    live.empty_the_worker()
    page.goto("/console/outbox")
    expect(page.get_by_role("row", name=re.compile("A gate is lifted, Ada"))).to_be_visible()


def unsubscribe_by_the_page(page: Page, browser: Browser, live) -> None:
    page.get_by_role("row", name=re.compile("A gate is lifted, Ada")).get_by_role("link").first.click()
    link = page.frame_locator("iframe").locator("a[href*='/u/']").first.get_attribute("href")
    assert link
    ada = browser.new_context(viewport={"width": 390, "height": 844}, base_url=live.url).new_page()
    ada.goto(link[link.index("/u/") :])
    keep(ada, "09-unsubscribe")
    press(ada, ada.locator("main form button").first)
    expect(ada.get_by_role("heading", level=1)).to_be_visible()
    assert ada.context.cookies() == []


def read_the_numbers(page: Page, live) -> None:
    live.empty_the_worker()
    page.goto("/console/numbers")
    expect(page.get_by_text(re.compile("1 of 1")).first).to_be_visible()
    keep(page, "10-numbers", full_page=True)

"""The own page in a real browser: Ada uses every right without a script, Bob finds what is left to do, on the smallest phone."""

import json
from datetime import timedelta
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from portal import clock
from tests.browser.own_page import ADA, BOB, count_mails, go_in, newest_mail, path_in, settle

PAGES = ("/me", "/me/details", "/me/addresses", "/me/mails", "/me/held/person", "/me/held/timeline", "/me/erasures")


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def open_all(page: Page) -> None:
    """Open what is folded, with the keyboard."""
    for summary in page.locator("details:not([open]) > summary").all():
        if summary.is_visible():
            summary.press("Enter")


def test_ada_uses_every_right_without_a_script(live, browser: Browser, tmp_path) -> None:
    settle(live)
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=live.url, java_script_enabled=False, accept_downloads=True
    )
    page = context.new_page()
    letter = come_from_the_foot_of_a_mail(page, live)
    see_everything(page, letter)
    correct(page)
    change_the_pace_by_keyboard(page)
    pause(page)
    stop_being_remembered(page)
    take_a_copy(page, tmp_path)
    restrict_and_object(page)
    erase(page, live)
    context.close()


def come_from_the_foot_of_a_mail(page: Page, live) -> str:
    number, letter = newest_mail(live, ADA)
    page.goto(path_in(letter, "/me?for="))
    expect(page.get_by_text("Quillfeather")).to_have_count(0)
    press(page, "Send me a fresh link")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    link = path_in(newest_mail(live, ADA, number)[1], "/me/links/")
    page.goto(link)  # as a scanner would
    assert page.context.cookies() == []
    page.goto(link)
    press(page, "Open my page")
    expect(page).to_have_url(f"{live.url}/me")
    [cookie] = page.context.cookies()
    assert (cookie["path"], cookie["httpOnly"], cookie["sameSite"]) == ("/me", True, "Strict")
    return letter


def see_everything(page: Page, letter: str) -> None:
    expect(page.get_by_text("Next mail not before")).to_be_in_viewport()
    open_all(page)
    main = page.locator("main")
    for shown in (
        "Quillfeather",
        "gave the talk on sensors",
        "the public speaker list of the Oldenburg meetup",
        "Asked the best question about ladders.",
        "Hana Ubben",
        "legitimate interest",
        "You are in no selection",
        "We answer within 3 working days",
    ):
        expect(main).to_contain_text(shown)
    page.get_by_role("link", name="as they were sent").click()
    page.locator(".things a").last.click()
    frame = page.frame_locator("iframe.mailframe")
    expect(frame.get_by_text("Your talk stayed with me.").first).to_be_visible()
    assert path_in(letter, "/l/")[:12] not in page.content(), "a copy opens nothing"
    page.goto("/me")


def correct(page: Page) -> None:
    page.get_by_role("link", name="Correct something").click()
    page.get_by_label("Name", exact=True).fill("")
    press(page, "Keep this")
    expect(page.locator(".summary")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Ada Quillfeather-Night")
    press(page, "Keep this")
    expect(page.get_by_text("Everybody here sees it as you wrote it.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Ada Quillfeather-Night")


def change_the_pace_by_keyboard(page: Page) -> None:
    page.get_by_label("As it comes").focus()
    for _step in range(4):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Only when a role fits me")).to_be_checked()
    page.get_by_label("New roles").press("Space")
    keep = page.get_by_role("button", name="Keep to this")
    keep.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_label("Only when a role fits me")).to_be_checked()
    expect(page.get_by_label("New roles")).to_be_checked()


def pause(page: Page) -> None:
    until = clock.today("Europe/Berlin") + timedelta(days=120)
    page.get_by_label("Nothing at all until").fill(until.isoformat())
    press(page, "Pause until then")
    assert page.locator(".well time").first.get_attribute("datetime").startswith(until.isoformat())


def stop_being_remembered(page: Page) -> None:
    press(page, "Stop remembering")
    expect(page.get_by_role("button", name="Remember them again")).to_be_visible()


def take_a_copy(page: Page, folder: Path) -> None:
    for name, form in (("Download for machines (JSON)", "json"), ("Download to read (HTML)", "html")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name).click()
        waiting.value.save_as(folder / form)
    copy = json.loads((folder / "json").read_text("utf-8"))
    assert {"person", "privacy", "mails", "timeline"} <= set(copy["held"])
    assert "Ada Quillfeather-Night" in (folder / "html").read_text("utf-8")


def restrict_and_object(page: Page) -> None:
    press(page, "Keep, but do not use")
    expect(page.get_by_text("None will come")).to_be_visible()
    press(page, "Let it be used again")
    press(page, "Object for good")
    expect(page.get_by_text("It holds", exact=True)).to_be_visible()
    expect(page.get_by_text("We write to you no more", exact=False).first).to_be_visible()


def erase(page: Page, live) -> None:
    page.get_by_role("link", name="Erase everything about me").click()
    press(page, "Erase me now")
    expect(page.get_by_role("link", name="Tick the box")).to_be_visible()
    page.get_by_label("Yes, erase everything").check()
    press(page, "Erase me now")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are erased")
    reference = page.locator(".receipt-of .figure").inner_text()
    assert len(reference) >= 8
    page.reload()
    expect(page.locator(".receipt-of .figure")).to_have_text(reference)
    assert page.context.cookies() == []
    page.goto("/me")
    expect(page.get_by_label("Your mail address")).to_be_visible()
    before = count_mails(live)
    page.get_by_label("Your mail address").fill(ADA)
    press(page, "Send me a fresh link")
    live.empty_the_worker()
    assert count_mails(live) == before, "nobody is left to write to"


def test_bob_who_unsubscribed_still_sees_and_decides_everything(live, browser: Browser) -> None:
    settle(live)
    context = browser.new_context(viewport={"width": 320, "height": 640}, base_url=live.url, reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith((live.url, "data:")) else faults.append(request.url))
    for path in ("/me", "/me/links", "/me/links/nowhere", "/me/left"):
        page.goto(path)
        look(page, faults)
    go_in(page, live, BOB)
    expect(page.get_by_text("None will come")).to_be_visible()
    expect(page.get_by_text("You ended our newsletters", exact=False).first).to_be_visible()
    for path in PAGES:
        page.goto(path)
        open_all(page)
        look(page, faults)
    page.goto("/me")
    press(page, "Let them come again")
    expect(page.get_by_text("Next mail not before")).to_be_visible()
    press(page, "End all newsletters")
    expect(page.get_by_text("None will come")).to_be_visible()
    press(page, "Leave")
    assert context.cookies() == []
    page.go_back()
    page.reload()
    expect(page.get_by_text("Bob Olsen")).to_have_count(0)
    assert faults == []
    context.close()


def look(page: Page, faults: list[str]) -> None:
    """Nothing sticks out at 320 pixels, and axe has nothing to say, by day and by night."""
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append(f"{page.url} is too wide")
    page.evaluate(AXE_SCRIPT)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        broken = page.evaluate("axe.run({iframes: false}).then(found => found.violations)")
        faults += [f"{page.url} {scheme} {one['id']}: {one['nodes'][0]['html'][:120]}" for one in broken]

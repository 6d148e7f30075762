"""Mallory, in a real browser, with everything of Ada's that may get into other hands. (With every address: tests/selfservice.)"""

from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.own_page import ADA, MALLORY, go_in, newest_mail, path_in, settle

SECRETS = ("Quillfeather", ADA, "Hafenwerk", "best question about ladders")


def test_mallory_sees_nothing_of_ada(live, browser: Browser) -> None:
    settle(live)
    letter = newest_mail(live, ADA)[1]
    ada, mallory, stranger = (browser.new_context(base_url=live.url) for _person in range(3))
    spent = go_in(ada.new_page(), live, ADA)
    hers = things_of(ada)
    go_in(mallory.new_page(), live, MALLORY)
    tries = [
        spent,
        path_in(letter, "/me?for="),
        path_in(letter, "/l/"),
        path_in(letter, "/l/") + "/interest",
        path_in(letter, "/l/") + "/feedback",
        *hers,
        "/me?candidate_id=1",
        "/me/1",
        "/me/mails/1",
        "/me/held/person?candidate_id=1",
        "/me/exports",
        "/console/pipeline/1",
        "/console/outbox/1/frame",
    ]
    for context in (mallory, stranger):
        page = context.new_page()
        for path in tries:
            page.goto(path)
            assert not leaks(page.content()), path
    press_buttons_on(stranger, [spent, path_in(letter, "/me?for=")])
    borrow_the_cookie(ada, stranger)
    for context in (ada, mallory, stranger):
        context.close()


def things_of(ada: BrowserContext) -> list[str]:
    """Addresses that open something on Ada's page."""
    page = ada.pages[0]
    page.goto("/me/mails")
    mails = page.eval_on_selector_all(".things a", "links => links.map(link => link.pathname)")
    page.goto(mails[-1])
    assert leaks(page.content()), "what Mallory looks for is there to be found"
    return [path for mail in mails for path in (mail, f"{mail}/frame")]


def leaks(content: str) -> list[str]:
    return [secret for secret in SECRETS if secret in content]


def press_buttons_on(stranger: BrowserContext, paths: list[str]) -> None:
    """Whatever the pages offer to press, as a sandbox that clicks every button does."""
    page = stranger.new_page()
    for path in paths:
        page.goto(path)
        if (button := page.locator("main button").first).count():
            button.click()
            page.wait_for_load_state()
            assert not leaks(page.content()), path
    assert "own_page" not in {cookie["name"] for cookie in stranger.cookies()}


def borrow_the_cookie(ada: BrowserContext, stranger: BrowserContext) -> None:
    """A cookie that was copied opens the page only until Ada leaves."""
    copied = ada.cookies()
    page = ada.pages[0]
    page.goto("/me")
    with page.expect_navigation():
        page.get_by_role("button", name="Leave").click()
    stranger.add_cookies([{key: value for key, value in cookie.items() if key != "partitionKey"} for cookie in copied])
    page = stranger.new_page()
    page.goto("/me")
    expect(page.get_by_label("Your mail address")).to_be_visible()
    assert not leaks(page.content())

"""The public forms as people use them: by keyboard alone, filled in at one go as browsers do it, on a phone, without scripts."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# What a browser's autofill does: it sets every field it knows and tells the page; nobody types.
AUTOFILL = """() => {
  const known = {name: "Ada Novak", email: "ada@home.example", tel: "+49 491 555 123", "street-address": "Deich 1", url: "https://ada.example"};
  for (const field of document.querySelectorAll("input, textarea")) {
    const value = known[field.autocomplete];
    if (!value || field.tabIndex < 0) continue;
    field.value = value;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, {bubbles: true}));
  }
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until a field or button has the focus, as somebody without a mouse does."""
    for _press in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")
        assert focused != "website", "the trap is out of the keyboard's reach"
        if focused == name:
            return
    raise AssertionError(name)


@pytest.mark.parametrize("script", [True, False])
def test_interest_by_keyboard_alone_with_scripts_and_without(browser: Browser, live, script):
    context = browser.new_context(base_url=live.url, java_script_enabled=script)
    page = context.new_page()
    page.goto("/interest")
    tab_to(page, "name")
    page.keyboard.type("Юлия Щ", delay=20)
    tab_to(page, "email")
    page.keyboard.type("julia@home.example", delay=20)
    tab_to(page, "attracts")
    page.keyboard.type("What is the pay?", delay=20)
    tab_to(page, "matters")
    page.keyboard.press("Space")
    time.sleep(3)
    tab_to(page, "Send this")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("One press is left"))
    assert context.cookies() == []


def test_autofill_that_fills_all_at_once_gets_through_with_one_more_press_and_touches_no_trap(browser: Browser, live):
    page = browser.new_context(base_url=live.url, **PHONE).new_page()
    page.goto("/interest")
    page.evaluate(AUTOFILL)
    assert page.locator("[name=website]").input_value() == ""
    page.get_by_role("button", name="Send this").tap()
    expect(page.get_by_text("One more press, please")).to_be_visible()
    assert page.locator("[name=email]").input_value() == "ada@home.example"
    page.get_by_role("button", name="Yes, send it").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("One press is left"), timeout=20_000)


def test_a_question_typed_on_a_phone_survives_a_closed_page(browser: Browser, live):
    context = browser.new_context(base_url=live.url, **PHONE)
    page = context.new_page()
    page.goto("/stories/welder")
    page.get_by_role("link", name="Ask the team").tap()
    page.locator("[name=text]").fill("How long are the nights?")
    page.reload()
    expect(page.locator("[name=text]")).to_have_value("How long are the nights?")
    time.sleep(3)
    page.get_by_role("button", name="Ask this").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Thank you for asking"))
    expect(page.get_by_role("link", name=re.compile("Back to"))).to_be_visible()

"""Anonymous feedback in a real browser: without a script, by keyboard, on the smallest phone; nothing typed is lost."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

WORDS = "The wait in the hall was long, and nobody said why."
PHONE = {"width": 320, "height": 640}


@pytest.mark.parametrize("script", [True, False])
def test_feedback_is_given_anonymously_on_the_smallest_phone(browser: Browser, live, script):
    context = browser.new_context(base_url=live.url, viewport=PHONE, java_script_enabled=script)
    page = context.new_page()
    page.goto("/feedback")
    narrow(page, script)
    page.get_by_role("radio", name="7", exact=True).check()
    page.get_by_role("group", name=re.compile("People were prepared")).get_by_role("radio", name="Rather not").check()
    page.get_by_label("What was not?").fill(WORDS)
    page.get_by_role("button", name="Look at it as we will see it").click()
    expect(page.get_by_role("heading", name="This is what we will see")).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text(WORDS)
    narrow(page, script)
    page.get_by_role("button", name="Change something").click()
    expect(page.get_by_label("What was not?")).to_have_value(WORDS)
    page.get_by_label("What was good?").fill("The tea.")
    page.get_by_role("button", name="Look at it as we will see it").press("Enter")
    expect(page.get_by_role("article")).to_contain_text("The tea.")
    page.wait_for_timeout(3100)  # nobody types as fast as this test, and who does is asked once more
    page.get_by_role("button", name="Send it like this").press("Enter")
    expect(page.get_by_role("heading", name="Thank you for telling us")).to_be_visible()
    narrow(page, script)
    page.get_by_role("main").get_by_role("link", name="What we changed because of you").click()
    expect(page.get_by_role("heading", name="What we changed because of you")).to_be_visible()
    assert context.cookies() == []
    context.close()


def narrow(page: Page, script: bool) -> None:
    """Nothing sticks out sideways."""
    if script:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    else:
        for part in page.locator("main :is(label, p, h1, button, fieldset, article)").all():
            box = part.bounding_box()
            assert box is None or box["x"] + box["width"] <= PHONE["width"] + 1, part.inner_text()

"""Every kind of page in a browser: open to everybody, in both colour schemes, on the smallest phone, from this host alone."""

import re
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

# A page whose address differs from another's only in these parts is another of the same kind.
SAME_KIND = (
    (re.compile(r"/\d+"), "/1"),
    (re.compile(r"^/(l|u|welcome)/[^/]+"), r"/\1/token"),
    (re.compile(r"^(/l/token)?/(stories|value|voices|news)/.+"), r"\1/\2/page"),
    (re.compile(r"^/console/numbers/[^/]+/people/.+"), "/console/numbers/metric/people/part"),
)
NOT_PAGES = re.compile(r"\.(csv|xlsx|svg|png)$|/frame$|/media/")
DOORS = ("/", "/console", "/nowhere", "/l/nowhere", "/sign-in", "/sign-in/passkey", "/interest", "/thanks", "/account/safety")
# A form that comes back with its errors, and the button that sends it.
FORMS = (
    ("/interest", "main form [type=submit]"),
    ("/feedback", "main form [type=submit]"),
    ("/console/sourcing/personas/new", "main form :is(.pri, .primary)"),
    ("/console/candidates/new", "main form :is(.pri, .primary)"),
)
MOST = 140  # pages; more kinds than that would be a mistake in SAME_KIND
# Mails shown in a frame are looked at where letters are tested.
ALL_RULES = {"resultTypes": ["violations"], "iframes": False}
COLOURS = {**ALL_RULES, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


@dataclass
class Inspector:
    """One browser page that walks through the portal and writes down what is wrong where."""

    page: Page
    home: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self.hear)
        self.page.on("response", self.weigh)
        self.page.on("pageerror", lambda error: self.note(str(error)))
        self.page.on("request", lambda request: None if self.is_ours(request.url) else self.note(f"asks {request.url}"))

    def is_ours(self, address: str) -> bool:
        return address.startswith((self.home, "data:", "blob:"))

    def hear(self, message: ConsoleMessage) -> None:
        """A refusal is weighed with its answer; the page's own 404 or 422 is meant."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.note(message.text)

    def weigh(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and not response.request.is_navigation_request()):
            self.note(f"{response.status} for {response.url}")

    def note(self, text: str) -> None:
        self.faults.append(f"{self.page.url}: {text}")

    def inspect(self) -> None:
        """Look at the page that is open."""
        self.page.evaluate(AXE_SCRIPT)
        self.judge(ALL_RULES)
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        self.judge(COLOURS)
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.page.set_viewport_size({"width": 320, "height": 640})
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.note(f"is {wide} px too wide for a small phone")
        self.page.set_viewport_size({"width": 1280, "height": 800})

    def judge(self, options: dict) -> None:
        for broken in self.page.evaluate("options => axe.run(options).then(found => found.violations)", options):
            self.note(f"{broken['id']}: " + " ".join(node["html"][:120] for node in broken["nodes"][:3]))

    def links(self) -> list[str]:
        """Addresses on this page that lead to pages of ours."""
        found = [urlsplit(one) for one in self.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")]
        ours = [one for one in found if f"{one.scheme}://{one.netloc}" == self.home]
        return [one._replace(scheme="", netloc="", fragment="").geturl() for one in ours if not NOT_PAGES.search(one.path)]


def kind(address: str) -> str:
    """What pages of the same kind have in common."""
    path = urlsplit(address).path
    for pattern, instead in SAME_KIND:
        path = pattern.sub(instead, path)
    return path


def walk(inspector: Inspector, starts: list[str]) -> set[str]:
    """Follow links from page to page, each kind once; the kinds that were seen."""
    seen: set[str] = set()
    todo = deque(starts)
    while todo and len(seen) < MOST:
        address = todo.popleft()
        if kind(address) in seen:
            continue
        seen.add(kind(address))
        inspector.page.goto(address)
        inspector.inspect()
        todo.extend(inspector.links())
    return seen


def sign_in(page: Page, live) -> None:
    link = live.portal("staff", "invite", "administrator").stdout.strip()
    page.goto(link[link.index("/welcome") :])
    page.get_by_label("Your name").fill("Hana Ubben")
    page.get_by_label("Work address").fill("hana@sielwerk.example")
    page.get_by_label("Password").first.fill("eleven locks between two tides")
    with page.expect_navigation():
        page.get_by_role("button", name="Make my account").click()


def candidate_links(page: Page) -> list[str]:
    """The pages behind a landing link, and the way out, read from somebody's first message as it left."""
    for candidate_id in range(1, 13):
        page.goto(f"/console/pipeline/{candidate_id}")
        copies = page.eval_on_selector_all("a[href^='/console/outbox/']", "links => links.map(link => link.pathname)")
        if not copies:
            continue
        page.goto(f"{copies[-1]}?part=text")
        text = page.inner_text("main")
        landing, leave = re.search(r"/l/[\w-]+", text), re.search(r"/u/[\w.-]+", text)
        if landing and leave:
            answers = ("/answer/interested", "/answer/no", "/answer/not-now", "/thanks")
            pages = ("", *answers, "/interest", "/ask", "/refer", "/feedback")
            return [leave[0], *(landing[0] + one for one in pages)]
    return []


@pytest.fixture
def inspector(live, browser: Browser):
    live.portal("demo", "--candidates", "12")
    context = browser.new_context(base_url=live.url, viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    yield Inspector(context.new_page(), live.url)
    context.close()


def test_every_kind_of_page_is_open_to_everybody_and_keeps_to_itself(live, inspector) -> None:
    page = inspector.page
    sign_in(page, live)
    personal = candidate_links(page)
    assert personal, "no first message with a landing link in the outbox"
    seen = walk(inspector, [*DOORS, *personal])
    for address, button in FORMS:
        page.goto(address)
        page.eval_on_selector_all("main form", "forms => forms.forEach(form => { form.noValidate = true })")
        with page.expect_navigation():
            page.locator(button).first.click()
        assert page.locator(".summary").is_visible(), f"{address} came back without its errors"
        inspector.inspect()
    assert not inspector.faults, "\n".join(inspector.faults)
    assert {"/console/pipeline/1", "/console/outreach/1", "/console/mailings/1", "/l/token", "/u/token", "/stories/page"} <= seen
    assert len(seen) < MOST

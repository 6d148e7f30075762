"""Rules that hold for every address of the application, those of tomorrow included."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.routing import Rule

from portal import clock, tokens
from portal.accounts import services as accounts
from portal.accounts.models import RoleName
from portal.accounts.permissions import RIGHTS
from portal.candidates.models import Duplicate, Import, ImportStatus, Merge
from portal.db import Base, db, transaction
from portal.delivery.models import Delivery, OutboxMail, Purpose
from portal.feedback.models import Aside, Change, Event, Feedback, Questionnaire, Version
from portal.feedback.models import Rule as FeedbackRule
from portal.hiring import services as hiring
from portal.hiring.queries import token_of
from portal.inbound.models import Reply
from portal.mailings.models import Mailing, Series
from portal.outreach import services as outreach
from portal.pipeline import services as pipeline
from portal.pipeline.models import Segment, StageName
from portal.pipeline.queries import list_transitions
from portal.privacy.queries import current_basis
from portal.selfservice import services as selfservice
from portal.selfservice.queries import LINK
from portal.sourcing import services as sourcing
from portal.submissions import services as submissions
from portal.submissions.models import Quarantine
from portal.submissions.queries.interest import CONFIRMS
from portal.submissions.queries.referrals import ASKS
from tests.conftest import sign_in

SAFE = {"GET", "HEAD", "OPTIONS"}
STAFF_BLUEPRINTS = ("console", "accounts", "security")
# Posts that need no token of a form, each with the reason that stands at its view.
WITHOUT_FORM_TOKEN = {"mailings.one_click", "outreach.prove"}
# Written by a GET, since they are logs: who came to a landing link.
LOGS = {"visit", "audit_entry"}
# Parts of an address that come from a file or from a library.
NOT_KEBAB = {
    "companions.csv",
    "report.csv",
    "report.xlsx",
    "site.css",
    "robots.txt",
    "sitemap.xml",
    "feed.xml",
    "card.png",
    "favicon.svg",
    "healthz",
    "readyz",
    "code.",
}


@dataclass
class World:
    """One of everything, and how it is named in an address."""

    arguments: dict[str, Any]
    tokens: dict[str, str]

    def url(self, rule: Rule) -> str:
        """An address of something that exists, for a route."""
        values = {name: self._value(rule, name) for name in rule.arguments}
        return rule.build(values, append_unknown=False)[1]

    def _value(self, rule: Rule, name: str) -> Any:
        if name == "token":
            return self.tokens.get(rule.endpoint.partition(".")[0], "no-such-token")
        assert name in self.arguments, f"{rule.endpoint}: say in the fixture `world` what <{name}> may be"
        return self.arguments[name]


@pytest.fixture
def world(app, make) -> World:
    message = make.message(ada := make.candidate("Ada"))
    step = outreach.add_follow_up(message.campaign, 5, "{{landing_link}}")
    spent = outreach.add_cost(message.campaign, 100, "Travel", clock.today("UTC"))
    landing = outreach.token_of(message.link)
    with transaction() as session:
        now, source = clock.now(), make.source()
        segment = Segment(name="All", rule={}, created_at=now)
        series = Series(name="Monthly", subject="News", body="Hello", rule=MONTHLY, next_on=now.date(), created_at=now)
        mailing = Mailing(subject="News", body="Hello", created_at=now)
        upload = Import(file_name="people.csv", content=b"Name\nBob\n", headings=["Name"], source=source, created_at=now)
        upload.status = ImportStatus.MAPPING
        waiting = Quarantine(form="interest", content="{}", why="too fast", at=now)
        robot = Aside(anonymous=True, box=b"", why="too fast", on=now.date())
        pair = Duplicate(first=ada, second=make.candidate("Ada L."), reasons=["name"], score=40, found_at=now)
        merged = Merge(kept=ada, lost=make.candidate("A. L."), at=now)
        session.add_all([pair, merged, segment, series, mailing, upload, waiting, robot])
        session.flush()
        about = {"purpose": Purpose.MAILING, "subject_id": mailing.id, "candidate": ada}
        delivery = Delivery(**about, not_before=now, message_id="<1@x>", created_at=now)
        mail = OutboxMail(delivery_id=None, sender="a@x.example", recipient="b@x.example", subject="Hello", raw=MAIL, at=now)
        reply = Reply(candidate=ada, at=now)
        session.add_all([delivery, mail, reply])
    invitation, welcome = accounts.invite(RoleName.EDITOR)
    hire_id, review = hired(ada.id)
    ids = {
        "user_id": make.sender().id,
        "candidate_id": ada.id,
        "invitation_id": invitation.id,
        "persona_id": make.persona().id,
        "source_id": source.id,
        "campaign_id": message.campaign_id,
        "message_id": message.id,
        "reply_id": reply.id,
        "follow_up_id": step.id,
        "amount_id": spent.id,
        "link_id": message.link_id,
        "segment_id": segment.id,
        "step_id": moved(ada.id),
        "hire_id": hire_id,
        "series_id": series.id,
        "mailing_id": mailing.id,
        "import_id": upload.id,
        "duplicate_id": pair.id,
        "merge_id": merged.id,
        "quarantine_id": waiting.id,
        "aside_id": robot.id,
        **feedback_of(ada.id),
        **asked_of(),
        "cost_id": sourcing.add_cost(source, now.date(), 100, "Fee").id,
        "delivery_id": delivery.id,
        "mail_id": mail.id,
    }
    words = {"word": "no", "metric": "response", "key": "person", "name": "0" * 32, "reference": "ABCDE-12345"}
    words |= {"kind": "svg", "alias": "poster", "chart": "month", "part": "responded"}
    paths = {"path": "stories/control-engineer", "page": "stories/control-engineer", "filename": "img/overture.svg"}
    own_page = tokens.derive(LINK, selfservice.ask(ada.id).nonce)
    unsubscribe = tokens.sign("unsubscribe", [ada.id, delivery.id])
    event = sourcing.open_check_in(sourcing.edit_source(source, happens_on=now.date()))
    check_in = sourcing.check_in_address(event).rpartition("/")[2]
    outreach.add_channel_link(message.campaign, outreach.Terms(page="/", label="Poster", alias="poster"))
    renewal = tokens.sign("renewal", [ada.id, current_basis(ada.id).id])
    keys = dict.fromkeys(("outreach", "submissions", "feedback"), landing)
    keys |= {
        "mailings": unsubscribe,
        "accounts": welcome,
        "selfservice": own_page,
        "retention": renewal,
        "events": check_in,
        "hiring": review,
    }
    return World(ids | words | paths, keys)


def feedback_of(candidate_id: int) -> dict[str, int]:
    """A questionnaire, a rule, an answer by name and an entry of what changed."""
    with transaction() as session:
        now = clock.now()
        sheet = Questionnaire(name="After a talk", created_at=now)
        version = Version(questionnaire=sheet, number=1, title="How was it?", score="From 0 to 10?", created_at=now)
        text = {"subject": "How was it?", "body": "[Say]({{feedback_link}})"}
        rule = FeedbackRule(name="After a yes", event=Event.SAID_YES, delay_days=3, questionnaire=sheet, created_at=now, **text)
        answer = Feedback(candidate_id=candidate_id, score=9, anonymous=False, on=now.date(), contact_at=now)
        change = Change(said="Too slow", changed="Faster", on=now.date(), created_at=now)
        session.add_all([version, rule, answer, change])
        session.flush()
        return {"questionnaire_id": sheet.id, "rule_id": rule.id, "feedback_id": answer.id, "change_id": change.id}


def moved(candidate_id: int) -> int:
    """A move."""
    pipeline.move(candidate_id, StageName.ENGAGED, "Came by")
    return list_transitions(candidate_id)[0].id


def hired(candidate_id: int) -> tuple[int, str]:
    """A hire, and the token by which its manager answers."""
    offer = hiring.Offer("Welder", clock.today("UTC"), candidate_id, manager_email="imke@sielwerk.example")
    hire = hiring.record(offer)
    return hire.id, token_of(hiring.ask(hire, 90))


def asked_of() -> dict[str, Any]:
    """A question, a form whose address waits to be confirmed, a friend who is asked; and the tokens of their mails."""
    asked = submissions.ask(None, submissions.Asked("/", "How long are the nights?"), "question")
    waiting = submissions.give_interest(None, submissions.Given(name="Bea", email="bea@home.example"), "interest")
    friend = submissions.refer(None, submissions.Friend("carl@home.example"), "referral")
    named = {"interest_token": tokens.derive(CONFIRMS, waiting.nonce), "referral_token": tokens.derive(ASKS, friend.nonce)}
    return {"question_id": asked.id, **named}


MONTHLY = {"nth": 1, "weekday": 1, "hour": 9, "minute": 0}
MAIL = b"From: a@x.example\r\nTo: b@x.example\r\nSubject: Hello\r\nContent-Type: text/plain\r\n\r\nHello\r\n"


def rules(app, *, console: bool | None = None, method: str | None = None) -> Iterator[Rule]:
    """Routes: all, those of the console or the others, and those that take a method."""
    for rule in app.url_map.iter_rules():
        belongs = console is None or rule.endpoint.startswith("console.") == console
        if belongs and (method is None or method in rule.methods):
            yield rule


def dump(*, without: set[str] = frozenset()) -> dict[str, list]:
    """Every row of every table."""
    db.session.rollback()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in without]
    return {table.name: sorted(map(repr, db.session.execute(sa.select(table)))) for table in tables}


def token_for(client, url: str = "/sign-in") -> str:
    """The token of a session, from a page that this client may see."""
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(url).text)[1]


def test_console_pages_live_only_under_the_console(app):
    for rule in rules(app):
        assert (rule.rule == "/console" or rule.rule.startswith("/console/")) == rule.endpoint.startswith("console."), rule


def test_every_console_view_is_tagged_with_a_right(app):
    untagged = [rule.endpoint for rule in rules(app, console=True) if not hasattr(app.view_functions[rule.endpoint], "right")]
    assert not untagged


def test_every_console_address_turns_strangers_away(app, client, world):
    token, before = token_for(client), dump()
    for rule in rules(app, console=True):
        url = world.url(rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            answer = client.open(url, method=method, data={"csrf_token": token} if method not in SAFE else None)
            assert answer.status_code == 303, (method, url)
            assert answer.location.startswith("/sign-in"), (method, url)
    assert dump() == before


def test_every_account_page_turns_strangers_away(app, client, world):
    for rule in rules(app, method="GET"):
        if rule.rule.startswith("/account/"):
            answer = client.get(world.url(rule))
            assert answer.status_code in {302, 303}, rule
            assert answer.location.startswith("/sign-in"), rule


@pytest.mark.parametrize("role", RoleName)
def test_each_role_opens_what_its_rights_say(app, make, world, role):
    client = sign_in(app, make.user("ida@sielwerk.example", role, "Ida"))
    for rule in rules(app, console=True, method="GET"):
        allowed = app.view_functions[rule.endpoint].right in RIGHTS[role]
        answer = client.get(world.url(rule))
        assert (answer.status_code != 403) == allowed, (role, rule)
        assert answer.status_code < 500, (role, rule)


@pytest.mark.parametrize("role", RoleName)
def test_what_a_role_may_not_do_has_no_effect(app, make, world, role):
    client = sign_in(app, make.user("ida@sielwerk.example", role, "Ida"))
    token, before = token_for(client, "/account/password"), dump()
    for rule in rules(app, console=True):
        if rule.methods - SAFE and app.view_functions[rule.endpoint].right not in RIGHTS[role]:
            assert client.post(world.url(rule), data={"csrf_token": token}).status_code == 403, (role, rule)
    assert dump() == before


def test_every_unsafe_route_refuses_a_post_without_its_token(app, client, hana, world):
    before = dump()
    for rule in rules(app):
        if rule.endpoint in WITHOUT_FORM_TOKEN:
            continue
        for method in rule.methods - SAFE:
            for who in (client, hana):
                assert who.open(world.url(rule), method=method).status_code in {400, 404}, (method, rule)
    assert dump() == before


def test_only_the_listed_posts_need_no_token_and_each_says_why(app):
    found = {name: view.without_form_token for name, view in app.view_functions.items() if hasattr(view, "without_form_token")}
    assert set(found) == WITHOUT_FORM_TOKEN
    assert all(len(why) > 20 for why in found.values())


def test_no_get_changes_anything_but_a_log(app, client, hana, world):
    for rule in rules(app, method="GET"):
        url, before = world.url(rule), dump(without=LOGS)
        for who in (hana, client):
            for method in ("GET", "HEAD"):
                assert who.open(url, method=method).status_code < 500, (method, url)
        after = dump(without=LOGS)
        assert after == before, (url, [name for name in before if before[name] != after[name]])


def test_no_public_page_sets_a_cookie(app, client, world):
    for rule in rules(app, method="GET"):
        if rule.endpoint.partition(".")[0] not in STAFF_BLUEPRINTS:
            assert "Set-Cookie" not in client.get(world.url(rule)).headers, rule


def test_reading_public_pages_does_not_write_the_session_of_staff(app, hana, world):
    for rule in rules(app, method="GET"):
        if rule.endpoint.partition(".")[0] not in STAFF_BLUEPRINTS:
            assert "Set-Cookie" not in hana.get(world.url(rule)).headers, rule


def test_addresses_are_kebab_case(app):
    for rule in rules(app):
        for part in re.sub(r"<[^>]*>(\.(csv|svg|png))?", "", rule.rule).split("/"):
            assert part in NOT_KEBAB or re.fullmatch(r"[a-z0-9]*(-[a-z0-9]+)*", part), rule

"""Every kind of letter, as its reader gets it: its links can be pressed in HTML and read in plain text, in every language."""

import re
from datetime import timedelta

import html5lib
import pytest
from flask_babel import force_locale

from portal import clock
from portal.analytics import services as numbers
from portal.db import db, transaction
from portal.delivery import services as delivery
from portal.delivery.emails import own_page_link, write
from portal.delivery.models import Delivery, Purpose
from portal.events import services as events
from portal.extensions import jobs
from portal.hiring import services as hiring
from portal.mailings import services as mailings
from portal.outreach import services as outreach
from portal.outreach.models import FollowUpMail
from portal.privacy.queries import current_basis
from portal.retention import services as retention
from portal.selfservice import services as own_page
from portal.sourcing import services as sourcing
from portal.sourcing.models import Origin
from portal.submissions import services as submissions
from portal.submissions.models import Answer
from portal.submissions.services.interest import Given
from portal.submissions.services.questions import Asked
from portal.submissions.services.referrals import Friend
from tests import feedback

# What the reader came for; each letter has more links than this one.
LEADS_TO = {
    Purpose.OUTREACH: "/l/",
    Purpose.FOLLOW_UP: "/l/",
    Purpose.TEST: "/l/preview",
    Purpose.MAILING: "/u/",
    Purpose.CONFIRMATION: "/privacy",
    Purpose.REMINDER: "/l/",
    Purpose.RENEWAL: "/renewals/",
    Purpose.NOTICE: "/u/",
    Purpose.FEEDBACK: "/feedback/asked/",
    Purpose.ANSWER: "/stories/control-engineer",
    Purpose.ACCESS: "/me/links/",
    Purpose.ADDRESS: "/me/addresses/",
    Purpose.CONFIRM_INTEREST: "/confirm/",
    Purpose.REFERRAL: "/referred/",
    Purpose.CHECK_IN: "/check-in/confirmations/",
    Purpose.REVIEW: "/reviews/",
    Purpose.REPORT: "/console/numbers",
}
BASE = "http://portal.test"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def all_kinds(app, make):
    """A mail of every kind that is written, none of them sent yet."""
    ada, ben, hana = make.candidate("Ada Novak"), make.reader("Ben"), make.user("hana@sielwerk.example", name="Hana")
    retention.send_notice(ada)
    delivery.enqueue(Purpose.RENEWAL, current_basis(ben.id).id, [ben.id])
    own_page.ask(ada.id)
    own_page.hand_on()
    own_page.ask_for_address(ada, "ada@new.example")
    feedback.services.add_rule(feedback.plan(name="At once", delay_days=0))
    feedback.said_yes(ben)
    feedback.services.ask_due()
    mailings.start(make.mailing())
    jobs.all["mailings.start_due"].run()
    _reach_out(make, ada, hana)
    _answer(make, ben, hana)
    _report(hana)
    return db.session.query(Delivery).order_by(Delivery.id).all()


def _reach_out(make, ada, hana) -> None:
    campaign = make.campaign()
    outreach.add_follow_up(campaign, 2, "Hello {{first_name}},\n\nonce more:\n\n{{landing_link}}")
    message = make.message(ada, campaign)
    outreach.queue(campaign)
    outreach.send_sample(message, hana)
    with transaction() as session:
        mail = FollowUpMail(message_id=message.id, position=campaign.follow_ups[0].position, created_at=clock.now())
        session.add(mail)
        session.flush()
        delivery.enqueue(Purpose.FOLLOW_UP, mail.id, [ada.id])


def _report(hana) -> None:
    with clock.standing_at(clock.now() - timedelta(days=62)):
        numbers.subscribe(hana)
    numbers.send_due()


def _answer(make, ben, hana) -> None:
    link = make.message(ben).link
    response = submissions.respond(link, Answer.NOT_NOW, form_key="1", ask_on=clock.today("UTC") + timedelta(days=60))
    delivery.enqueue(Purpose.REMINDER, response.id, [ben.id])
    submissions.give_interest(make.message(make.candidate("Gil")).link, Given(attracts="the gates"), "2")
    submissions.give_interest(None, Given(name="Cem", email="cem@home.example", attracts="the gates"), "3")
    submissions.refer(None, Friend(email="dag@home.example", referrer="Ada"), "4")
    question = submissions.ask(None, Asked("/stories/control-engineer", "Do people stay?", email="eva@home.example"), "5")
    submissions.clear(question, hana.id)
    submissions.answer_question(question, "They do.", hana)
    event = sourcing.add_source("Meetup", Origin.EVENT, "our table", happens_on=clock.today("UTC"), place="Oldenburg")
    events.check_in(sourcing.open_check_in(event), "Fay", "fay@home.example", consented=False)
    today = clock.today("UTC")
    hiring.ask(hiring.record(hiring.Offer("Welder", today, ben.id, starts_on=today, manager_email="imke@sielwerk.example")), 90)


def links_in(html: str) -> list[str]:
    """Where the anchors of a letter lead that have words to press."""
    anchors = html5lib.parse(html).iter(XHTML + "a")
    return [one.get("href") for one in anchors if "".join(one.itertext()).strip()]


@pytest.mark.parametrize("language", ["en", "de"])
def test_in_every_kind_of_letter_each_link_can_be_pressed_and_read(app, all_kinds, language):
    assert {row.purpose for row in all_kinds} == set(LEADS_TO) == set(app.extensions["composers"])
    for row in all_kinds:
        with force_locale(language):
            letter = app.extensions["composers"][row.purpose](row)
            foot = own_page_link(row.candidate_id) if letter.own_page and row.candidate_id else ""
            written = write(letter, foot)
        links = links_in(written.html)
        assert [one for one in links if one.startswith(BASE + LEADS_TO[row.purpose])], (row.purpose, links)
        for link in links:
            assert link.startswith(("http://", "https://", "mailto:")), (row.purpose, link)
            assert link in written.text or link.startswith("mailto:"), (row.purpose, link)
        assert not re.search(r"\{\{|\}\}|\]\(", written.subject + written.text + written.html), row.purpose
        assert not foot or foot in links, row.purpose
        if letter.one_click:
            assert letter.one_click.removesuffix("/one-click") in links, row.purpose

"""What is in a mailing when it arrives."""

import email
import email.policy
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal import tokens
from portal.content.queries import get_mail, list_mails
from portal.db import db, transaction
from portal.delivery.emails import Withheld
from portal.delivery.models import Delivery, OutboxMail, Status
from portal.mailings import emails, queries, services
from portal.mailings.models import Mailing
from portal.outreach.models import LandingLink
from portal.outreach.queries import get_link
from portal.privacy import services as privacy
from portal.privacy.models import Basis
from tests.mailings.work import work


def arrived():
    """The mails in the outbox, parsed, oldest first."""
    raws = db.session.scalars(select(OutboxMail.raw).order_by(OutboxMail.id))
    return [email.message_from_bytes(raw, policy=email.policy.default) for raw in raws]


def parts(message):
    return message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()


def send(make, **text):
    services.start(make.mailing(**text))
    work()
    return arrived()


def test_a_reader_without_a_greeting_name_is_greeted_by_the_fallback(make):
    make.reader("Ada Lovelace")
    nameless = make.reader("M.")
    with transaction():
        nameless.greeting_name = ""
    texts = [parts(message)[0] for message in send(make)]
    assert texts[0].startswith("Hello Ada,")
    assert any(text.startswith("Hello and good morning,") for text in texts)


@pytest.mark.parametrize("key", ["newsletter-monthly", "newsletter-new-role"])
def test_the_starters_can_be_sent_as_they_are(make, key):
    make.reader()
    mail = get_mail(key)
    sender = make.user()
    [message] = send(make, subject=mail.subject, body=mail.body, sender_id=sender.id, page="/stories/hydraulics-engineer")
    text, html = parts(message)
    assert "{{" not in text + html + message["Subject"]
    assert "Hana Ubben" in text
    assert message["From"].startswith("Hana Ubben <")


def test_there_is_a_starter_for_newsletters(app):
    assert list_mails("newsletter")


def test_links_from_the_root_become_whole_addresses(make):
    make.reader()
    text, html = parts(send(make, body="See [the pay](/value/pay) and [the lock](/stories/welder).")[0])
    assert "http://portal.test/value/pay" in text
    assert 'href="http://portal.test/stories/welder"' in html
    assert not re.search(r'(href|src)="/', html)


def test_the_foot_says_who_writes_why_and_how_to_stop(make):
    make.reader()
    text, html = parts(send(make)[0])
    assert "Sielwerk GmbH, Torwerft 9" in text
    assert "the public speaker list of the Oldenburg meetup" in text
    assert re.search(r'href="http://portal\.test/u/[^"/]+"[^>]*>No more newsletters', html)


def test_who_agreed_is_reminded_of_the_day(make):
    ada = make.reader()
    privacy.establish(ada.id, Basis.CONSENT, datetime(2026, 6, 2, 12, tzinfo=UTC), datetime(2036, 6, 2, tzinfo=UTC))
    assert "You agreed on 2 June 2026" in parts(send(make)[0])[0].replace("because you", "You")


def test_mail_programs_find_the_one_click_way_out(client, make):
    ada = make.reader()
    [message] = send(make)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<mailings.portal.test>"
    address = message["List-Unsubscribe"].strip("<>")
    assert address.startswith("http://portal.test/u/")
    assert client.post(address.removeprefix("http://portal.test"), data={"List-Unsubscribe": "One-Click"}).status_code == 200
    db.session.refresh(ada)
    assert ada.unsubscribed_at is not None


def test_the_link_in_the_text_leads_to_the_same_page_as_the_header(client, make):
    make.reader()
    [message] = send(make)
    address = re.search(r"http://portal\.test(/u/[^\s)]+)", parts(message)[0])[1]
    assert message["List-Unsubscribe"] == f"<http://portal.test{address}/one-click>"
    assert client.get(address).status_code == 200


def test_a_landing_link_is_personal_and_made_once(make):
    ada, _eske = make.reader("Ada"), make.reader("Eske")
    body = "Hello,\n\n[Tell me more]({{landing_link}})"
    found = [re.search(r"/l/([\w-]+)", parts(message)[0])[1] for message in send(make, body=body, page="/stories/welder")]
    assert len(set(found)) == 2
    link = get_link(found[0])
    assert (link.candidate_id, link.page) == (ada.id, "/stories/welder")
    delivery = db.session.scalars(select(Delivery).filter_by(candidate_id=ada.id)).one()
    emails.compose(delivery)
    assert db.session.query(LandingLink).count() == 2


def test_a_landing_link_of_a_mailing_can_be_followed(client, make):
    make.reader()
    text, _html = parts(send(make, body="[More]({{landing_link}})", page="/stories/welder")[0])
    path = re.search(r"http://portal\.test(/l/[\w-]+)", text)[1]
    assert client.get(path).status_code == 200
    assert queries.count_visits(db.session.query(Mailing).one().id).raw == 1


def test_no_landing_link_is_made_where_the_text_asks_for_none(make):
    make.reader()
    send(make)
    assert db.session.query(LandingLink).count() == 0


@pytest.mark.parametrize("verb", [services.pause, services.cancel])
def test_a_mailing_that_was_stopped_is_not_composed(make, verb):
    make.reader()
    mailing = services.start(make.mailing())
    services.start_due()
    verb(mailing)
    delivery = db.session.scalars(select(Delivery)).one()
    with pytest.raises(Withheld):
        emails.compose(delivery)


def test_a_preview_opens_nothing_of_the_person(app, make):
    ada = make.reader()
    letter = emails.preview(make.mailing(body="[a]({{landing_link}}) [b]({{unsubscribe_link}})", page="/stories/welder"), ada)
    assert letter.values["unsubscribe_link"] == "http://portal.test/u/preview"
    assert letter.values["landing_link"] == "http://portal.test/stories/welder"
    assert db.session.query(LandingLink).count() == 0


def test_a_name_with_braces_and_tags_stays_a_name(make):
    make.reader("Bobby {{note}} <b>Tables</b>", greeting_name="{{full_name}}<i>")
    text, html = parts(send(make)[0])
    assert text.startswith("Hello {{full_name}}<i>,")
    assert "<i>" not in html.split("Hello", 1)[1][:80]


def test_every_copy_is_about_its_mailing_in_the_timeline(make):
    make.reader()
    mailing = services.start(make.mailing())
    work()
    row = db.session.scalars(select(Delivery)).one()
    assert (row.status, row.subject) == (Status.SENT, "From Emden")
    assert tokens.sign("unsubscribe", [row.candidate_id, row.id]).split(".")[0] in parts(arrived()[0])[0]
    assert queries.count_by_status([mailing.id]) == {mailing.id: {Status.SENT: 1}}

"""What outreach holds about a person, and what is left of it when they are erased."""

from portal import clock
from portal.db import db
from portal.delivery.models import Delivery, OutboxMail, Purpose
from portal.delivery.services import send_slice
from portal.outreach import personal, queries, services
from portal.outreach.models import LandingLink, MessageStatus, OutreachMessage, Visit
from portal.outreach.verdicts import Facts


def lived(make):
    """Ada has a message with words of her own, tested by Hana, a visit; Bob's are beside it."""
    ada, bob = make.candidate("Ada Novak"), make.candidate("Bob")
    campaign = make.campaign()
    message, other = make.message(ada, campaign, note="Your tank, Ada."), make.message(bob, campaign, note="Your gate, Bob.")
    services.reword(message, "For Ada", "{{note}} Novak {{landing_link}}")
    services.send_sample(message, make.user())
    assert send_slice() == 1
    services.visit(message.link, Facts("/stories/control-engineer", "Firefox"))
    services.classify()
    return message, other


def test_messages_links_and_visits_are_told_with_why_each_was_judged_so(make):
    message, _other = lived(make)
    told = personal.held(message.candidate_id)
    assert [item.what for item in told] == ["A message to you", "A link of your own", "A visit, perhaps by you"]
    assert "Your tank, Ada." in told[0].text
    assert "Novak" in told[0].text
    assert told[0].facts["Became of it"] == "written, not sent"
    assert told[2].facts["Browser"] == "Firefox"
    assert told[2].facts["Why"]
    assert "Bob" not in repr(told)


def test_erased_means_no_word_no_address_that_works_and_no_test_copy(make):
    message, other = lived(make)
    token, candidate_id = services.token_of(message.link), message.candidate_id
    personal.erase(candidate_id)
    assert queries.find_link(token) is None
    kinds = (OutreachMessage, LandingLink, Visit, Delivery, OutboxMail)
    left = repr([row.__dict__ for kind in kinds for row in db.session.query(kind).populate_existing()])
    assert not [word for word in ("For Ada", "Your tank", "Novak", "tank", "Firefox") if word in left]
    assert db.session.query(Delivery).filter_by(purpose=Purpose.TEST).count() == 0
    assert db.session.query(OutboxMail).count() == 0
    assert db.session.query(Visit).count() == 1, "counts of the past stay"
    db.session.refresh(message)
    assert (message.status, message.note) == (MessageStatus.NOT_SENT, "")
    db.session.refresh(other)
    assert (other.note, other.created_at < clock.now()) == ("Your gate, Bob.", True)
    assert queries.find_link(services.token_of(other.link)) is not None

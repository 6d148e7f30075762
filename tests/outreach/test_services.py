"""Campaigns, drafts, notes, links, and what becomes of messages."""

from datetime import timedelta

import pytest

from portal import clock, tokens
from portal.db import db, transaction
from portal.delivery.models import Delivery, Purpose, Status
from portal.errors import Conflict, Invalid, NotFound
from portal.outreach import queries, services
from portal.outreach.models import LandingLink, MessageStatus, OutreachMessage
from portal.pipeline.models import StageName
from portal.pipeline.queries import find_placement


def settle_as(message, status: Status, **columns) -> None:
    with transaction():
        row = db.session.query(Delivery).filter_by(purpose=Purpose.OUTREACH, subject_id=message.id).one()
        row.status = status
        for name, value in columns.items():
            setattr(row, name, value)
    services.settle()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"page": "/nowhere"}, "page"),
        ({"subject": ""}, "subject"),
        ({"subject": "Hello {{first_nam}}"}, "subject"),
        ({"body": "Hello {{note}}"}, "body"),
        ({"body": "Hello {{landing_link}}"}, "body"),
        ({"body": "{{note}} {{landing_link}}" + "x" * 20_001}, "body"),
    ],
)
def test_a_campaign_that_could_not_be_sent_is_refused_at_its_field(make, change, field):
    with pytest.raises(Invalid) as error:
        make.campaign(**change)
    assert error.value.field == field


def test_an_unknown_placeholder_is_refused_with_its_position(make):
    with pytest.raises(Invalid, match="Line 3, column 7"):
        make.campaign(body="{{note}}\n\nHello {{salary}}\n\n{{landing_link}}")


def test_two_campaigns_cannot_have_one_name(make):
    make.campaign("Gates")
    with pytest.raises(Invalid):
        make.campaign("Gates")


def test_each_drafted_message_has_a_link_of_its_own_and_is_held(make):
    people = [make.candidate("Ada"), make.candidate("Bob")]
    messages = services.draft(make.campaign(), [person.id for person in people])
    assert {message.status for message in messages} == {MessageStatus.HELD}
    assert len({message.link.token_hash for message in messages}) == 2


def test_a_message_without_a_note_is_held_and_not_queued(make):
    message = make.message(note="")
    assert services.queue(message.campaign) == 0
    assert message.status is MessageStatus.HELD


def test_taking_the_note_away_holds_the_message_again(make):
    message = make.message()
    assert services.write_note(message, "  ").status is MessageStatus.HELD


def test_sending_hands_each_ready_message_to_delivery_once(make):
    message = make.message()
    assert services.queue(message.campaign) == 1
    assert services.queue(message.campaign) == 0
    assert db.session.query(Delivery).filter_by(purpose=Purpose.OUTREACH).count() == 1


def test_a_message_on_its_way_can_no_longer_be_changed_or_taken_out(make):
    message = make.message()
    services.queue(message.campaign)
    with pytest.raises(Conflict):
        services.write_note(message, "Something else")
    with pytest.raises(Conflict):
        services.remove(message)


def test_taking_somebody_out_removes_the_link_too(make):
    message = make.message()
    services.remove(message)
    assert db.session.query(OutreachMessage).count() == db.session.query(LandingLink).count() == 0


def test_one_person_is_in_one_active_outreach_at_a_time(make):
    ada = make.candidate("Ada")
    first, second = make.campaign("First"), make.campaign("Second")
    make.message(ada, first)
    assert services.draft(second, [ada.id]) == []
    services.end_campaign(first)
    assert len(services.draft(second, [ada.id])) == 1


def test_who_must_not_be_contacted_cannot_be_drafted(make):
    bob = make.candidate("Bob", do_not_contact_at=clock.now())
    assert services.draft(make.campaign(), [bob.id]) == []


def test_an_ended_campaign_drafts_and_sends_nothing(make):
    message = make.message()
    services.end_campaign(message.campaign)
    with pytest.raises(Conflict):
        services.queue(message.campaign)
    with pytest.raises(Conflict):
        services.draft(message.campaign, [make.candidate("Bob").id])


def test_a_sent_delivery_makes_the_message_sent_and_the_person_contacted(make):
    message = make.message()
    services.queue(message.campaign)
    settle_as(message, Status.SENT, sent_at=clock.now())
    assert message.status is MessageStatus.SENT
    assert message.sent_at is not None
    assert find_placement(message.candidate_id).stage is StageName.CONTACTED


@pytest.mark.parametrize("status", [Status.WITHHELD, Status.FAILED, Status.UNCERTAIN, Status.CANCELLED])
def test_what_did_not_leave_says_why_and_moves_nobody(make, status):
    message = make.message()
    services.queue(message.campaign)
    settle_as(message, status, withheld_reason="paused until spring" if status is Status.WITHHELD else "")
    assert message.status is MessageStatus.NOT_SENT
    assert message.reason
    assert find_placement(message.candidate_id) is None


def test_a_message_that_failed_and_was_tried_again_is_sent_after_all(make):
    message = make.message()
    services.queue(message.campaign)
    settle_as(message, Status.FAILED)
    settle_as(message, Status.SENT, sent_at=clock.now())
    assert (message.status, message.reason) == (MessageStatus.SENT, "")
    assert find_placement(message.candidate_id).stage is StageName.CONTACTED


def test_settling_leaves_what_still_waits(make):
    message = make.message()
    services.queue(message.campaign)
    assert services.settle() == 0
    assert message.status is MessageStatus.QUEUED


def test_whoever_was_written_to_within_180_days_is_shown_with_a_warning(make):
    ada, campaign = make.candidate("Ada"), make.campaign("Old")
    message = make.message(ada, campaign)
    services.queue(campaign)
    settle_as(message, Status.SENT, sent_at=clock.now() - timedelta(days=90))
    criteria = {"persona_id": None, "source_id": None, "stage": None}
    [choice] = queries.list_choices(make.campaign("New"), fresh=False, **criteria)
    assert choice.warning.who == "Marit Folkerts"
    assert queries.list_choices(make.campaign("Newer"), fresh=True, **criteria) == []
    message.sent_at = clock.now() - timedelta(days=181)
    db.session.commit()
    [choice] = queries.list_choices(make.campaign("Newest"), fresh=False, **criteria)
    assert choice.warning is None


def test_the_choice_can_be_narrowed_by_stage_and_source(make):
    make.candidate("Ada")
    make.candidate("Bob", source=make.source("A list"))
    campaign = make.campaign()
    everybody = queries.list_choices(campaign, persona_id=None, source_id=None, stage=StageName.IDENTIFIED, fresh=True)
    listed = queries.list_choices(campaign, persona_id=None, source_id=make.source("A list").id, stage=None, fresh=True)
    assert len(everybody) == 2
    assert [choice.candidate.full_name for choice in listed] == ["Bob"]


def test_a_link_is_found_by_its_token_and_by_nothing_else(make):
    link = make.message().link
    token = services.token_of(link)
    assert queries.find_link(token) is link
    for other in (link.nonce, link.token_hash, token[:-1], token.lower(), "", tokens.derive("proof", link.nonce)):
        assert queries.find_link(other) is None


def test_expired_and_paused_links_look_unknown(make):
    link = services.channel_link(make.campaign(), "Poster at the station")
    token = services.token_of(link)
    services.pause_link(link)
    assert queries.find_link(token) is None
    services.resume_link(link)
    assert queries.get_link(token) is link
    link.expires_at = clock.now()
    db.session.commit()
    with pytest.raises(NotFound):
        queries.get_link(token)


def test_the_queue_of_notes_goes_on_after_the_present_one_and_then_from_the_start(make):
    campaign = make.campaign()
    first, second = (make.message(make.candidate(name), campaign, note="") for name in ("Ada", "Bob"))
    assert queries.next_held(campaign.id) is first
    assert queries.next_held(campaign.id, first.id) is second
    assert queries.next_held(campaign.id, second.id) is first
    services.write_note(first, "Now it has one.")
    assert queries.next_held(campaign.id, second.id) is None

"""The first letter: who writes, why, where the address is from, and how to end it."""

from types import SimpleNamespace

import pytest

from portal import tokens
from portal.db import transaction
from portal.delivery.emails import Withheld, write
from portal.outreach import emails, services
from portal.privacy.queries import current_basis
from portal.submissions import services as submissions
from portal.submissions.models import Answer


def delivery_of(message):
    return SimpleNamespace(id=77, subject_id=message.id, candidate_id=message.candidate_id)


def test_the_letter_carries_the_persons_own_link_note_and_sender(make):
    message = make.message(note="Your tank made me laugh.")
    letter = emails.compose(delivery_of(message))
    assert letter.values["landing_link"] == f"http://portal.test/l/{services.token_of(message.link)}"
    assert letter.values["note"] == "Your tank made me laugh."
    assert letter.values["role"] == "Control engineer, lock gates"
    assert letter.sender_name == "Marit Folkerts"
    assert letter.campaign_id == message.campaign_id
    assert letter.notice


def test_the_first_message_says_who_we_are_where_the_data_is_from_and_until_when(make):
    message = make.message()
    footer = write(emails.compose(delivery_of(message))).text.partition("-- ")[2]
    until = current_basis(message.candidate_id).until
    assert "Sielwerk GmbH" in footer
    assert "Torwerft 9" in footer
    assert "the public speaker list of the Oldenburg meetup" in footer
    assert "Article 6(1)(f)" in footer
    assert str(until.year) in footer


def test_the_way_out_is_signed_for_this_person_and_this_mail(make):
    message = make.message()
    letter = emails.compose(delivery_of(message))
    assert letter.one_click.endswith("/one-click")
    token = letter.one_click.removesuffix("/one-click").rpartition("/u/")[2]
    assert tokens.unsign("unsubscribe", token) == [message.candidate_id, 77]
    assert f"/u/{token})" in letter.footer[-1]


def test_nothing_leaves_after_the_campaign_ended(make):
    message = make.message()
    services.end_campaign(message.campaign)
    with pytest.raises(Withheld):
        emails.compose(delivery_of(message))


def test_nothing_leaves_after_the_person_answered(make):
    message = make.message()
    submissions.respond(message.link, Answer.INTERESTED, form_key="k")
    with pytest.raises(Withheld):
        emails.compose(delivery_of(message))


def test_nothing_leaves_without_a_note(make):
    message = make.message()
    with transaction():
        message.note = " "
    with pytest.raises(Withheld):
        emails.compose(delivery_of(message))

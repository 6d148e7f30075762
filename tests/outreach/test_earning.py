"""A message must earn its send: the same rules for the card, the button and the last guard."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from portal import clock
from portal.db import db, transaction
from portal.delivery.emails import Withheld, write
from portal.delivery.models import Delivery, Purpose
from portal.errors import Invalid
from portal.outreach import emails, queries, services
from portal.outreach.models import MessageStatus
from portal.outreach.queries import Need
from tests.outreach.test_console import press, text_of

PAGE_WITHOUT_PAY = "/"


def delivery_of(message):
    return SimpleNamespace(id=77, subject_id=message.id, candidate_id=message.candidate_id)


def take_away(message, need: Need) -> None:
    with transaction():
        match need:
            case Need.EVIDENCE:
                message.candidate.evidence = " "
            case Need.NOTE:
                message.note = " "
            case Need.SENDER:
                message.campaign.owner.full_name = ""
            case Need.SOURCE:
                message.candidate.source.data_note = ""
            case Need.PAY:
                message.link.page = PAGE_WITHOUT_PAY
            case Need.WAY_OUT:
                message.link.expires_at = clock.now() - timedelta(seconds=1)


@pytest.mark.parametrize("need", Need)
def test_a_message_leaves_by_no_way_without_each_of_the_things_it_must_have(make, hana, need):
    """By no way: not by the button, not past the composer, not by hand; and the card and the campaign's page say so."""
    message = make.message()
    assert queries.missing(message) == ()
    assert queries.count_unsent() == {message.campaign_id: queries.Unsent(ready=1)}
    take_away(message, need)
    assert queries.missing(message) == (need,)
    assert queries.count_unsent() == {message.campaign_id: queries.Unsent(lacking=1)}, "lists and the first page say so, too"
    with pytest.raises(Withheld, match=need.value):
        emails.compose(delivery_of(message))
    assert services.queue(message.campaign) == 0
    assert db.session.query(Delivery).count() == 0
    with pytest.raises(Exception, match="missing"):
        services.hand_over(message, "LinkedIn")
    held = {check.need: check.held for check in queries.card(message)}
    assert held == {one: one is not need for one in Need}
    page = text_of(hana.get(f"/console/outreach/{message.campaign_id}"))
    assert "1 message: " in page
    assert ">Mend<" in page
    assert "disabled" in page


def test_the_campaign_says_how_many_lack_what_and_where_to_mend_it(make, hana):
    campaign = make.campaign(page=PAGE_WITHOUT_PAY)
    for name in ("Ada", "Bob", "Mallory"):
        make.message(make.candidate(name), campaign, note="" if name == "Bob" else "Your talk.")
    assert queries.sum_up(queries.list_messages(campaign.id)) == [(Need.NOTE, 1), (Need.PAY, 3)]
    page = text_of(hana.get(f"/console/outreach/{campaign.id}"))
    assert "3 messages: pay range missing" in page
    assert f"/console/outreach/{campaign.id}/edit#pay_reason" in page
    assert "1 message: note missing" in page


def test_the_letter_says_the_pay_or_why_there_is_none_once(make):
    told = write(emails.compose(delivery_of(make.message())))
    assert "Pay: €66,000 to €79,000 a year" in told.text
    silent = make.campaign("Silent", page=PAGE_WITHOUT_PAY, pay_reason="The union is still <b>bargaining</b>.")
    told = write(emails.compose(delivery_of(make.message(make.candidate("Bob"), silent))))
    assert "Pay: The union is still <b>bargaining</b>." in told.text
    assert "&lt;b&gt;bargaining" in told.html
    placed = make.campaign("Placed", body="{{note}}\n\nIt pays {{pay}}.\n\n{{landing_link}}")
    told = write(emails.compose(delivery_of(make.message(make.candidate("Mallory"), placed)))).text
    assert told.count("€66,000") == 1
    assert "It pays €66,000 to €79,000 a year" in told


def test_a_pay_reason_alone_mends_the_campaign(make):
    message = make.message(campaign=make.campaign(page=PAGE_WITHOUT_PAY))
    assert services.queue(message.campaign) == 0
    with transaction():
        message.campaign.pay_reason = "We agree on it with each person."
    assert services.queue(message.campaign) == 1


def test_one_person_can_get_words_of_their_own_and_the_campaigns_again(make, hana):
    message, other = make.message(make.candidate("Ada")), make.message(make.candidate("Bob"))
    url = f"/console/outreach/messages/{message.id}"
    assert "There is no text yet." in text_of(press(hana, f"{url}/text", f"{url}/text", subject="", body=""), 422)
    wrong = press(hana, f"{url}/text", f"{url}/text", subject="Hello", body="{{note}} {{landing_link}}\n\n{{salary}}")
    assert "Line 3, column 1" in text_of(wrong, 422)
    assert "{{landing_link}}" in text_of(press(hana, f"{url}/text", f"{url}/text", subject="Hello", body="{{note}}"), 422)
    press(
        hana, f"{url}/text", f"{url}/text", subject="For you\r\nBcc: x@x.example", body="{{note}}\n\nOnly you: {{landing_link}}"
    )
    letter = emails.compose(delivery_of(message))
    assert (letter.subject, "Only you:" in letter.body) == ("For you Bcc: x@x.example", True)
    assert "Only you:" not in emails.compose(delivery_of(other)).body
    assert "words of their own" in text_of(hana.get(url))
    press(hana, url, f"{url}/text/returns")
    assert emails.compose(delivery_of(message)).body == message.campaign.body
    services.reword(message, message.campaign.subject, message.campaign.body)
    assert not queries.has_own_words(message)
    with pytest.raises(Invalid):
        services.reword(message, "x" * 201, message.campaign.body)


def test_the_line_of_evidence_is_kept_with_the_person(make, hana):
    message = make.message(note="")
    url = f"/console/outreach/messages/{message.id}"
    press(hana, url, url, note="Your tank made me laugh.", evidence="Her talk about the tank")
    db.session.refresh(message.candidate)
    assert (message.candidate.evidence, message.status) == ("Her talk about the tank", MessageStatus.READY)
    assert "At most 2000 characters fit." in text_of(press(hana, url, url, note="x", evidence="y" * 2001), 422)


def test_a_test_goes_to_who_asks_says_so_opens_nothing_and_counts_nowhere(app, make, hana):
    message = make.message(make.candidate("Ada Novak"))
    url = f"/console/outreach/messages/{message.id}"
    for _time in range(2):
        press(hana, url, f"{url}/tests")
    rows = db.session.query(Delivery).filter_by(purpose=Purpose.TEST).all()
    assert [row.address for row in rows] == ["hana@sielwerk.example"] * 2
    letter = emails.compose_sample(rows[0])
    told = write(letter)
    assert told.subject == "[Test] Ada, a question about your work"
    assert services.token_of(message.link) not in told.text + told.html
    assert app.test_client().get("/l/preview").status_code == 404
    assert (letter.one_click, letter.notice, letter.campaign_id, letter.about) == ("", False, None, None)
    assert message.status is MessageStatus.READY
    assert queries.results(message.campaign).delivered == 0


def test_each_message_is_shown_as_mail_text_and_page_and_looking_counts_no_visit(make, hana):
    message = make.message(make.candidate("Ada Novak"), note="Your tank made me laugh.")
    url = f"/console/outreach/messages/{message.id}"
    assert "Your tank made me laugh." in text_of(hana.get(url))
    page = hana.get(f"{url}/page")
    assert "Your tank made me laugh." in text_of(page)
    assert services.token_of(message.link) not in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert queries.count_visits(message.campaign_id) == {}
    with transaction():
        message.link.page = "/gone"
    assert hana.get(f"{url}/page").status_code == 404


def test_the_next_and_the_one_before_lead_through_all_messages(make, hana):
    campaign = make.campaign()
    first, second = (make.message(make.candidate(name), campaign) for name in ("Ada", "Bob"))
    assert f"/messages/{second.id}" in text_of(hana.get(f"/console/outreach/messages/{first.id}"))
    page = text_of(hana.get(f"/console/outreach/{campaign.id}?message={second.id}&show=ready"))
    assert "What Bob gets" in page
    assert "2 of 2" in page
    assert "What Ada gets" in text_of(hana.get(f"/console/outreach/{campaign.id}?message=999&show=nonsense"))

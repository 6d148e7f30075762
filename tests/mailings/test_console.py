"""Staff pages of mailings, asked for as a browser would."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from portal import clock
from portal.accounts.models import RoleName
from portal.db import db
from portal.delivery import services as delivery
from portal.delivery.models import OutboxMail, Purpose
from portal.mailings import queries, services
from portal.mailings.models import Mailing, MailingStatus, Rule, Series
from portal.outreach.models import LandingLink, Verdict, Visit
from tests.conftest import sign_in
from tests.mailings.work import work

HOME = "/console/mailings"


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def post(client, url, seen="", **fields):
    """Send a form of a page with the token that stands in it."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(seen or url).text)[1]
    return client.post(url, data={"csrf_token": token, **fields})


def written(**more):
    return {"segment_id": "0", "sender_id": "0", "subject": "From Emden", "body": "Hello {{first_name|there}}", "page": ""} | more


def reload(mailing):
    db.session.expire_all()
    return queries.get_mailing(mailing.id)


def test_the_first_page_says_how_to_begin(hana):
    assert "No mailing yet" in text_of(hana.get(HOME))


def test_writing_begins_with_a_starter_and_leads_to_who_gets_it(hana, make):
    make.reader()
    assert "three new things since the last mail" in hana.get(f"{HOME}/new").text
    assert "one role" in hana.get(f"{HOME}/new?starter=newsletter-new-role").text.lower()
    answer = post(hana, f"{HOME}/new", **written())
    assert answer.status_code == 303, re.findall(r'class="message".*', answer.text)
    page = text_of(hana.get(answer.location))
    assert "1 person gets it." in page
    assert "Everybody with an address 1" in page


def test_an_unknown_placeholder_is_said_with_its_place_and_nothing_is_lost(hana):
    answer = post(hana, f"{HOME}/new", **written(body="Hello\n\ndear {{nmae}}, here is more"))
    assert answer.status_code == 422
    assert "Line 3, column 6: There is no placeholder “nmae”." in answer.text
    assert "dear {{nmae}}, here is more" in answer.text
    assert db.session.query(Mailing).count() == 0


def test_the_page_shows_who_is_left_out_and_why(hana, make):
    make.reader("Ada")
    make.reader("Bob", unsubscribed_at=clock.now())
    mailing = make.mailing()
    page = hana.get(f"{HOME}/{mailing.id}")
    assert re.search(r"Unsubscribed\. −1", text_of(page))
    link = re.search(r'href="([^"]*left_out=Unsubscribed[^"]*)"', page.text)[1].replace("&amp;", "&")
    listed = text_of(hana.get(link))
    assert "Bob" in listed
    assert "Ada" not in listed.replace("Hana", "")


def test_a_mailing_to_nobody_offers_no_button_to_send(hana, make):
    page = hana.get(f"{HOME}/{make.mailing().id}").text
    assert "Nobody would get it." in page
    assert "/runs" not in page


def test_sending_shows_what_became_of_it_and_who_is_behind_each_number(hana, make):
    make.reader("Ada")
    make.reader("Bob", unsubscribed_at=clock.now())
    url = f"{HOME}/{make.mailing().id}"
    assert post(hana, f"{url}/runs", url).status_code == 303
    assert "On its way" in text_of(hana.get(url))
    assert db.session.query(OutboxMail).count() == 0
    work()
    page = hana.get(url)
    assert "Sent 1" in text_of(page)
    assert "Withheld Unsubscribed. 1" in text_of(page)
    assert "Unsubscribed since within 30 days of it 0" in text_of(page)
    for link in re.findall(rf'href="({url}/candidates\?[^"]+)"', page.text):
        assert hana.get(link.replace("&amp;", "&")).status_code == 200
    assert "Bob" in hana.get(f"{url}/candidates?status=withheld&reason=Unsubscribed.").text
    channel = queries.channel_of(db.session.query(Mailing).one().id)
    link = LandingLink(nonce="n", token_hash="h", channel=channel, page="/", created_at=clock.now())
    kept = {"at": clock.now(), "page": "/", "agent": "Firefox"}
    verdicts = (Verdict.HUMAN, Verdict.UNCONFIRMED, Verdict.UNCONFIRMED, Verdict.MACHINE, Verdict.PREVIEW, Verdict.PREVIEW)
    db.session.add_all(Visit(link=link, verdict=verdict, **kept) for verdict in verdicts)
    db.session.commit()
    assert "6 raw, 1 by people, 2 unconfirmed, 3 by machines and previews" in text_of(hana.get(url))
    assert "Ada" in hana.get(f"{url}/candidates?status=nonsense").text


def test_a_double_click_sends_once(hana, make):
    make.reader()
    url = f"{HOME}/{make.mailing().id}"
    for _press in range(2):
        assert post(hana, f"{url}/runs", url).status_code == 303
        work()
    assert db.session.query(OutboxMail).count() == 1


def test_planning_on_a_day(app, make):
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC), tick=False):
        make.reader()
        hana, mailing = sign_in(app, make.user()), make.mailing()
        url = f"{HOME}/{mailing.id}"
        assert post(hana, f"{url}/plans", url, on="2026-12-01", at="9:30").status_code == 303
        assert (reload(mailing).on, mailing.hour, mailing.minute) == (date(2026, 12, 1), 9, 30)
        assert "It is planned for 1 December 2026, 9:30" in text_of(hana.get(url))
        assert "1 December 2026, 9:30" in text_of(hana.get(HOME))
        over = post(hana, f"{url}/plans", url, on="2026-11-22", at="9:00")
        assert over.status_code == 422
        assert "This moment is over." in over.text


@pytest.mark.parametrize(("on", "at"), [("", "9:00"), ("tomorrow", "9:00"), ("2036-12-01", "25:00"), ("2036-12-01", "9:00pm")])
def test_a_day_or_time_that_is_none_is_refused_beside_its_field(hana, make, on, at):
    make.reader()
    mailing = make.mailing()
    url = f"{HOME}/{mailing.id}"
    assert post(hana, f"{url}/plans", url, on=on, at=at).status_code == 422
    assert reload(mailing).status is MailingStatus.DRAFT


def test_a_draft_is_made_a_series_paused_changed_and_ended(hana, make):
    make.reader()
    url = f"{HOME}/{make.mailing().id}"
    answer = post(hana, f"{url}/series", url, name="Monthly letter", nth="1", weekday="1", time="9:00")
    series_url = answer.location
    assert "Every month on the first Tuesday at 9:00, in the recipient’s zone." in text_of(hana.get(series_url))
    assert "Monthly letter" in text_of(hana.get(HOME))
    assert post(hana, f"{series_url}/pauses", series_url, pause="1").status_code == 303
    assert "It is paused." in text_of(hana.get(series_url))
    post(hana, f"{series_url}/pauses", series_url, resume="1")
    changed = written(name="Monthly letter", nth="-1", weekday="4", time="16:00", subject="Another")
    assert post(hana, f"{series_url}/edit", **changed).status_code == 303
    page = text_of(hana.get(series_url))
    assert "last Friday at 16:00" in page
    post(hana, f"{series_url}/ends", series_url)
    assert "It has ended." in text_of(hana.get(series_url))
    assert "/edit" not in hana.get(series_url).text


def test_a_name_that_is_taken_is_said_beside_the_field(hana, make):
    make.reader()
    make.series("Monthly letter")
    url = f"{HOME}/{make.mailing().id}"
    answer = post(hana, f"{url}/series", url, name="Monthly letter", nth="1", weekday="1", time="9:00")
    assert answer.status_code == 422
    assert "There is a series of this name already." in answer.text
    assert db.session.query(Series).count() == 1


def test_a_series_lists_its_mailings_and_notes_what_it_missed(app, make):
    with time_machine.travel(datetime(2026, 11, 23, tzinfo=UTC), tick=False) as traveller:
        make.reader()
        series = make.series(rule=Rule(1, 1, 9))
        traveller.move_to(datetime(2026, 12, 4, tzinfo=UTC))
        hana = sign_in(app, make.user())
        work()
        page = text_of(hana.get(f"{HOME}/series/{series.id}"))
        assert "1 December 2026 Skipped" in page
        assert "Nothing ran when this was due" in page
        [issue] = queries.list_issues(series.id)
        assert "It was not sent." in text_of(hana.get(f"{HOME}/{issue.id}"))


def test_pausing_going_on_and_cancelling_by_button(hana, make):
    make.reader()
    mailing = services.start(make.mailing())
    url = f"{HOME}/{mailing.id}"
    post(hana, f"{url}/pauses", url, pause="1")
    assert reload(mailing).status is MailingStatus.PAUSED
    assert "It is paused." in text_of(hana.get(url))
    assert "One mailing is paused" in text_of(hana.get(HOME))
    post(hana, f"{url}/pauses", url, resume="1")
    assert reload(mailing).status is MailingStatus.RUNNING
    post(hana, f"{url}/cancellations", url)
    assert reload(mailing).status is MailingStatus.CANCELLED
    refused = post(hana, f"{url}/runs", url)
    assert refused.status_code == 303
    assert "cannot be sent as it is now" in text_of(hana.get(url))


def test_changing_is_for_drafts_and_a_copy_for_the_rest(hana, make):
    make.reader()
    mailing = make.mailing()
    url = f"{HOME}/{mailing.id}"
    assert post(hana, f"{url}/edit", **written(subject="Better")).status_code == 303
    assert reload(mailing).subject == "Better"
    services.start(mailing)
    late = post(hana, f"{url}/edit", **written(subject="Too late"))
    assert late.status_code == 422
    assert "This mailing has begun" in late.text
    assert "Too late" in late.text
    copy = post(hana, f"{url}/copies", url)
    assert 'value="Better"' in hana.get(copy.location).text


def test_the_preview_is_the_mail_as_one_person_gets_it_in_a_locked_frame(hana, make):
    ada, eske = make.reader("Ada"), make.reader("Eske")
    mailing, series = make.mailing(), make.series()
    page = hana.get(f"{HOME}/{mailing.id}?as={eske.id}").text
    assert f'src="{HOME}/{mailing.id}/previews/{eske.id}"' in page
    assert f'href="?as={ada.id}"' in page
    for url in (f"{HOME}/{mailing.id}", f"{HOME}/series/{series.id}"):
        frame = hana.get(f"{url}/previews/{eske.id}")
        assert "Hello Eske," in frame.text
        assert "default-src 'none'" in frame.headers["Content-Security-Policy"]
        assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert hana.get(f"{HOME}/{mailing.id}/previews/999").status_code == 404


def test_words_of_staff_and_names_of_people_are_never_markup_on_the_pages(hana, make):
    make.reader("<b>Ada</b>")
    mailing = make.mailing(subject="<script>x</script>")
    for url in (HOME, f"{HOME}/{mailing.id}", f"{HOME}/{mailing.id}/edit"):
        assert "<script>x" not in hana.get(url).text
    assert "&lt;b&gt;Ada" in hana.get(f"{HOME}/{mailing.id}").text


@pytest.mark.parametrize(
    ("role", "reads", "sends"),
    [(RoleName.RECRUITER, True, True), (RoleName.EDITOR, False, False), (RoleName.ANALYST, False, False)],
)
def test_who_may_read_and_who_may_send(app, make, role, reads, sends):
    make.reader()
    mailing, series = make.mailing(), make.series()
    client = sign_in(app, make.user("okko@sielwerk.example", role, "Okko"))
    for url in (HOME, f"{HOME}/{mailing.id}", f"{HOME}/series/{series.id}", f"{HOME}/{mailing.id}/candidates"):
        assert (client.get(url).status_code == 200) is reads
    for url in (f"{HOME}/new", f"{HOME}/{mailing.id}/edit", f"{HOME}/series/{series.id}/edit"):
        assert (client.get(url).status_code == 200) is sends
    if not sends:
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/console").text)[1]
        assert client.post(f"{HOME}/{mailing.id}/runs", data={"csrf_token": token}).status_code == 403
        assert reload(mailing).status is MailingStatus.DRAFT


def test_strangers_are_turned_away(client, make):
    number = make.mailing().id
    for url in (HOME, f"{HOME}/{number}", f"{HOME}/{number}/previews/1", f"{HOME}/new"):
        assert client.get(url).status_code in {302, 303, 401}


@pytest.mark.parametrize("url", ["/77", "/77/edit", "/77/candidates", "/77/previews/1", "/series/77", "/series/77/edit"])
def test_what_is_not_there_is_said_to_be_missing(hana, url):
    assert hana.get(HOME + url).status_code == 404


def test_the_subject_is_shown_as_its_reader_reads_it(hana, make):
    make.reader("Ada")
    mailing = make.mailing(subject="A gate is lifted, {{first_name|friend}}")
    assert "<dd>A gate is lifted, Ada</dd>" in hana.get(f"/console/mailings/{mailing.id}").text


def test_a_mailing_that_stopped_by_itself_says_why_and_goes_on_when_somebody_says_so(hana, make):
    make.reader()
    mailing = make.mailing()
    url = f"{HOME}/{mailing.id}"
    post(hana, f"{url}/runs", url)
    delivery.pause(Purpose.MAILING, mailing.id, "550 5.7.1 your network is listed")
    page = text_of(hana.get(url))
    assert "It stopped by itself. 550 5.7.1 your network is listed" in page
    assert "Nothing to do." not in page
    post(hana, f"{url}/pauses", url, resume="1")
    assert delivery.is_paused(Purpose.MAILING, mailing.id) == ""
    assert "It stopped by itself." not in text_of(hana.get(url))

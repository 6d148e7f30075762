"""What stands beside the eight metrics, worked out by hand."""

from datetime import date, timedelta

import pytest

from portal import clock
from portal.analytics import queries
from portal.analytics.queries import Filters
from portal.db import transaction
from portal.hiring.models import Hire
from portal.mailings.models import Mailing
from portal.outreach.models import Campaign, LandingLink, Verdict, Visit
from portal.outreach.models import Cost as CampaignCost
from portal.privacy.models import Basis, LawfulBasis, Suppression, SuppressionReason
from portal.privacy.queries import address_hash
from portal.sourcing.models import Cost
from portal.submissions.models import Answer, DeclineReason, Question, Removal, Response
from portal.timeline.models import Channel, Direction, Kind, Touchpoint
from tests.analytics.histories import DAY, NOW, at, campaigns, write

OUT, MAIL, BACK, SAID, FORM = (
    Kind.OUTREACH_DELIVERED,
    Kind.MAIL_DELIVERED,
    Kind.BOUNCED,
    Kind.RESPONDED,
    Kind.INTEREST_GIVEN,
)
YEAR = Filters(date(2026, 1, 1), date(2026, 11, 23))


@pytest.fixture(autouse=True)
def _today():
    with clock.standing_at(NOW):
        yield


def add(*rows):
    with transaction() as session:
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def touched(candidate_id, kind, moment, subject, **more):
    about = {"subject_type": subject[0], "subject_id": subject[1], "direction": Direction.OUT, "channel": Channel.MAIL}
    add(Touchpoint(candidate_id=candidate_id, kind=kind, at=moment, **about | more))


def test_a_response_and_a_hire_cost_what_was_spent_in_the_period(make):
    """The source cost 300 in March, 100 in 2025 (outside), 50 on no day; its campaign A 120: 420 for two answers and one hire.
    Campaign B of the same source cost 90 dollars, a row of its own. Nobody answered B."""
    a, b = campaigns(make, 2)
    with transaction() as session:
        source = make.source()
        source.cost_minor = 5000
        session.get_one(Campaign, b).currency = "USD"
    add(
        Cost(source_id=source.id, on=date(2026, 3, 1), amount_minor=30000),
        Cost(source_id=source.id, on=date(2025, 3, 1), amount_minor=10000),
        CampaignCost(campaign_id=a, on=date(2026, 4, 1), amount_minor=12000, what="gifts"),
        CampaignCost(campaign_id=b, on=date(2026, 4, 1), amount_minor=9000, what="gifts"),
        Hire(campaign_id=a, source_id=source.id, role="Engineer", accepted_on=date(2026, 6, 1), created_at=NOW),
        Hire(campaign_id=a, role="Engineer", accepted_on=date(2026, 6, 1), created_at=NOW, withdrawn_at=NOW),
    )
    ada, cem = make.person("Ada").id, make.person("Cem").id
    write(ada, (at("2026-03-01"), OUT, a), (at("2026-03-05"), SAID, a, "no"), (at("2026-03-06"), SAID, a, "interested"))
    write(cem, (at("2026-03-02"), OUT, b), (at("2026-03-05"), FORM))
    found = queries.costs(YEAR)
    told = [(row.campaign_id, row.currency, row.spent, row.answered, row.hires) for row in found.by_campaign]
    assert told == [(a, "EUR", 12000, 1, 1), (b, "USD", 9000, 0, 0)]
    assert [(row.per_response, row.per_hire) for row in found.by_campaign] == [(12000, 12000), (None, None)]
    told = [(row.currency, row.spent, row.answered, row.hires, row.undated) for row in found.by_source]
    assert told == [("EUR", 42000, 2, 1, 5000), ("USD", 9000, 2, 1, 0)]
    assert (found.by_source[0].per_response, found.by_source[0].per_hire) == (21000, 42000)
    only_b = queries.costs(Filters(YEAR.since, YEAR.until, campaign_id=b))
    assert [row.campaign_id for row in only_b.by_campaign] == [b]
    assert [row.undated for row in queries.costs(Filters(date(2026, 7, 1), YEAR.until)).by_source] == [5000]


def test_the_time_to_answer_leaves_out_what_was_removed(app):
    def question(key, asked, answered=None, **more):
        return Question(page="/", text="?", at=asked, answered_at=answered, changed_at=NOW, form_key=key, **more)

    add(
        question("a", at("2026-03-01"), at("2026-03-02")),
        question("b", at("2026-03-01"), at("2026-03-04")),
        question("c", at("2026-03-30"), at("2026-04-03 22:00")),
        question("d", at("2026-03-01"), at("2026-03-01 11:00"), removal=Removal.SPAM, removed_at=NOW),
        question("e", at("2026-11-01")),
        question("f", at("2025-12-01"), at("2025-12-31 23:59")),
    )
    found = queries.time_to_answer(YEAR)
    assert (found.total.answered.n, found.total.answered.median, found.total.answered.p90) == (3, 3, 4.5)
    assert [(row.label, row.answered.median) for row in found.by_month if row.answered.n] == [("2026-03", 1), ("2026-04", 4.5)]
    assert found.waiting == 1


def test_reasons_of_a_no_that_still_stands(make):
    a, b = campaigns(make, 2)

    def said_no(name, reason, campaign, **more):
        person = make.person(name)
        row = {"answer": Answer.NO, "reason": reason, "at": at("2026-03-05"), "form_key": name}
        [number] = add(Response(candidate_id=person.id, **row | more))
        touched(person.id, SAID, at("2026-03-05"), ("response", number), campaign_id=campaign)

    said_no("Ada", DeclineReason.PAY, a)
    said_no("Bob", DeclineReason.PLACE, a)
    said_no("Cem", DeclineReason.PLACE, b)
    said_no("Dana", None, a)
    said_no("Eli", None, a)
    said_no("Fay", DeclineReason.ROLE, a, replaced_at=NOW)
    said_no("Gus", None, a, answer=Answer.NOT_NOW)
    told = [(row.reason, row.people, row.of) for row in queries.decline_reasons(YEAR)]
    assert told == [(DeclineReason.PLACE, 2, 5), (DeclineReason.PAY, 1, 5), (None, 2, 5)]
    assert [row.of for row in queries.decline_reasons(Filters(YEAR.since, YEAR.until, campaign_id=b))] == [1]
    assert not queries.decline_reasons(Filters(date(2026, 3, 6), YEAR.until))


def test_unsubscribing_is_blamed_on_mail_of_the_thirty_days_before_and_no_answer_is_one(make):
    [a] = campaigns(make, 1)
    [first, second] = add(*(Mailing(subject=name, body="b", created_at=NOW) for name in ("First", "Second")))
    ada, bob, cem, dana, eli = (make.person(name).id for name in ("Ada", "Bob", "Cem", "Dana", "Eli"))
    for person in (ada, bob, cem, eli):
        touched(person, MAIL, at("2026-03-01"), ("mailing", first))
    for person in (ada, dana):
        touched(person, MAIL, at("2026-04-10"), ("mailing", second))
    write(eli, (at("2026-03-01 10:01"), BACK))  # never arrived
    write(ada, (at("2026-04-20"), Kind.UNSUBSCRIBED))  # the second
    write(bob, (at("2026-03-31") + timedelta(hours=-1), Kind.UNSUBSCRIBED))  # the first, 30 days after it
    write(cem, (at("2026-05-01"), Kind.UNSUBSCRIBED))  # too late
    write(dana, (at("2026-04-11"), OUT, a), (at("2026-04-12"), SAID, a, "no"), (at("2026-04-12"), Kind.UNSUBSCRIBED))
    found = queries.complaints(YEAR)
    told = {row.label: (row.unsubscribed.hits, row.unsubscribed.of) for row in [*found.by_mailing, *found.by_campaign]}
    assert told == {"First": (1, 3), "Second": (1, 2), "Campaign 1": (0, 1)}
    assert (found.total.unsubscribed.hits, found.total.unsubscribed.of) == (2, 4)
    assert not any(row.warns for row in found.by_mailing)


@pytest.mark.parametrize(
    ("complaints", "people", "warns", "stops"), [(1, 1001, False, False), (1, 1000, True, False), (3, 1000, True, True)]
)
def test_one_complaint_in_a_thousand_warns_and_three_stop(complaints, people, warns, stops):
    row = queries.MailRow("", 1, None, queries.Rate(0, people), queries.Rate(complaints, people))
    assert (row.warns, row.stops) == (warns, stops)


def test_a_complaint_belongs_to_mail_of_the_thirty_days_before(make):
    [mailing] = add(Mailing(subject="First", body="b", created_at=NOW))
    ada, bob, cem = (make.person(name) for name in ("Ada", "Bob", "Cem"))
    for person in (ada, bob, cem):
        touched(person.id, MAIL, at("2026-03-01"), ("mailing", mailing))
    moments = [(ada, at("2026-03-20"), SuppressionReason.COMPLAINED), (bob, at("2026-04-20"), SuppressionReason.COMPLAINED)]
    for person, moment, reason in [*moments, (cem, at("2026-03-20"), SuppressionReason.OBJECTED)]:
        add(Suppression(address_hash=address_hash(person.address_key), reason=reason, at=moment))
    [row] = queries.complaints(YEAR).by_mailing
    assert (row.complained.hits, row.complained.of, row.stops) == (1, 3, True)


def test_the_newest_basis_of_everybody_we_keep_decides(make):
    def basis(name, *rows, **columns):
        person = make.person(name, **columns)
        for kind, until in rows:
            add(LawfulBasis(candidate_id=person.id, basis=kind, since=at("2026-01-01"), until=until))
        return person

    later, gone = NOW + DAY, NOW
    ada = basis("Ada", (Basis.LEGITIMATE_INTEREST, gone), (Basis.CONSENT, later))
    basis("Cem", (Basis.LEGITIMATE_INTEREST, later))
    basis("Dana", (Basis.CONSENT, later), (Basis.LEGITIMATE_INTEREST, gone))
    basis("Eli")
    basis("Lea", (Basis.CONSENT, later), erased_at=NOW)
    basis("Ada again", (Basis.CONSENT, later), merged_into_id=ada.id)
    found = queries.valid_basis(YEAR)
    assert (found.valid.hits, found.valid.of) == (2, 4)
    assert (found.consent, found.legitimate_interest, found.expired, found.missing) == (1, 1, 1, 1)
    nobody = queries.valid_basis(Filters(YEAR.since, YEAR.until, persona_id=make.persona("Welders").id))
    assert nobody.valid.value is None


def test_pages_that_people_had_seen_before_they_said_yes(make):
    """Ada sees the story twice and the first page once, and says yes; Cem sees the story 31 days before his yes; Dana's machine
    sees it; Eli says no; Fay had said yes before."""
    [a] = campaigns(make, 1)

    def saw(name, *looks, said=None, verdict=Verdict.HUMAN):
        person = make.person(name)
        link = {"nonce": name, "token_hash": name, "campaign_id": a, "page": "/", "created_at": NOW}
        [number] = add(LandingLink(candidate_id=person.id, **link))
        add(*(Visit(link_id=number, at=at(on), page=page, agent="Firefox", verdict=verdict) for on, page in looks))
        if said:
            write(person.id, said)

    yes = (at("2026-03-10"), SAID, a, "interested")
    saw("Ada", ("2026-03-01", "/story"), ("2026-03-09", "/story"), ("2026-03-02", "/"), said=yes)
    saw("Cem", ("2026-02-07", "/story"), said=yes)
    saw("Dana", ("2026-03-01", "/story"), said=yes, verdict=Verdict.MACHINE)
    saw("Eli", ("2026-03-01", "/story"), said=(at("2026-03-10"), SAID, a, "no"))
    saw("Fay", ("2026-03-11", "/"), said=yes)
    saw("Gus", ("2026-03-01", "/"), said=(at("2026-03-02"), FORM))
    told = {row.page: (row.interested.hits, row.interested.of) for row in queries.content_to_interest(YEAR)}
    assert told == {"/": (2, 3), "/story": (1, 3)}
    assert not queries.content_to_interest(Filters(date(2026, 4, 1), YEAR.until))

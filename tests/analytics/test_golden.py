"""Twelve people whose numbers were worked out by hand.

Outreach and answers (A, B are campaigns; each moment is ten o'clock unless said):
Ada    A 1 Mar, yes 5 Mar, hired 10 May                Gus    B 10 Jan, A 15 Mar (64 days on: same attempt), answers 16 Mar
Bob    A 2 Mar, no 20 Mar, unsubscribes 25 Mar         Hao    B 11 Jan, A 1 Aug (202 days on: a new attempt), answers 2 Aug
Cem    A 3 Mar, visits 4 Mar, never answers            Ivo    B 10 Nov, silent so far
Dana   A 4 Mar, answers after 37 days                  Jun    B 20 Nov, gives the interest form 21 Nov
Eli    A 5 Mar, bounces a minute later                 Kim    no outreach; visits Feb 2025 and 15 Jun 2026, a mail bounces 10 Jun
Fay    A 6 Mar, answers 30 days later to the second    Lea    B 1 Feb bounces, B 10 Feb, no 12 Feb, erased 3 Sep
Gus gets a mail on 5 Oct that bounces on 6 Oct.
"""

from datetime import date

import pytest

from portal import clock
from portal.analytics import queries
from portal.analytics.queries import Filters
from portal.db import transaction
from portal.outreach.models import LandingLink, Verdict, Visit
from portal.timeline.models import Kind
from tests.analytics.histories import DAY, NOW, at, campaigns, hire, write

OUT, MAIL, BACK, SEEN, SAID, FORM = (
    Kind.OUTREACH_DELIVERED,
    Kind.MAIL_DELIVERED,
    Kind.BOUNCED,
    Kind.VISITED,
    Kind.RESPONDED,
    Kind.INTEREST_GIVEN,
)
YEAR = Filters(date(2026, 1, 1), date(2026, 11, 23))


@pytest.fixture
def golden(make):
    """The cast, and the numbers of campaigns A and B."""
    with clock.standing_at(NOW):
        a, b = campaigns(make, 2)
        names = ("Ada", "Bob", "Cem", "Dana", "Eli", "Fay", "Gus", "Hao", "Ivo", "Jun", "Kim", "Lea")
        people = {name: make.person(name) for name in names}
        ids = {name: person.id for name, person in people.items()}
        write(ids["Ada"], (at("2026-03-01"), OUT, a), (at("2026-03-05"), SAID, a, "interested"))
        write(ids["Bob"], (at("2026-03-02"), OUT, a), (at("2026-03-20"), SAID, a, "no"), (at("2026-03-25"), Kind.UNSUBSCRIBED))
        write(ids["Cem"], (at("2026-03-03"), OUT, a), (at("2026-03-04"), SEEN, a))
        write(ids["Dana"], (at("2026-03-04"), OUT, a), (at("2026-04-10"), SAID, a, "interested"))
        write(ids["Eli"], (at("2026-03-05"), OUT, a), (at("2026-03-05 10:01"), BACK, a))
        write(ids["Fay"], (at("2026-03-06"), OUT, a), (at("2026-03-06") + 30 * DAY, SAID, a, "not now"))
        write(ids["Gus"], (at("2026-01-10"), OUT, b), (at("2026-03-15"), OUT, a), (at("2026-03-16"), SAID, a, "interested"))
        write(ids["Gus"], (at("2026-10-05"), MAIL), (at("2026-10-06"), BACK))
        write(ids["Hao"], (at("2026-01-11"), OUT, b), (at("2026-08-01"), OUT, a), (at("2026-08-02"), SAID, a, "not now"))
        write(ids["Ivo"], (at("2026-11-10"), OUT, b))
        write(ids["Jun"], (at("2026-11-20"), OUT, b), (at("2026-11-21"), FORM, b))
        write(ids["Kim"], (at("2025-02-10"), SEEN), (at("2026-06-10"), MAIL), (at("2026-06-10 10:05"), BACK))
        write(ids["Kim"], (at("2026-06-15"), SEEN))
        write(ids["Lea"], (at("2026-02-01"), OUT, b), (at("2026-02-01 10:01"), BACK, b), (at("2026-02-10"), OUT, b))
        write(ids["Lea"], (at("2026-02-12"), SAID, b, "no"))
        hire(ids["Ada"], at("2026-05-10"))
        with transaction():
            people["Bob"].unsubscribed_at = at("2026-03-25")
            people["Lea"].erased_at = at("2026-09-03")
        yield ids | {"A": a, "B": b}


def counts(rate):
    return rate.hits, rate.of


def test_the_response_rate_counts_people_of_the_cohort(golden):
    report = queries.response_rate(YEAR)
    assert counts(report.total.responded) == (6, 11)
    assert counts(report.total.interested) == (2, 11)
    by_campaign = {row.campaign_id: (counts(row.responded), counts(row.interested)) for row in report.by_campaign}
    assert by_campaign == {golden["A"]: ((4, 6), (1, 6)), golden["B"]: ((2, 5), (1, 5))}
    months = {row.label: counts(row.responded) for row in report.by_month if row.responded.of}
    assert months == {"2026-01": (0, 2), "2026-02": (1, 1), "2026-03": (3, 5), "2026-08": (1, 1), "2026-11": (1, 2)}
    assert len(report.by_month) == 11


@pytest.mark.parametrize(("days", "rows"), [(179, 1), (180, 2)])
def test_half_a_year_after_an_outreach_the_next_one_is_a_new_attempt(make, days, rows):
    write(make.person("Ada").id, (at("2026-01-10"), OUT), (at("2026-01-10") + days * DAY, OUT))
    with clock.standing_at(NOW):
        assert queries.response_rate(YEAR).total.responded.of == rows


def test_a_cohort_younger_than_its_window_is_marked(golden):
    report = queries.response_rate(YEAR)
    b = next(row for row in report.by_campaign if row.campaign_id == golden["B"])
    assert (b.immature, b.age_days, b.waiting) == (True, 3, 1)
    march = next(row for row in report.by_month if row.label == "2026-03")
    assert (march.immature, march.waiting) == (False, 0)


def test_filters_narrow_the_cohort(golden, make):
    only_a = Filters(YEAR.since, YEAR.until, campaign_id=golden["A"])
    assert counts(queries.response_rate(only_a).total.responded) == (4, 6)
    march = Filters(date(2026, 3, 1), date(2026, 3, 31))
    assert counts(queries.response_rate(march).total.responded) == (3, 5)
    nobody = Filters(YEAR.since, YEAR.until, persona_id=make.persona("Welders").id)
    assert counts(queries.response_rate(nobody).total.responded) == (0, 0)
    assert queries.response_rate(nobody).total.responded.value is None
    everybody = Filters(YEAR.since, YEAR.until, source_id=make.source().id)
    assert counts(queries.response_rate(everybody).total.responded) == (6, 11)


def test_engagement_counts_contactable_people_touched_in_the_period(golden):
    report = queries.engagement(YEAR)
    assert counts(report.total.engaged) == (8, 9)  # Bob unsubscribed, Lea was erased, Eli was never reached
    months = {row.label: counts(row.engaged) for row in report.by_month}
    assert months["2026-03"] == (3, 5)
    assert months["2026-06"] == (1, 1)
    assert months["2026-10"] == (0, 0)
    by_campaign = {row.campaign_id: counts(row.engaged) for row in report.by_campaign}
    assert by_campaign == {golden["A"]: (6, 6), golden["B"]: (1, 4)}


def test_the_pool_is_balanced_month_by_month(golden):
    rows = queries.pool_growth(YEAR)
    told = [(row.start, row.joined, row.reactivated, row.left, row.end) for row in rows]
    assert told == [
        (1, 0, 0, 0, 1),  # January: Kim, from 2025
        (1, 1, 0, 1, 1),  # Lea joins, Kim has been silent for a year
        (1, 3, 0, 0, 4),  # Ada, Cem, Gus; Bob came and went within the month
        (4, 2, 0, 0, 6),  # Dana, Fay
        (6, 0, 0, 1, 5),  # Ada is hired
        (5, 0, 1, 0, 6),  # Kim is back
        (6, 0, 0, 0, 6),
        (6, 1, 0, 0, 7),  # Hao
        (7, 0, 0, 1, 6),  # Lea is erased
        (6, 0, 0, 1, 5),  # Gus bounces
        (5, 1, 0, 0, 6),  # Jun
    ]
    reasons = {name: sum(getattr(row, name) for row in rows) for name in ("erased", "opted_out", "hired", "bounced", "dormant")}
    assert reasons == {"erased": 1, "opted_out": 0, "hired": 1, "bounced": 1, "dormant": 1}
    assert [row.label for row in rows if row.open] == ["2026-11"]
    assert rows[1].growth == 0
    assert rows[2].growth == 3


def test_visits_stand_beside_each_other_by_verdict_and_people_are_counted_once(golden):
    def link(name, campaign):
        return LandingLink(
            nonce=name, token_hash=name, candidate_id=golden[name], campaign_id=golden[campaign], page="/", created_at=NOW
        )

    with transaction() as session:
        ada, cem, ivo = link("Ada", "A"), link("Cem", "A"), link("Ivo", "B")
        session.add_all([ada, cem, ivo])
        kinds = [(ada, Verdict.HUMAN, 2), (ada, Verdict.PREVIEW, 1), (cem, Verdict.HUMAN, 1), (cem, Verdict.MACHINE, 3)]
        for row, verdict, times in [*kinds, (ivo, Verdict.UNCONFIRMED, 1)]:
            for _ in range(times):
                session.add(Visit(link=row, at=at("2026-03-04"), page="/", agent="Firefox", verdict=verdict))
    report = queries.visits(YEAR)
    a, b = report.by_campaign
    assert (a.people, a.human, a.unconfirmed, a.machine, a.preview, a.raw) == (2, 3, 0, 3, 1, 7)
    assert (b.people, b.human, b.unconfirmed, b.raw) == (0, 0, 1, 1)
    assert report.total.raw == 8
    assert [row.raw for row in report.by_month if row.label == "2026-03"] == [8]
    assert queries.visits(Filters(date(2026, 4, 1), YEAR.until)).total.raw == 0


def test_the_summary_holds_plain_figures(golden):
    found = queries.summary()
    assert (found["response_rate"]["responded_hits"], found["response_rate"]["responded_of"]) == (6, 11)
    assert found["response_rate"]["by_campaign"][0]["responded"] == round(4 / 6, 4)
    assert found["talent_pool"][-1]["end"] == 6
    assert found["engagement_rate"]["engaged_hits"] == 8
    assert found["visits"]["raw"] == 0


def test_nothing_at_all_is_no_error(app):
    found = queries.summary()
    assert found["response_rate"]["responded"] is None
    assert found["talent_pool"][-1]["growth"] is None

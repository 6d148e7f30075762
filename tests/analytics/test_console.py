"""Pages of the numbers."""

import csv
import io
import re

import pytest

from portal import clock
from portal.accounts.models import RoleName
from portal.analytics.console.metrics import FACES
from portal.candidates.models import Candidate
from portal.db import transaction
from portal.outreach.models import Campaign
from portal.timeline.models import Kind
from tests.analytics.histories import DAY, campaigns, write
from tests.conftest import sign_in

METRICS = tuple(FACES)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


@pytest.fixture
def answered(make):
    """Ten people reached by a campaign five days ago, three of whom answered; ten by a worse one, none of whom did."""
    good, poor = campaigns(make, 2)
    start = clock.now() - 5 * DAY
    for number in range(20):
        person = make.person(f"Person {number}")
        events = [(start, Kind.OUTREACH_DELIVERED, good if number < 10 else poor)]
        if number < 3:
            events.append((start + DAY, Kind.RESPONDED, good, "no"))
        write(person.id, *events)
    return good, poor


def test_an_empty_installation_says_what_to_do(hana):
    page = text_of(hana.get("/console/numbers"))
    assert "Nothing to count yet" in page


def test_each_number_stands_with_its_interval_its_people_and_its_definition(hana, answered):
    page = text_of(hana.get("/console/numbers"))
    assert "15.0% 5.2 to 36.0" in page
    assert "3 of 20 delivered" in page
    assert "A no is an answer, too" in page
    assert "immature: 5 of 30 days" in page
    assert "rules of visits, version" in page


def test_the_chart_says_its_figures_in_words_and_carries_no_style(hana, answered):
    page = hana.get("/console/numbers/response").get_data(as_text=True)
    assert "Campaign 1: 30.0% of 10; Campaign 2: 0.0% of 10" in page
    assert " style=" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("metric", METRICS)
def test_every_number_has_a_page_with_and_without_people(hana, make, metric):
    assert hana.get(f"/console/numbers/{metric}").status_code == 200
    campaigns(make, 1)
    write(make.person("Ada").id, (clock.now(), Kind.OUTREACH_DELIVERED, 1), (clock.now(), Kind.VISITED, 1))
    assert hana.get(f"/console/numbers/{metric}").status_code == 200


def test_an_unknown_number_is_not_found(hana):
    assert hana.get("/console/numbers/luck").status_code == 404


NONSENSE = ["since=2026-13-01", "since=2026-12-01&until=2020-01-01", "campaign=9", "source=x", "since=0001-01-01"]


@pytest.mark.parametrize("query", NONSENSE)
def test_an_address_with_nonsense_in_it_shows_the_last_twelve_months(hana, query):
    assert hana.get(f"/console/numbers?{query}").status_code == 200


def test_filters_stand_in_the_address(hana, answered):
    page = text_of(hana.get(f"/console/numbers/response?campaign={answered[0]}"))
    assert "30.0% 3 of 10" in page
    assert "nobody" not in page


@pytest.mark.parametrize("metric", METRICS)
def test_every_table_can_be_taken_away(hana, answered, metric):
    answer = hana.get(f"/console/numbers/{metric}.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
    # Nobody gave feedback, came or was hired here: an empty table is empty.
    assert len(rows) > 1 or metric in {"feedback", "quality", "visits"}
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "  =HYPERLINK(1)"])
def test_no_cell_is_taken_for_a_formula(hana, answered, name):
    with transaction() as session:
        session.get(Campaign, answered[0]).name = name
    table = hana.get("/console/numbers/response.csv").get_data(as_text=True)
    assert f"\r\n'{name}" in table


@pytest.mark.parametrize("metric", METRICS)
def test_every_table_and_chart_of_every_number_can_be_taken_away(hana, answered, metric):
    page = hana.get(f"/console/numbers/{metric}").get_data(as_text=True)
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+\.(?:csv|svg|png)[^"]*)"', page)}
    assert links or metric in {"feedback", "quality", "visits", "time-to-hire"}
    kinds = {".csv": ("text/csv", b""), ".svg": ("image/svg+xml", b"<svg"), ".png": ("image/png", b"\x89PNG")}
    for link in links:
        answer = hana.get(link)
        kind, head = kinds[re.search(r"\.(?:csv|svg|png)", link)[0]]
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert answer.data.startswith(head)


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_every_chart_can_be_taken_away(hana, answered, ending):
    answer = hana.get(f"/console/numbers/response/month.{ending}")
    assert answer.status_code == 200
    assert answer.data.startswith(b"<svg" if ending == "svg" else b"\x89PNG")
    assert hana.get(f"/console/numbers/response/luck.{ending}").status_code == 404


def test_filters_go_along_to_every_other_page_of_the_numbers(hana, answered):
    page = hana.get(f"/console/numbers?campaign={answered[0]}&compare=before").get_data(as_text=True)
    link = re.search(r'href="(/console/numbers/engagement\?[^"]+)"', page)[1]
    assert f"campaign={answered[0]}" in link
    assert "compare=before" in link


def test_a_choice_stands_beside_everything_else(hana, answered):
    page = text_of(hana.get(f"/console/numbers?campaign={answered[0]}&compare=rest"))
    assert "everything else: 0.0%" in page
    assert "0 of 10 delivered" in page
    alone = text_of(hana.get("/console/numbers?compare=rest"))
    assert "Choose a campaign" in alone


def test_a_period_stands_beside_the_one_before_and_an_empty_one_is_empty(hana, answered):
    """The last four days have nobody first contacted; the four days before have all twenty, of whom three answered."""
    today = clock.now().date()
    period = f"since={today - 3 * DAY}&until={today}&compare=before"
    for address in ("/console/numbers", "/console/numbers/response"):
        page = text_of(hana.get(f"{address}?{period}"))
        assert re.search(r"before:? 15\.0% 5\.2 to 36\.0 · 3 of 20 delivered", page)
    assert "Response rate — — 0 of 0 delivered" in text_of(hana.get(f"/console/numbers?{period}"))
    assert "Nothing to count in this period" in page


def test_a_number_stands_beside_another_source(hana, make, answered):
    fair = make.source("Emden fair").id
    person = make.person("Fay").id
    with transaction() as session:
        session.get_one(Candidate, person).source_id = fair
    start = clock.now() - 3 * DAY
    write(person, (start, Kind.OUTREACH_DELIVERED, answered[0]), (start + DAY, Kind.RESPONDED, answered[0], "no"))
    page = text_of(hana.get(f"/console/numbers/response?compare=source-{fair}"))
    assert "source Emden fair 100.0%" in page
    assert "1 of 1 delivered" in page
    assert "19.0% 4 of 21" in page


def test_activity_shows_counts_and_no_share_of_a_cohort(hana, answered):
    page = text_of(hana.get("/console/numbers/response?view=activity"))
    assert "Answered 3" in page
    assert "15.0%" not in page


@pytest.mark.parametrize(("part", "count"), [("delivered", 20), ("answered", 3)])
def test_the_people_behind_a_number_are_as_many_as_it_says(hana, answered, part, count):
    page = hana.get(f"/console/numbers/response/people/{part}").get_data(as_text=True)
    assert len(re.findall(r'<th scope="row">', page)) == count
    assert hana.get("/console/numbers/feedback/people/answers").status_code == 404


def test_who_sees_numbers_only_sees_nobody_behind_them(app, make, answered):
    analyst = sign_in(app, make.user("okko@sielwerk.example", RoleName.ANALYST))
    assert "/people/" not in analyst.get("/console/numbers/response").get_data(as_text=True)
    assert analyst.get("/console/numbers/response/people/answered").status_code == 403


def test_the_companions_stand_on_a_page_with_tables_to_take_away(hana, answered):
    assert "Why people said no" in text_of(hana.get("/console/numbers/companions"))
    assert hana.get("/console/numbers/companions.csv?by=basis").mimetype == "text/csv"


def test_analysts_see_numbers_and_editors_do_not(app, make):
    analyst = sign_in(app, make.user("okko@sielwerk.example", RoleName.ANALYST))
    editor = sign_in(app, make.user("imke@sielwerk.example", RoleName.EDITOR))
    assert analyst.get("/console/numbers").status_code == 200
    assert editor.get("/console/numbers").status_code == 403

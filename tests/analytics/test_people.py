"""The people behind each number are as many as the number says, on the golden history."""

from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from portal import clock
from portal.analytics import queries
from portal.analytics.console import metrics
from portal.analytics.queries import LISTED, Filters
from tests.analytics.golden_people import GROUPS, NUMBERS, golden_steps
from tests.analytics.histories import NOW, ground
from tests.analytics.histories.telling import tell

YEAR = Filters(date(2026, 1, 1), date(2026, 11, 23))
SPRING = Filters(date(2026, 4, 1), date(2026, 6, 20))


@pytest.fixture
def golden(make):
    """The golden cast, with the clock at noon of 23 November 2026 (UTC)."""
    ground(make)
    tell(GROUPS, golden_steps(), NOW)
    with clock.standing_at(NOW):
        yield


def narrowed(line):
    """The filters of the spring, narrowed as the links of a row narrow them."""
    days = {name: date.fromisoformat(line.narrow[name]) for name in ("since", "until") if name in line.narrow}
    return Filters(**{"since": SPRING.since, "until": SPRING.until} | days, campaign_id=line.narrow.get("campaign"))


def figures():
    """Every figure of every table of every metric that leads to people: metric, part, filters, what the page says."""
    for name, face in metrics.FACES.items():
        for table in face.tables(face.count(SPRING), SPRING):
            for line in table.lines:
                for cell in line.cells:
                    if (name, cell.part) in LISTED:
                        yield name, cell.part, narrowed(line), abs(int(cell.text.replace("−", "-")))


def test_behind_every_number_stand_as_many_people_as_it_says(app, golden):
    with app.test_request_context():
        told = set(figures())
        wrong = [(name, part, said) for name, part, filters, said in told if _listed(name, part, filters) != said]
        assert not wrong
        assert {(name, part) for name, part, _filters, _said in told} == set(LISTED)
        # Enough of them are not zero, or nothing would have been compared.
        assert sum(said > 0 for _name, _part, _filters, said in told) > 50


def _listed(name, part, filters):
    behind = queries.people_behind(name, part, filters)
    assert len(behind.people) == behind.total - behind.nobody
    return behind.total


def test_the_lists_name_the_right_people(app, golden):
    """Worked out in the golden tests: hired in the cohort, answered ever, who came back and who bounced out of the pool."""

    def people(metric, part):
        return sorted(one.candidate_id for one in queries.people_behind(metric, part, YEAR).people)

    def numbers(*names):
        return sorted(NUMBERS[name] for name in names)

    assert people("conversion", "hired") == numbers("Ada", "Wim", "Yan")
    assert people("conversion", "considered") == numbers("Ada", "Vic", "Wim", "Xia", "Yan")
    assert people("pool", "reactivated") == numbers("Kim", "Wim", "Zoe")
    assert people("pool", "bounced") == numbers("Gus")
    assert people("pool", "hired") == numbers("Ada", "Wim", "Yan")
    late = set(people("time-to-engagement", "answered")) - set(people("response", "answered"))
    assert late == {NUMBERS["Dana"], NUMBERS["Gus"], NUMBERS["Tom"]}
    # Lea answered, and is nobody since.
    assert queries.people_behind("response", "answered", YEAR).nobody == 1


@pytest.mark.parametrize("metric", ["quality", "feedback"])
def test_nobody_is_told_behind_quality_and_feedback(metric):
    assert not [part for name, part in LISTED if name == metric]


def test_a_number_of_the_pool_links_to_its_people(hana, golden):
    page = hana.get("/console/numbers/pool?since=2026-01-01&until=2026-11-23").get_data(as_text=True)
    links = [unescape(part.split('"')[0]) for part in page.split('href="') if "/pool/people/dormant" in part.split('"')[0]]
    months = [parse_qs(urlsplit(link).query)["since"] for link in links]
    assert ["2026-05-01"] in months
    listed = hana.get(links[-1])
    assert listed.status_code == 200

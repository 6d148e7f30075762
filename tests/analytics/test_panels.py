"""What a candidate's page learns from features above the pipeline."""

from datetime import timedelta

import pytest

from portal import clock
from portal.analytics.queries import answers_panel, visits_panel
from portal.db import transaction
from portal.outreach.models import LandingLink, Verdict, Visit
from portal.submissions.models import Answer, DeclineReason, Response


@pytest.fixture
def link(make):
    """Ada's landing link."""
    with transaction() as session:
        link = LandingLink(nonce="n", token_hash="h", candidate=make.person("Ada"), page="/", created_at=clock.now())
        session.add(link)
        return link


def test_human_visits_stand_alone_and_machines_are_folded_with_their_rule(link):
    with transaction() as session:
        for number, verdict in enumerate([Verdict.MACHINE] * 3 + [Verdict.HUMAN] * 2):
            at = clock.now().replace(hour=12) - timedelta(minutes=number)
            session.add(Visit(link=link, at=at, page="/work", agent="Firefox", verdict=verdict, rule="several links"))
    _title, rows = visits_panel(link.candidate_id)
    assert [row[1] for row in rows] == ["3 machine visits", *["Visited /work with Firefox"] * 2]
    assert rows[0][2] == "machine, by rule “several links”"


def test_answers_are_told_with_their_reason_and_older_ones_marked(link):
    now = clock.now()
    with transaction() as session:
        no = {"answer": Answer.NO, "reason": DeclineReason.PAY, "comment": "Too <little>", "at": now}
        session.add(Response(candidate_id=link.candidate_id, link=link, form_key="b", **no))
        older = {"answer": Answer.INTERESTED, "at": now - timedelta(days=1), "replaced_at": now}
        session.add(Response(candidate_id=link.candidate_id, link=link, form_key="a", **older))
    _title, rows = answers_panel(link.candidate_id)
    assert [row[1:] for row in rows] == [
        ("No, thanks · because of the pay · Too <little>", ""),
        ("Yes, interested", "replaced later"),
    ]


def test_the_page_of_a_candidate_shows_them_escaped(hana, link):
    with transaction() as session:
        no = {"answer": Answer.NO, "comment": "<i>", "at": clock.now()}
        session.add(Response(candidate_id=link.candidate_id, link=link, form_key="a", **no))
    page = hana.get(f"/console/pipeline/{link.candidate_id}").get_data(as_text=True)
    assert "No, thanks · &lt;i&gt;" in page

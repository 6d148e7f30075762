"""A and B, compared honestly; what a campaign brought and cost."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from portal import clock
from portal.db import db, transaction
from portal.errors import Conflict, Invalid
from portal.outreach import emails, queries, services
from portal.outreach.models import Arm, MessageStatus, Verdict, Visit
from portal.outreach.queries import ArmResult, Comparison, Outcome, Share
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind
from tests.outreach.test_console import press, text_of
from tests.outreach.test_earning import delivery_of

TEXT_B = "{{note}}\n\nThis is B: {{landing_link}}"


def standing(a: tuple[int, int], b: tuple[int, int]) -> Comparison:
    """Answers of delivered in each arm."""
    return Comparison(*(ArmResult(arm, of, hits, 0, 0) for arm, (hits, of) in ((Arm.A, a), (Arm.B, b))), left_out=0, young=0)


@pytest.mark.parametrize(
    ("a", "b", "outcome"),
    [
        ((0, 0), (0, 0), Outcome.TOO_EARLY),
        ((0, 1), (1, 1), Outcome.TOO_EARLY),
        ((0, 49), (49, 49), Outcome.TOO_EARLY),  # never with few, whatever the difference
        ((0, 60), (9, 60), Outcome.TOO_EARLY),  # fewer than ten answers
        ((14, 59), (9, 59), Outcome.TOO_EARLY),
        ((10, 100), (22, 100), Outcome.TOO_EARLY),  # 95 % would have called it
        ((10, 100), (35, 100), Outcome.B),
        ((350, 1000), (250, 1000), Outcome.A),
    ],
)
def test_nobody_wins_before_the_difference_is_more_than_chance(a, b, outcome):
    assert standing(a, b).outcome is outcome


def test_the_intervals_are_wilsons_and_newcombes():
    """Against figures from the literature: Newcombe 1998, table II (a) and (d), method 10."""
    assert Share(81, 263).interval() == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert queries.newcombe(Share(48, 80), Share(56, 70)) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert queries.newcombe(Share(0, 10), Share(10, 10))[1] == pytest.approx(1.0)
    assert queries.newcombe(Share(0, 0), Share(1, 2)) == (-1.0, 1.0)


def test_chance_alone_is_called_a_winner_in_less_than_one_campaign_of_twenty():
    """Looked at after every pair, as impatient people do, both arms being the same."""
    rng, called = Random(7), 0
    for _campaign in range(200):
        hits = [0, 0]
        for number in range(1, 301):
            for arm in (0, 1):
                hits[arm] += rng.random() < 0.25
            if number % 10 == 0 and standing((hits[0], number), (hits[1], number)).outcome is not Outcome.TOO_EARLY:
                called += 1
                break
    assert called / 200 < 0.05


def test_everybody_gets_a_or_b_by_turns_fixed_when_drafted(make):
    campaign = make.campaign()
    before = make.message(make.candidate("Before"), campaign)
    services.set_alternative(campaign, "B for {{first_name}}", TEXT_B, "/stories/welder")
    people = [make.candidate(f"P{number}").id for number in range(21)]
    messages = services.draft(campaign, people[:7]) + services.draft(campaign, people[7:])
    assert sorted(Counter(message.arm for message in messages).values()) == [10, 11]
    assert {message.arm for message in messages[:2]} == {Arm.A, Arm.B}
    b = next(message for message in messages if message.arm is Arm.B)
    assert (b.link.page, queries.words(b).body, before.arm) == ("/stories/welder", TEXT_B, Arm.A)
    with transaction():
        b.candidate.evidence = "Evidence"
    services.write_note(b, "A note")
    assert "This is B" in emails.compose(delivery_of(b)).body
    services.stop_alternative(campaign)
    assert {message.arm for message in services.draft(campaign, [make.candidate(f"Q{n}").id for n in range(4)])} == {Arm.A}
    assert "This is B" in emails.compose(delivery_of(b)).body


def deliver(message, answer: str = "", *, visited: bool = False) -> None:
    with transaction() as session:
        message.status, message.sent_at = MessageStatus.SENT, clock.now()
        if answer:
            timeline.record(
                message.candidate_id,
                Kind.RESPONDED,
                Direction.IN,
                Channel.WEB,
                campaign_id=message.campaign_id,
                at=clock.now() + timedelta(days=1),
                answer=answer,
            )
        for verdict in (Verdict.HUMAN, Verdict.HUMAN, Verdict.MACHINE) if visited else ():
            session.add(Visit(link_id=message.link_id, at=clock.now(), page="/", agent="Firefox", verdict=verdict))


def test_only_what_carries_the_text_is_compared_and_a_change_begins_anew(make, hana):
    campaign = make.campaign()
    deliver(make.message(make.candidate("Before"), campaign), "no")
    services.set_alternative(campaign, campaign.subject, TEXT_B)
    messages = [make.message(make.candidate(f"P{number}"), campaign) for number in range(6)]
    services.reword(messages[0], "Yours", TEXT_B + " only")
    for number, message in enumerate(messages):
        deliver(message, ["interested", "no", "", "not now", "", ""][number], visited=message.arm is Arm.B)
    found = queries.compare(campaign)
    assert (found.a.delivered + found.b.delivered, found.left_out, found.young) == (5, 1, 5)
    assert (found.a.answered + found.b.answered, found.a.visitors, found.b.visitors) == (2, 0, found.b.delivered)
    assert found.outcome is Outcome.TOO_EARLY
    page = text_of(hana.get(f"/console/outreach/{campaign.id}/comparison"))
    assert "Too early to tell." in page
    assert "points, between" in page
    assert "1 message with words of its own" in page
    with clock.standing_at(clock.now() + timedelta(days=31)):
        assert queries.compare(campaign).young == 0
        services.edit_campaign(campaign, services.Plan(**plan_of(campaign) | {"body": campaign.body + " More."}))
        assert queries.compare(campaign).a.delivered == queries.compare(campaign).b.delivered == 0


def plan_of(campaign) -> dict:
    names = ("name", "persona_id", "source_id", "owner_id", "page", "subject", "body")
    return {name: getattr(campaign, name) for name in names}


def test_b_is_written_on_its_page_and_must_differ(make, hana):
    campaign = make.campaign()
    url = f"/console/outreach/{campaign.id}/comparison"
    assert "Everybody gets the same." in text_of(hana.get(url))
    same = {"subject": campaign.subject, "body": campaign.body, "page": ""}
    assert "B is the same as A" in text_of(press(hana, url, url, **same), 422)
    press(hana, url, url, **same | {"page": "/stories/welder"})
    db.session.expire_all()
    assert campaign.alternative.page == "/stories/welder"
    since = campaign.alternative.since
    services.set_alternative(campaign, campaign.subject, campaign.body, "/stories/welder")
    assert campaign.alternative.since == since
    press(hana, url, f"{url}/stops")
    assert "stopped" in text_of(hana.get(url))
    with pytest.raises(Conflict):
        services.stop_alternative(make.campaign("Another"))
    with pytest.raises(Invalid):
        services.set_alternative(campaign, campaign.subject, campaign.body, "/nowhere")


def test_a_campaign_shows_what_it_brought_and_cost(make, hana):
    campaign = make.campaign(budget_minor=50_000)
    for number, answer in enumerate(("interested", "no", "not now", "by mail", "", "")):
        deliver(make.message(make.candidate(f"P{number}"), campaign), answer, visited=number < 2)
    found = queries.results(campaign)
    assert (found.delivered, found.visitors, found.answered) == (6, 2, 4)
    assert found.answers == {"interested": 1, "not now": 1, "no": 1, "other": 1}
    assert found.cost_per_answer is None
    url = f"/console/outreach/{campaign.id}/results"
    costs = f"/console/outreach/{campaign.id}/costs"
    assert "Say what it was spent on." in text_of(press(hana, url, costs, on="2027-01-04", amount="10", what=" "), 422)
    press(hana, url, costs, on="2027-01-04", amount="600.50", what="Travel to the meetup")
    page = text_of(hana.get(url))
    assert "An answer cost €150.12 so far." in page
    assert "€600.50 of €500" in page
    assert "€100.50 more than the budget." in page
    assert "6 raw, 4 by people, 0 unconfirmed, 2 by machines and previews" in page
    [number] = [cost.id for cost in queries.list_costs(campaign.id)]
    press(hana, url, f"/console/outreach/costs/{number}/removals")
    assert "€0 of €500" in text_of(hana.get(url))
    assert press(hana, url, f"/console/outreach/costs/{number}/removals").status_code == 404

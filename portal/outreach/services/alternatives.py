"""Text or page B of a campaign, and who gets which."""

import secrets
from random import Random

from flask_babel import gettext as _

from portal import clock
from portal.db import transaction
from portal.errors import Conflict, Invalid
from portal.outreach import queries
from portal.outreach.models import Alternative, Arm, Campaign
from portal.outreach.services.campaigns import check_page, check_words, one_line


def set_alternative(campaign: Campaign, subject: str, body: str, page: str = "") -> Alternative:
    """Compare a second text or page with the first, from now on. A change begins the comparison anew: it would mix two texts."""
    subject, body, page = one_line(subject), body.strip(), "" if page == campaign.page else page
    check_words(subject, body)
    if page:
        check_page(page)
    if (subject, body.split(), page) == (campaign.subject, campaign.body.split(), ""):
        raise Invalid(_("B is the same as A, so there is nothing to compare."), "body")
    with transaction() as session:
        session.refresh(campaign)
        known = campaign.alternative
        if known and (known.subject, known.body, known.page, known.stopped_at) == (subject, body, page, None):
            return known
        alternative = known or Alternative(campaign_id=campaign.id, seed=secrets.randbelow(2**31))
        alternative.subject, alternative.body, alternative.page = subject, body, page
        alternative.since, alternative.stopped_at = clock.now(), None
        session.add(alternative)
        session.flush()
        session.refresh(campaign)
        return alternative


def stop_alternative(campaign: Campaign) -> None:
    """Everybody who is drafted from now on gets A; who got B keeps it."""
    if campaign.alternative is None:
        raise Conflict(_("There is no B to stop."))
    with transaction():
        campaign.alternative.stopped_at = campaign.alternative.stopped_at or clock.now()


def deal(campaign: Campaign, count: int) -> list[Arm]:
    """Arms for the next so many people: always the one that fewer have; where both have as many, the stored seed decides."""
    if campaign.alternative is None or campaign.alternative.stopped_at is not None:
        return [Arm.A] * count
    dealt, arms = queries.count_arms(campaign), []
    for _number in range(count):
        a, b = dealt[Arm.A], dealt[Arm.B]
        chance = Random(f"{campaign.alternative.seed}:{a + b}").choice(list(Arm))  # noqa: S311 - fair, not secret
        arm = chance if a == b else Arm.A if a < b else Arm.B
        dealt[arm] += 1
        arms.append(arm)
    return arms


def page_of(campaign: Campaign, arm: Arm) -> str:
    """The page that people of an arm are shown."""
    return (campaign.alternative.page if arm is Arm.B and campaign.alternative else "") or campaign.page

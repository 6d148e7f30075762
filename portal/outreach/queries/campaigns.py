"""Finding campaigns, and counting what they hold."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.db import db
from portal.errors import NotFound
from portal.outreach.models import Campaign, MessageStatus, OutreachMessage


def list_campaigns() -> Sequence[Campaign]:
    """Active ones first, then the newest."""
    wanted = select(Campaign).options(joinedload(Campaign.owner), joinedload(Campaign.persona), joinedload(Campaign.source))
    newest = Campaign.created_at.desc(), Campaign.id.desc()
    return db.session.scalars(wanted.order_by(Campaign.ended_at.is_not(None), *newest)).all()


def get_campaign(campaign_id: int) -> Campaign:
    """A campaign; NotFound when there is none."""
    if campaign := db.session.get(Campaign, campaign_id):
        return campaign
    raise NotFound(_("There is no such campaign."))


def find_campaign(name: str) -> Campaign | None:
    """The campaign of this name."""
    return db.session.scalar(select(Campaign).filter_by(name=name))


def count_messages(campaign_ids: Sequence[int]) -> dict[int, dict[MessageStatus, int]]:
    """How many messages of each state each campaign has."""
    counts: dict[int, dict[MessageStatus, int]] = {campaign_id: {} for campaign_id in campaign_ids}
    grouped = select(OutreachMessage.campaign_id, OutreachMessage.status, func.count()).group_by(
        OutreachMessage.campaign_id, OutreachMessage.status
    )
    for campaign_id, status, count in db.session.execute(grouped.where(OutreachMessage.campaign_id.in_(campaign_ids))):
        counts[campaign_id][status] = count
    return counts

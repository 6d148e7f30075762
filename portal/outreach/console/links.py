"""Staff pages of landing links."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import Right, requires
from portal.outreach import queries, services
from portal.outreach.console.campaigns import overview
from portal.outreach.console.door import outreach
from portal.outreach.forms import LinkForm


@outreach.post("/<int:campaign_id>/links")
@requires(Right.SEND)
def add_link(campaign_id: int) -> ResponseReturnValue:
    """Make a link for a channel."""
    campaign, form = queries.get_campaign(campaign_id), LinkForm()
    if not form.validate():
        return overview(campaign, form), 422
    services.channel_link(campaign, form.label.data)
    return redirect(url_for(".show", campaign_id=campaign_id) + "#links", 303)


@outreach.post("/links/<int:link_id>/pauses")
@requires(Right.SEND)
def pause_link(link_id: int) -> ResponseReturnValue:
    """Close a link for now, or open it again."""
    link = queries.get_link_row(link_id)
    (services.resume_link if link.paused_at else services.pause_link)(link)
    return redirect(url_for(".show", campaign_id=link.campaign_id) + "#links", 303)

"""The page of a campaign: its list of messages, and one of them beside it as its reader gets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask_babel import format_datetime, format_time
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.config import settings
from portal.content.queries import find_page
from portal.outreach import emails, queries, services
from portal.outreach.forms import LinkForm
from portal.outreach.models import Campaign, MessageStatus, OutreachMessage, Verdict
from portal.outreach.queries import Contact, Need
from portal.outreach.queries.research import list_aside
from portal.security import row_number

# What the card calls each thing, and what a list says where it is missing.
NEEDS = {
    Need.EVIDENCE: (_l("Why them"), _l("why them missing")),
    Need.NOTE: (_l("A note of your own"), _l("note missing")),
    Need.SENDER: (_l("A named sender"), _l("sender’s name missing")),
    Need.SOURCE: (_l("Where the data is from"), _l("source of the data missing")),
    Need.PAY: (_l("Pay range, or why there is none"), _l("pay range missing")),
    Need.WAY_OUT: (_l("A way out"), _l("way out missing")),
}
OPEN = (MessageStatus.HELD, MessageStatus.READY)
VIEWS = {
    "": _l("All"),
    "lacking": _l("Lack something"),
    "aside": _l("Set aside"),
    "ready": _l("Ready"),
    "leaving": _l("On their way"),
    "sent": _l("Sent"),
    "not-sent": _l("Not sent"),
}
_BY_STATUS = {MessageStatus.QUEUED: "leaving", MessageStatus.SENT: "sent", MessageStatus.NOT_SENT: "not-sent"}


@dataclass(frozen=True)
class Line:
    """A message in the list. `contact`: who wrote to this person within 180 days, from elsewhere. `aside`: what it waits for."""

    message: OutreachMessage
    missing: tuple[Need, ...]
    contact: Contact | None
    aside: str = ""

    @property
    def view(self) -> str:
        """Which of the views this line belongs to."""
        waits = "aside" if self.aside else "ready"
        return _BY_STATUS.get(self.message.status, "lacking" if self.missing else waits)


@dataclass(frozen=True)
class Leaving:
    """What somebody pressed send for a moment ago: until when it can be undone, and how many seconds of the minute are left."""

    count: int
    words: str
    seconds: int


def overview(campaign: Campaign, link_form: LinkForm | None = None) -> str:
    """The page of a campaign, with a link form as it was filled in."""
    lines = _lines(campaign)
    view = request.args.get("show", "") if request.args.get("show") in VIEWS else ""
    shown = [line for line in lines if not view or line.view == view]
    links = [(link, services.address_of(link)) for link in queries.list_channel_links(campaign.id)]
    return render_template(
        "console/outreach/show.html",
        campaign=campaign,
        lines=shown,
        total=len(lines),
        view=view,
        views=[(key, label, sum(not key or line.view == key for line in lines)) for key, label in VIEWS.items()],
        ready=sum(line.view == "ready" for line in lines),
        lacking=sum(line.view == "lacking" for line in lines),
        lacks=_lacks(lines),
        next_held=queries.next_held(campaign.id),
        page=find_page(campaign.page),
        links=links,
        link_form=link_form or LinkForm(formdata=None),
        **frame(campaign),
        **_selected(shown),
    )


def frame(campaign: Campaign) -> dict[str, Any]:
    """What every page of a campaign shows: tabs, state, the banner of what is leaving."""
    counts = queries.count_messages([campaign.id])[campaign.id]
    return {
        "tabs": {"messages": sum(counts.values()), "follow_ups": len(campaign.follow_ups)},
        "leaving": _leaving(campaign),
        "today": clock.today(settings().time_zone),
        "visits": queries.count_visits(campaign.id),
        "results": queries.results(campaign),
        "comparison": queries.compare(campaign),
        "Status": MessageStatus,
        "Verdict": Verdict,
        "needs": NEEDS,
    }


def _leaving(campaign: Campaign) -> Leaving | None:
    rows = queries.list_leaving(campaign.id)
    if not rows:
        return None
    first = min(row.not_before for row in rows)
    seconds = round((first - clock.now()).total_seconds())
    near = seconds <= services.UNDO.total_seconds()
    words = format_time(first, "HH:mm:ss") if near else format_datetime(first, _("d MMMM y, HH:mm"))
    return Leaving(len(rows), str(words), max(seconds, 0) if near else 0)


def mends(message: OutreachMessage) -> dict[Need, tuple[str, dict[str, Any]]]:
    """Which page mends what: endpoint and arguments."""
    campaign = message.campaign
    edit, links = (".edit", {"campaign_id": campaign.id}), (".show", {"campaign_id": campaign.id, "_anchor": "links"})
    return {
        Need.EVIDENCE: (".note", {"message_id": message.id, "_anchor": "evidence"}),
        Need.NOTE: (".note", {"message_id": message.id, "_anchor": "note"}),
        Need.SENDER: (".edit", {"campaign_id": campaign.id, "_anchor": "owner_id"}),
        Need.SOURCE: ("console.sourcing.source", {"source_id": message.candidate.source_id, "_anchor": "data_note"}),
        Need.PAY: (".edit", {"campaign_id": campaign.id, "_anchor": "pay_reason"}),
        Need.WAY_OUT: edit if find_page(message.link.page) is None else links,
    }


def _lines(campaign: Campaign) -> list[Line]:
    rows = queries.list_messages(campaign.id)
    contacts = queries.recent_contacts([row.candidate_id for row in rows if row.status in OPEN], campaign.id)
    asides = list_aside(campaign.id)
    lines = [
        Line(row, queries.missing(row) if row.status in OPEN else (), contacts.get(row.candidate_id), asides.get(row.id, ""))
        for row in rows
    ]
    return sorted(lines, key=lambda line: list(VIEWS).index(line.view))


def _lacks(lines: Sequence[Line]) -> list[tuple[Need, int, tuple[str, dict[str, Any]]]]:
    """How many lack what, with the page that mends the first of them."""
    open_ones = [line for line in lines if line.message.status in OPEN]
    first = {need: line.message for line in reversed(open_ones) for need in line.missing}
    return [(need, count, mends(first[need])[need]) for need, count in queries.sum_up([line.message for line in open_ones])]


def _selected(lines: Sequence[Line]) -> dict[str, Any]:
    """The message that the address names, else the first: its card, and its letter with a way out that opens nothing."""
    wanted = request.args.get("message", type=row_number)
    found = next((line for line in lines if line.message.id == wanted), next(iter(lines), None))
    if found is None:
        return {"selected": None}
    here, message = lines.index(found), found.message
    return {
        "selected": found,
        "number": here + 1,
        "before": lines[here - 1].message.id if here else None,
        "after": lines[here + 1].message.id if here + 1 < len(lines) else None,
        "card": queries.card(message),
        "mends": mends(message),
        "letter": emails.letter(message, emails.MARK, emails.MARK),
    }

"""What a candidate's page shows of the research about them."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from portal.candidates.models import Judgement
from portal.candidates.queries import get_candidate
from portal.candidates.queries.research import Research, get_research

Row = tuple[datetime | None, str, str]


def panel(candidate_id: int) -> tuple[str, list[Row]]:
    """How far it is, with the way to the page; judgements with their reasons; links."""
    candidate = get_candidate(candidate_id)
    found = get_research(candidate)
    link = Markup('<a class="link" href="{}" data-key="r">{}</a>')
    way = link.format(url_for("console.outreach.research_person", candidate_id=candidate_id), _how_far(found))
    words = {
        Judgement.FITS: _("fits"),
        Judgement.PARTLY: _("partly"),
        Judgement.NO: _("does not fit"),
        Judgement.UNKNOWN: _("unknown"),
    }
    fits = [
        (None, ": ".join(filter(None, [one.criterion.text, one.reason])), words[one.judgement])
        for one in found.fits
        if one.judgement is not Judgement.UNKNOWN or one.reason
    ]
    out = Markup('<a class="link" href="{}" rel="noopener noreferrer" target="_blank"><bdi>{}</bdi></a>')
    links = [(row.at, out.format(row.url, row.label), "") for row in found.links]
    return _("Research"), [(None, way, ""), *fits, *links]


def _how_far(found: Research) -> str:
    if not found.done and not found.judged:
        return str(_("Nothing is looked up yet. Begin"))
    facts = {"done": found.done, "items": len(found.items), "judged": found.judged, "criteria": len(found.fits)}
    if not found.fits:
        return str(_("%(done)s of %(items)s looked up", **facts))
    return str(_("%(done)s of %(items)s looked up, fit judged by %(judged)s of %(criteria)s", **facts))

"""What features above the pipeline know of one person, for the candidate's page: their answers and their visits.

A panel is a title and rows of (moment, sentence, small print); see `pipeline.services.init_app`.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.db import db
from portal.feedback.queries import list_by_name
from portal.outreach.models import LandingLink, Verdict, Visit
from portal.submissions.models import Answer, DeclineReason, Interest, Response

Rows = list[tuple[datetime | None, str, str]]
LIMIT = 200

_ANSWERS = {
    Answer.INTERESTED: _l("Yes, interested"),
    Answer.NOT_NOW: _l("Not now"),
    Answer.NO: _l("No, thanks"),
}
_REASONS = {
    DeclineReason.PAY: _l("because of the pay"),
    DeclineReason.PLACE: _l("because of the place"),
    DeclineReason.ROLE: _l("because of the role"),
    DeclineReason.TIMING: _l("because of the time"),
    DeclineReason.COMPANY: _l("because of us"),
    DeclineReason.OTHER: _l("for another reason"),
}
_VERDICTS = {
    Verdict.HUMAN: _l("human"),
    Verdict.UNCONFIRMED: _l("unconfirmed"),
    Verdict.MACHINE: _l("machine"),
    Verdict.PREVIEW: _l("preview"),
}


def answers(candidate_id: int) -> tuple[str, Rows]:
    """What they answered, wrote in the interest form, and said about us by name; newest first."""
    rows: Rows = []
    for response in db.session.scalars(select(Response).filter_by(candidate_id=candidate_id)):
        rows.append((response.at, _answer(response), _("replaced later") if response.replaced_at else ""))
    for interest in db.session.scalars(select(Interest).filter_by(candidate_id=candidate_id)):
        told = (interest.attracts, ", ".join(interest.matters), interest.available, interest.reach_by)
        rows.append((interest.at, " · ".join(filter(None, told)) or _("Nothing was filled in."), _("interest form")))
    for said in list_by_name(candidate_id):
        told = (_("%(score)s of 10", score=said.score), *(words for _wording, words in said.words))
        rows.append((None, " · ".join(told), _("feedback")))
    return _("Answers"), sorted(rows, key=lambda row: (row[0] is None, -(row[0].timestamp() if row[0] else 0)))


def visits(candidate_id: int) -> tuple[str, Rows]:
    """Visits to their landing links with verdict and rule, newest first; those of machines folded to one row a day and rule."""
    mine = select(Visit).join(LandingLink, LandingLink.id == Visit.link_id).where(LandingLink.candidate_id == candidate_id)
    found = db.session.scalars(mine.order_by(Visit.at.desc(), Visit.id.desc()).limit(LIMIT)).all()
    rows: Rows = []
    for (folded, _on, tag), group in groupby(found, key=_fold):
        same = list(group)
        if folded:
            rows.append((same[0].at, ngettext("%(num)d machine visit", "%(num)d machine visits", len(same)), tag))
        else:
            rows += [(visit.at, _("Visited %(page)s with %(agent)s", page=visit.page, agent=visit.agent), tag) for visit in same]
    return _("Visits"), rows


def _fold(visit: Visit) -> tuple[bool, str, str]:
    tag = str(_VERDICTS[visit.verdict])
    if visit.rule:
        tag = _("%(verdict)s, by rule “%(rule)s”", verdict=tag, rule=visit.rule)
    return visit.verdict in {Verdict.MACHINE, Verdict.PREVIEW}, f"{visit.at:%Y-%m-%d}", tag


def _answer(response: Response) -> str:
    told: Sequence[str] = (
        str(_ANSWERS[response.answer]),
        str(_REASONS[response.reason]) if response.reason else "",
        _("ask again on %(day)s", day=format_date(response.ask_on)) if response.ask_on else "",
        response.comment,
    )
    return " · ".join(filter(None, told))

"""What a candidate's page shows of their hires."""

from datetime import datetime

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _
from markupsafe import Markup

from portal.hiring.models import LEAVINGS, Hire
from portal.hiring.queries import list_hires_of, role_name
from portal.pipeline.models import StageName
from portal.pipeline.queries import find_placement, stage_of

Row = tuple[datetime | None, str, str]


def panel(candidate_id: int) -> tuple[str, list[Row]]:
    """Every hire with the way to its page; who stands at Hired without one has the way to note it."""
    hires = list_hires_of(candidate_id)
    if hires or stage_of(find_placement(candidate_id)) is not StageName.HIRED:
        return _("Hires"), [_row(hire) for hire in hires]
    url = url_for("console.hiring.new", candidate_id=candidate_id)
    return _("Hires"), [(None, _link(url, _("Note when they accepted and who their manager is")), "")]


def _row(hire: Hire) -> Row:
    words = _("%(role)s, accepted on %(day)s", role=role_name(hire.role), day=format_date(hire.accepted_on, "d MMM y"))
    return None, _link(url_for("console.hiring.show", hire_id=hire.id), words), _state(hire)


def _state(hire: Hire) -> str:
    if hire.leaving:
        return str(LEAVINGS[hire.leaving])
    if hire.starts_on is None:
        return str(_("no first day yet"))
    return str(_("from %(day)s", day=format_date(hire.starts_on, "d MMM y")))


def _link(url: str, words: str) -> Markup:
    return Markup('<a class="link" href="{}">{}</a>').format(url, words)

"""What feedback holds about a person: what they said by name, and when they were asked. Anonymous answers are nobody's."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from portal import clock
from portal.candidates.models import Candidate
from portal.db import db, transaction
from portal.feedback import queries
from portal.feedback.details import Reading
from portal.feedback.models import Aside, Feedback, Request
from portal.feedback.services import content_of
from portal.outreach.models import LandingLink
from portal.personal import Item

KEY = "feedback"
TITLE = _l("Feedback")


def held(candidate_id: int) -> Sequence[Item]:
    """Answers by name, requests, and what the guard kept aside. Whether they answered without a name is not looked up."""
    said = [_answer(one) for one in queries.list_by_name(candidate_id)]
    asked = [_request(one) for one in queries.list_requests(candidate_id)]
    aside = [Item(_("Feedback that looked like a robot's, kept for a week"), _at(row)) for row in _asides(candidate_id)]
    return sorted([*said, *asked, *aside], key=lambda item: item.at or datetime.min.replace(tzinfo=UTC), reverse=True)


def erase(candidate_id: int) -> None:
    """Delete what they said by name. Of a request stays that somebody was asked, as a count."""
    with transaction() as session:
        for row in _asides(candidate_id):
            session.delete(row)
        session.execute(delete(Feedback).where(Feedback.candidate_id == candidate_id))
        session.execute(update(Request).where(Request.candidate_id == candidate_id).values(candidate_id=None))
        session.expire_all()


def _answer(said: Reading) -> Item:
    facts: dict[str, Any] = {said.score_wording: said.score} | {wording: str(mark) for wording, mark in said.marked}
    if said.wants_contact:
        facts[_("You want to hear from us")] = _("answered") if said.settled else _("waits")
    text = "\n\n".join(f"{wording}\n{words}" for wording, words in said.words)
    return Item(_("You told us how we treated you, by name"), datetime.combine(said.on, time(), UTC), facts, text)


def _request(request: Request) -> Item:
    is_open = request.asked_at + queries.OPEN_FOR > clock.now()
    facts = {
        _("Asked because of"): request.rule.name,
        _("Form"): request.version.title,
        _("Still open"): _("yes") if is_open else _("no"),
        _("Reminded"): _("yes") if request.reminded_at else _("no"),
    }
    return Item(_("We asked you how we treated you"), request.asked_at, facts)


def _asides(candidate_id: int) -> list[Aside]:
    """Named posts that were kept aside and are this person's, by their link or by the address that was typed."""
    candidate = db.session.get(Candidate, candidate_id)
    email = (candidate.email or "").casefold() if candidate else ""
    links = set(db.session.scalars(select(LandingLink.id).filter_by(candidate_id=candidate_id)))
    requests = set(db.session.scalars(select(Request.id).filter_by(candidate_id=candidate_id)))
    named = db.session.scalars(select(Aside).filter_by(anonymous=False)).all()
    return [row for row in named if _is_theirs(row, email, links, requests)]


def _is_theirs(row: Aside, email: str, links: set[int], requests: set[int]) -> bool:
    content = content_of(row, whole=True)
    typed = str(content.get("email", "")).casefold()
    return bool(email and typed == email) or content.get("link_id") in links or content.get("request_id") in requests


def _at(row: Aside) -> datetime:
    return datetime.combine(row.on, time(), UTC)

"""What is held about a person who was hired, and what their manager answered."""

from collections.abc import Sequence

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from portal import clock
from portal.db import transaction
from portal.delivery.models import Delivery, OutboxMail, Purpose
from portal.hiring.models import LEAVINGS, Hire, Review
from portal.hiring.queries import list_hires_of, role_name, subject_of
from portal.personal import Item, Plain

KEY = "hiring"
TITLE = _l("Your work with us")


def held(candidate_id: int) -> Sequence[Item]:
    """Every hire with its days, and every review that was answered."""
    return [item for hire in list_hires_of(candidate_id) for item in (_hire(hire), *map(_review, _answered(hire)))]


def erase(candidate_id: int) -> None:
    """The hire stays as a count of nobody, with its days and marks: that is what the numbers are made of.

    Copies of mails to the manager named them, so they go.
    """
    with transaction() as session:
        theirs = session.scalars(select(Review.id).join(Review.hire).where(Hire.candidate_id == candidate_id)).all()
        subjects = [subject_of(number, reminder=reminder) for number in theirs for reminder in (False, True)]
        mails = select(Delivery.id).where(Delivery.purpose == Purpose.REVIEW, Delivery.subject_id.in_(subjects))
        session.execute(delete(OutboxMail).where(OutboxMail.delivery_id.in_(mails)))
        session.execute(update(Hire).where(Hire.candidate_id == candidate_id).values(candidate_id=None, erased_at=clock.now()))


def _hire(hire: Hire) -> Item:
    days = {
        _("considered since"): hire.considered_on,
        _("offer accepted on"): hire.accepted_on,
        _("first day"): hire.starts_on,
        _("left on"): hire.left_on,
    }
    facts: dict[str, Plain] = {label: format_date(day) for label, day in days.items() if day}
    if hire.leaving:
        facts[_("reason")] = str(LEAVINGS[hire.leaving])
    if hire.manager_name or hire.manager_email:
        facts[_("manager")] = hire.manager_name or hire.manager_email
    return Item(_("You were hired: %(role)s", role=role_name(hire.role)), hire.created_at, facts)


def _answered(hire: Hire) -> list[Review]:
    return [review for review in hire.reviews if review.answered_at is not None]


def _review(review: Review) -> Item:
    marks = {
        _("work, of 5"): review.rating,
        _("settling in, of 5"): review.ramp_up,
        _("satisfaction, of 5"): review.satisfaction,
    }
    facts: dict[str, Plain] = {label: mark for label, mark in marks.items() if mark is not None}
    if review.employed is not None:
        facts[_("still with us")] = _("yes") if review.employed else _("no")
    return Item(_("Your manager answered about day %(day)s", day=review.day), review.answered_at, facts)

"""What submissions hold about a person, and how they let go of it."""

import json
import re
import secrets
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, or_, select

from portal import clock
from portal.candidates.models import Candidate
from portal.content import services as content
from portal.db import after_commit, db, transaction
from portal.delivery.models import Delivery, OutboxMail, Purpose
from portal.errors import Invalid
from portal.outreach.models import LandingLink
from portal.personal import Item
from portal.privacy.queries import address_key
from portal.submissions.models import REASONS, Answer, Interest, PendingInterest, Quarantine, Question, Referral, Removal, Tap
from portal.submissions.queries import list_responses
from portal.submissions.services import content_of

KEY = "submissions"
TITLE = _l("Your answers, questions and forms")
ANSWERS = {Answer.INTERESTED: _l("Interested"), Answer.NOT_NOW: _l("Not now"), Answer.NO: _l("no")}
_SHORTEST_NAME = 3


def held(candidate_id: int) -> Sequence[Item]:
    """Answers, interest, questions, friends you named and who named you, taps, and what was taken for a robot's; newest first."""
    person = db.session.get_one(Candidate, candidate_id)
    items = [*_answers(candidate_id), *_interest(person), *_questions(person), *_friends(person), *_aside(person)]
    return sorted(items, key=lambda item: item.at or clock.now(), reverse=True)


def erase(candidate_id: int) -> None:
    """Words go, and so does every address. A response stays as a count of nobody; a question stays unless it names the person."""
    with transaction() as session:
        person = session.get_one(Candidate, candidate_id)
        for response in list_responses(candidate_id):
            response.comment, response.would_change, response.form_key = "", "", secrets.token_hex(32)
            response.link_id = None
        for question in session.scalars(select(Question).where(_asked_by(person))):
            _let_go(question, person)
        for row in _rows_aside(person):
            session.delete(row)
        session.execute(delete(Interest).filter_by(candidate_id=candidate_id))
        session.execute(delete(Tap).filter_by(candidate_id=candidate_id))
        session.execute(delete(PendingInterest).filter_by(address_key=person.address_key))
        _erase_referrals(person)
        after_commit(content.forget)


def _answers(candidate_id: int) -> list[Item]:
    answers = [
        Item(
            str(_("You answered: %(answer)s", answer=ANSWERS[row.answer])),
            row.at,
            {
                str(_("Reason")): str(REASONS[row.reason]) if row.reason else None,
                str(_("Ask again on")): row.ask_on.isoformat() if row.ask_on else None,
                str(_("Replaced on")): row.replaced_at.isoformat() if row.replaced_at else None,
                str(_("What would change your mind")): row.would_change or None,
            },
            row.comment,
        )
        for row in list_responses(candidate_id)
    ]
    taps = db.session.scalars(select(Tap).filter_by(candidate_id=candidate_id))
    said = _("An answer was tapped behind your link, perhaps by a program; it counts nowhere")
    return answers + [Item(str(said), row.at, {str(_("Answer")): str(ANSWERS[row.answer])}) for row in taps]


def _interest(person: Candidate) -> list[Item]:
    given = db.session.scalars(select(Interest).filter_by(candidate_id=person.id))
    items = [Item(str(_("You filled in the interest form")), row.at, _facts(row), row.attracts) for row in given]
    waiting = db.session.scalars(select(PendingInterest).filter_by(address_key=person.address_key, confirmed_at=None))
    said = str(_("Somebody typed your address into the interest form; it waits for your press, seven days at most"))
    return items + [Item(said, row.at, _plain(row.content)) for row in waiting]


def _facts(row: Interest) -> dict[str, str | list[str] | bool | None]:
    return {
        str(_("About")): row.about or None,
        str(_("What matters")): list(row.matters),
        str(_("When it could be")): row.available or None,
        str(_("How to reach you")): row.reach_by or None,
        str(_("May be kept for two years")): row.consent_at is not None,
    }


def _questions(person: Candidate) -> list[Item]:
    asked = db.session.scalars(select(Question).where(_asked_by(person)))
    return [
        Item(
            str(_("You asked the team")),
            row.at,
            {
                str(_("Page")): row.page,
                str(_("Name shown")): row.name or None,
                str(_("Answer by mail to")): row.email,
                str(_("Answer")): row.answer or None,
                str(_("Removed because")): row.removed_why or None,
            },
            row.text,
        )
        for row in asked
    ]


def _friends(person: Candidate) -> list[Item]:
    named = db.session.scalars(select(Referral).filter_by(referrer_id=person.id))
    items = [
        Item(str(_("You named a friend; who it is belongs to them")), row.at, {str(_("About")): row.about or None})
        for row in named
    ]
    thought_of = db.session.scalars(select(Referral).where(_named(person)))
    by = str(_("Named by"))
    return items + [Item(str(_("A friend thought of you")), row.at, {by: row.referrer_name or None}) for row in thought_of]


def _aside(person: Candidate) -> list[Item]:
    said = _("A form with your address was taken for a robot's; it waits for a person to look, seven days at most")
    return [Item(str(said), row.at, _plain(content_of(row))) for row in _rows_aside(person)]


def _plain(values: dict[str, object]) -> dict[str, str | list[str]]:
    return {
        name: [str(one) for one in value] if isinstance(value, list) else str(value) for name, value in values.items() if value
    }


def _asked_by(person: Candidate) -> ColumnElement[bool]:
    mine = Question.candidate_id == person.id
    return or_(mine, Question.address_key == person.address_key) if person.address_key else mine


def _named(person: Candidate) -> ColumnElement[bool]:
    mine = Referral.candidate_id == person.id
    return or_(mine, Referral.address_key == person.address_key) if person.address_key else mine


def _rows_aside(person: Candidate) -> list[Quarantine]:
    """Posts kept aside that came behind the person's links or hold their address in any spelling."""
    links = set(db.session.scalars(select(LandingLink.id).filter_by(candidate_id=person.id)))
    return [row for row in db.session.scalars(select(Quarantine)) if _is_of(person, links, json.loads(row.content))]


def _is_of(person: Candidate, links: set[int], content: dict[str, object]) -> bool:
    try:
        typed = address_key(str(content.get("email") or ""))
    except Invalid:
        typed = ""
    words = json.dumps(content, ensure_ascii=False).casefold()
    named = bool(person.email) and str(person.email).casefold() in words
    return content.get("link_id") in links or (bool(typed) and typed == person.address_key) or named


def _let_go(question: Question, person: Candidate) -> None:
    """Nobody asked it. Words that name the person go too, and the page says that who asked wanted it."""
    question.name, question.email, question.address_key, question.candidate_id, question.by_mail = "", None, None, None, False
    question.form_key, question.changed_at = secrets.token_hex(32), clock.now()
    names = [word for word in re.split(r"\W+", person.full_name) if len(word) >= _SHORTEST_NAME]
    words = f"{question.text} {question.answer}".casefold()
    if any(name.casefold() in words for name in [*names, *filter(None, [person.email])]):
        question.text, question.answer, question.removed_why = "", "", ""
        question.removal, question.removed_at = Removal.ASKER, clock.now()


def _erase_referrals(person: Candidate) -> None:
    session = db.session()
    session.execute(delete(Referral).where(_named(person)))
    asked = select(Referral.id).where(Referral.referrer_id == person.id)
    letters = select(Delivery.id).where(Delivery.purpose == Purpose.REFERRAL, Delivery.subject_id.in_(asked))
    session.execute(delete(OutboxMail).where(OutboxMail.delivery_id.in_(letters)))  # they name who sent them
    for row in session.scalars(select(Referral).filter_by(referrer_id=person.id)):
        row.referrer_name, row.referrer_id, row.form_key = "", None, secrets.token_hex(32)

"""One answer, one transaction: the response, the place in the pipeline, the touchpoint, and what the person wishes by it."""

from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from portal import clock, tokens
from portal.candidates import services as candidates
from portal.candidates.models import Candidate
from portal.config import settings
from portal.db import db, transaction
from portal.delivery.verdicts import zone_of
from portal.errors import Invalid, NotFound
from portal.languages import in_english
from portal.outreach import services as outreach
from portal.outreach.models import LandingLink
from portal.pipeline import services as pipeline
from portal.pipeline.models import StageName
from portal.pipeline.queries import find_placement, stage_of
from portal.privacy import services as privacy
from portal.privacy.models import Basis
from portal.privacy.queries import current_basis, find_suppression
from portal.submissions import queries
from portal.submissions.models import Answer, DeclineReason, Response
from portal.submissions.services.taps import settle_taps
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind

COMMENT_LIMIT = 10_000
LATEST_ASK = timedelta(days=2 * 365)
# After the day somebody chose there must be time to write the one mail.
ASK_GRACE = timedelta(days=30)
STAGES = {Answer.INTERESTED: StageName.INTERESTED, Answer.NOT_NOW: StageName.NOT_NOW, Answer.NO: StageName.DECLINED}
# Nobody is moved back to Interested from here by pressing “yes” again.
FURTHER = frozenset({StageName.IN_CONVERSATION, StageName.CONSIDERED})


def respond(
    link: LandingLink,
    answer: Answer,
    *,
    form_key: str,
    ask_on: date | None = None,
    reason: DeclineReason | None = None,
    comment: str = "",
    would_change: str = "",
    proof: str = "",
) -> Response:
    """Take a person's answer. The same form again is the same answer; another answer replaces the one before.

    `proof` is the token of the page it was given on, if it had one.
    """
    given = Response(
        answer=answer,
        ask_on=ask_on if answer is Answer.NOT_NOW else None,
        reason=reason if answer is Answer.NO else None,
        comment=comment.strip(),
        would_change=would_change.strip() if answer is Answer.NO else "",
        form_key=form_key,
    )
    _check(link, given)
    try:
        # All that an answer does happens at one moment, so that a later answer knows what to take back.
        with clock.standing_at(clock.now()), transaction():
            return _respond(link, given, proof)
    except IntegrityError:
        if found := queries.find_response(form_key):
            return found
        raise


def _respond(link: LandingLink, given: Response, proof: str) -> Response:
    session = db.session()
    candidate = session.get(Candidate, link.candidate_id, with_for_update={"key_share": True}, populate_existing=True)
    if candidate is None or candidate.erased_at is not None:
        raise NotFound(_("This link is not valid, or no longer."))
    before = queries.current_response(candidate.id)
    if found := queries.find_response(given.form_key):
        if before is None or _says(before) == _says(found):
            return before or found
        given.form_key = tokens.digest(f"{given.form_key}:{before.id}")  # back, another answer, back, the first again
    given.candidate_id, given.link_id, given.at = candidate.id, link.id, clock.now()
    if before is not None:
        before.replaced_at = given.at
        _take_back(candidate, before, given)
    session.add(given)
    session.flush()
    _record(link, candidate, given)
    _follow(candidate, given)
    settle_taps(candidate)
    outreach.answered(link, proof)
    return given


def _check(link: LandingLink, given: Response) -> None:
    if link.candidate is None:
        raise NotFound(_("This link belongs to nobody, so it cannot answer for anybody."))
    for name in ("comment", "would_change"):
        if len(getattr(given, name)) > COMMENT_LIMIT:
            raise Invalid(_("At most %(limit)s characters fit here.", limit=COMMENT_LIMIT), name)
    if given.answer is not Answer.NOT_NOW:
        return
    if given.ask_on is None:
        raise Invalid(_("Choose a day on which we may ask again."), "ask_on")
    today = clock.today(str(zone_of(link.candidate)))
    if not today < given.ask_on <= today + LATEST_ASK:
        raise Invalid(_("Choose a day between tomorrow and two years from now."), "ask_on")


def _says(given: Response) -> tuple[object, ...]:
    return given.answer, given.ask_on, given.reason, given.comment, given.would_change


def _record(link: LandingLink, candidate: Candidate, given: Response) -> None:
    timeline.record(
        candidate.id,
        Kind.RESPONDED,
        Direction.IN,
        Channel.WEB,
        at=given.at,
        campaign_id=link.campaign_id,
        subject=("response", given.id),
        answer=given.answer.value,
    )


def _follow(candidate: Candidate, given: Response) -> None:
    """Stage, silence and reminder, as the answer asks for."""
    stage = stage_of(find_placement(candidate.id))
    if stage is not StageName.HIRED and not (given.answer is Answer.INTERESTED and stage in FURTHER):
        pipeline.move(candidate.id, STAGES[given.answer], in_english(_l("Answered on the landing page")))
    if given.answer is Answer.NO:
        candidates.unsubscribe(candidate)
        candidates.stop_contact(candidate, channel=Channel.WEB)
    if given.answer is Answer.NOT_NOW and given.ask_on:
        candidates.ask_later(candidate, given.ask_on)
        pipeline.set_next_step(candidate.id, in_english(_l("Ask again, as agreed")), given.ask_on)
        _keep_until(candidate, given.ask_on)


def _keep_until(candidate: Candidate, ask_on: date) -> None:
    """They asked to be written to on that day, which permits to keep them so long and no longer."""
    until = clock.now() + (ask_on - clock.today(settings().time_zone)) + ASK_GRACE
    basis = current_basis(candidate.id)
    if basis is None or basis.until < until:
        privacy.establish(candidate.id, Basis.CONSENT, until=until, evidence="asked to be written to on a day")


def _take_back(candidate: Candidate, before: Response, given: Response) -> None:
    """What an earlier answer stopped goes on again; what staff or the person stopped by other ways stays stopped."""
    if before.answer is Answer.NO and given.answer is not Answer.NO:
        noes = {row.at for row in queries.list_responses(candidate.id) if row.answer is Answer.NO}
        if candidate.unsubscribed_at in noes:
            candidates.resubscribe(candidate)
        if candidate.do_not_contact_at in noes and not (candidate.email and find_suppression(candidate.email)):
            candidates.allow_contact(candidate, channel=Channel.WEB)
    if before.answer is Answer.NOT_NOW:
        candidates.heard_again(candidate)

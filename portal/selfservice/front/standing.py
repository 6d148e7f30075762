"""How things stand for somebody, in plain words: where they are with us, why we keep what we keep, and when we write next."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.candidates.models import Candidate, Pace
from portal.delivery import services as delivery
from portal.languages import said_again
from portal.pipeline.models import StageName
from portal.pipeline.queries import find_placement
from portal.privacy.models import Basis, LawfulBasis
from portal.privacy.queries import current_basis, find_hold, find_notice, find_term

STAGES = {
    StageName.IDENTIFIED: _l("We know of you and have not written yet. You are in no selection."),
    StageName.CONTACTED: _l("We have written to you. You are in no selection, and nobody waits for you."),
    StageName.ENGAGED: _l(
        "We have written to you, and you looked at it. Nothing follows from that, and you are in no selection."
    ),
    StageName.INTERESTED: _l("You said that you are interested. Now it is our turn."),
    StageName.IN_CONVERSATION: _l("You and we are talking. Nothing is decided."),
    StageName.CONSIDERED: _l("We are thinking about you for a role, because you and we talked about it."),
    StageName.HIRED: _l("You work with us."),
    StageName.NOT_NOW: _l("You said: not now. We keep still until the day you named."),
    StageName.DECLINED: _l("It ended with a no, yours or ours. Nobody will ask again by themselves."),
    StageName.SILVER_MEDALIST: _l("It did not come to a job, and we would like to talk again when something fits."),
}
BASES = {
    Basis.LEGITIMATE_INTEREST: _l("We believe that our work may interest you (legitimate interest, GDPR Article 6(1)(f))."),
    Basis.CONSENT: _l("You agreed that we keep in touch (consent, GDPR Article 6(1)(a))."),
}


@dataclass(frozen=True)
class Standing:
    """`next_mail`: before this moment nothing of our own accord is sent; None when nothing will come at all. `why` says it in
    words. `delete_at` is empty while a legal hold keeps the data."""

    candidate: Candidate
    stage: str
    since: datetime | None
    next_mail: datetime | None
    why: str
    basis: LawfulBasis | None
    basis_words: str
    informed_at: datetime | None
    delete_at: datetime | None
    held_for_law: bool
    next_step: str
    next_step_on: date | None


def standing_of(candidate: Candidate) -> Standing:
    """How things stand at this moment."""
    placement, basis = find_placement(candidate.id), current_basis(candidate.id)
    notice, term = find_notice(candidate.id), find_term(candidate.id)
    next_mail = delivery.next_mail_not_before(candidate)
    return Standing(
        candidate=candidate,
        stage=str(STAGES[placement.stage if placement else StageName.IDENTIFIED]),
        since=placement.since if placement else candidate.collected_at,
        next_mail=next_mail,
        why=_why(candidate, next_mail),
        basis=basis,
        basis_words=str(BASES[basis.basis]) if basis else "",
        informed_at=notice.at if notice else None,
        delete_at=term.delete_at if term else (basis.until if basis else None),
        held_for_law=find_hold(candidate.id) is not None,
        next_step=said_again(placement.next_step) if placement else "",
        next_step_on=placement.next_step_on if placement else None,
    )


def _why(candidate: Candidate, next_mail: datetime | None) -> str:
    """One sentence: what it is that keeps us still, or lets us write."""
    if next_mail is None:
        return _silence(candidate)
    if candidate.ask_again_on:
        return str(_("You said “not now” and picked this day. One mail comes then, and only one."))
    if candidate.held_back_until and candidate.held_back_until > clock.now():
        return str(
            _("An answer in one of our mails was pressed, and we do not know whether it was you. We wait until that is clear.")
        )
    if candidate.paused_until:
        return str(_("You asked for a pause. Before that day nothing comes that you did not ask for."))
    if candidate.pace is not Pace.ANY:
        return str(_("That is the pace you set. It may be later, and it may be never."))
    return str(_("You set no pace and no pause, so that something may come at any time. You can change that here."))


def _silence(candidate: Candidate) -> str:
    if candidate.objected_at or candidate.do_not_contact_at:
        return str(_("We write to you no more. What you ask for on this page still reaches you."))
    if candidate.restricted_at:
        return str(_("You restricted the use of your data: we keep it and do nothing with it."))
    if candidate.unsubscribed_at:
        return str(_("You ended our newsletters. What you ask us is still answered."))
    return str(_("Nothing permits us to write to you of our own accord."))

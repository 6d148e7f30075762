"""What this feature holds about a person: bases, the notice, the day of deletion, holds, and who looked."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from portal.accounts.queries import list_users
from portal.db import transaction
from portal.personal import Item, Plain
from portal.privacy.models import Action, AuditEntry, Basis, Hold, LawfulBasis, Notice, Term, Why
from portal.privacy.queries import current_basis, find_notice, list_audit, list_holds
from portal.privacy.queries.standing import list_bases
from portal.privacy.queries.terms import work_out

KEY = "privacy"
TITLE = _l("Why we may keep it, and who looked")

BASES = {Basis.LEGITIMATE_INTEREST: _l("Legitimate interest"), Basis.CONSENT: _l("Your consent")}
ACTIONS = {
    Action.SAW: _l("Looked at your data"),
    Action.ADDED: _l("Added you"),
    Action.CHANGED: _l("Changed something"),
    Action.EXPORTED: _l("Exported your data"),
    Action.IMPORTED: _l("Imported you"),
    Action.MERGED: _l("Joined two entries about you"),
    Action.SENT: _l("Sent you something"),
    Action.HELD: _l("Set or ended a legal hold"),
    Action.ERASED: _l("Erased you"),
    Action.RENEWED: _l("Renewed the permission to keep your data"),
}


def held(candidate_id: int) -> Sequence[Item]:
    """Bases with their ends, the notice, when all is deleted, legal holds, and who looked when."""
    return [*_term(candidate_id), *_holds(candidate_id), *_bases(candidate_id), *_notice(candidate_id), *_looks(candidate_id)]


def erase(candidate_id: int) -> None:
    """Everything but the trail, which holds only numbers."""
    with transaction() as session:
        for model in (LawfulBasis, Notice, Term, Hold):
            session.execute(delete(model).filter_by(candidate_id=candidate_id))


def _term(candidate_id: int) -> Iterator[Item]:
    for worked in work_out([candidate_id]):
        if worked.delete_at is None:
            yield Item(_("Kept as long as a legal duty asks for it"))
        elif worked.why is Why.NOT_INFORMED:
            yield Item(_("All of it is deleted on this day unless we tell you about it before"), worked.delete_at)
        else:
            yield Item(_("All of it is deleted on this day"), worked.delete_at)


def _holds(candidate_id: int) -> Iterator[Item]:
    for row in list_holds(candidate_id):
        facts: dict[str, Plain] = {_("until"): str(row.until or ""), _("ended"): row.ended_at is not None}
        yield Item(_("A legal hold: kept, and not used"), row.placed_at, facts, row.reason)


def _bases(candidate_id: int) -> Iterator[Item]:
    current = current_basis(candidate_id)
    for row in list_bases(candidate_id):
        counts = current is not None and row.id == current.id
        facts: dict[str, Plain] = {_("ends"): row.until.date().isoformat(), _("counts now"): counts}
        yield Item(str(BASES[row.basis]), row.since, facts, row.evidence)


def _notice(candidate_id: int) -> Iterator[Item]:
    if notice := find_notice(candidate_id):
        yield Item(_("We told you who keeps what, from where, why and how long"), notice.at)


def _looks(candidate_id: int) -> Iterator[Item]:
    names = {user.id: user.full_name or user.email for user in list_users()}
    for entry in list_audit(candidate_id, limit=None):
        yield Item(_what(entry), entry.at, {_("who"): names.get(entry.actor_id or 0) or _who_else(entry)})


def _what(entry: AuditEntry) -> str:
    return str(ACTIONS.get(entry.action, entry.action.value))


def _who_else(entry: AuditEntry) -> str:
    return str(_("somebody who works here no more") if entry.actor_id else _("you, or a rule"))

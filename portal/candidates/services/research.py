"""Research before contact: what was looked up, where, how somebody fits, and the line "why you"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import delete, select

from portal import clock
from portal.candidates.details import clean
from portal.candidates.models import Candidate, Fit, Judgement, ResearchCheck, ResearchLink
from portal.candidates.queries.research import get_research, list_fits, list_links
from portal.db import transaction
from portal.errors import Invalid
from portal.timeline import services as timeline
from portal.timeline.models import Channel, Direction, Kind, Touchpoint

EVIDENCE_LIMIT, REASON_LIMIT, LABEL_LIMIT, URL_LIMIT, MOST_LINKS = 500, 500, 100, 2000, 20
# Saving again within this time is the same piece of work in the timeline.
SITTING = timedelta(hours=12)


@dataclass(frozen=True)
class Findings:
    """What somebody of staff found out. `links` are (label, address), `fits` (judgement, reason) by number of the criterion."""

    evidence: str = ""
    checked: frozenset[str] = frozenset()
    links: Sequence[tuple[str, str]] = ()
    fits: Mapping[int, tuple[Judgement, str]] = field(default_factory=dict)


def research(candidate: Candidate, findings: Findings, actor_id: int | None = None) -> Candidate:
    """Keep what was found out, in place of what was there; one touchpoint a sitting, and none when nothing is new."""
    links = [_checked_link(number, *link) for number, link in enumerate(findings.links) if any(part.strip() for part in link)]
    evidence = clean(findings.evidence)
    if len(evidence) > EVIDENCE_LIMIT:
        raise Invalid(_("At most %(limit)s characters fit here.", limit=EVIDENCE_LIMIT), "evidence")
    if len(links) > MOST_LINKS:
        raise Invalid(_("At most %(limit)s links fit here.", limit=MOST_LINKS), "links")
    with transaction() as session:
        session.scalar(select(Candidate.id).filter_by(id=candidate.id).with_for_update())  # two at once: one after the other
        changed = [
            _keep_evidence(candidate, evidence),
            _keep_checks(candidate, findings.checked, actor_id),
            _keep_links(candidate, links, actor_id),
            _keep_fits(candidate, findings.fits, actor_id),
        ]
        session.flush()
        if any(changed):
            _record(candidate, actor_id)
        return candidate


def _checked_link(number: int, label: str, url: str) -> tuple[str, str]:
    """A label and a web address; what begins with www. gets its scheme. Invalid names the place as the form counts them."""
    url, label = clean(url), clean(label)
    if url.lower().startswith("www."):
        url = f"https://{url}"
    if not url:
        raise Invalid(_("The address of this link is missing."), f"links-{number}-url")
    if not _is_web_address(url):
        raise Invalid(_("This is no web address. It begins with https:// or http://."), f"links-{number}-url")
    if len(url) > URL_LIMIT or len(label) > LABEL_LIMIT:
        raise Invalid(_("This link is too long to keep."), f"links-{number}-url")
    return label or (urlsplit(url).hostname or url), url


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(sign.isspace() for sign in url)


def _keep_evidence(candidate: Candidate, evidence: str) -> bool:
    changed = candidate.evidence != evidence
    candidate.evidence = evidence
    return changed


def _keep_checks(candidate: Candidate, checked: frozenset[str], actor_id: int | None) -> bool:
    """Of the present checklist; what an earlier list asked stays as it was answered."""
    items = get_research(candidate).items
    new = [item for item, at in items.items() if at is None and item in checked]
    gone = [item for item, at in items.items() if at is not None and item not in checked]
    with transaction() as session:
        session.add_all(ResearchCheck(candidate_id=candidate.id, item=item, at=clock.now(), actor_id=actor_id) for item in new)
        session.execute(delete(ResearchCheck).where(ResearchCheck.candidate_id == candidate.id, ResearchCheck.item.in_(gone)))
    return bool(new or gone)


def _keep_links(candidate: Candidate, links: Sequence[tuple[str, str]], actor_id: int | None) -> bool:
    known = list_links(candidate.id)
    if [(row.label, row.url) for row in known] == list(links):
        return False
    kept = {(row.label, row.url): (row.at, row.actor_id) for row in known}
    with transaction() as session:
        session.execute(delete(ResearchLink).where(ResearchLink.candidate_id == candidate.id))
        for label, url in links:
            at, who = kept.get((label, url), (clock.now(), actor_id))
            session.add(ResearchLink(candidate_id=candidate.id, label=label, url=url, at=at, actor_id=who))
            session.flush()  # one by one, so that they keep their order
    return True


def _keep_fits(candidate: Candidate, fits: Mapping[int, tuple[Judgement, str]], actor_id: int | None) -> bool:
    """By the criteria of the present persona only. Neither judged nor a reason given: no row."""
    rows, changed = {row.criterion_id: row for row in list_fits(candidate.id)}, False
    for criterion in (one.criterion for one in get_research(candidate).fits):
        judgement, reason = fits.get(criterion.id, (Judgement.UNKNOWN, ""))
        if len(reason := clean(reason)) > REASON_LIMIT:
            raise Invalid(_("A reason has at most %(limit)s characters.", limit=REASON_LIMIT), f"reason-{criterion.id}")
        row = rows.get(criterion.id)
        if (judgement, reason) != ((row.judgement, row.reason) if row else (Judgement.UNKNOWN, "")):
            changed = True
            _judge(row or Fit(candidate_id=candidate.id, criterion_id=criterion.id), judgement, reason, actor_id)
    return changed


def _judge(row: Fit, judgement: Judgement, reason: str, actor_id: int | None) -> None:
    row.judgement, row.reason, row.at, row.actor_id = judgement, reason, clock.now(), actor_id
    with transaction() as session:
        if judgement is not Judgement.UNKNOWN or reason:
            session.add(row)
        elif row in session:
            session.delete(row)


def _record(candidate: Candidate, actor_id: int | None) -> None:
    with transaction() as session:
        lately = select(Touchpoint.id).filter_by(candidate_id=candidate.id, kind=Kind.RESEARCHED, actor_id=actor_id)
        if session.scalar(lately.where(Touchpoint.at > clock.now() - SITTING).limit(1)) is None:
            timeline.record(candidate.id, Kind.RESEARCHED, Direction.INTERNAL, Channel.CONSOLE, actor_id=actor_id)

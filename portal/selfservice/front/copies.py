"""A copy to take along: the same that the page shows, as JSON for machines and as one HTML page for people. Made in memory."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template

from portal import clock
from portal.candidates.models import Candidate
from portal.content.queries import site
from portal.selfservice.front.holdings import Group, list_groups
from portal.selfservice.front.promise import Kept, kept_promise
from portal.selfservice.front.standing import Standing, standing_of

FORMATS = {"json": "application/json", "html": "text/html"}


@dataclass(frozen=True)
class Copy:
    """Everything about one person at one moment."""

    made_at: datetime
    standing: Standing
    promise: Kept
    groups: Sequence[Group]

    def as_json(self) -> str:
        """For machines; the same words and keys as on the page, times as ISO 8601 in UTC."""
        return json.dumps(_plain(self), ensure_ascii=False, indent=1)

    def as_html(self) -> str:
        """For people: one page that needs nothing else."""
        return render_template("selfservice/copy.html", copy=self, standing=self.standing)


def copy_of(candidate: Candidate) -> Copy:
    """All that is held now."""
    return Copy(clock.now(), standing_of(candidate), kept_promise(), list_groups(candidate.id))


def _plain(copy: Copy) -> dict[str, Any]:
    now = copy.standing
    return {
        "company": site().name,
        "made_at": copy.made_at.isoformat(),
        "next_mail_not_before": _moment(now.next_mail),
        "why": now.why,
        "stage": now.stage,
        "lawful_basis": now.basis_words,
        "basis_until": _moment(now.basis.until if now.basis else None),
        "informed_at": _moment(now.informed_at),
        "deleted_on": _moment(now.delete_at),
        "promise": f"{site().promise.text} {copy.promise.words}",
        "held": {group.key: {"title": group.title, "items": [_item(item) for item in group.items]} for group in copy.groups},
    }


def _item(item: Any) -> dict[str, Any]:
    return {"what": item.what, "at": _moment(item.at), "facts": dict(item.facts), "text": item.text}


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None

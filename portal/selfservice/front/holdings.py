"""Everything that is held, feature by feature, in the order in which people ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.errors import NotFound
from portal.personal import Item, Plain, holders

# The features that answer first; the others follow as they come.
ORDER = ("person", "privacy", "pipeline", "submissions", "feedback", "events", "mails", "outreach", "timeline", "own_page")
PREVIEW = 5
PAGE = 250


@dataclass(frozen=True)
class Group:
    """What one feature holds, newest first."""

    key: str
    title: str
    items: Sequence[Item]

    def page(self, number: int) -> Sequence[Item]:
        """A page of it, counted from 1."""
        return self.items[(number - 1) * PAGE : number * PAGE]

    @property
    def pages(self) -> int:
        """How many pages it has, one at least."""
        return max(1, -(-len(self.items) // PAGE))


def list_groups(candidate_id: int) -> list[Group]:
    """All that is held about somebody; features that hold nothing are named too, with nothing in them."""
    found = [Group(one.KEY, str(one.TITLE), list(one.held(candidate_id))) for one in holders()]
    return sorted(found, key=lambda group: ORDER.index(group.key) if group.key in ORDER else len(ORDER))


def get_group(candidate_id: int, key: str) -> Group:
    """What one feature holds; NotFound when there is no such feature."""
    for one in holders():
        if key == one.KEY:
            return Group(key, str(one.TITLE), list(one.held(candidate_id)))
    raise NotFound(_("There is nothing at this address."))


def shown(value: Plain) -> str:
    """A fact as people read it."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if value is None or value == "":
        return "—"
    return str(value) if isinstance(value, str | int | float) else ", ".join(value) or "—"

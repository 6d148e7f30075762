"""What the timeline holds about a person: every dated contact."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal.db import db, transaction
from portal.languages import said_again
from portal.personal import Item, Plain
from portal.timeline.models import Channel, Direction, Kind, Touchpoint

KEY = "timeline"
TITLE = _l("What happened between us")
# What the numbers of the past are counted from; each is a word of ours, never a person's.
COUNTED = ("answer", "from_stage", "to_stage", "score", "verdict")

KINDS = {
    Kind.ADDED: _l("Added"),
    Kind.OUTREACH_DELIVERED: _l("We wrote to you for the first time"),
    Kind.MAIL_DELIVERED: _l("A mail left for you"),
    Kind.BOUNCED: _l("A mail to you came back"),
    Kind.COMPLAINED: _l("You marked a mail of ours as spam"),
    Kind.VISITED: _l("You visited a page of ours"),
    Kind.RESPONDED: _l("You answered"),
    Kind.REPLIED: _l("You wrote back to a mail"),
    Kind.INTEREST_GIVEN: _l("You told us what interests you"),
    Kind.FEEDBACK_GIVEN: _l("You gave feedback"),
    Kind.MOVED: _l("Your stage changed"),
    Kind.MOVE_JUDGED: _l("A change of your stage was a mistake, or was not after all"),
    Kind.NOTED: _l("Somebody wrote a note"),
    Kind.EDITED: _l("What we know of you was changed"),
    Kind.RESEARCHED: _l("Somebody read up on you before writing"),
    Kind.ATTENDED: _l("You came to an event and checked in"),
    Kind.UNSUBSCRIBED: _l("You unsubscribed"),
    Kind.RESUBSCRIBED: _l("You subscribed again"),
    Kind.PREFERENCES_CHANGED: _l("Your wishes were noted"),
    Kind.ASKED: _l("You asked the team"),
    Kind.ANSWERED: _l("Answer to your question"),
    Kind.REFERRED: _l("You named a friend; who it is belongs to them"),
    Kind.RENEWED: _l("You renewed the permission to keep your data"),
    Kind.MERGED: _l("Two entries of yours were made one"),
    Kind.UNMERGED: _l("Two entries were parted again"),
}
DIRECTIONS = {Direction.OUT: _l("from us"), Direction.IN: _l("from you"), Direction.INTERNAL: _l("among ourselves")}
CHANNELS = {
    Channel.MAIL: _l("mail"),
    Channel.WEB: _l("our site"),
    Channel.HAND: _l("by hand"),
    Channel.IMPORT: _l("a list"),
    Channel.CONSOLE: _l("our console"),
    Channel.SOCIAL: _l("a social network"),
}
# What is noted beside a touchpoint; the numbers are those of rows, and mean nothing outside.
DETAILS = {
    "answer": _l("Your answer"),
    "from_stage": _l("From stage"),
    "to_stage": _l("To stage"),
    "mistaken": _l("By mistake"),
    "page": _l("Page"),
    "fields": _l("What was changed"),
    "how": _l("In which way"),
    "pace": _l("How often at most"),
    "paused_until": _l("Paused until"),
    "do_not_contact": _l("No more contact"),
    "restricted": _l("Use restricted"),
    "tracking": _l("Visits remembered"),
    "topics": _l("Topics"),
    "language": _l("Language"),
    "time_zone": _l("Time zone"),
    "source_id": _l("Number of the source"),
    "network": _l("Network"),
    "merged": _l("Number of the other entry"),
    "unmerged": _l("Number of the other entry"),
    "question": _l("Number of the question"),
    "bounce": _l("Kind of failure"),
    "code": _l("Code of the mail server"),
}
ANSWERS = {"interested": _l("Interested"), "not now": _l("Not now"), "no": _l("No")}


def held(candidate_id: int) -> Sequence[Item]:
    """Every touchpoint with what is noted of it."""
    newest = select(Touchpoint).filter_by(candidate_id=candidate_id).order_by(Touchpoint.at.desc(), Touchpoint.id.desc())
    return [_item(row) for row in db.session.scalars(newest)]


def erase(candidate_id: int) -> None:
    """What was noted goes, but for the words that are counted. That something happened on a day stays, as a count of nobody."""
    with transaction() as session:
        for row in session.scalars(select(Touchpoint).filter_by(candidate_id=candidate_id)):
            kept = {name: value for name, value in row.details.items() if name in COUNTED}
            if kept != row.details:
                session.execute(update(Touchpoint).where(Touchpoint.id == row.id).values(details=kept))


def _item(row: Touchpoint) -> Item:
    facts: dict[str, Plain] = {_("direction"): str(DIRECTIONS[row.direction])}
    facts[_("channel")] = str(CHANNELS.get(row.channel, row.channel.value))
    facts |= {str(DETAILS.get(name, name.replace("_", " "))): _said(name, value) for name, value in row.details.items()}
    return Item(str(KINDS.get(row.kind, row.kind.value)), row.at, facts)


def _said(name: str, value: object) -> Plain:
    """Stages and answers in the reader's words; everything else as it was noted."""
    if name == "answer" and value in ANSWERS:
        return str(ANSWERS[str(value)])
    if name in {"from_stage", "to_stage"} and isinstance(value, str):
        return said_again(value[:1].upper() + value[1:])
    return _plain(value)


def _plain(value: object) -> Plain:
    if isinstance(value, list):
        return [str(one) for one in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)

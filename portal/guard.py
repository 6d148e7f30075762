"""The guard of candidates' forms: is a post a robot's? Told by a trap, the time it took, links, and work in the browser."""

import enum
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, StringField
from wtforms.validators import Length

from portal import tokens
from portal.errors import Invalid
from portal.outreach.models import LandingLink
from portal.privacy.queries import address_key
from portal.security import PublicForm, form_age

TRAP = "website"

SOON = 3.0  # seconds in which nobody reads and fills in a form
AT_ONCE = 1.0
STALE = 24 * 3600.0
MANY_LINKS = 2
WORK_BITS = 16
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


class Ruling(enum.StrEnum):
    PASS = "pass"  # noqa: S105
    STALE = "stale"  # shown again with a fresh token, and what was typed
    DOUBT = "doubt"  # shown again: work for the browser, or one more press
    ROBOT = "robot"  # answered as if accepted, and kept aside for a week


@dataclass(frozen=True)
class Post:
    """What is known of a post. `age` in seconds since the form was shown; `confirmed`: this is the press after a doubt."""

    trap: str
    age: float
    links: int = 0
    worked: bool = False
    confirmed: bool = False


def judge(post: Post) -> tuple[Ruling, str]:
    """The ruling, and why in a few words for staff."""
    if post.trap:
        return Ruling.ROBOT, "filled in what nobody sees"
    if post.age > STALE:
        return Ruling.STALE, "old form"
    if post.worked or (post.confirmed and post.age >= AT_ONCE):
        return Ruling.PASS, ""
    if post.confirmed:
        return Ruling.ROBOT, "confirmed faster than anybody can"
    if post.age < SOON:
        return Ruling.DOUBT, "filled in within three seconds"
    if post.links >= MANY_LINKS:
        return Ruling.DOUBT, "several links"
    return Ruling.PASS, ""


def count_links(texts: Iterable[str]) -> int:
    """How many addresses of pages the texts hold."""
    return sum(len(_LINK.findall(text)) for text in texts)


def is_work(challenge: str, answer: str) -> bool:
    """Whether the browser found a number that makes the digest begin with so many zero bits."""
    if not answer.isdecimal() or len(answer) > 20:
        return False
    digest = hashlib.sha256(f"{challenge}:{answer}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - WORK_BITS) == 0


def form_key() -> str:
    """The same press twice has the same key; the same form with other words, after going back, has another."""
    fields = sorted((name, value) for name, value in request.form.items(multi=True) if name not in {"work", "confirmed"})
    return tokens.digest(repr((request.path, fields)))


class SpokenForm(PublicForm):
    """A form that says itself what is wrong."""

    def put(self, error: Invalid) -> None:
        """Show what a service refused beside its field."""
        field = self[error.field] if error.field and error.field in self else next(iter(self))
        field.errors = [*field.errors, error.message]

    @property
    def status(self) -> int:
        """422 for a page that says what to mend."""
        return 422 if self.errors else 200


class GuardedForm(SpokenForm):
    """A form that anybody on the web can send, and so robots do. Name and address are asked only where no link says who it is."""

    stale = doubt = False

    name = StringField(_l("What shall we call you?"), [Length(max=200, message=_l("A name has at most 200 characters."))])
    email = EmailField(
        _l("Your mail address"),
        [Length(max=254, message=_l("A mail address has at most 254 characters."))],
        description=_l("A private one is safer than the one at work."),
    )

    def accept(self, link: LandingLink | None) -> bool:
        """Whether the form is done with; a robot's looks so too. Otherwise it is shown again, with all that was typed."""
        if not self.is_whole(asks_who=link is None or link.candidate_id is None):
            return False
        ruling, why = self._ruling()
        if ruling is Ruling.ROBOT:
            self.keep_aside(link, why)
        elif ruling is Ruling.PASS:
            self.give(link)
        self.stale, self.doubt = ruling is Ruling.STALE, ruling is Ruling.DOUBT
        return ruling in {Ruling.PASS, Ruling.ROBOT}

    def is_whole(self, asks_who: bool) -> bool:
        """Whether nothing is missing or wrong."""
        whole = bool(self.validate())
        return (self._check_who() and whole) if asks_who else whole

    def give(self, link: LandingLink | None) -> None:
        """Hand it to the service."""
        raise NotImplementedError

    def keep_aside(self, link: LandingLink | None, why: str) -> None:
        """Keep a post that looks like a robot's for a person to look at."""
        raise NotImplementedError

    def _check_who(self) -> bool:
        if not self.name.data:
            self.name.errors = [_("Tell us what to call you.")]
        try:
            address_key(self.email.data or "")
        except Invalid as error:
            self.email.errors = [error.message]
        return not (self.name.errors or self.email.errors)

    def _ruling(self) -> tuple[Ruling, str]:
        texts = [field.data for field in self if isinstance(field.data, str)]
        token = request.form.get("form_token", "")
        worked = is_work(token, request.form.get("work", ""))
        return judge(Post(request.form.get(TRAP, ""), form_age(), count_links(texts), worked, "confirmed" in request.form))

"""The guard of candidates' forms: is a post a robot's? Told by a trap, the time it took, links, and work in the browser."""

import enum
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Flask, current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import Length

from portal import tokens
from portal.errors import Invalid
from portal.outreach.models import LandingLink
from portal.privacy.queries import address_key
from portal.security import PublicForm, count_use, form_age, form_token, how_often, is_first_use, network
from portal.security import form_key as press_key

TRAP = "website"

SOON = 3.0  # seconds in which nobody reads and fills in a form
AT_ONCE = 1.0
STALE = 24 * 3600.0
MANY_LINKS = 2
FAR_TOO_MANY_LINKS = 8
MANY_USES = 5  # people go back and mend their words, not that often
MANY_REPEATS = 10
CROWD, CROWD_TIME = 150, 600  # a class of students with one address, all in ten minutes, is fine
DAY = 24 * 3600
WORK_BITS = 16
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


class Ruling(enum.StrEnum):
    PASS = "pass"  # noqa: S105
    STALE = "stale"  # shown again with a fresh token, and what was typed
    DOUBT = "doubt"  # shown again: work for the browser, or one more press
    ROBOT = "robot"  # answered as if accepted, and kept aside for a week


@dataclass(frozen=True)
class Post:
    """What is known of a post. `age` in seconds since the form was shown; `confirmed`: this is the press after a doubt.

    `many`: so many links make this form doubtful. `uses`: with how many different contents this one form was sent. `repeats`: how
    often these words with a link came in a day. `crowd`: how many posts of this network were taken in the last minutes.
    """

    trap: str
    age: float
    links: int = 0
    many: int = MANY_LINKS
    worked: bool = False
    confirmed: bool = False
    uses: int = 1
    repeats: int = 1
    crowd: int = 0


def judge(post: Post) -> tuple[Ruling, str]:
    """The ruling, and why in a few words for staff."""
    if post.age > STALE and not post.trap:
        return Ruling.STALE, "old form"
    if why := next((why for holds, why in ROBOTS if holds(post)), ""):
        return Ruling.ROBOT, why
    if post.worked or (post.confirmed and post.age >= SOON):
        return Ruling.PASS, ""
    if why := next((why for holds, why in DOUBTS if holds(post)), ""):
        return Ruling.DOUBT, why
    return Ruling.PASS, ""


ROBOTS: tuple[tuple[Callable[[Post], bool], str], ...] = (
    (lambda post: bool(post.trap), "filled in what nobody sees"),
    (lambda post: post.uses > MANY_USES, "one form sent many times with other words"),
    (lambda post: post.repeats > MANY_REPEATS, "the same words with a link, again and again"),
    (lambda post: post.links > FAR_TOO_MANY_LINKS, "a list of links"),
    (lambda post: post.confirmed and not post.worked and post.age < AT_ONCE, "confirmed faster than anybody can"),
    (lambda post: post.crowd >= CROWD, "too many from one network in ten minutes"),
)
DOUBTS: tuple[tuple[Callable[[Post], bool], str], ...] = (
    (lambda post: post.age < SOON, "filled in within three seconds"),
    (lambda post: post.links >= post.many, "links, as robots leave them"),
)


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


class Keeper(Protocol):
    """What keeps posts for a person to look at; a feature above hands it in."""

    def __call__(self, form: str, link: LandingLink | None, fields: Mapping[str, Any], why: str, press: str = "") -> object: ...


def init_app(app: Flask, keep_aside: Keeper) -> None:
    """Take what keeps posts that looked like a robot's, for the forms of any feature."""
    app.extensions["guard.keep_aside"] = keep_aside


def keep_aside(form: str, fields: Mapping[str, Any], why: str) -> None:
    """Keep what was posted for a week."""
    current_app.extensions["guard.keep_aside"](form, None, fields, why, press_key())


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


class Guarded(Protocol):
    """A form that the guard can let through: `give` hands it to its service, `keep_aside` keeps it for a person to look at."""

    stale: bool
    doubt: bool
    keeps_doubt: bool

    def is_whole(self, asks_who: bool) -> bool: ...
    def ruling(self, link: LandingLink | None) -> tuple[Ruling, str]: ...
    def give(self, link: LandingLink | None) -> None: ...
    def keep_aside(self, link: LandingLink | None, why: str) -> None: ...


class GuardedForm(SpokenForm):
    """A form that anybody on the web can send, and so robots do. Name and address are asked only where no link says who it is.

    With `keeps_doubt` a doubtful post is kept aside as well, in case nobody presses once more.
    """

    stale = doubt = keeps_doubt = False
    many_links = MANY_LINKS

    name = StringField(_l("What shall we call you?"), [Length(max=200, message=_l("A name has at most 200 characters."))])
    email = EmailField(
        _l("Your mail address"),
        [Length(max=254, message=_l("A mail address has at most 254 characters."))],
        description=_l("A private one is safer than the one at work."),
    )

    def accept(self: Guarded, link: LandingLink | None) -> bool:
        """Whether the form is done with; a robot's looks so too. Otherwise it is shown again, with all that was typed."""
        if not self.is_whole(asks_who=link is None or link.candidate_id is None):
            return False
        ruling, why = self.ruling(link)
        if ruling is Ruling.PASS:
            self.give(link)
        elif ruling is Ruling.ROBOT or (ruling is Ruling.DOUBT and self.keeps_doubt):
            self.keep_aside(link, why)
        self.stale, self.doubt = ruling is Ruling.STALE, ruling is Ruling.DOUBT
        return ruling in {Ruling.PASS, Ruling.ROBOT}

    def is_whole(self, asks_who: bool) -> bool:
        """Whether nothing is missing or wrong."""
        whole = bool(self.validate())
        return (self._check_who() and whole) if asks_who else whole

    def ruling(self, link: LandingLink | None) -> tuple[Ruling, str]:  # noqa: ARG002 - forms of one person ask more
        """Whose post it is; a person's is counted for its network, a robot's is not, so that it shuts nobody out."""
        ruling, why = judge(self._post())
        if ruling is Ruling.PASS and is_first_use("passed", form_key()):
            count_use(CROWD_TIME, "crowd", network())
        return ruling, why

    def token(self, purpose: str) -> str:
        """The token of the form as it is shown. After a doubt it is the same one, so that the press belongs to what was kept."""
        return request.form.get("form_token", "") if self.doubt else form_token(purpose)

    def check_address(self) -> bool:
        """Whether the mail address is one; says what to mend otherwise."""
        try:
            address_key(self.email.data or "")
        except Invalid as error:
            self.email.errors = [error.message]
        return not self.email.errors

    def _check_who(self) -> bool:
        if not self.name.data:
            self.name.errors = [_("Tell us what to call you.")]
        return self.check_address() and not self.name.errors

    def _post(self) -> Post:
        texts = [field.data for field in self if isinstance(field.data, str) and not isinstance(field, HiddenField)]
        token, links = request.form.get("form_token", ""), count_links(texts)
        fresh = is_first_use("post", form_key())
        return Post(
            request.form.get(TRAP, ""),
            form_age(),
            links,
            self.many_links,
            is_work(token, request.form.get("work", "")),
            "confirmed" in request.form,
            uses=count_use(DAY, "form", token) if fresh else 1,
            repeats=count_use(DAY, "words", max(texts, key=len).casefold()) if fresh and links else 1,
            crowd=how_often("crowd", network()),
        )

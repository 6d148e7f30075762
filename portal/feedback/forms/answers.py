"""The form of a questionnaire. It is shown once more as HR will see it before it is kept; a robot's speed is seen here."""

from collections.abc import Iterator
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal import clock, security
from portal.config import settings
from portal.errors import PortalError
from portal.feedback import queries, services
from portal.feedback.details import BEST, LONG, MARKS, Reading, Said, Sheet
from portal.feedback.models import Request, Version
from portal.guard import TRAP, GuardedForm, form_key
from portal.outreach.models import LandingLink

# Hidden values that the page before sending makes itself.
_OURS = {"form_token", "work", "seen", "change", "confirmed", TRAP}


class SheetForm(GuardedForm):
    """A questionnaire. `asking` adds its fields; `previewed` says that it is whole and to be shown as HR will see it."""

    anonymous = True
    previewed = False
    sheet: Sheet
    version: Version | None = None

    def accept(self, link: LandingLink | None) -> bool:
        """Whether the answer is kept. The first press shows it; `seen` keeps it; `change` goes back to the questions."""
        if "change" in request.form:
            return False
        if "seen" in request.form:
            accepted = super().accept(link) and not self.errors
            self.previewed = not self.errors
            return accepted
        self.previewed = self.is_whole(asks_who=link is None or link.candidate_id is None)
        return False

    def given(self) -> Said:
        """As the service takes it."""
        marks = [self[f"mark_{number}"].data for number in range(len(self.sheet.statements))]
        words = [self[f"words_{number}"].data or "" for number in range(len(self.sheet.texts))]
        told = tuple(int(mark) if mark else None for mark in marks)
        return Said(score=int(self.score.data), marks=told, words=tuple(words), anonymous=self.anonymous, **self.who())

    def who(self) -> dict[str, Any]:
        """What the form knows of the person; of an anonymous one nothing."""
        return {}

    def foretold(self, who: str = "") -> Reading:
        """The answer as HR will see it."""
        said = self.given()
        return queries.foretell(self.sheet, said, clock.today(settings().time_zone), who or said.name)

    def typed(self) -> Iterator[tuple[str, str]]:
        """Names and values to carry through the page that shows the answer."""
        for name, values in request.form.lists():
            if name not in _OURS:
                yield from ((name, value) for value in values)


class UnnamedForm(SheetForm):
    """Nobody's answer. `ballot` when it is given behind a request."""

    name = email = None
    ballot = ""

    def give(self, link: LandingLink | None) -> None:  # noqa: ARG002
        """Keep it, and nothing of whoever gave it."""
        services.give_unnamed(self.given(), self._key(), self.version)

    def keep_aside(self, link: LandingLink | None, why: str) -> None:  # noqa: ARG002
        """Keep a robot's for a week."""
        services.keep_aside(self.given(), why, key=self._key(), version_id=self.version.id if self.version else None)

    def is_whole(self, asks_who: bool) -> bool:  # noqa: ARG002
        """Nothing is asked about who it is."""
        return super().is_whole(asks_who=False)

    def _key(self) -> str:
        return queries.ballot_key(self.ballot) if self.ballot else security.form_key()


class NamedForm(SheetForm):
    """Somebody's answer, by the landing link or by name and address."""

    anonymous = False
    wants_contact = BooleanField(_l("I would like to hear from you about this"), description=_l("A person answers, by name."))

    def who(self) -> dict[str, Any]:
        """Name and address as typed, and whether they want to be answered."""
        typed = {"name": self.name.data or "", "email": self.email.data or ""}
        return {**typed, "wants_contact": bool(self.wants_contact.data)}

    def give(self, link: LandingLink | None) -> None:
        """Keep it."""
        services.give_named(link, self.given(), form_key())

    def keep_aside(self, link: LandingLink | None, why: str) -> None:
        """Keep a robot's for a week."""
        services.keep_aside(self.given(), why, key=form_key(), link=link)


class RequestForm(NamedForm):
    """The answer of somebody whom we asked."""

    asked: Request

    def is_whole(self, asks_who: bool) -> bool:  # noqa: ARG002
        """The request says who it is."""
        return super().is_whole(asks_who=False)

    def give(self, link: LandingLink | None) -> None:  # noqa: ARG002
        """Keep it; a link that was used meanwhile says so."""
        try:
            services.answer_request(self.asked, self.given(), form_key())
        except PortalError as error:
            self.score.errors = [error.message]

    def keep_aside(self, link: LandingLink | None, why: str) -> None:  # noqa: ARG002
        """Keep a robot's for a week."""
        services.keep_aside(self.given(), why, key=form_key(), request_id=self.asked.id)


Asking = TypeVar("Asking", bound=SheetForm)


def asking(kind: type[Asking], sheet: Sheet) -> Asking:
    """A form of this kind that asks what the sheet asks."""
    too_long = Length(max=LONG, message=_("At most %(limit)s characters fit here.", limit=LONG))
    numbers = [(str(number), str(number)) for number in range(BEST + 1)]
    fields: dict[str, Any] = {"sheet": sheet}
    fields["score"] = RadioField(
        sheet.score,
        [InputRequired(_("Choose a number from 0 to 10."))],
        choices=numbers,
        description=_("From 0, never, to 10, at once.") if sheet.score == queries.first_sheet().score else "",
    )
    marks = [(str(mark), label) for mark, label in MARKS.items()]
    for number, statement in enumerate(sheet.statements):
        fields[f"mark_{number}"] = RadioField(statement, [Optional()], choices=marks)
    for number, text in enumerate(sheet.texts):
        fields[f"words_{number}"] = TextAreaField(text, [Optional(), too_long])
    form: Asking = type(f"Asking{kind.__name__}", (kind,), fields)()
    return form

"""What staff type about hires, and what managers answer."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal.content.queries import list_pages
from portal.errors import Conflict, Invalid, NotFound
from portal.guard import GuardedForm, keep_aside
from portal.hiring import services
from portal.hiring.models import LEAVINGS, Hire, Leaving, Review
from portal.hiring.services import REVIEW, Marks, Offer
from portal.outreach.queries import list_campaigns
from portal.security import Form
from portal.sourcing.queries import list_sources

_MARKS = [(str(mark), str(mark)) for mark in range(1, 6)]


class StaffForm(Form):
    """A form that shows what a service refused beside its field."""

    def put(self, error: Conflict | Invalid) -> None:
        """Show it."""
        name = getattr(error, "field", None)
        field = self[name] if name and name in self else next(iter(self))
        field.errors = [*field.errors, error.message]

    @property
    def status(self) -> int:
        """422 for a page that says what to mend."""
        return 422 if self.errors else 200


class HireForm(StaffForm):
    """An accepted offer. The role is a page of the site, or a title where it has none."""

    accepted_on = DateField(_l("Offer accepted on"), [InputRequired(_l("Name the day."))])
    page = SelectField(_l("Role"), default="")
    title = StringField(
        _l("Title of the role"), [Optional(), Length(max=120)], description=_l("Only where the role has no page of its own.")
    )
    considered_on = DateField(
        _l("Considered since"), [Optional()], description=_l("The day on which you began to think of them for this role.")
    )
    starts_on = DateField(_l("First day"), [Optional()], description=_l("Their manager is asked 90, 180 and 365 days after it."))
    source_id = SelectField(_l("They came from"), coerce=int, default=0)
    campaign_id = SelectField(_l("Campaign"), coerce=int, default=0)
    manager_name = StringField(_l("Manager"), [Optional(), Length(max=120)])
    manager_email = EmailField(
        _l("Mail address of the manager"), [Optional(), Length(max=254)], description=_l("Empty: nobody is asked.")
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        """`data` has the columns of a hire."""
        pages = [(page.path, page.title) for page in list_pages("story") if not page.generated]
        role, known = data.get("role", ""), {path for path, _title in pages}
        shown = {"page": role, "title": ""} if role in known else {"page": "", "title": role}
        super().__init__(data={**data, **shown, **{name: data.get(name) or 0 for name in ("source_id", "campaign_id")}})
        self.page.choices = [("", _("another one")), *pages]
        self.source_id.choices = [(0, _("not known")), *((row.id, row.name) for row in list_sources(archived=True))]
        self.campaign_id.choices = [(0, _("none")), *((row.id, row.name) for row in list_campaigns())]

    def offer(self, candidate_id: int | None) -> Offer:
        """As the service takes it."""
        return Offer(
            role=self.page.data or self.title.data or "",
            accepted_on=self.accepted_on.data,
            candidate_id=candidate_id,
            campaign_id=self.campaign_id.data or None,
            source_id=self.source_id.data or None,
            considered_on=self.considered_on.data,
            starts_on=self.starts_on.data,
            manager_name=self.manager_name.data or "",
            manager_email=self.manager_email.data or "",
        )


class LeavingForm(StaffForm):
    """The last day, and why; both empty: they are still there."""

    left_on = DateField(_l("Last day"), [Optional()])
    leaving = SelectField(_l("Reason"), default="")

    def __init__(self, hire: Hire, **more: Any) -> None:
        super().__init__(data={"left_on": hire.left_on, "leaving": hire.leaving.value if hire.leaving else ""}, **more)
        self.leaving.choices = [("", _("still with us")), *((why.value, label) for why, label in LEAVINGS.items())]

    def why(self) -> Leaving | None:
        """The reason; None while they are still there."""
        return Leaving(self.leaving.data) if self.leaving.data else None


class ReviewForm(GuardedForm):
    """Four questions to a manager behind the link in a mail."""

    name = email = None
    rating = RadioField(_l("How good is their work?"), [InputRequired(_l("Choose a number from 1 to 5."))], choices=_MARKS)
    ramp_up = RadioField(_l("How soon did they work on their own?"), [Optional()], choices=_MARKS)
    satisfaction = RadioField(
        _l("Would you hire them again?"), [InputRequired(_l("Choose a number from 1 to 5."))], choices=_MARKS
    )
    employed = RadioField(
        _l("Are they still in your team or elsewhere with us?"),
        [InputRequired(_l("Say whether they are still there."))],
        choices=[("yes", _l("Yes")), ("no", _l("No, they left"))],
    )

    def __init__(self, review: Review) -> None:
        super().__init__()
        self.review = review

    def is_whole(self, asks_who: bool) -> bool:  # noqa: ARG002 - the link says who it is
        """Nothing is asked about who it is."""
        return super().is_whole(asks_who=False)

    def marks(self) -> Marks:
        """As the service takes it."""
        rating, ramp_up, satisfaction = (
            int(field.data) if field.data else None for field in (self.rating, self.ramp_up, self.satisfaction)
        )
        return Marks(rating, ramp_up, satisfaction, self.employed.data == "yes")

    def give(self, link: object) -> None:  # noqa: ARG002
        """Keep it."""
        services.answer(self.review, self.marks())

    def keep_aside(self, link: object, why: str) -> None:  # noqa: ARG002
        """Keep a robot's for a week, in case it was the manager."""
        keep_aside(REVIEW, {"review_id": self.review.id, **vars(self.marks())}, why)


def refusal(form: StaffForm, act: Any) -> bool:
    """Try it; when a rule forbids it, say so at the field and return True, so that nothing typed is lost."""
    try:
        act()
    except NotFound:
        raise
    except (Conflict, Invalid) as error:
        form.put(error)
        return True
    return False

"""Staff pages of mailings: write, see who gets it, send it, see what became of it."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts.permissions import Right, may, requires, staff
from portal.candidates.models import Candidate
from portal.candidates.queries import get_candidate
from portal.content.queries import list_mails
from portal.delivery.emails import write
from portal.delivery.front import framed
from portal.delivery.models import Status
from portal.errors import Conflict, Invalid
from portal.mailings import emails, queries, services
from portal.mailings.forms import DayForm, RuleForm, SeriesForm, TextForm
from portal.mailings.models import STATUSES, Mailing, MailingStatus, Rule, Series
from portal.security import Form, row_number

mailings = Blueprint("mailings", __name__, url_prefix="/mailings")

# What became of one person's copy, in words.
OUTCOMES = {
    Status.SENT: _l("Sent"),
    Status.DUE: _l("Waits"),
    Status.CLAIMED: _l("Is being sent"),
    Status.SENDING: _l("On the wire"),
    Status.WITHHELD: _l("Withheld"),
    Status.FAILED: _l("Failed"),
    Status.UNCERTAIN: _l("Not known whether it left"),
    Status.CANCELLED: _l("Cancelled"),
}


@mailings.get("")
@requires(Right.SEE_CANDIDATES)
def index() -> ResponseReturnValue:
    """What goes out, what went out, what repeats."""
    rows = queries.list_mailings()
    counts = queries.count_by_status([row.id for row in rows])
    return render_template("console/mailings/index.html", mailings=rows, counts=counts, series=queries.list_series())


@mailings.route("/new", methods=["GET", "POST"])
@requires(Right.SEND)
def new() -> ResponseReturnValue:
    """Write a mailing; `?starter=` names the text to begin with."""
    starters = list_mails("newsletter")
    starter = next((mail for mail in starters if mail.key == request.args.get("starter")), starters[0] if starters else None)
    texts = {"subject": starter.subject, "body": starter.body} if starter else {}
    form = TextForm(data={"sender_id": staff().id, **texts})
    if form.validate_on_submit() and (made := _try(form, lambda: services.add_mailing(form.text()))):
        return _to(made)
    return render_template("console/mailings/new.html", form=form, starters=starters, starter=starter), _status(form)


@mailings.get("/<int:mailing_id>")
@requires(Right.SEE_CANDIDATES)
def show(mailing_id: int) -> ResponseReturnValue:
    """A mailing: who, when, how it reads; once begun, what became of it."""
    return _page(queries.get_mailing(mailing_id))


@mailings.route("/<int:mailing_id>/edit", methods=["GET", "POST"])
@requires(Right.SEND)
def edit(mailing_id: int) -> ResponseReturnValue:
    """Change a mailing that has not begun."""
    mailing = queries.get_mailing(mailing_id)
    form = TextForm(data=_filled_in(mailing))
    if form.validate_on_submit() and _try(form, lambda: services.edit_mailing(mailing, form.text())):
        return _to(mailing)
    return render_template("console/mailings/edit.html", form=form, mailing=mailing), _status(form)


@mailings.get("/<int:mailing_id>/candidates")
@requires(Right.SEE_CANDIDATES)
def people(mailing_id: int) -> ResponseReturnValue:
    """The people behind a number: `?status=` and `?reason=`, or `?unsubscribed=1`, or before the start `?left_out=` a reason."""
    mailing, asked = queries.get_mailing(mailing_id), request.args
    if "left_out" in asked:
        title, found = asked["left_out"], _left_out(mailing, asked["left_out"])
    elif "unsubscribed" in asked:
        title, found = _("Unsubscribed since"), queries.list_unsubscribed(mailing.id)
    else:
        status, title = asked.get("status", Status.SENT, Status), asked.get("reason", "")
        title, found = title or OUTCOMES[status], queries.list_people(mailing.id, status, title)
    return render_template("console/mailings/people.html", mailing=mailing, title=title, people=found, limit=queries.SHOWN)


@mailings.get("/<int:mailing_id>/previews/<int:candidate_id>")
@requires(Right.SEE_CANDIDATES)
def preview(mailing_id: int, candidate_id: int) -> ResponseReturnValue:
    """The mail as one person would get it, for a sandboxed frame."""
    letter = emails.preview(queries.get_mailing(mailing_id), get_candidate(candidate_id))
    return framed(write(letter).html)


@mailings.post("/<int:mailing_id>/runs")
@requires(Right.SEND)
def run(mailing_id: int) -> ResponseReturnValue:
    """Send it now."""
    return _act(mailing_id, services.start, _("It is on its way."))


@mailings.post("/<int:mailing_id>/plans")
@requires(Right.SEND)
def plan(mailing_id: int) -> ResponseReturnValue:
    """Send it on a day at a time."""
    mailing, form = queries.get_mailing(mailing_id), DayForm()
    if form.validate() and _try(form, lambda: services.plan(mailing, form.on.data, *form.hour_and_minute())):
        flash(_("It is planned."), "good")
        return _to(mailing)
    return _page(mailing, day_form=form), 422


@mailings.post("/<int:mailing_id>/series")
@requires(Right.SEND)
def repeat(mailing_id: int) -> ResponseReturnValue:
    """Make a draft a series."""
    mailing, form = queries.get_mailing(mailing_id), RuleForm()
    if form.validate() and (made := _try(form, lambda: services.make_series(mailing, form.name.data, form.rule()))):
        return redirect(url_for(".series", series_id=made.id), 303)
    return _page(mailing, rule_form=form), 422


@mailings.post("/<int:mailing_id>/pauses")
@requires(Right.SEND)
def pause(mailing_id: int) -> ResponseReturnValue:
    """Stop for now, or go on."""
    if "resume" in request.form:
        return _act(mailing_id, lambda mailing: services.resume(mailing, staff().full_name), _("It goes on."))
    return _act(mailing_id, services.pause, _("Paused. Nothing of it leaves until you go on."))


@mailings.post("/<int:mailing_id>/cancellations")
@requires(Right.SEND)
def cancel(mailing_id: int) -> ResponseReturnValue:
    """Stop for good."""
    return _act(mailing_id, services.cancel, _("Cancelled. Nothing more of it leaves."))


@mailings.post("/<int:mailing_id>/copies")
@requires(Right.SEND)
def copy(mailing_id: int) -> ResponseReturnValue:
    """A new draft with the same text."""
    made = services.duplicate(queries.get_mailing(mailing_id))
    return redirect(url_for(".edit", mailing_id=made.id), 303)


@mailings.get("/series/<int:series_id>")
@requires(Right.SEE_CANDIDATES)
def series(series_id: int) -> ResponseReturnValue:
    """A newsletter that repeats, and what it sent so far."""
    row, issues = queries.get_series(series_id), queries.list_issues(series_id)
    counts = queries.count_by_status([issue.id for issue in issues])
    reader = queries.find_reader(row.segment, request.args.get("as", type=row_number))
    return render_template("console/mailings/series.html", series=row, issues=issues, counts=counts, reader=reader)


@mailings.get("/series/<int:series_id>/previews/<int:candidate_id>")
@requires(Right.SEE_CANDIDATES)
def preview_series(series_id: int, candidate_id: int) -> ResponseReturnValue:
    """The next mailing of a series as one person would get it, for a sandboxed frame."""
    letter = emails.preview(services.next_issue(queries.get_series(series_id)), get_candidate(candidate_id))
    return framed(write(letter).html)


@mailings.route("/series/<int:series_id>/edit", methods=["GET", "POST"])
@requires(Right.SEND)
def edit_series(series_id: int) -> ResponseReturnValue:
    """Change what comes."""
    row = queries.get_series(series_id)
    form = SeriesForm(data=_filled_in(row) | {"name": row.name, **_rule_fields(row.repeats)})
    given: Callable[[], Series] = lambda: services.edit_series(row, form.name.data, form.text(), form.rule())  # noqa: E731
    if form.validate_on_submit() and _try(form, given):
        return redirect(url_for(".series", series_id=row.id), 303)
    return render_template("console/mailings/edit_series.html", form=form, series=row), _status(form)


@mailings.post("/series/<int:series_id>/pauses")
@requires(Right.SEND)
def pause_series(series_id: int) -> ResponseReturnValue:
    """Stop for now, or go on."""
    verb = services.resume_series if "resume" in request.form else services.pause_series
    verb(queries.get_series(series_id))
    return redirect(url_for(".series", series_id=series_id), 303)


@mailings.post("/series/<int:series_id>/ends")
@requires(Right.SEND)
def end_series(series_id: int) -> ResponseReturnValue:
    """Stop for good."""
    services.end_series(queries.get_series(series_id))
    return redirect(url_for(".series", series_id=series_id), 303)


@mailings.context_processor
def _words() -> dict[str, Any]:
    """What templates of this feature ask for."""
    words = {"OUTCOMES": OUTCOMES, "STATUSES": STATUSES, "MailingStatus": MailingStatus, "Status": Status}
    seen = {"subject_for": emails.subject_for, "next_issue": services.next_issue}
    return {**words, **seen, "may_send": may(staff(), Right.SEND)}


def _page(mailing: Mailing, **forms: Form) -> str:
    """The page of a mailing; `forms` are those that came back with an error."""
    is_open = mailing.status in services.BEFORE_START
    return render_template(
        "console/mailings/show.html",
        mailing=mailing,
        is_open=is_open,
        stopped=services.stopped_because(mailing),
        reach=queries.reach(mailing.segment, services.due_at(mailing)) if is_open else None,
        reader=queries.find_reader(mailing.segment, request.args.get("as", type=row_number)),
        outcomes=queries.outcomes(mailing.id),
        unsubscribed=queries.count_unsubscribed(mailing.id),
        visits=queries.count_visits(mailing.id),
        day_form=forms.get("day_form") or DayForm(formdata=None, **_day_fields(mailing)),
        rule_form=forms.get("rule_form") or RuleForm(formdata=None, nth=1, weekday=1),
    )


def _left_out(mailing: Mailing, reason: str) -> Sequence[Candidate]:
    reach = queries.reach(mailing.segment, services.due_at(mailing))
    return queries.list_by_ids([*reach.left_out.get(reason, ()), *reach.later.get(reason, ())])


def _act(mailing_id: int, verb: Callable[[Mailing], Mailing], said: str) -> ResponseReturnValue:
    mailing = queries.get_mailing(mailing_id)
    try:
        verb(mailing)
    except Conflict as error:
        flash(error.message, "warn")
    else:
        flash(said, "good")
    return _to(mailing)


def _try(form: Form, act: Callable[[], Any]) -> Any:
    """What was done, or None with what is wrong beside its field, so that nothing typed is lost."""
    try:
        return act()
    except (Conflict, Invalid) as error:
        name = getattr(error, "field", None)
        field = form[name] if name and name in form else next(iter(form))
        field.errors = [*field.errors, error.message]
        return None


def _to(mailing: Mailing) -> ResponseReturnValue:
    return redirect(url_for(".show", mailing_id=mailing.id), 303)


def _status(form: Form) -> int:
    return 422 if form.errors else 200


def _filled_in(row: Mailing | Series) -> dict[str, Any]:
    names = ("subject", "body", "page")
    return {name: getattr(row, name) for name in names} | {"segment_id": row.segment_id or 0, "sender_id": row.sender_id or 0}


def _day_fields(mailing: Mailing) -> dict[str, Any]:
    return {"on": mailing.on, "at": f"{mailing.hour}:{mailing.minute:02}"} if mailing.on else {}


def _rule_fields(rule: Rule) -> dict[str, Any]:
    return {"nth": rule.nth, "weekday": rule.weekday, "time": f"{rule.hour}:{rule.minute:02}"}

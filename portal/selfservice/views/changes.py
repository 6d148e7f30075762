"""What people change on their own page. Each wish counts from this moment."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.candidates import services as candidates
from portal.candidates.models import Pace
from portal.errors import Invalid
from portal.security import limit_posts
from portal.selfservice import queries, services
from portal.selfservice.forms import AddressForm, DetailsForm, LanguageForm, MailForm, PauseForm, put
from portal.selfservice.front import door
from portal.selfservice.views.door import open_to_all, selfservice
from portal.selfservice.views.page import back, own_page
from portal.timeline.models import Channel


@selfservice.post("/paces")
def set_pace() -> ResponseReturnValue:
    """How often at most, and about what."""
    candidate, form = door.get_reader().candidate, MailForm()
    if not form.validate():
        return own_page(422, mail_form=form)
    candidates.set_preferences(candidate, Pace(form.pace.data), candidate.paused_until)
    candidates.set_topics(candidate, form.topics.data or [])
    return back("pace", "mail")


@selfservice.post("/pauses")
def pause() -> ResponseReturnValue:
    """Nothing at all until a day, or no pause."""
    candidate = door.get_reader().candidate
    form = PauseForm(door.zone_of(candidate))
    if not form.validate():
        return own_page(422, pause_form=form)
    candidates.set_preferences(candidate, candidate.pace, form.until.data)
    return back("pause" if form.until.data else "pause-over", "mail")


@selfservice.post("/unsubscriptions")
def unsubscribe() -> ResponseReturnValue:
    """No more newsletters."""
    candidates.unsubscribe(door.get_reader().candidate, "page")
    return back("unsubscribed", "mail")


@selfservice.post("/returns")
def resubscribe() -> ResponseReturnValue:
    """Newsletters may come again."""
    candidates.resubscribe(door.get_reader().candidate, "page")
    return back("resubscribed", "mail")


@selfservice.post("/languages")
def set_language() -> ResponseReturnValue:
    """The language of this page and where the clock stands."""
    candidate = door.get_reader().candidate
    form = LanguageForm(candidate)
    if not form.validate():
        return own_page(422, language_form=form)
    candidates.set_language(candidate, form.language.data, form.time_zone.data)
    return back("language", "mail")


@selfservice.route("/details", methods=["GET", "POST"])
def details() -> ResponseReturnValue:
    """Put right what is known."""
    candidate = door.get_reader().candidate
    form = DetailsForm(candidate)
    if not form.is_submitted() or not form.validate():
        return render_template("selfservice/details.html", form=form), 422 if form.errors else 200
    candidates.edit(candidate, form.details(), channel=Channel.WEB)
    return back("details", "held")


@selfservice.route("/addresses", methods=["GET", "POST"])
@limit_posts("10 per hour")
def address() -> ResponseReturnValue:
    """Ask for mail to go to another address."""
    candidate, form = door.get_reader().candidate, AddressForm()
    if not form.is_submitted() or not form.validate():
        return _address_page(form)
    try:
        services.ask_for_address(candidate, form.email.data)
    except Invalid as error:
        put(form, error)
        return _address_page(form)
    return redirect(url_for(".address"), 303)


@selfservice.post("/addresses/removals")
def keep_address() -> ResponseReturnValue:
    """The address stays as it is."""
    if change := queries.find_open_change(door.get_reader().candidate.id):
        services.give_up(change)
    return back("address-kept", "held")


@selfservice.get("/addresses/<token>")
@open_to_all
def address_link(token: str) -> ResponseReturnValue:
    """The page of a link in either mailbox: one button, and nothing of anybody."""
    if queries.find_change(token) is None:
        return render_template("selfservice/spent.html"), 404
    return render_template("selfservice/confirm.html", token=token)


@selfservice.post("/addresses/<token>/confirmations")
@limit_posts("60 per minute")
@open_to_all
def confirm_address(token: str) -> ResponseReturnValue:
    """One mailbox says yes."""
    if (change := services.confirm(token)) is None:
        return render_template("selfservice/spent.html"), 404
    return render_template("selfservice/confirmed.html", change=change)


def _address_page(form: AddressForm) -> ResponseReturnValue:
    candidate = door.get_reader().candidate
    change = queries.find_open_change(candidate.id)
    page = render_template("selfservice/address.html", form=form, candidate=candidate, change=change)
    return page, 422 if form.errors else 200

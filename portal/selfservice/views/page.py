"""The page itself, everything of one kind, and each mail as it was sent."""

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.delivery.front import framed
from portal.security import row_number
from portal.selfservice import queries
from portal.selfservice.forms import LanguageForm, MailForm, PauseForm
from portal.selfservice.front import door
from portal.selfservice.front.holdings import PREVIEW, get_group, list_groups
from portal.selfservice.front.letters import get_letter, list_letters, reading_of
from portal.selfservice.front.promise import kept_promise
from portal.selfservice.front.standing import standing_of
from portal.selfservice.views.door import open_to_all, selfservice
from portal.selfservice.views.entry import ask_page

# What was done a moment ago, by a word in the address: no message waits in a cookie.
DONE = {
    "pace": _l("Kept. It holds from now on, for every mail that we send of our own accord."),
    "pause": _l("Kept. Before that day nothing comes that you did not ask for."),
    "pause-over": _l("There is no pause any more."),
    "unsubscribed": _l("No newsletter and no first message leaves for you any more."),
    "resubscribed": _l("Newsletters may come again, at your pace."),
    "language": _l("Kept."),
    "details": _l("Kept. Everybody here sees it as you wrote it."),
    "address-kept": _l("Your address stays as it is."),
    "tracking-off": _l("From now on your visits are counted and not remembered."),
    "tracking-on": _l("Your visits through our links are remembered again, and you see each of them here."),
    "objected": _l("We write to you no more, in no form, and nobody can add you again."),
    "erasure-noted": _l("A law makes us keep your data for now. Your wish is noted, and it is carried out the moment we may."),
    "restricted": _l("From now on we keep your data and do nothing with it."),
    "unrestricted": _l("We may use your data again, as before."),
}


@selfservice.get("")
@open_to_all
def show() -> ResponseReturnValue:
    """When do you write next, what do you know, change it, end it. Strangers get the way in."""
    return own_page() if door.find_reader() else ask_page()


@selfservice.get("/held/<key>")
def held(key: str) -> ResponseReturnValue:
    """Everything of one kind, newest first, some hundred to a page."""
    group = get_group(door.get_reader().candidate.id, key)
    number = min(request.args.get("page", 1, type=row_number) or 1, group.pages)
    return render_template("selfservice/held.html", group=group, number=number)


@selfservice.get("/mails")
def mails() -> ResponseReturnValue:
    """Every mail that left for them, newest first."""
    mine, number = door.get_reader().candidate.id, request.args.get("page", 1, type=row_number) or 1
    more = queries.count_mails(mine) > number * queries.SLICE
    return render_template("selfservice/mails.html", letters=list_letters(mine, number), number=number, more=more)


@selfservice.get("/mails/<name>")
def mail(name: str) -> ResponseReturnValue:
    """A mail as it was sent."""
    letter = get_letter(door.get_reader().candidate.id, name)
    return render_template("selfservice/mail.html", letter=letter, name=name, reading=reading_of(letter))


@selfservice.get("/mails/<name>/frame")
def mail_frame(name: str) -> ResponseReturnValue:
    """The HTML of a mail, for the sandboxed frame on its page."""
    return framed(reading_of(get_letter(door.get_reader().candidate.id, name)).html)


def own_page(status: int = 200, **forms: object) -> ResponseReturnValue:
    """The page, with forms that came back in the place of fresh ones."""
    candidate = door.get_reader().candidate
    zone = door.zone_of(candidate)
    fresh = {
        "mail_form": MailForm(formdata=None, obj=candidate),
        "pause_form": PauseForm(zone, formdata=None, data={"until": candidate.paused_until}),
        "language_form": LanguageForm(candidate, formdata=None),
    }
    page = render_template(
        "selfservice/show.html",
        **fresh | forms,
        candidate=candidate,
        standing=standing_of(candidate),
        promise=kept_promise(),
        groups=list_groups(candidate.id),
        preview=PREVIEW,
        change=queries.find_open_change(candidate.id),
        mails=queries.count_mails(candidate.id),
        now=clock.now(),
        tomorrow=clock.today(zone) + timedelta(days=1),
        done=DONE.get(request.args.get("done", ""), ""),
    )
    return page, status


def back(done: str, place: str) -> ResponseReturnValue:
    """To the page, where the change is seen, with a word about it."""
    return redirect(url_for("selfservice.show", done=done, _anchor=place), 303)

"""Getting in and out. Opening a link does nothing; its button spends it."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.errors import NotFound
from portal.security import limit_posts
from portal.selfservice import queries, services
from portal.selfservice.forms import AskForm
from portal.selfservice.front import door
from portal.selfservice.views.door import open_to_all, selfservice


@selfservice.post("/links")
@limit_posts("30 per hour")
@open_to_all
def ask() -> ResponseReturnValue:
    """Ask for a fresh link. The answer is the same for everybody."""
    form = AskForm()
    if not form.validate():
        return render_template("selfservice/ask.html", form=form), 422
    services.ask(form.chosen())
    return redirect(url_for(".asked"), 303)


@selfservice.get("/links")
@open_to_all
def asked() -> ResponseReturnValue:
    """Look into your mailbox."""
    return render_template("selfservice/asked.html", minutes=queries.LINK_LIVES.seconds // 60)


@selfservice.get("/links/<token>")
@open_to_all
def link(token: str) -> ResponseReturnValue:
    """The page of a fresh link: one button, and nothing of anybody."""
    if queries.find_access(token) is None:
        return render_template("selfservice/spent.html"), 404
    return render_template("selfservice/link.html", token=token)


@selfservice.post("/links/<token>/stays")
@limit_posts("60 per minute")
@open_to_all
def enter(token: str) -> ResponseReturnValue:
    """Spend the link."""
    if (entered := services.enter(token)) is None:
        return render_template("selfservice/spent.html"), 404
    if before := door.find_reader():
        services.leave(before.stay)
    door.let_in(*entered)
    return redirect(url_for(".show"), 303)


@selfservice.post("/endings")
def leave() -> ResponseReturnValue:
    """Close the page, on a machine that others use too."""
    services.leave(door.get_reader().stay)
    door.let_out()
    return redirect(url_for(".left"), 303)


@selfservice.get("/left")
@open_to_all
def left() -> ResponseReturnValue:
    """The page is closed."""
    return render_template("selfservice/left.html")


def ask_page() -> ResponseReturnValue:
    """Where to send a fresh link? A link in the foot of a mail knows it, and says nothing of it."""
    foot = request.args.get("for", "")
    try:
        queries.find_id_by_foot(foot)
    except NotFound:
        foot = ""
    return render_template("selfservice/ask.html", form=AskForm(formdata=None, data={"foot": foot}))

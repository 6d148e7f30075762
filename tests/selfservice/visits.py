"""Going to one's own page the way people do: ask, read the mail, press the button."""

import re

from sqlalchemy import select

from portal.db import db
from portal.delivery.emails import read
from portal.delivery.models import OutboxMail
from portal.delivery.queries import get_mail
from portal.extensions import jobs


def token_in(page: str, action: str = "") -> str:
    """The token of the form that leads to an address, or of the first form."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)[0] if action else page
    return re.search(r'name="form_token" value="([^"]+)"', form)[1]


def press(client, page: str, action: str, **fields):
    """Send a form of a page that was fetched before."""
    return client.post(action, data={"form_token": token_in(client.get(page).text, action), **fields})


def letters() -> list[OutboxMail]:
    """Send what is due; every mail so far, the oldest first."""
    jobs.run("selfservice.links")
    jobs.run("delivery.send")
    numbers = db.session.scalars(select(OutboxMail.id).order_by(OutboxMail.id)).all()
    return [get_mail(number) for number in numbers]


def links(mail: OutboxMail) -> list[str]:
    """The addresses of ours in a mail, as paths."""
    return re.findall(r"http://portal\.test(/[^\s)>\"]*)", read(mail.raw).text)


def ask(client, email: str):
    """Ask for a fresh link by address."""
    token = token_in(client.get("/me").text)
    return client.post("/me/links", data={"form_token": token, "email": email})


def fresh_link(client, email: str) -> str:
    """The path of a fresh link, out of the mailbox."""
    ask(client, email)
    mine = [mail for mail in letters() if mail.recipient == email]
    return next(path for path in links(mine[-1]) if path.startswith("/me/links/"))


def enter(client, email: str):
    """Sign in; returns the page that this led to."""
    link = fresh_link(client, email)
    answer = press(client, link, f"{link}/stays")
    assert answer.status_code == 303, answer.text
    return client.get("/me")

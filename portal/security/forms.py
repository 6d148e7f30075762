"""What every form is made of: cleaned fields, and for candidates, who have no cookie, a signed and dated token.

The token carries what the form is for, a random part and a time: it tells a double press from a second answer and a robot's speed
from a person's, and one made for one form opens no other.
"""

import re
import secrets
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, PasswordField

from portal import tokens

View = TypeVar("View", bound=Callable[..., Any])

LARGEST_NUMBER = 2**31 - 1  # of a row; more than that one database refuses and the other cannot even be asked
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Form(FlaskForm):
    """Base of all forms: control characters, which no database keeps and no person types, are dropped; ends are trimmed."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Give each field but passwords the cleaning filter, before its own."""
            if issubclass(unbound_field.field_class, PasswordField | FieldList):
                return super().bind_field(form, unbound_field, options)
            filters = [clean, *unbound_field.kwargs.get("filters", ())]
            return super().bind_field(form, unbound_field, {**options, "filters": filters})


class PublicForm(Form):
    """Base of candidates' forms: no cookie; the guard below has looked at `form_token` already."""

    class Meta(Form.Meta):
        csrf = False


def clean(value: Any) -> Any:
    """Text without control characters and outer blanks; anything else as it is."""
    return _CONTROL.sub("", value).strip() if type(value) is str else value


def row_number(text: str) -> int:
    """The number of a row as an address or a form names it, for `get(…, type=row_number)`; ValueError when no row can have it."""
    if not 0 <= (number := int(text)) <= LARGEST_NUMBER:
        raise ValueError(text)
    return number


def form_token(purpose: str) -> str:
    """A fresh token for a candidate's form: `<input type="hidden" name="form_token" value="{{ form_token('responses') }}">`."""
    return tokens.sign("form", [purpose, secrets.token_hex(12), int(time.time() * 1000)])


def form_key() -> str:
    """The digest of the token of the form being sent: the same press twice has the same key."""
    return tokens.digest(request.form.get("form_token", ""))


def form_age() -> float:
    """Seconds between showing and sending the present form, by this machine's clock."""
    made: list[Any] = tokens.unsign("form", request.form.get("form_token", ""))
    return time.time() - float(made[2]) / 1000


def takes_form(*purposes: str) -> Callable[[View], View]:
    """Decorator of public posts: what the tokens of its forms are made for. By default the name of the view or its blueprint."""

    def mark(view: View) -> View:
        view.form_purposes = frozenset(purposes)  # type: ignore[attr-defined]
        return view

    return mark


def purposes_of(view: Callable[..., Any], endpoint: str) -> frozenset[str]:
    """What the token of a form sent to this endpoint may have been made for."""
    blueprint, _dot, name = endpoint.rpartition(".")
    found: frozenset[str] = getattr(view, "form_purposes", frozenset({name, blueprint}))
    return found


def form_purpose() -> str:
    """What the form being sent was made for."""
    return str(tokens.unsign("form", request.form.get("form_token", ""))[0])


def without_form_token(why: str) -> Callable[[View], View]:
    """Decorator of the few public posts that need no form token; `why` is shown by the test that lists them."""

    def mark(view: View) -> View:
        view.without_form_token = why  # type: ignore[attr-defined]
        return view

    return mark


def takes_files(size: int) -> Callable[[View], View]:
    """Tag a view that takes uploads: its requests may have so many bytes instead of the usual limit."""

    def mark(view: View) -> View:
        view.max_content_length = size  # type: ignore[attr-defined]
        return view

    return mark

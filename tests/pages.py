"""Using pages as a person does: read a form with all it holds, change some fields, press a button."""

from dataclasses import dataclass, field

import html5lib
from flask.testing import FlaskClient

XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass
class FormOnPage:
    """A form as it stands on a page: its address, its fields with what they hold, its buttons."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


def read_forms(page: str, address: str) -> list[FormOnPage]:
    """All forms of a page, in their order."""
    tree = html5lib.parse(page)
    forms = []
    for element in tree.iter(XHTML + "form"):
        form = FormOnPage(element.get("action") or address, (element.get("method") or "get").lower())
        for control in element.iter():
            _read(control, form)
        forms.append(form)
    return forms


def _read(control, form: FormOnPage) -> None:
    tag, name = str(control.tag).removeprefix(XHTML), control.get("name")
    if tag == "button":
        text = " ".join("".join(control.itertext()).split())
        form.buttons[text] = (name or "", control.get("value") or "")
    elif not name or control.get("disabled") is not None:
        return
    elif tag == "select":
        options = list(control.iter(XHTML + "option"))
        chosen = [option for option in options if option.get("selected") is not None] or options[:1]
        form.fields[name] = [option.get("value", "".join(option.itertext())) for option in chosen]
    elif tag == "textarea":
        form.fields[name] = ["".join(control.itertext()).lstrip("\n")]
    elif tag == "input" and control.get("type") in {"checkbox", "radio"}:
        if control.get("checked") is not None:
            form.fields.setdefault(name, []).append(control.get("value") or "on")
    elif tag == "input" and control.get("type") not in {"submit", "button", "file"}:
        form.fields[name] = [control.get("value") or ""]


def press(client: FlaskClient, address: str, button: str, /, *, follow: bool = True, **values):
    """Open a page, fill fields of the form that has this button, press it; returns the answer."""
    page = client.get(address)
    assert page.status_code == 200, f"{address}: {page.status_code}"
    return press_on(client, page.text, address, button, follow=follow, **values)


def press_on(client: FlaskClient, page: str, address: str, button: str, /, *, follow: bool = True, **values):
    """The same on a page that is open already."""
    forms = read_forms(page, address)
    form = next((form for form in forms if any(button in text for text in form.buttons)), None)
    assert form, f"No button “{button}” on {address}, only {[list(form.buttons) for form in forms]}"
    data = {**form.fields, **{name: value if isinstance(value, list) else [value] for name, value in values.items()}}
    name, value = next(pair for text, pair in form.buttons.items() if button in text)
    if name:
        data[name] = [value]
    if form.method == "get":
        return client.get(form.action, query_string=data, follow_redirects=follow)
    return client.post(form.action, data=data, follow_redirects=follow)

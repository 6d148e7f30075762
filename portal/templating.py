"""What templates can say beyond Jinja: built style sheets and scripts, times, money and shares in the reader's language."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask, url_for
from flask_babel import (
    format_currency,
    format_date,
    format_datetime,
    format_decimal,
    format_percent,
    get_locale,
    lazy_gettext,
    to_user_timezone,
)
from flask_babel import gettext as _
from jinja2 import StrictUndefined
from markupsafe import Markup

from portal import clock
from portal.config import BASE

# The sheets that stand in while nothing is built; pages work without their scripts.
PLAIN_SHEETS = {"public": "css/site.css", "console": "css/console.css"}
MANIFEST = BASE / "static" / "dist" / "manifest.json"

# Currencies whose smallest unit is not a hundredth (ISO 4217).
_DIGITS = {"CLP": 0, "ISK": 0, "JPY": 0, "KRW": 0, "PYG": 0, "UGX": 0, "VND": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}

# From the longest: unit, smallest number of units it is used for, words for the past and for the future.
_SPANS = (
    (timedelta(days=365), 2, lazy_gettext("%(n)s y ago"), lazy_gettext("in %(n)s y")),
    (timedelta(days=30), 2, lazy_gettext("%(n)s mo ago"), lazy_gettext("in %(n)s mo")),
    (timedelta(days=7), 2, lazy_gettext("%(n)s w ago"), lazy_gettext("in %(n)s w")),
    (timedelta(days=1), 1, lazy_gettext("%(n)s d ago"), lazy_gettext("in %(n)s d")),
    (timedelta(hours=1), 1, lazy_gettext("%(n)s h ago"), lazy_gettext("in %(n)s h")),
    (timedelta(minutes=1), 1, lazy_gettext("%(n)s min ago"), lazy_gettext("in %(n)s min")),
)


def init_app(app: Flask) -> None:
    """Make Jinja strict and give it our globals and filters."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["assets"] = _manifest()
    app.jinja_env.globals.update(
        assets=lambda name: assets(app.extensions["assets"], name),
        page_language=page_language,
        page_direction=page_direction,
        field_kind=field_kind,
        field_notes=field_notes,
        field_attributes=field_attributes,
    )
    app.jinja_env.filters.update(
        relative_time=relative_time, day=day, local_date=local_date, moment=moment, money=money, percent=percent, number=number
    )


def assets(manifest: Mapping[str, Mapping[str, str]], name: str) -> Markup:
    """Tags that load a bundle, `public` or `console`. Built files carry a hash in their names and may be kept for ever."""
    built = manifest.get(name, {})
    sheet = f"dist/{built['css']}" if "css" in built else PLAIN_SHEETS[name]
    tags = Markup('<link rel="stylesheet" href="{}">').format(url_for("static", filename=sheet))
    if "js" in built:
        script = url_for("static", filename=f"dist/{built['js']}")
        tags += Markup('\n<script type="module" src="{}"></script>').format(script)
    return tags


def _manifest() -> Mapping[str, Mapping[str, str]]:
    """What the build hook made, by bundle; empty if it was left out."""
    try:
        found: Mapping[str, Mapping[str, str]] = json.loads(MANIFEST.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found


def page_language() -> str:
    """Language of the interface for the present reader, as for the attribute `lang`."""
    return str(get_locale()).replace("_", "-")


def page_direction() -> str:
    """`ltr` or `rtl`."""
    return str(get_locale().text_direction)


def relative_time(value: datetime | None) -> str:
    """“2 h ago” or “in 3 d”, as a <time> that tells the exact moment on hover; a dash for never."""
    if value is None:
        return "—"
    tag = Markup('<time datetime="{}" title="{}">{}</time>')
    return tag.format(value.isoformat(timespec="seconds"), moment(value), _distance(value - clock.now()))


def _distance(ahead: timedelta) -> str:
    for unit, least, past, future in _SPANS:
        if (count := abs(ahead) // unit) >= least:
            return str(past if ahead < timedelta() else future) % {"n": count}
    return str(_("just now"))


def day(value: date | datetime | None) -> str:
    """“9 November 2026”: a date, or the day of a moment in the company's zone; a dash for never."""
    return str(format_date(value, _("d MMMM y"))) if value else "—"


def local_date(value: datetime) -> date:
    """The day of a moment in the company's zone, to reckon with."""
    local: date = to_user_timezone(value).date()
    return local


def moment(value: datetime | None) -> str:
    """“9 November 2026, 14:10” in the company's zone; a dash for never."""
    return str(format_datetime(value, _("d MMMM y, HH:mm"))) if value else "—"


def money(minor: int, currency: str) -> str:
    """An amount in smallest units, 6600000 and EUR say: “€66,000”. Cents are shown only where there are some."""
    digits = _DIGITS.get(currency, 2)
    amount = Decimal(minor).scaleb(-digits)
    shown = 0 if amount == amount.to_integral_value() else digits
    pattern = str(get_locale().currency_formats["standard"].pattern).replace(".00", _fraction(shown))
    return str(format_currency(amount, currency, format=pattern, currency_digits=False))


def percent(share: float | None, digits: int = 0) -> str:
    """A share of one: 0.214 with one digit is “21.4%”; a dash where there is no share."""
    if share is None:
        return "—"
    pattern = str(get_locale().percent_formats[None].pattern).replace("#,##0", "#,##0" + _fraction(digits))
    return str(format_percent(share, format=pattern))


def _fraction(digits: int) -> str:
    return "." + "0" * digits if digits else ""


def number(value: float) -> str:
    """“1,234” with the reader's separators."""
    return str(format_decimal(value))


def field_kind(field: Any) -> str:
    """How a WTForms field is shown: `hidden`, `checkbox`, `choices` (several boxes with one legend) or `control`."""
    several = getattr(getattr(field, "option_widget", None), "input_type", "")
    if several in {"radio", "checkbox"}:
        return "choices"
    single = getattr(field.widget, "input_type", "")
    return single if single in {"hidden", "checkbox"} else "control"


def field_notes(field: Any) -> str:
    """Ids of the hint and of the error of a field, for `aria-describedby`."""
    notes = (f"{field.id}-hint" if field.description else "", f"{field.id}-error" if field.errors else "")
    return " ".join(filter(None, notes))


def field_attributes(field: Any, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a control: what the template asks for, and what ties it to its notes."""
    found = dict(extra)
    if notes := field_notes(field):
        found["aria-describedby"] = notes
    if field.errors:
        found["aria-invalid"] = "true"
    return found

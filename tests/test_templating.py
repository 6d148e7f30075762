"""What templates can say: filters, bundles, and the macros every page is made of."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask, render_template, render_template_string
from flask_babel import Babel
from jinja2 import UndefinedError
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, EmailField, Form, HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock, templating
from portal.config import BASE
from tests import html

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MANIFEST = {"public": {"js": "public-A1.js", "css": "public-B2.css"}}


class Interest(Form):
    """One field of every kind that the macros treat differently."""

    ticket = HiddenField(default="t-1")
    name = StringField("What shall we call you?", [InputRequired()])
    email = EmailField("Your e-mail address", [Email("This address ends too early.")], description="A private one is safer.")
    how = RadioField("How?", [InputRequired()], choices=[SelectChoice("call", "By phone"), SelectChoice("letter", "In writing")])
    matters = SelectMultipleField("What matters?", choices=["pay", "time"], option_widget=CheckboxInput(), widget=ListWidget())
    when = SelectField("When?", choices=["now", "later"])
    keep = BooleanField("You may keep this", [InputRequired()], description="You end it with one press.")


@pytest.fixture
def bare():
    """An application with nothing but templates, inside a request; German is the second language."""
    app = Flask("bare", template_folder=str(BASE / "templates"), static_folder=str(BASE / "static"))
    app.config.update(BABEL_DEFAULT_TIMEZONE="Europe/Berlin", LANGUAGE="en")
    Babel(app, locale_selector=lambda: app.config["LANGUAGE"])
    templating.init_app(app)
    with app.test_request_context("/console/people/7"):
        yield app


@pytest.fixture
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)


def show(source: str, **context) -> str:
    return render_template_string(source, **context)


def fields(source: str, form: Form) -> str:
    """A form rendered by our macros, checked as a fragment."""
    found = show("{% from 'macros/forms.html' import field, choices, scale, error_summary %}" + source, form=form)
    assert not html.problems(found, True)
    return found


def test_a_misspelt_name_in_a_template_is_an_error_not_a_blank(bare):
    with pytest.raises(UndefinedError):
        show("{{ candidat }}")


def test_built_bundles_are_loaded_by_their_hashed_names(bare):
    found = templating.assets(MANIFEST, "public")
    assert 'href="/static/dist/public-B2.css"' in found
    assert '<script type="module" src="/static/dist/public-A1.js">' in found


@pytest.mark.parametrize("name", ["public", "console"])
def test_without_a_build_the_plain_sheets_stand_in_and_no_script_is_named(bare, name):
    found = templating.assets({}, name)
    assert "<script" not in found
    sheet = BASE / found.split('href="/')[1].split('"')[0]
    assert sheet.is_file()


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=40), "40 min ago"),
        (timedelta(hours=2, minutes=59), "2 h ago"),
        (timedelta(days=13), "13 d ago"),
        (timedelta(days=21), "3 w ago"),
        (timedelta(days=150), "5 mo ago"),
        (timedelta(days=800), "2 y ago"),
        (timedelta(days=-3), "in 3 d"),
        (timedelta(hours=-1, seconds=-1), "in 1 h"),
    ],
)
def test_relative_times_use_the_largest_unit_that_still_says_something(bare, at_noon, ago, words):
    assert f">{words}</time>" in show("{{ at|relative_time }}", at=NOON - ago)


@pytest.mark.parametrize(("days", "unit"), [(13, "d"), (14, "w"), (59, "w"), (60, "mo"), (729, "mo"), (730, "y")])
def test_a_unit_begins_where_two_of_it_have_passed(bare, at_noon, days, unit):
    assert f" {unit} ago<" in show("{{ at|relative_time }}", at=NOON - timedelta(days=days))


def test_a_relative_time_tells_the_exact_moment_on_hover(bare, at_noon):
    found = show("{{ at|relative_time }}", at=datetime(2026, 11, 24, 10, 5, tzinfo=UTC))
    assert found == '<time datetime="2026-11-24T10:05:00+00:00" title="24 November 2026, 11:05">1 h ago</time>'


def test_days_and_moments_are_those_of_the_company_s_zone(bare):
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert show("{{ at|day }} / {{ at|moment }}", at=late) == "24 November 2026 / 24 November 2026, 00:30"


def test_days_are_reckoned_in_the_company_s_zone(bare):
    assert show("{{ (at|local_date).isoformat() }}", at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC)) == "2026-11-24"


def test_a_plain_date_keeps_its_day(bare):
    assert show("{{ on|day }}", on=date(2026, 11, 9)) == "9 November 2026"


def test_never_is_a_dash(bare):
    assert show("{{ none|day }}{{ none|moment }}{{ none|relative_time }}{{ none|percent }}") == "————"


@pytest.mark.parametrize(
    ("minor", "currency", "language", "words"),
    [
        (6600000, "EUR", "en", "€66,000"),
        (6600050, "EUR", "en", "€66,000.50"),
        (6600000, "EUR", "de", "66.000\xa0€"),
        (1200, "JPY", "en", "¥1,200"),
        (1234567, "KWD", "en", "KWD1,234.567"),
        (-500, "EUR", "en", "-€5"),
    ],
)
def test_money_shows_cents_only_where_there_are_some(bare, minor, currency, language, words):
    bare.config["LANGUAGE"] = language
    assert show("{{ minor|money(currency) }}", minor=minor, currency=currency) == words


def test_shares_and_numbers_follow_the_language(bare):
    bare.config["LANGUAGE"] = "de"
    assert show("{{ 0.2141|percent }} {{ 0.2141|percent(1) }} {{ 12345|number }}") == "21\xa0% 21,4\xa0% 12.345"


def test_language_and_direction_of_a_page_follow_the_reader(bare):
    bare.config["LANGUAGE"] = "ar"
    assert show("{{ page_language() }} {{ page_direction() }}") == "ar rtl"


def test_optional_fields_say_so_and_required_ones_do_not(bare):
    form = Interest()
    assert "(optional)" in fields("{{ field(form.when) }}", form)
    assert "(optional)" not in fields("{{ field(form.name) }}", form)


def test_an_error_stands_beside_its_field_and_is_tied_to_it(bare):
    form = Interest(MultiDict({"email": "ada@example"}))
    form.validate()
    found = fields("{{ field(form.email) }}", form)
    assert 'aria-describedby="email-hint email-error"' in found
    assert 'aria-invalid="true"' in found
    assert '<p class="message" id="email-error">This address ends too early.</p>' in found
    assert 'value="ada@example"' in found


def test_a_field_without_notes_points_nowhere(bare):
    assert "aria-" not in fields("{{ field(form.when) }}", Interest())


def test_the_summary_links_to_every_place_that_needs_another_look(bare):
    form = Interest(MultiDict({"when": "now"}))
    form.validate()
    found = fields("{{ error_summary(form) }}{% for one in form %}{{ field(one) }}{% endfor %}", form)
    for name in form.errors:
        assert f'<a href="#{name}">' in found
        assert f'id="{name}"' in found
    assert f"{len(form.errors)} things need another look" in found


def test_a_form_without_errors_has_no_summary(bare):
    assert fields("{{ error_summary(form) }}", Interest()).strip() == ""


@pytest.mark.parametrize("call", ["field(form.how)", "choices(form.how, style='chips')", "scale(form.how, 'Never', 'At once')"])
def test_choices_are_a_group_with_a_legend_and_keep_what_was_chosen(bare, call):
    found = fields("{{ " + call + " }}", Interest(MultiDict({"how": "letter"})))
    assert found.count("<fieldset") == found.count("<legend>") == 1
    assert 'checked id="how-1"' in found
    assert found.count("checked") == 1


def test_several_boxes_share_one_legend(bare):
    found = fields("{{ field(form.matters) }}", Interest(MultiDict({"matters": "time"})))
    assert found.count('type="checkbox"') == 2
    assert found.count("checked") == 1


def test_a_hidden_field_has_no_label(bare):
    assert "<label" not in fields("{{ field(form.ticket) }}", Interest())


def test_what_people_typed_and_were_called_is_never_taken_for_html(bare):
    form = Interest(MultiDict({"name": '"><script>alert(1)</script>'}))
    found = fields("{{ field(form.name) }}", form)
    found += show("{% from 'macros/people.html' import byline %}{{ byline(name, name) }}", name="<script>x</script>")
    assert "<script" not in found


@pytest.mark.parametrize(
    ("current", "sort", "link"), [("name", "ascending", "?-name"), ("-name", "descending", "?name"), ("at", None, "?name")]
)
def test_a_sorted_column_says_which_way_and_links_to_the_other(bare, current, sort, link):
    source = "{% from 'macros/tables.html' import sortable %}{{ sortable('Name', 'name', current, url) }}"
    found = show(source, current=current, url=lambda column: f"?{column}")
    assert f'href="{link}"' in found
    assert (f'aria-sort="{sort}"' in found) if sort else ("aria-sort" not in found)


def test_a_list_of_one_page_has_no_leafing(bare):
    source = "{% from 'macros/tables.html' import pager %}{{ pager(earlier, later) }}"
    assert show(source, earlier=None, later=None).strip() == ""
    assert 'rel="next"' in show(source, earlier=None, later="?after=9")


@pytest.mark.parametrize(("here", "current"), [("/people", "page"), ("/people/7", "true"), ("/peoples", None)])
def test_the_navigation_marks_where_we_are(bare, here, current):
    bare.add_url_rule("/people", "people")
    source = "{% from 'macros/console.html' import navigation %}{{ navigation(groups, here) }}"
    found = show(source, groups=[[SimpleNamespace(endpoint="people", label="People", key="p")]], here=here)
    assert (f'aria-current="{current}"' in found) if current else ("aria-current" not in found)
    assert 'data-go="p"' in found


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 502, 503])
def test_every_refusal_and_fault_has_a_friendly_page_that_needs_no_data(bare, status):
    found = render_template("errors/error.html", status=status, message="", request_id="r-42")
    assert not html.problems(found)
    assert str(status) in found
    assert "r-42" in found


def test_an_error_s_own_sentence_is_shown(bare):
    found = render_template("errors/error.html", status=409, message="Ada was moved already.", request_id="r")
    assert "Ada was moved already." in found

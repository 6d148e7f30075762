"""Our few lines of JavaScript in a real browser, on small pages made with the real layouts and macros."""

import hashlib
import threading
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
from flask import Flask, render_template_string, request
from flask_babel import Babel
from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.sync_api import expect
from werkzeug.serving import make_server

from portal import security, templating
from portal.config import BASE
from tests.services import wait_until

PUBLIC = """{% extends "layouts/base.html" %}{% block title %}Public{% endblock %}
{% block assets %}{{ assets("public") }}{% endblock %}
{% block body_attributes %} data-proof="/proofs" data-visit="v-7"{% endblock %}
{% block body %}<main id="main"><h1>Interest</h1>
<form method="post" data-keep="interest" data-work="c-1:12">
<label>Name <input name="name"></label><label><input type="radio" name="how" value="call"> Call</label>
<input type="hidden" name="ticket" value="fresh"><label>Code <input type="password" name="code"></label>
<button name="press" value="yes">Send this</button></form><p class="tall"></p></main>{% endblock %}"""

THANKS = """{% extends "layouts/base.html" %}{% block title %}Thanks{% endblock %}
{% block assets %}{{ assets("public") }}{% endblock %}
{% block body %}<main id="main">Thank you</main>{% endblock %}"""

CONSOLE = """{% extends "layouts/base.html" %}{% from "macros/console.html" import find, dialogs %}
{% from "macros/tables.html" import pick_all, pick_row %}
{% block title %}Console{% endblock %}{% block assets %}{{ assets("console") }}{% endblock %}
{% block body %}<header>{{ find("/found") }}<a href="/pipeline" data-go="p">Pipeline</a></header><main id="main"><h1>People</h1>
<form method="post" action="/moves"><div data-bulk><b data-selected>0</b>
<button name="to" value="engaged" data-key="m" data-confirm="Move them?">Move <kbd>m</kbd></button></div>
<table><thead><tr>{{ pick_all() }}<th>Name</th></tr></thead><tbody>
{% for name in ("Ada", "Bob", "Chidi", "Dora") %}
<tr>{{ pick_row("ids", loop.index, name) }}<th><a href="/people/{{ name }}">{{ name }}</a></th></tr>
{% endfor %}</tbody></table></form>
<div id="progress" data-poll="/progress" data-every="50">0 of 2</div></main>{{ dialogs((), "") }}{% endblock %}"""


@pytest.fixture
def site(tmp_path):
    """A small server under the real Content-Security-Policy; `posts` holds what arrived."""
    app = Flask("scripts", static_folder=str(BASE / "static"))
    app.jinja_loader = ChoiceLoader([FileSystemLoader(BASE / "templates")])
    app.config["SECRET_KEY"] = "test"
    Babel(app)
    templating.init_app(app)
    posts, polls = [], []

    @app.get("/", defaults={"path": ""})
    @app.get("/<path:path>")
    def show(path):
        refused = PUBLIC.replace('<input name="name">', '<input name="name" value="Adaa" aria-invalid="true">')
        pages = {"public": PUBLIC, "refused": refused, "thanks": THANKS, "console": CONSOLE}
        return render_template_string(pages[path]) if path in pages else f"<title>{path}</title><main>{path}</main>"

    @app.get("/progress")
    def progress():
        polls.append(1)
        more = ' data-poll="/progress" data-every="50"' if len(polls) < 2 else ""
        return f'<div id="progress"{more}>{len(polls)} of 2</div>'

    @app.post("/<path:path>")
    def take(path):
        posts.append((path, parse_qs(request.get_data(as_text=True)), "Cookie" in request.headers))
        return render_template_string(THANKS)

    app.after_request(lambda response: response.headers.update(security.HEADERS) or response)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}", posts=posts, polls=polls)
    server.shutdown()


@pytest.fixture
def tab(page):
    """A tab in which no script may fail and nothing may be forbidden by the policy."""
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield page
    assert wrong == []


def test_what_was_typed_survives_a_reload_but_secrets_and_tickets_do_not(site, tab):
    tab.goto(f"{site.url}/public")
    tab.fill("[name=name]", "Ada")
    tab.fill("[name=code]", "123456")
    tab.check("[value=call]")
    tab.reload()
    expect(tab.locator("[name=name]")).to_have_value("Ada")
    expect(tab.locator("[value=call]")).to_be_checked()
    expect(tab.locator("[name=code]")).to_have_value("")
    assert "123456" not in tab.evaluate("JSON.stringify(sessionStorage)")
    assert "fresh" not in tab.evaluate("JSON.stringify(sessionStorage)")


def test_once_it_was_sent_nothing_is_kept(site, tab):
    tab.goto(f"{site.url}/public")
    tab.fill("[name=name]", "Ada")
    tab.get_by_role("button").click()
    expect(tab.locator("main")).to_have_text("Thank you")
    wait_until(lambda: tab.evaluate("sessionStorage.length") == 0, what="the page to forget what was typed")
    tab.goto(f"{site.url}/public")
    expect(tab.locator("[name=name]")).to_have_value("")


def test_what_came_back_with_an_error_is_still_kept(site, tab):
    tab.goto(f"{site.url}/public")
    tab.fill("[name=name]", "Ada")
    tab.evaluate("sessionStorage['keep:interest'] = JSON.stringify({fields: [['name', 'older', null, null]], sent: true})")
    tab.goto(f"{site.url}/refused")
    expect(tab.locator("[name=name]")).to_have_value("Adaa")
    tab.goto(f"{site.url}/thanks")
    assert "Adaa" in tab.evaluate("JSON.stringify(sessionStorage)")


def test_a_double_click_sends_a_form_once_with_its_button_and_its_work(site, tab):
    tab.goto(f"{site.url}/public")
    tab.get_by_role("button").dblclick()
    expect(tab.locator("main")).to_have_text("Thank you")
    assert len(site.posts) == 1
    fields = site.posts[0][1]
    assert fields["press"] == ["yes"]
    digest = hashlib.sha256(f"c-1:{fields['work'][0]}".encode()).digest()
    assert int.from_bytes(digest[:2], "big") >> 4 == 0


def test_looking_at_a_page_proves_nothing_until_a_real_sign_comes_and_then_once(site, tab):
    tab.clock.install()
    tab.goto(f"{site.url}/public")
    tab.clock.run_for(9000)
    tab.evaluate("dispatchEvent(new Event('scroll')); dispatchEvent(new KeyboardEvent('keydown', {key: 'a'}))")
    tab.clock.run_for(2000)
    assert site.posts == []
    with tab.expect_response("**/proofs"):
        tab.mouse.wheel(0, 50)
    tab.mouse.wheel(0, 50)
    tab.clock.run_for(9000)
    assert site.posts == [("proofs", {"visit": ["v-7"]}, False)]


def test_a_sign_in_the_first_seconds_is_not_enough(site, tab):
    tab.clock.install()
    tab.goto(f"{site.url}/public")
    tab.keyboard.press("Tab")
    tab.clock.run_for(3900)
    assert site.posts == []
    with tab.expect_response("**/proofs"):
        tab.clock.run_for(2000)


def test_keys_walk_the_rows_select_them_and_open_one(site, tab):
    tab.goto(f"{site.url}/console")
    expect(tab.locator("[data-bulk]")).to_be_hidden()
    for key in ("j", "x", "j", "j", "Shift+X"):
        tab.keyboard.press(key)
    expect(tab.locator("tbody :checked")).to_have_count(3)
    expect(tab.locator("[data-selected]")).to_have_text("3")
    tab.keyboard.press("k")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/people/Bob")


def test_one_box_ticks_the_page(site, tab):
    tab.goto(f"{site.url}/console")
    tab.check("[data-select-all]")
    expect(tab.locator("tbody :checked")).to_have_count(4)
    tab.uncheck("tbody input >> nth=0")
    assert tab.evaluate("document.querySelector('[data-select-all]').indeterminate")


def test_keys_find_and_go_but_never_while_somebody_types(site, tab):
    tab.goto(f"{site.url}/console")
    tab.keyboard.press("/")
    tab.keyboard.type("gp?")
    expect(tab.locator("[data-find]")).to_have_value("gp?")
    tab.locator("h1").click()
    tab.keyboard.press("g")
    tab.keyboard.press("p")
    tab.wait_for_url("**/pipeline")


def test_single_keys_can_be_switched_off(site, tab):
    tab.goto(f"{site.url}/console")
    tab.keyboard.press("?")
    tab.get_by_label("Use single keys").uncheck()
    tab.get_by_role("button", name="Close").click()
    tab.reload()
    tab.keyboard.press("j")
    expect(tab.locator("tr.cur")).to_have_count(0)


def test_a_grave_button_asks_first(site, tab):
    tab.goto(f"{site.url}/console")
    tab.check("[data-select-all]")
    tab.locator("h1").click()
    tab.keyboard.press("m")
    expect(tab.locator("#confirm")).to_contain_text("Move them?")
    tab.get_by_role("button", name="Go back").click()
    assert site.posts == []
    tab.keyboard.press("m")
    tab.locator("#confirm").get_by_role("button", name="Move", exact=True).click()
    tab.wait_for_url("**/moves")
    assert site.posts[0][1] == {"ids": ["1", "2", "3", "4"], "to": ["engaged"]}


def test_progress_refreshes_itself_until_it_is_done(site, tab):
    tab.goto(f"{site.url}/console")
    expect(tab.locator("#progress")).to_have_text("2 of 2")
    tab.wait_for_timeout(300)
    assert len(site.polls) == 2

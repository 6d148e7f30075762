"""Markdown to HTML: what authors may write, what never reaches a reader, and what they are told."""

import re
import time

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.markup import PLACEHOLDERS, Problem, check_placeholders, fill, long_date, names, to_html, to_text

FACT = """/// fact | of our roles show their pay
    figure: "100%"
    owner: "Hana Ubben, people and pay"
    checked: {checked}
    evidence: "[The pay table](/value/pay#table)"

Nine grades.
///
"""


@pytest.fixture(autouse=True, scope="module")
def _context():
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        yield


def messages(markdown: str) -> list[str]:
    return [f"{problem.line}: {problem.message}" for problem in to_html(markdown).problems]


def test_a_fact_shows_figure_claim_owner_date_and_evidence():
    html = to_html("## Pay\n\n" + FACT.format(checked=clock.now().date())).html
    assert '<p class="figure">100%</p>' in html
    assert ">of our roles show their pay</h3>" in html
    assert "<dd>Hana Ubben, people and pay</dd>" in html
    assert f"{long_date(clock.now().date())}</time>" in html
    assert '<a href="/value/pay#s-table">The pay table</a>' in html
    assert "stale" not in html


def test_a_fact_that_was_not_checked_for_a_year_looks_stale_and_is_named_as_a_minor_problem():
    rendered = to_html("## Pay\n\n" + FACT.format(checked="2020-01-31"))
    assert '<article class="fact split stale">' in rendered.html
    assert "Not checked for" in rendered.html
    assert [(problem.line, problem.minor) for problem in rendered.problems] == [(6, True)]


def test_a_fact_before_the_first_section_is_a_section_itself():
    html = to_html(FACT.format(checked=clock.now().date()) + "\n## After\n").html
    assert ">of our roles show their pay</h2>" in html


def test_the_honest_part_is_a_section_named_by_its_heading():
    html = to_html("/// honest | What is hard\nIt rains.\n///").html
    assert '<section aria-labelledby="s-what-is-hard" class="honest">' in html
    assert '<h2 id="s-what-is-hard">What is hard</h2>' in html


def test_a_voice_has_quote_face_and_name():
    html = to_html(
        "/// voice | Imke Redenius\n    role: Welder\n    since: 2022\n    photo: media/imke.svg\n\nIt holds.\n///"
    ).html
    assert "<blockquote>\n<p>It holds.</p>" in html
    assert '<img alt="" class="face" src="/media/imke.svg" width="48" height="48" loading="lazy" decoding="async">' in html
    assert "<bdi>Imke Redenius</bdi><span>Welder, since 2022</span>" in html


def test_a_day_is_a_list_of_times_and_keys_is_a_list_of_labels():
    day = to_html("/// day\n\n- 7:20 | Tea with *Selin*\n- noon | Lunch\n\n///").html
    assert '<li><time datetime="07:20">7:20</time> <span>Tea with <em>Selin</em></span></li>' in day
    assert "<li><span>noon</span> <span>Lunch</span></li>" in day
    keys = to_html("/// keys\n\n- Place | [Emden](/where)\n\n///").html
    assert "<dt>Place</dt>" in keys
    assert '<dd><a href="/where">Emden</a></dd>' in keys


def test_an_ask_is_a_button_and_a_figure_a_picture_with_its_words():
    html = to_html(
        "/// ask | Talk to Marit\n    to: /interest\n///\n\n/// figure | The lock\n    src: media/lock.svg\n    alt: A lock\n///"
    ).html
    assert '<a class="button primary" href="/interest">Talk to Marit</a>' in html
    assert '<figure class="wide scene"><img alt="A lock" src="/media/lock.svg"' in html.replace("\n", "")
    assert "<figcaption>The lock</figcaption>" in html


def test_an_unknown_block_is_named_with_its_line_and_a_reader_sees_only_its_text():
    rendered = to_html("First\n\n/// fakt | 5\n    figure: 5\n\nStill here\n///\n")
    assert [problem.line for problem in rendered.problems] == [3]
    assert "fakt" in rendered.problems[0].message
    assert "///" not in rendered.html
    assert "<p>Still here</p>" in rendered.html


def test_a_wrong_option_is_named_with_its_line_and_the_block_still_shows():
    rendered = to_html("/// honest | Hard\n    colour: red\n\nRain\n///")
    assert [problem.line for problem in rendered.problems] == [2]
    assert '<section aria-labelledby="s-hard" class="honest">' in rendered.html


@pytest.mark.parametrize(
    ("markdown", "line", "word"),
    [
        ("a\n\n/// honest | Hard\n\nno end", 3, "not closed"),
        ("a\n\n///\n", 3, "closes nothing"),
        ("/// fact | x\n    figure: 1\n    checked: 2026-11-01\n///", 1, "owner"),
        ("/// fact | x\nfigure: 1\n///", 2, "four spaces"),
        ("/// fact | x\n    checked: soon\n///", 2, "2026-11-23"),
        ("/// voice | Ada\n    role: Head: of it\n///", 2, "quotation marks"),
        ("/// honest\ntext\n///", 1, "heading"),
        ("/// keys\n\n- no bar here\n\n///", 3, "first | second"),
    ],
)
def test_each_slip_of_the_pen_is_named_with_its_line(markdown, line, word):
    assert any(found.startswith(f"{line}: ") and word in found for found in messages(markdown))
    assert "///" not in to_html(markdown).html


def test_blocks_inside_code_are_code():
    rendered = to_html("```\n/// fakt | x\n///\n```\n")
    assert rendered.problems == ()
    assert "/// fakt | x" in rendered.html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "<a href='vbscript:x'>x</a>",
        "<iframe src=//evil.example></iframe>",
        "<form action=/console><input name=a><button>x</button></form>",
        "<p style='position:fixed'>x</p>",
        "<div class='answers letter'>x</div>",
        "<svg onload=alert(1)></svg>",
        "<math><mtext></p><style><img src=x onerror=alert(1)></style>",
        "x\n{: onclick=alert(1) style=color:red }",
        "<meta http-equiv=refresh content=0>",
        "<base href=//evil.example>",
        "![x](https://evil.example/pixel.gif)",
        "![x](//evil.example/pixel.gif)",
        "[x](\x01javascript:alert(1))",
    ],
)
def test_nothing_harmful_passes(attack):
    html = to_html(attack).html.lower()
    for word in (
        "<script",
        "onerror",
        "javascript:",
        "data:",
        "vbscript",
        "<iframe",
        "<form",
        "<button",
        "style=",
        "onclick",
        "onload",
    ):
        assert word not in html
    for word in ("<meta", "<base", "<svg", "<math", 'src="https:', 'src="//', "answers", "letter"):
        assert word not in html


def test_ids_are_prefixed_so_that_a_text_cannot_take_the_place_of_the_page_around_it():
    html = to_html("## Main\n\n<p id=main>x</p>\n\n[up](#main)").html
    assert 'id="main"' not in html
    assert '<a href="#s-main">up</a>' in html


def test_relative_links_start_from_the_folder_and_lead_to_pages_not_files():
    html = to_html(
        "[a](welder.md) [b](../value/index.md#pay) [c](My%20File.md) [d](/x) [e](https://a.example/)", base="/stories/"
    ).html
    assert 'href="/stories/welder"' in html
    assert 'href="/value#s-pay"' in html
    assert 'href="/stories/My%20File"' in html
    assert 'href="/x"' in html
    assert 'href="https://a.example/"' in html


def test_mails_get_whole_addresses():
    html = to_html("[a](/stories) ![b](media/x.png)", base="https://jobs.example").html
    assert 'href="https://jobs.example/stories"' in html
    assert 'src="https://jobs.example/media/x.png"' in html


def test_links_and_pictures_are_told_with_the_line_they_stand_on():
    rendered = to_html("[a](/a)\n\ntext [b](/b) and [a](/a)\n\n![](media/x.png)\n")
    assert [(link.target, link.line) for link in rendered.links] == [("/a", 1), ("/b", 3), ("/a", 3)]
    assert [(image.source, image.alt, image.line) for image in rendered.images] == [("/media/x.png", "", 5)]


def test_pictures_get_their_size_and_load_late():
    html = to_html("![A lock](media/lock.png)", size_of={"/media/lock.png": (640, 480)}.get).html
    assert html == '<p><img alt="A lock" src="/media/lock.png" width="640" height="480" loading="lazy" decoding="async"></p>'


def test_a_second_first_heading_moves_one_level_down():
    assert [heading.level for heading in to_html("# One\n\n## Two\n\n# Three").headings] == [2, 3, 2]
    assert [heading.level for heading in to_html("## Two\n\n# One\n\n## Two").headings] == [2, 2, 2]
    assert [heading.level for heading in to_html("### Three\n\n## Two").headings] == [3, 2]


def test_a_wide_table_scrolls_by_itself_and_can_be_reached_by_keyboard():
    html = to_html("| a | b |\n|---|--:|\n| 1 | 2 |").html
    assert html.startswith('<div aria-label="Table" class="scroll" role="region" tabindex="0">')
    assert "style=" not in html
    assert '<th scope="col">a</th>' in html


def test_a_text_that_is_too_long_is_refused():
    rendered = to_html("a" * (200 * 1024 + 1))
    assert rendered.html == ""
    assert len(rendered.problems) == 1


@pytest.mark.parametrize(
    "unit", ["[", "![", "[a](", "[^", "<", "<a ", "a\n: ", "*a_b", "\\", "> ", "1. ", "\n/// fact | a\n", "{{"]
)
def test_no_text_keeps_the_parser_for_long(unit):
    started = time.perf_counter()
    to_html(unit * (150 * 1024 // len(unit)))
    assert time.perf_counter() - started < 15  # seconds: a hang takes minutes, and a busy machine is slow


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.sampled_from("[]()<>!*_`|/:-#{}\n \t\\&;ab\"'=éß\U0001f600\ue000\x02\x03"), max_size=200))
def test_whatever_is_typed_is_rendered_without_a_fault(text):
    rendered = to_html(text)
    assert "<script" not in rendered.html
    assert not any("cannot be rendered" in problem.message for problem in rendered.problems)


def test_placeholders_are_filled_by_plain_replacement():
    assert fill("Hello {{first_name|there}}, {{note}}", {"first_name": "Ada", "note": "{{company}}"}) == "Hello Ada, {{company}}"
    assert fill("Hello {{first_name|there}}", {"first_name": ""}) == "Hello there"
    assert fill("{{ 7*7 }}{% x %}", {}) == "{% x %}"


def test_values_are_escaped_in_html():
    assert fill("<p>{{note|a &amp; b}}</p>", {"note": "<b>\"'"}, html=True) == "<p>&lt;b&gt;&quot;&#x27;</p>"
    assert fill("<p>{{note|a &amp; b}}</p>", {}, html=True) == "<p>a &amp; b</p>"


def test_an_unknown_placeholder_is_refused_with_line_and_column():
    found = check_placeholders("Hello {{first_name}},\n\nfrom {{frist_name}} {{company")
    assert [(problem.line, problem.column) for problem in found] == [(3, 6), (3, 21)]
    assert check_placeholders(" ".join("{{" + name + "|x}}" for name in PLACEHOLDERS)) == []
    assert names("{{note}} {{ role | a }}") == {"note", "role"}


def test_placeholders_survive_markdown_and_only_addresses_become_links():
    html = to_html(
        "Hello {{first_name|*you*}} __{{sender_name}}__\n\n{{landing_link}}\n\n[Look]({{landing_link}}) [x]({{note}})"
    ).html
    assert "{{first_name|*you*}}" in html
    assert "<strong>{{sender_name}}</strong>" in html
    assert '<p><a href="{{landing_link}}">{{landing_link}}</a></p>' in html
    assert '<a href="{{landing_link}}">Look</a> <a>x</a>' in html


def test_a_fallback_cannot_carry_markup():
    html = to_html("{{note|<script>alert(1)</script>}}").html
    assert "<script" not in html
    assert "<script" not in fill(html, {}, html=True)


def test_a_letter_keeps_its_lines():
    assert to_html("Ada\nEmden", breaks=True).html == "<p>Ada<br>\nEmden</p>"


def test_text_tells_the_address_of_a_link_once():
    html = '<p>See <a href="https://a.example/x">the page</a>, <a href="https://a.example">https://a.example</a></p><ul><li>one</li></ul>'
    text = to_text(html)
    assert "See the page (https://a.example/x), https://a.example\n" in text
    assert "* one" in text
    assert to_text("") == ""


def test_a_problem_reads_as_file_line_and_sentence():
    assert str(Problem("pages/a.md", 3, "Wrong.", 5)) == "pages/a.md:3:5: Wrong."
    assert str(Problem("", 0, "Wrong.")) == "Wrong."


FILM = "/// video | The hall\n    src: media/hall.mp4\n    captions: media/hall.vtt\n///\n"


def test_a_question_opens_to_its_answer():
    made = to_html("/// question | How *long*?\n\nTwo [weeks](/value/pay).\n///\n")
    assert "<summary>How <em>long</em>?</summary>" in made.html
    assert made.html.startswith("<details>")
    assert [link.target for link in made.links] == ["/value/pay"]


def test_a_film_has_captions_and_fetches_nothing_before_it_is_asked_to():
    made = to_html(FILM)
    assert re.search(r'<video [^>]*src="/media/hall.mp4"', made.html)
    assert 'preload="none"' in made.html
    assert re.search(r'<track [^>]*kind="captions"', made.html)
    assert {link.target for link in made.links} == {"/media/hall.mp4", "/media/hall.vtt"}


@pytest.mark.parametrize("address", ["https://elsewhere.example/a.mp4", "javascript:alert(1)", "//elsewhere.example/a.mp4"])
def test_a_film_from_elsewhere_is_not_embedded(address):
    made = to_html(f'/// video | Film\n    src: "{address}"\n    captions: media/a.vtt\n///\n')
    assert "elsewhere" not in made.html
    assert "javascript" not in made.html
    assert "src=" not in made.html.partition("<track")[0]


def test_a_film_without_captions_is_named_with_its_line():
    made = to_html("Text.\n\n/// video | Film\n    src: media/a.mp4\n///\n")
    assert [problem.line for problem in made.problems] == [3]

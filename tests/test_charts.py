"""Charts: well-formed, escaped, told in words, and never broken by missing or strange values."""

import io
import re
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pytest
from PIL import Image

from portal import charts
from portal.charts import files
from portal.config import BASE

SVG = "{http://www.w3.org/2000/svg}"


def parsed(markup):
    return ET.fromstring(str(markup).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


ROW = charts.Interval("Fair <b>", 0.2, 0.1, 0.4, "20% of 30")
POOL = [charts.Part("Start", 400, True), charts.Part("joined <b>", 9), charts.Part("left", -12), charts.Part("End", 397, True)]


def point(day, share, at_risk):
    return SimpleNamespace(day=day, share=share, low=share / 2, high=min(share * 1.5, 1), at_risk=at_risk)


def cohort(label, people, shares):
    return SimpleNamespace(label=label, people=people, shares=shares)


EVERY = {
    "intervals": lambda: charts.intervals([ROW, charts.Interval("None", None, None, None, "—")], "Rates & more", 0.3),
    "no intervals": lambda: charts.intervals([], "Nothing"),
    "lines": lambda: charts.lines(list("abc"), [0.1, None, 1.0], "Line", ["10%", "—", "all"], [(0, 0.2), (None, None), (0.9, 1)]),
    "one point": lambda: charts.lines(["a"], [0.0], "Line", ["0%"], [(0, 0)]),
    "no line": lambda: charts.lines([], [], "Line", []),
    "stacks": lambda: charts.stacks([charts.Stack("A", (1, 2), "3"), charts.Stack("B", (0, 0), "0")], ("x", "y"), "Bars"),
    "changes": lambda: charts.changes([charts.Change("Nov", (3, 1), 2, 9)], ("in", "back", "out", "all"), "Pool"),
    "no changes": lambda: charts.changes([], ("in", "back", "out", "all"), "Pool"),
    "spark": lambda: charts.spark([None, 1.0, 1.0], "Trend"),
    "curve": lambda: charts.curve([point(1.5, 0.1, 30), point(7, 0.3, 20), point(40, 0.5, 4)], "By day", ("days", "waiting")),
    "one step": lambda: charts.curve([point(3, 1.0, 1)], "By day"),
    "no curve": lambda: charts.curve([], "By day"),
    "funnel": lambda: charts.funnel([charts.Step("In <b>", 40, "40"), charts.Step("Hired", 1, "1 · 2%", "2%", 0.0, 0.1)], "Far"),
    "no funnel": lambda: charts.funnel([], "Far"),
    "heat": lambda: charts.heat([cohort("Oct <b>", 30, (0.2, 0.0, 0.04, None, None))], "When", axis="days", people="people"),
    "no heat": lambda: charts.heat([], "When"),
    "waterfall": lambda: charts.waterfall(POOL, "Pool"),
    "one part": lambda: charts.waterfall(POOL[:1], "Pool"),
    "no waterfall": lambda: charts.waterfall([], "Pool"),
    "no spark": lambda: charts.spark([None, None], "Trend"),
}


@pytest.mark.parametrize("name", EVERY)
def test_every_chart_is_well_formed_named_and_without_style(name):
    tree = parsed(EVERY[name]())
    assert tree.get("role") == "img"
    assert tree.get("aria-label") or tree.find(f"{SVG}title").text
    assert not [node for node in tree.iter() if node.get("style") or node.get("fill")]


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_drawn_outside_the_frame(name):
    tree = parsed(EVERY[name]())
    _x, _y, width, height = map(float, tree.get("viewBox").split())
    for node in list(tree.iter())[1:]:
        x, y = float(node.get("x") or node.get("cx") or 0), float(node.get("y") or node.get("cy") or 0)
        assert -1 <= x + float(node.get("width") or 0) <= width + 1
        assert -1 <= y <= height


def test_figures_are_told_in_words_and_escaped():
    tree = parsed(EVERY["intervals"]())
    assert tree.find(f"{SVG}desc").text == "Fair <b>: 20% of 30; None: —"
    assert tree.find(f"{SVG}title").text == "Rates & more"


def test_a_whisker_reaches_from_low_to_high():
    tree = parsed(charts.intervals([charts.Interval("A", 0.2, 0.1, 0.4, "")], "One"))
    whisker = next(node for node in tree.iter() if node.get("class") == "ci")
    assert whisker.get("d").startswith("M317.5 ")  # 230 and a quarter of 350, as the axis ends at 40%
    assert "H580.0" in whisker.get("d")


def test_two_charts_on_a_page_do_not_share_ids():
    first, second = (parsed(EVERY["lines"]()) for _ in range(2))
    assert first.find(f"{SVG}title").get("id") != second.find(f"{SVG}title").get("id")


def texts(markup):
    return [node.text for node in parsed(markup).iter(SVG + "text")]


def test_a_curve_is_read_off_at_days_and_says_who_is_still_waited_for():
    found = texts(EVERY["curve"]())
    assert {"0%", "30%", "50%", "days", "waiting", "20", "4"} <= set(found)
    path = next(node.get("d") for node in parsed(EVERY["curve"]()).iter() if node.get("class") == "c1")
    assert re.fullmatch(r"M[\d.]+ [\d.]+(H[\d.]+V[\d.]+)+H[\d.]+", path), "steps, nothing interpolated"


def test_a_funnel_writes_what_passed_between_its_bars_and_draws_them_to_scale():
    tree = parsed(EVERY["funnel"]())
    bars = [float(node.get("width")) for node in tree.iter(SVG + "rect") if node.get("class") == "f1"]
    assert bars[0] == pytest.approx(40 * bars[1], rel=0.02)
    assert {"In <b>", "40", "1 · 2%", "2%"} <= set(texts(EVERY["funnel"]()))


def test_a_heat_map_writes_each_share_and_leaves_open_what_cannot_be_known():
    assert texts(EVERY["heat"]())[-5:] == ["20%", "0%", "4%", "·", "·"]
    assert "Oct <b>" in texts(EVERY["heat"]())


def test_a_waterfall_says_signs_and_ends_where_its_parts_lead():
    assert {"400", "+9", "−12", "397", "joined <b>"} <= set(texts(EVERY["waterfall"]()))
    start, end = (float(node.get("cx")) for node in parsed(EVERY["waterfall"]()).iter(SVG + "circle"))
    assert end < start


def test_a_band_is_interrupted_where_a_value_is_missing():
    bands = [(0.1, 0.2), (0.1, 0.2), (None, None), (0.1, 0.2), (0.1, 0.2)]
    tree = parsed(charts.lines(list("abcde"), [0.15, 0.15, None, 0.15, 0.15], "Line", list("12345"), bands))
    assert len([node for node in tree.iter() if node.get("class") == "a1"]) == 2


@pytest.mark.parametrize("name", EVERY)
def test_a_chart_to_take_away_carries_its_own_colours(name):
    drawn = charts.standalone(str(EVERY[name]()))
    tree = ET.fromstring(drawn)
    style = tree.find(SVG + "style").text
    used = {word for node in tree.iter() for word in (node.get("class") or "").split()}
    assert used <= set(re.findall(r"\.([a-z]\w*)", style)), "every class has its colour"
    assert "var(" not in drawn
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", ["curve", "funnel", "heat", "waterfall", "intervals", "no curve", "no spark"])
def test_a_png_is_one_has_its_size_and_shows_something(name, dark):
    svg = EVERY[name]()
    picture = Image.open(io.BytesIO(charts.to_png(svg, dark=dark)))
    _x, _y, width, height = map(float, parsed(svg).get("viewBox").split())
    head = 34 if parsed(svg).find(SVG + "title") is not None else 0
    assert picture.format == "PNG"
    assert picture.size == (2 * (width + 40), 2 * (height + 40 + head))
    shades = picture.convert("L").getextrema()
    assert name.startswith("no spark") or shades[1] - shades[0] > 100
    assert picture.convert("RGB").getpixel((1, 1)) == ((28, 31, 36) if dark else (255, 255, 255))


def test_labels_are_in_the_picture_without_a_font_of_the_machine():
    with_label, without = (charts.to_png(charts.waterfall([charts.Part(name, 3)], "t")) for name in ("Příliš − Ωж", " "))
    assert with_label != without
    left = [Image.open(io.BytesIO(one)).convert("L").crop((40, 100, 480, 160)).getextrema()[0] for one in (with_label, without)]
    assert left[0] < 80 < left[1]


@pytest.mark.parametrize(("palette", "side"), [(files.LIGHT, 0), (files.DARK, 1)])
def test_colours_to_take_away_are_those_of_the_pages(palette, side):
    tokens = re.findall(r"--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\)", (BASE / "static" / "css" / "tokens.css").read_text())
    assert palette == {name: ends[side] for name, *ends in tokens if name in palette}

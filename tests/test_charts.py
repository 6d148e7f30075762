"""Charts: well-formed, escaped, told in words, and never broken by missing or strange values."""

import xml.etree.ElementTree as ET

import pytest

from portal import charts

SVG = "{http://www.w3.org/2000/svg}"


def parsed(markup):
    return ET.fromstring(str(markup).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


ROW = charts.Interval("Fair <b>", 0.2, 0.1, 0.4, "20% of 30")
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

"""The check that editors run: each kind of fault, with its file and line."""

import pytest

from portal.content import services


def found(path: str) -> set[tuple[int, str]]:
    return {(problem.line, problem.message) for problem in services.check() if problem.path == path}


def test_a_sound_folder_has_no_problems_but_a_generated_list(site, folder):
    assert services.check() == []


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("[a](/nowhere)", 4, "/nowhere"),
        ("text\n\n[a](stories/nowhere.md)", 6, "stories/nowhere.md"),
        ("[a](/stories/control#nowhere)", 4, "no such place"),
        ("[a](github.com/x)", 4, "github.com/x"),
        ("![a](media/nothing.png)", 4, "nothing.png"),
        ("![](media/marit.svg)", 4, "alternative text"),
        ("## Two\n\n#### Four", 6, "jumps from level 2 to 4"),
    ],
)
def test_each_fault_is_named_with_its_line(site, folder, body, line, words):
    folder.write("pages/a.md", f"---\ntitle: A\n---\n{body}\n")
    assert any(where == line and words in message for where, message in found("pages/a.md"))


GOOD = [
    "/",
    "/stories",
    "/stories/control",
    "/stories/control#a-day",
    "#here",
    "/media/marit.svg",
    "/interest",
    "https://a.example/",
]


@pytest.mark.parametrize("target", GOOD)
def test_a_link_that_leads_somewhere_is_no_problem(site, folder, target):
    folder.write("pages/a.md", f"---\ntitle: A\n---\n## Here\n\n[a]({target})\n")
    assert found("pages/a.md") == set()


def test_front_matter_is_checked_too(site, folder):
    folder.write(
        "pages/a.md",
        "---\ntitle: A\nkind: story\nchecked: 2020-01-01\npicture: media/no.svg\ncriterion: fame\ncontact: nobody\n---\n",
    )
    lines = {line for line, _message in found("pages/a.md")}
    assert lines == {1, 4, 5, 6, 7}
    assert any("what it pays" in message for _line, message in found("pages/a.md"))


def test_the_navigation_is_checked_too(site, folder):
    folder.write("site.yaml", "name: A\nlogo: media/no.svg\nnavigation:\n  - {label: Gone, path: /gone}\n")
    assert len(found("site.yaml")) == 2

"""What is worth a second thought in the words of a page is named with its line; nothing of it stops the page."""

import pytest

from portal.content import services
from portal.content.services.wording import readability

EASY = "The gate is shut. The tide is out. We eat at noon. "
HARD = "Organisational responsibilities necessitate comprehensive documentation concerning interdisciplinary collaboration. "


def _said(reader, file: str = "pages/a.md") -> list[tuple[int, str]]:
    with reader.application.app_context():
        return [(problem.line, problem.message) for problem in services.check() if problem.path == file and problem.minor]


def test_a_title_that_is_cut_off_elsewhere_is_named(reader, folder):
    folder.write("pages/a.md", f"---\nkind: page\ntitle: {'x' * 66}\n---\n")
    assert _said(reader) == [(3, "The title has 66 letters; after 65 it is cut off elsewhere.")]
    folder.write("pages/a.md", f"---\ntitle: {'x' * 65}\n---\n")
    assert _said(reader) == []


def test_a_sentence_of_more_than_forty_words_is_named_with_its_line_and_beginning(reader, folder):
    folder.write("pages/a.md", "# T\n\nShort one.\n\nIf you *will* " + "and so on " * 13 + "we end.\n")
    assert _said(reader) == [(5, "This sentence has 44 words: “If you will and so on …”")]


def test_a_hard_page_is_named_and_an_easy_one_is_not(reader, folder):
    folder.write("pages/a.md", "# T\n\n" + HARD * 15)
    assert [message.partition(" (")[0] for _line, message in _said(reader)] == ["This page is hard to read"]
    folder.write("pages/a.md", "# T\n\n" + EASY * 15)
    assert _said(reader) == []


@pytest.mark.parametrize(("text", "lix"), [("", 0), (EASY, 4), ("Abcdefg abc. Abc abcdefg.", 52), ("Größenordnung Straße.", 52)])
def test_readability_is_words_per_sentence_and_the_share_of_long_words(text, lix):
    assert readability(text) == lix


def test_words_that_put_people_off_are_named_with_what_to_write_instead(reader, folder):
    folder.write("pages/a.md", "# T\n\nWe want a Rockstar.\n\nrockstars and ninjas pass: only whole words are looked for.\n")
    assert _said(reader) == [(3, "“rockstar” puts many people off. Name the work.")]


def test_a_site_may_have_its_own_list(reader, folder):
    text = (folder.root / "site.yaml").read_text()
    folder.write("site.yaml", text + "avoid:\n  synergy: Say who works with whom.\n")
    folder.write("pages/a.md", "# T\n\nA ninja with synergy.\n")
    assert _said(reader) == [(3, "“synergy” puts many people off. Say who works with whom.")]
    folder.write("site.yaml", text + "avoid: [synergy]\n")
    with reader.application.app_context():
        wrong = [problem for problem in services.check() if problem.path == "site.yaml"]
    assert [(problem.line, problem.message) for problem in wrong] == [
        (text.count("\n") + 1, "Write words and what to write instead, as in ninja: Name the work.")
    ]

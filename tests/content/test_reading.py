"""How readers find their way: search, narrowed stories, the feed, and what the company says of itself to machines."""

import io
import json
import re
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

ATOM = "{http://www.w3.org/2005/Atom}"


def _paths(page: str) -> list[str]:
    return re.findall(r'<h3><a href="([^"]+)">', page)


def test_a_page_is_found_by_its_words_accents_aside_and_the_words_are_marked(reader, folder):
    folder.write("pages/a.md", "# Tools\n\nA torque wrench for Selin Aydın and the café in Lübeck.\n")
    text = reader.get("/search?q=cafe+lub").text
    assert _paths(text) == ["/a"]
    assert "<mark>café</mark> in <mark>Lübeck</mark>" in text


def test_a_title_counts_for_more_than_the_text(reader, folder):
    folder.write("pages/a.md", "# Other things\n\nWelding, welding.\n")
    folder.write("pages/b.md", "# Welding\n\nNothing else.\n")
    assert _paths(reader.get("/search?q=welding").text)[:2] == ["/b", "/a"]


def test_what_changed_is_found_within_the_next_look(reader, folder):
    folder.write("pages/a.md", "# One\n\nanvil\n")
    assert _paths(reader.get("/search?q=anvil").text) == ["/a"]
    folder.write("pages/a.md", "# One\n\nhammer, not what was there\n")
    reader.application.extensions["content"].next_look = 0.0
    assert _paths(reader.get("/search?q=anvil").text) == []
    assert _paths(reader.get("/search?q=hammer").text) == ["/a"]


@pytest.mark.parametrize("typed", ['"', "AND OR NOT", "a* NEAR(b)", "<script>", "title:x", "(" * 200, "'; --"])
def test_whatever_is_typed_is_words_and_never_a_command(reader, typed):
    response = reader.get("/search", query_string={"q": typed})
    assert response.status_code == 200
    assert "<script>" not in response.text.partition("<main")[2]


def test_markup_in_a_page_stays_text_in_its_snippet(reader, folder):
    folder.write("pages/a.md", "# One\n\nUse `<b onclick=x>` for anvil.\n")
    assert "&lt;b onclick=x&gt;" in reader.get("/search?q=anvil").text


def test_stories_are_narrowed_by_team_and_place_and_the_front_door_knows_the_difference(reader, folder):
    for name, team, place in (("x", "Steel", "Emden, hall 1"), ("y", "Steel", "Leer"), ("z", "Water", "Emden")):
        folder.write(f"pages/jobs/{name}.md", f"---\nkind: story\ntitle: {name}\nteam: {team}\nplace: '{place}'\n---\n")
    listed = {
        "": {"/jobs/x", "/jobs/y", "/jobs/z"},
        "?utm_source=mail": {"/jobs/x", "/jobs/y", "/jobs/z"},
        "?team=Steel": {"/jobs/x", "/jobs/y"},
        "?team=Steel&place=Emden": {"/jobs/x"},
        "?team=Water&place=Leer": set(),
        "?team=made-up": {"/jobs/x", "/jobs/y", "/jobs/z"},
    }
    for _again in range(2):
        for query, expected in listed.items():
            text = reader.get("/jobs" + query).text
            assert set(re.findall(r'<a href="(/jobs/[xyz])">', text)) == expected, query
    assert "No story fits this choice." in reader.get("/jobs?team=Water&place=Leer").text


def test_the_feed_holds_the_news_newest_first(reader, folder):
    folder.write("pages/news/b.md", "---\nkind: news\ntitle: A & B\npublished: 2026-11-02\ndescription: Both\n---\n")
    folder.write("pages/news/c.md", "---\nkind: news\ntitle: C\npublished: 2026-11-20\n---\n")
    response = reader.get("/feed.xml")
    feed = ET.fromstring(response.data)
    assert response.mimetype == "application/atom+xml"
    assert feed.findtext(ATOM + "updated") == "2026-11-20T00:00:00Z"
    assert [entry.findtext(ATOM + "title") for entry in feed.iter(ATOM + "entry")] == ["C", "A & B"]
    assert [entry.findtext(ATOM + "id") for entry in feed.iter(ATOM + "entry")][1] == "http://portal.test/news/b"


def test_a_site_without_news_has_a_feed_that_is_empty(reader):
    assert ET.fromstring(reader.get("/feed.xml").data).find(ATOM + "entry") is None


def test_the_first_page_tells_machines_which_company_this_is(reader, folder):
    folder.write("site.yaml", "name: Clef </script> & Sons\nemail: a@b.example\n")
    reader.application.extensions["content"].next_look = 0.0
    said = re.search(r'<script type="application/ld\+json">(.*?)</script>', reader.get("/").text)[1]
    assert json.loads(said) == {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": "Clef </script> & Sons",
        "url": "http://portal.test/",
        "email": "a@b.example",
    }


@pytest.mark.parametrize("title", ["T", "A weld that nobody will ever see", "long " * 60, "<&> “quoted”", "Größe · ディスク"])
def test_every_page_has_a_picture_of_its_own_for_previews(reader, folder, title):
    folder.write("pages/a/b.md", f"---\nkind: value\ntitle: '{title}'\nkicker: Why here\n---\n")
    address = re.search(r'<meta property="og:image" content="http://portal.test([^"]+)">', reader.get("/a/b").text)[1]
    first, second = reader.get(address), reader.get("/card.png")
    assert address == "/a/b/card.png"
    assert first.mimetype == second.mimetype == "image/png"
    with Image.open(io.BytesIO(first.data)) as picture:
        assert picture.size == (1200, 630)
        assert len(picture.getcolors(1 << 24)) > 20  # letters were drawn
    assert first.data != second.data
    assert reader.get("/nowhere/card.png").status_code == 404

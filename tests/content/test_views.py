"""Public pages as people get them: every kind, also without the front door."""

from xml.etree import ElementTree as ET

import pytest

KINDS = {
    "home": "kind: home",
    "value": "kind: value\ncriterion: pay",
    "story": "kind: story\nrole: Welder\npay: {min: 1, max: 2, currency: EUR}\ndrawback: Cold.",
    "voice": "kind: voice\nname: Imke Redenius\nrole: Welder\nsince: 2022\nquote: It holds.",
    "news": "kind: news\npublished: 2026-11-01",
    "privacy": "kind: privacy",
    "page": "kind: page",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_shows_its_title_its_text_and_one_first_heading(reader, folder, kind):
    folder.write("pages/a.md", f"---\ntitle: The title\npicture: media/marit.svg\n{KINDS[kind]}\n---\nThe text.\n")
    response = reader.get("/a")
    assert response.status_code == 200
    assert response.text.count("<h1") == 1
    for words in ("The title", "The text.", 'src="/media/marit.svg"', 'alt="Marit, drawn"', 'width="64" height="32"'):
        assert words in response.text


def test_a_story_shows_pay_drawback_people_and_other_stories(reader, folder):
    folder.write("pages/stories/welder.md", "---\nkind: story\ntitle: A weld\nrole: Welder\n---\n")
    folder.write("pages/voices/marit.md", "---\nkind: voice\ntitle: Mine\nname: Marit\n---\n")
    text = reader.get("/stories/control").text
    assert "€66,000 to €79,000, for 36 hours" in text
    assert "Nights away." in text
    assert '<a href="/voices/marit"><bdi>Marit</bdi></a>' in text
    assert '<a href="/stories/welder">A weld</a>' in text


def test_a_list_shows_stories_with_pay_and_drawback_and_voices_with_faces(reader, folder):
    folder.write("pages/voices/marit.md", "---\nkind: voice\ntitle: Mine\nname: Marit\nphoto: media/marit.svg\n---\n")
    stories = reader.get("/stories").text
    assert "€66,000 to €79,000" in stories
    assert "Nights away." in stories
    assert '<img class="face" src="/media/marit.svg"' in reader.get("/voices").text


def test_an_address_written_in_another_way_leads_to_the_page(reader, folder):
    folder.write("pages/Clef Values.md", "# Values\n")
    for address in ("/clef-values", "/Clef%20Values.md", "/Clef%20Values/", "/CLEF-VALUES"):
        response = reader.get(address)
        assert response.status_code == 301
        assert response.headers["Location"].endswith("/Clef%20Values")
    assert reader.get("/Clef%20Values").status_code == 200


def test_a_redirect_stays_on_this_site(reader, folder):
    folder.write("pages/evil.example.md", "# Evil\n")
    for address in ("//evil.example/", "/%5Cevil.example", "//evil.example/%2f.."):
        response = reader.get("/", environ_overrides={"PATH_INFO": address})
        assert "//evil" not in response.headers.get("Location", "").removeprefix("http://portal.test")


def test_a_picture_beside_a_page_is_shown(reader, folder):
    folder.write("pages/team/face.svg", "<svg/>")
    folder.write("pages/team/index.md", "![A face](face.svg)\n")
    assert 'src="/team/face.svg"' in reader.get("/team").text
    assert reader.get("/team/face.svg").mimetype == "image/svg+xml"


def test_a_drawing_opened_by_itself_may_run_nothing(reader):
    assert reader.get("/media/marit.svg").headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "path", ["/site.yaml", "/mails/first.md", "/media/notes.txt", "/media/a.html", "/media/", "/pages/index.md"]
)
def test_nothing_but_pages_and_pictures_leaves_the_folder(reader, folder, path):
    folder.write("media/notes.txt", "x")
    folder.write("media/a.html", "<script>alert(1)</script>")
    assert reader.get(path).status_code == 404


def test_the_style_of_the_site_carries_its_colour(reader, folder):
    css = reader.get("/site.css")
    assert css.mimetype == "text/css"
    assert "--accent: light-dark(#17624f, #6fc7ad);" in css.text
    folder.write("site.yaml", 'name: A\naccent: {light: "}*{color:red}", dark: "#6fc7ad"}\n')
    assert "color:red" not in reader.get("/site.css").text


def test_robots_stay_out_of_staff_pages_and_personal_links(reader):
    assert "Disallow: /console\nDisallow: /l/\n" in reader.get("/robots.txt").text


def test_the_icon_is_the_company_s_mark(reader, folder):
    folder.write("media/logo.svg", "<svg/>")
    folder.write("site.yaml", "name: A\nlogo: media/logo.svg\n")
    assert reader.get("/favicon.svg").text == "<svg/>"
    assert reader.get("/media/logo.svg").status_code == 200


def test_pages_are_in_the_language_of_the_site_whatever_the_reader_s_is(reader):
    assert '<html lang="en"' in reader.get("/", headers={"Accept-Language": "de"}).text


def test_what_hr_writes_is_never_a_template(reader, folder):
    folder.write("pages/a.md", "---\ntitle: '{{ config }}'\n---\n{{ 7 * 7 }} {% raw %} {{ site.email }}\n")
    text = reader.get("/a").text
    assert "<h1>{{ config }}</h1>" in text
    assert "49" not in text


def test_the_navigation_shows_where_the_reader_is_also_in_folders_with_blanks(reader, folder):
    (folder.root / "site.yaml").unlink()
    folder.write("pages/About us/team.md", "# Team\n")
    assert '<a href="/About%20us" aria-current="page">' in reader.get("/About%20us").text
    assert '<a href="/About%20us" aria-current="true">' in reader.get("/About%20us/team").text


def test_a_story_names_who_reads_what_one_writes(reader, folder):
    folder.write("pages/voices/marit.md", "---\nkind: voice\ntitle: Mine\nname: Marit Folkerts\nrole: Head of controls\n---\n")
    folder.write("pages/a.md", "---\nkind: story\ntitle: A\ncontact: marit\n---\n")
    assert "Head of controls, reads what you write about this role" in reader.get("/a").text


def test_the_sitemap_names_every_page_under_the_address_of_the_settings(reader, folder):
    folder.write("pages/Clef & Sons.md", "---\ntitle: T\nchecked: 2026-11-02\n---\n")
    robots, response = reader.get("/robots.txt").text, reader.get("/sitemap.xml", headers={"Host": "portal.test"})
    assert "Sitemap: http://portal.test/sitemap.xml" in robots
    tree = ET.fromstring(response.data)
    pages = {url[0].text: [day.text for day in url[1:]] for url in tree}
    assert pages["http://portal.test/Clef%20%26%20Sons"] == ["2026-11-02"]
    assert {"http://portal.test/", "http://portal.test/stories/control"} <= set(pages)
    assert response.mimetype == "application/xml"


def test_a_page_says_elsewhere_what_it_is_and_where_it_lives(reader, folder):
    folder.write("pages/a.md", '---\ntitle: The "title"\ndescription: What it is\n---\n')
    text = reader.get("/a").text
    for line in (
        '<link rel="canonical" href="http://portal.test/a">',
        '<meta property="og:title" content="The &#34;title&#34;">',
        '<meta property="og:description" content="What it is">',
        '<meta property="og:url" content="http://portal.test/a">',
    ):
        assert line in text

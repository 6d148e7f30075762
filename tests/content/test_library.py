"""How the folder is read: whatever lies in it, the site stands, and what is wrong is said."""

import os
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image

from portal import clock
from portal.content import library, queries, services
from portal.errors import NotFound


def told(path: str) -> list[str]:
    return [f"{problem.line}: {problem.message}" for problem in queries.problems() if problem.path == path]


def test_the_path_of_a_file_is_the_address_of_its_page(site, folder):
    folder.write("pages/value/index.md", "---\ntitle: Why\n---\n")
    assert {page.path for page in queries.list_pages()} == {"/", "/value", "/stories", "/stories/control"}
    assert queries.problems() == ()


def test_a_story_tells_role_pay_people_and_drawback(site):
    page = queries.get_page("/stories/control")
    assert (page.kind, page.role, page.drawback) == ("story", "Control engineer", "Nights away.")
    assert (page.pay.minimum, page.pay.maximum, page.pay.currency, page.pay.note) == (6_600_000, 7_900_000, "EUR", "for 36 hours")
    assert page.people[0].photo == "/media/marit.svg"
    assert page.published == date(2026, 11, 12)
    assert '<h2 id="s-a-day">A day</h2>' in page.body_html


def test_a_folder_without_a_page_of_its_own_gets_a_list(site):
    page = queries.get_page("/stories")
    assert page.generated
    assert page.title == "Stories"
    assert [child.path for child in queries.list_children("/stories")] == ["/stories/control"]


def test_a_file_without_front_matter_takes_its_title_from_its_first_heading_or_its_name(site, folder):
    folder.write("pages/Our Values.md", "# What we *believe*\n\nText\n")
    folder.write("pages/under.md", "What we believe\n===============\n\nText\n")
    folder.write("pages/no-heading_at all.md", "Text\n")
    assert queries.get_page("/Our Values").title == "What we believe"
    assert "believe" not in queries.get_page("/Our Values").body_html
    assert queries.get_page("/under").title == "What we believe"
    assert queries.get_page("/no-heading_at all").title == "No heading at all"


def test_blanks_umlauts_and_other_scripts_may_stand_in_names(site, folder):
    folder.write("pages/Über uns/Sjoerd’s Ordner/日本.md", "# 日本\n")
    folder.write("pages/" + unicodedata.normalize("NFD", "Größe") + ".md", "# Größe\n")
    assert (
        queries.get_page("/Über uns/Sjoerd’s Ordner/日本").url == "/%C3%9Cber%20uns/Sjoerd%E2%80%99s%20Ordner/%E6%97%A5%E6%9C%AC"
    )
    assert queries.get_page("/Größe").title == "Größe"
    for address in ("/über-uns/sjoerd-s-ordner/日本", "/Über uns/Sjoerd’s Ordner/日本/", "/Über uns/Sjoerd’s Ordner/日本.md"):
        assert queries.get_page(address).title == "日本"


def test_a_broken_file_is_named_with_its_line_and_the_version_before_it_stays(site, folder):
    assert queries.get_page("/stories/control").title == "Forty tonnes"
    folder.write("pages/stories/control.md", "---\ntitle: Forty: tonnes\n---\nNew\n")
    assert queries.get_page("/stories/control").title == "Forty tonnes"
    (problem,) = told("pages/stories/control.md")
    assert problem.startswith("2: ")
    assert "still shown" in problem


def test_a_file_that_was_always_broken_has_no_page(site, folder):
    folder.write("pages/new.md", "---\ntitle: [\n---\n")
    assert queries.find_page("/new") is None
    assert len(told("pages/new.md")) == 1


def test_unknown_keys_and_wrong_values_are_named_with_their_line_and_the_page_still_shows(site, folder):
    folder.write(
        "pages/a.md", "---\ntitle: A\ncolour: red\npublished: soon\norder: first\nkind: poem\npay: a lot\nowner: [a]\n---\nText\n"
    )
    assert queries.get_page("/a").kind == "page"
    assert [found.split(":")[0] for found in told("pages/a.md")] == ["3", "4", "5", "6", "7", "8"]


@pytest.mark.parametrize(
    "pay", ["5, max: 4, currency: EUR", "5, max: 6, currency: XXY", "a, max: 6, currency: EUR", ".nan, max: 6, currency: EUR"]
)
def test_pay_that_makes_no_sense_is_named(site, folder, pay):
    folder.write("pages/a.md", f"---\ntitle: A\npay: {{min: {pay}}}\n---\n")
    assert queries.get_page("/a").pay is None
    assert len(told("pages/a.md")) == 1


def test_money_is_kept_in_the_smallest_unit_of_its_currency(site, folder):
    folder.write("pages/a.md", "---\ntitle: A\npay: {min: 21.5, max: 9_000_000, currency: JPY}\n---\n")
    assert (queries.get_page("/a").pay.minimum, queries.get_page("/a").pay.maximum) == (21, 9_000_000)


def test_latin_1_and_utf_16_are_read_and_the_former_is_named(site, folder):
    folder.write("pages/latin.md", "# Grüße aus Bremen\n".encode("latin-1"))
    folder.write("pages/wide.md", "# Grüße aus Emden\n".encode("utf-16"))
    folder.write("pages/mark.md", "---\ntitle: Grüße\n---\n".encode("utf-8-sig"))
    assert queries.get_page("/latin").title == "Grüße aus Bremen"
    assert queries.get_page("/wide").title == "Grüße aus Emden"
    assert queries.get_page("/mark").title == "Grüße"
    assert [found.split(":")[0] for found in told("pages/latin.md")] == ["1"]
    assert told("pages/wide.md") == []


def test_two_files_for_one_address_are_named_and_the_folder_s_own_page_wins(site, folder):
    folder.write("pages/value.md", "# Beside\n")
    folder.write("pages/value/index.md", "# Inside\n")
    assert queries.get_page("/value").title == "Inside"
    assert len(told("pages/value.md")) == 1


def test_a_link_out_of_the_folder_is_not_followed(site, folder, tmp_path):
    (tmp_path / "secret.md").write_text("# Secret\n")
    (tmp_path / "beyond").mkdir()
    (tmp_path / "beyond" / "secret.md").write_text("# Secret\n")
    (folder.root / "pages" / "out.md").symlink_to(tmp_path / "secret.md")
    (folder.root / "pages" / "away").symlink_to(tmp_path / "beyond")
    (folder.root / "pages" / "round").symlink_to(folder.root / "pages")
    (folder.root / "pages" / "dangling.md").symlink_to(tmp_path / "nothing")
    (folder.root / "pages" / "twin.md").symlink_to(folder.root / "pages" / "stories" / "control.md")
    assert {page.path for page in queries.list_pages()} == {"/", "/stories", "/stories/control", "/twin"}
    assert {problem.path for problem in queries.problems()} == {"pages/out.md", "pages/away", "pages/round", "pages/dangling.md"}


def test_hidden_files_and_drafts_are_not_shown(site, folder):
    folder.write("pages/.draft.md", "# A\n")
    folder.write("pages/_draft.md", "# A\n")
    folder.write("pages/_drafts/a.md", "# A\n")
    folder.write("pages/a.md~", "# A\n")
    assert len(queries.list_pages()) == 3


def test_an_address_of_the_portal_itself_cannot_be_taken(site, folder):
    for name in ("console/index", "healthz", "static/x", "site.css"):
        folder.write(f"pages/{name}.md", "# Mallory\n")
    assert queries.find_page("/console") is None
    assert queries.find_page("/healthz") is None
    named = {problem.path for problem in queries.problems()}
    assert named == {f"pages/{name}.md" for name in ("console/index", "healthz", "static/x", "site.css")}


def test_a_name_that_is_no_text_is_named_and_left_alone(site, folder):
    Path(os.fsdecode(os.fsencode(folder.root / "pages") + b"/\xff\xfe.md")).write_text("# A\n")
    folder.write("pages/new\nline.md", "# A\n")
    assert len(queries.list_pages()) == 3
    assert len(queries.problems()) == 2


def test_a_file_larger_than_the_limit_is_named(site, folder):
    folder.write("pages/big.md", "a" * (201 * 1024))
    assert queries.find_page("/big") is None
    assert len(told("pages/big.md")) == 1


def test_yaml_that_would_grow_without_end_does_no_harm(site, folder):
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    folder.write("pages/bomb.md", f"---\ntitle: Bomb\n{bomb}people: *i\n---\n")
    assert queries.get_page("/bomb").people == ()


def test_a_change_is_seen_and_so_is_a_file_that_went(site, folder):
    assert queries.find_page("/new") is None
    folder.write("pages/new.md", "# New\n")
    assert queries.get_page("/new").title == "New"
    folder.write("pages/new.md", "# Newer\n")
    assert queries.get_page("/new").title == "Newer"
    (folder.root / "pages" / "new.md").unlink()
    assert queries.find_page("/new") is None
    with pytest.raises(NotFound):
        queries.get_page("/new")


def test_unless_a_second_has_passed_nobody_looks_again(site, folder, monkeypatch):
    monkeypatch.setattr(library, "LOOK_EVERY_SECONDS", 60.0)
    queries.library()
    queries.library()
    folder.write("pages/new.md", "# New\n")
    assert queries.find_page("/new") is None
    assert services.reload()
    assert queries.get_page("/new").title == "New"
    assert not services.reload()


def test_if_the_folder_goes_away_the_site_stays(site, folder):
    assert queries.get_page("/stories/control")
    folder.root.rename(folder.root.with_name("gone"))
    assert queries.get_page("/stories/control")
    assert any("empty or away" in problem.message for problem in queries.problems())


def test_a_figure_grows_stale_while_nobody_touches_the_file(site, folder, monkeypatch):
    folder.write("pages/pay.md", "## Pay\n\n/// fact | x\n    figure: 1\n    owner: a\n    checked: 2026-11-01\n///\n")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 20, tzinfo=UTC))
    assert "stale" not in queries.get_page("/pay").body_html
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 11, 20, tzinfo=UTC))
    assert "fact split stale" in queries.get_page("/pay").body_html


def test_a_broken_site_file_keeps_the_site_as_it_was(site, folder):
    assert queries.site().name == "Sielwerk"
    folder.write("site.yaml", "name: [")
    assert queries.site().name == "Sielwerk"
    assert len(told("site.yaml")) == 1
    folder.write("site.yaml", "name: Newer\nflavour: sweet\nlanguage: klingon\nnavigation: /a\npromise: 3\naccent: red\n")
    assert queries.site().name == "Newer"
    assert queries.site().promise.working_days == 5
    assert [found.split(":")[0] for found in told("site.yaml")] == ["2", "3", "4", "5", "6"]


def test_without_a_site_file_name_and_navigation_come_from_the_folder(site, folder):
    (folder.root / "site.yaml").unlink()
    folder.write("pages/about us/team.md", "# Team\n")
    assert queries.site().name == "Content"
    assert [(item.label, item.path) for item in queries.site().navigation] == [
        ("About us", "/about%20us"),
        ("Stories", "/stories"),
    ]


@pytest.mark.parametrize("path", ["javascript:alert(1)", "//evil.example", "data:text/html,x"])
def test_a_navigation_cannot_lead_to_a_script(site, folder, path):
    folder.write("site.yaml", f"navigation:\n  - {{label: x, path: '{path}'}}\n")
    assert all(item.path.startswith("/") and not item.path.startswith("//") for item in queries.site().navigation)
    assert len(told("site.yaml")) == 1


def test_a_colour_that_cannot_be_read_is_made_darker_and_named(site, folder):
    folder.write("site.yaml", 'name: A\naccent: {light: "#ffee00", dark: "#6fc7ad"}\n')
    assert queries.site().accent_light != "#ffee00"
    assert queries.site().accent_dark == "#6fc7ad"
    assert len(told("site.yaml")) == 1


def test_pictures_tell_their_size_also_when_turned(site, folder):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(folder.root / "media" / "turned.jpg", exif=exif)
    folder.write("media/broken.png", b"no picture")
    folder.write("pages/a.md", "![a](media/turned.jpg) ![b](media/marit.svg) ![c](media/broken.png)\n")
    html = queries.get_page("/a").body_html
    assert 'src="/media/turned.jpg" width="20" height="40"' in html
    assert 'src="/media/marit.svg" width="64" height="32"' in html
    assert 'src="/media/broken.png" loading' in html


def test_mail_texts_are_found_by_file_and_by_name(site, folder):
    folder.write("mails/second.md", "---\nkind: newsletter\nname: Monthly\nsubject: Hi {{nobody}}\n---\nHello {{frist_name}}\n")
    assert queries.get_mail("first").subject == "{{first_name}}, a word"
    assert queries.get_mail("First letter").key == "first"
    assert [mail.key for mail in queries.list_mails("newsletter")] == ["second"]
    assert [mail.key for mail in queries.list_mails()] == ["first", "second"]
    assert [found.split(":")[0] for found in told("mails/second.md")] == ["4", "6"]
    with pytest.raises(NotFound):
        queries.get_mail("third")


def test_newest_first_and_those_of_the_same_team_first(site, folder):
    for name, day, team in (("a", "2026-01-01", "Steel"), ("b", "2026-03-01", "Controls"), ("c", "2026-02-01", "Steel")):
        folder.write(f"pages/stories/{name}.md", f"---\nkind: story\ntitle: {name}\npublished: {day}\nteam: {team}\n---\n")
    assert [page.title for page in queries.list_newest("story", 2)] == ["Forty tonnes", "b"]
    assert queries.list_related(queries.get_page("/stories/a"))[0].title == "c"
    assert len(queries.list_related(queries.get_page("/stories/a"))) == 3

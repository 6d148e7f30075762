"""Drafts, pages of a later day and pages whose day is over are for nobody but whoever has a preview link."""

import re
from datetime import UTC, datetime

import pytest
import time_machine

from portal.content import queries, services

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _write(folder, matter: str) -> None:
    folder.write("pages/stories/soon.md", f"---\nkind: story\ntitle: Soon\n{matter}\n---\n\nAnvil.\n")


def _looked(reader):
    reader.application.extensions["content"].next_look = 0.0
    return reader


@pytest.mark.parametrize(
    ("matter", "status"),
    [
        ("draft: yes", 404),
        ("draft: no", 200),
        ("opens: 2026-11-25", 404),
        ("opens: 2026-11-24", 200),
        ("closes: 2026-11-23", 404),
        ("closes: 2026-11-24", 200),
        ("{opens: 2026-11-01, closes: 2026-11-30}", 200),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_a_page_is_online_from_its_first_day_to_its_last_and_never_as_a_draft(reader, folder, matter, status):
    _write(folder, matter.strip("{}").replace(", ", "\n"))
    assert reader.get("/stories/soon").status_code == status
    shown = status == 200
    assert ("/stories/soon" in reader.get("/stories").text) is shown
    assert ("/stories/soon" in reader.get("/sitemap.xml").text) is shown
    assert ("/stories/soon" in reader.get("/search?q=anvil").text) is shown
    assert reader.get("/stories/soon/card.png").status_code == status


def test_a_page_opens_at_midnight_of_the_company(reader, folder):
    site = (folder.root / "site.yaml").read_text()
    folder.write("site.yaml", site + "time_zone: Pacific/Auckland\n")
    _write(folder, "opens: 2026-11-25")
    with time_machine.travel(datetime(2026, 11, 24, 10, 59, tzinfo=UTC), tick=False) as clock:
        assert _looked(reader).get("/stories/soon").status_code == 404
        clock.move_to(datetime(2026, 11, 24, 11, 0, tzinfo=UTC))
        assert _looked(reader).get("/stories/soon").status_code == 200


def test_a_link_to_a_page_that_is_not_online_is_named(reader, folder):
    _write(folder, "draft: yes")
    folder.write("pages/a.md", "# A\n\n[soon](/stories/soon)\n")
    with _looked(reader).application.app_context():
        said = [(problem.line, problem.message) for problem in services.check() if problem.path == "pages/a.md"]
    assert said == [(3, "The link to “/stories/soon” leads to a page that is not online.")]


def test_a_preview_shows_the_draft_without_an_account_and_to_no_search_engine(reader, folder):
    _write(folder, "draft: yes")
    app = _looked(reader).application
    with time_machine.travel(NOW, tick=False) as clock:
        with app.app_context():
            [(page, state)] = queries.list_resting()
            token = queries.preview_token(page)
        response = reader.get(f"/preview/{token}")
        assert (response.status_code, state) == (200, "draft")
        assert "Anvil." in response.text
        assert "A preview." in response.text
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert response.headers["Cache-Control"] == "no-store"
        assert reader.get(f"/preview/{token[:-2]}xx").status_code == 404
        clock.shift(14 * 24 * 3600 + 2)
        assert reader.get(f"/preview/{token}").status_code == 404


def test_staff_see_what_rests_and_why(app, hana, tmp_path, folder):
    with app.app_context():
        shelf = app.extensions["content"]
        shelf.folder, shelf._signature = folder.root, None
        _write(folder, "opens: 2999-01-01\nowner: Hana")
        folder.write("pages/old.md", "---\ntitle: Old\ncloses: 2020-01-01\n---\n")
        services.reload()
    text = hana.get("/console/pages").text
    rows = re.findall(r'href="/preview/[^"]+">([^<]+)</a></th>\s*<td><span class="tag">([^<]+)</span>', text)
    assert rows == [("Old", "Over"), ("Soon", "Planned")]

"""The sample company: complete, sound, and shown without a fault."""

import html5lib
import pytest

from portal.content import queries, services
from tests.conftest import ROOT


@pytest.fixture
def sample(open_folder):
    app = open_folder(ROOT / "content")
    with app.app_context():
        yield app


def test_the_sample_company_has_what_a_reader_looks_for(sample):
    counts = {kind: len(queries.list_pages(kind)) for kind in ("home", "value", "story", "voice", "news", "privacy")}
    assert counts == {"home": 1, "value": 6, "story": 5, "voice": 6, "news": 3, "privacy": 1}


def test_nothing_is_wrong_but_the_one_figure_that_is_grey_on_purpose(sample):
    assert [str(problem) for problem in services.check() if not problem.minor] == []
    assert "stale" in queries.get_page("/value/pay").body_html


def test_every_page_and_picture_is_shown_and_valid(sample):
    reader = sample.test_client()
    for page in queries.list_pages():
        response = reader.get(page.url)
        assert response.status_code == 200, page.url
        html5lib.HTMLParser(strict=True).parse(response.text)
    for path in queries.library().files:
        assert reader.get(path).status_code == 200

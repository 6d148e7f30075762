"""A real company's handbook: forty files with blanks in their names, no front matter, and links that lead nowhere."""

import html5lib
import pytest

from portal.content import queries, services
from tests.conftest import HANDBOOK

pytestmark = pytest.mark.needs("handbook")


@pytest.fixture
def handbook(open_folder):
    app = open_folder(HANDBOOK)
    with app.app_context():
        yield app


def test_every_page_is_shown_and_is_valid(handbook):
    files = list(HANDBOOK.rglob("*.md"))
    pages = queries.list_pages()
    assert {page.source for page in pages if not page.generated} == {file.relative_to(HANDBOOK).as_posix() for file in files}
    reader = handbook.test_client()
    for page in pages:
        response = reader.get(page.url)
        assert response.status_code == 200, page.url
        html5lib.HTMLParser(strict=True).parse(response.text)
        assert response.text.count("<h1") == 1


def test_the_navigation_leads_to_every_folder_and_from_there_to_every_page(handbook):
    reader = handbook.test_client()
    seen, todo = set(), ["/"]
    while todo:
        url = todo.pop()
        if url in seen:
            continue
        seen.add(url)
        tree = html5lib.parse(reader.get(url).text, namespaceHTMLElements=False)
        todo += [
            a.get("href").split("#")[0]
            for a in tree.iter("a")
            if a.get("href", "").startswith("/") and "feedback" not in a.get("href")
        ]
    assert {page.url for page in queries.list_pages()} <= seen
    assert len(queries.site().navigation) == 5


def test_broken_links_are_listed_with_file_and_line(handbook):
    serious = [problem for problem in services.check() if not problem.minor]
    assert [(problem.path, problem.line) for problem in serious] == [("README.md", 11)]
    assert "github.com/mccv" in serious[0].message


def test_titles_come_from_the_first_heading(handbook):
    assert queries.get_page("/Employment Policies/Salary and Equity Compensation").title == "Salary and Equity Compensation"
    assert queries.get_page("/Hiring Documents/Clef Offer Letter").title == "Clef Offer Letter"
    assert queries.site().name == "Clef handbook"

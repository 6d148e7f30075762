"""Writing a questionnaire: what must not be asked is refused with its place, its reason and a remedy."""

import pytest

from portal.errors import Invalid
from portal.feedback import queries, services
from portal.feedback.details import Sheet
from tests.feedback import csrf_of


def text_of(response) -> str:
    return response.get_data(as_text=True)


def test_the_form_builder_refuses_what_must_not_be_asked_with_reason_place_and_remedy(hana):
    token = csrf_of(hana, "/console/feedback/questions/open")
    fields = {"csrf_token": token, "title": "How was it?", "score": "From 0 to 10?", "statements": "", "texts": ""}
    typed = {"statements": "People were on time\nMy health was respected", "texts": "Wie alt sind Sie?"}
    for name, place, reason in (
        ("statements", "Statement 2: “health” asks about health and disability", "GDPR, Article 9"),
        ("texts", "Question 1: “Wie alt” asks about age", "Nobody may be treated worse for it"),
    ):
        response = hana.post("/console/feedback/questions/open", data=fields | {name: typed[name]})
        page = text_of(response)
        assert response.status_code == 422
        assert place in page
        assert reason in page
        assert "Ask " in page
        assert typed[name].splitlines()[-1] in page
    assert queries.open_version() is None
    for field in ("title", "score"):
        with pytest.raises(Invalid, match="must not be asked"):
            services.edit_open(Sheet(**vars(queries.first_sheet()) | {field: "Your religion?"}))
    assert hana.post("/console/feedback/questions/open", data=fields).status_code == 303
    assert queries.open_sheet().title == "How was it?"


def test_the_list_of_what_must_not_be_asked_can_be_read_and_tried(hana):
    page = text_of(hana.get("/console/feedback/not-to-ask?text=Are+you+married%3F"))
    assert "“married”" in page
    assert "schwanger*" in page
    assert "Nothing in this sentence" in text_of(hana.get("/console/feedback/not-to-ask?text=Was+it+clear%3F"))
    fields = {
        "csrf_token": csrf_of(hana, "/console/feedback/questions/new"),
        "name": "Talks",
        "title": "Hello",
        "score": "0 to 10?",
    }
    assert hana.post("/console/feedback/questions/new", data=fields).status_code == 303
    assert "Talks" in text_of(hana.get("/console/feedback/questions"))
    assert "Give the rule a name" in text_of(hana.post("/console/feedback/rules/new", data={"csrf_token": fields["csrf_token"]}))

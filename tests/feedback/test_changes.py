"""What we changed because of what people said: drafts are nobody's, what is published is everybody's, and can be taken back."""

from portal.feedback import queries
from tests.feedback import csrf_of

ENTRY = {"said": "The *answer* took <b>too</b> long", "changed": "Two people answer now.\nSince then: a day.", "on": "2026-11-02"}


def test_an_entry_is_public_from_publishing_until_it_is_taken_back(client, hana, make):
    owner = make.sender()
    token = csrf_of(hana, "/console/feedback/changes/new")
    assert hana.post("/console/feedback/changes/new", data={"csrf_token": token, **ENTRY, "said": ""}).status_code == 422
    fields = {"csrf_token": token, **ENTRY, "owner_id": owner.id}
    assert hana.post("/console/feedback/changes/new", data=fields).status_code == 303
    [change] = queries.list_changes()

    def shown() -> bool:
        return "Two people answer now." in client.get("/what-we-changed").get_data(as_text=True)

    assert not shown()
    at = f"/console/feedback/changes/{change.id}"
    hana.post(f"{at}/publications", data={"csrf_token": token, "published": "yes"})
    assert shown()
    page = client.get("/what-we-changed").get_data(as_text=True)
    assert "The *answer* took &lt;b&gt;too&lt;/b&gt; long" in page
    assert owner.full_name in page
    assert "2 November 2026" in page
    assert hana.post(f"{at}/deletions", data={"csrf_token": token}).status_code == 409
    hana.post(f"{at}/publications", data={"csrf_token": token, "published": "no"})
    assert not shown()
    assert hana.post(at, data=fields | {"changed": "Three people."}).status_code == 303
    assert queries.list_changes()[0].changed == "Three people."
    assert hana.post(f"{at}/deletions", data={"csrf_token": token}).status_code == 303
    assert queries.list_changes() == []


def test_the_page_is_reached_from_the_thanks_and_from_the_foot_of_the_site(client, app):
    for path in ("/feedback/thanks", "/"):
        assert 'href="/what-we-changed"' in client.get(path).get_data(as_text=True)

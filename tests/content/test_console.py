"""The staff page about pages."""


def test_staff_see_every_page_and_everything_that_is_wrong(app, hana):
    text = hana.get("/console/pages").text
    assert "Forty tonnes, moved by a text file" in text
    assert "/stories/control-engineer" in text
    assert "last checked more than a year ago" in text


def test_mallory_sees_nothing_of_it(client):
    assert client.get("/console/pages").status_code in {302, 303, 401, 403}

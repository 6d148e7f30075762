"""Staff pages about staff."""

import re

import pytest

from portal.accounts import queries, services
from portal.accounts.models import RoleName
from tests.conftest import sign_in


@pytest.fixture
def ida(make):
    return make.user("ida@sielwerk.example", RoleName.EDITOR, "Ida")


def post(client, path: str, **data):
    page = client.get("/console/accounts/profile").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    return client.post(f"/console/accounts{path}", data={"csrf_token": token, **data})


def test_the_list_names_everybody_with_role_and_way_in(hana, ida):
    page = hana.get("/console/accounts").text
    assert "ida@sielwerk.example" in page
    assert "password only" in page


def test_an_invitation_shows_its_link_once_and_the_link_works(hana, client):
    answer = post(hana, "/invitations", email="Bo@Sielwerk.example", role="recruiter")
    assert answer.status_code == 201
    link = re.search(r'value="http://portal.test(/welcome/[^"]+)"', answer.text)[1]
    assert "bo@sielwerk.example" in client.get(link).text
    waiting = hana.get("/console/accounts").text
    assert "bo@sielwerk.example" in waiting
    assert link not in waiting


@pytest.mark.parametrize("data", [{"email": "no address", "role": "editor"}, {"role": "owner"}, {}])
def test_a_wrong_invitation_is_explained_beside_the_field(hana, data):
    answer = post(hana, "/invitations", **data)
    assert answer.status_code == 422
    assert "message" in answer.text
    assert not queries.list_invitations()


def test_an_invitation_can_be_withdrawn(hana, client):
    invitation, token = services.invite(RoleName.EDITOR)
    assert post(hana, f"/invitations/{invitation.id}/withdrawals").status_code == 302
    assert client.get(f"/welcome/{token}").status_code == 404


def test_an_administrator_changes_a_role(app, hana, ida):
    post(hana, f"/{ida.id}/roles", role="recruiter")
    assert [role.name for role in queries.get_user(ida.id).roles] == ["recruiter"]
    assert post(hana, f"/{ida.id}/roles", role="owner").status_code == 422


def test_shutting_somebody_out_ends_their_session_at_once(app, hana, ida):
    hers = sign_in(app, ida)
    assert hers.get("/console").status_code == 200
    post(hana, f"/{ida.id}/deactivations")
    assert hers.get("/console").status_code == 303
    assert "Let in again" in hana.get("/console/accounts").text
    post(hana, f"/{ida.id}/activations")
    assert queries.get_user(ida.id).active


def test_nobody_shuts_themselves_out(hana):
    me = queries.find_user("hana@sielwerk.example")
    assert post(hana, f"/{me.id}/deactivations").status_code == 403
    assert queries.get_user(me.id).active


def test_who_can_no_longer_sign_in_gets_a_new_link(hana, client, ida):
    answer = post(hana, f"/{ida.id}/links")
    link = re.search(r'value="http://portal.test(/welcome/[^"]+)"', answer.text)[1]
    assert "ida@sielwerk.example" in client.get(link).text


def test_everybody_edits_their_own_name_and_title(app, ida):
    hers = sign_in(app, ida)
    assert post(hers, "/profile", full_name="Ida Harms", title="writes the pages").status_code == 302
    page = hers.get("/console/accounts/profile").text
    assert 'value="Ida Harms"' in page
    assert 'value="writes the pages"' in page
    empty = post(hers, "/profile", full_name="", title="kept")
    assert empty.status_code == 422
    assert 'value="kept"' in empty.text

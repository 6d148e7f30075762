"""Invitations, and the rules about who may stay shut out or in."""

from datetime import timedelta

import pytest

from portal import clock
from portal.accounts import queries, services
from portal.accounts.models import Invitation, RoleName
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound

PASSWORD = "drei grüne Schleusen"


def invited(role: RoleName = RoleName.RECRUITER, email: str | None = None) -> str:
    return services.invite(role, email)[1]


def test_an_invitation_makes_an_account_with_its_role(app):
    user = services.accept(invited(RoleName.EDITOR), "Ida@Sielwerk.example ", PASSWORD, "Ida", "writes the pages")
    assert (user.email, user.full_name, user.title) == ("ida@sielwerk.example", "Ida", "writes the pages")
    assert [role.name for role in user.roles] == ["editor"]


def test_an_invitation_works_once(app):
    token = invited()
    services.accept(token, "ida@sielwerk.example", PASSWORD, "Ida")
    with pytest.raises(NotFound):
        services.accept(token, "mallory@sielwerk.example", PASSWORD, "Mallory")


def test_used_expired_and_unknown_invitations_say_the_same(app):
    used, expired = invited(), invited()
    services.accept(used, "ida@sielwerk.example", PASSWORD, "Ida")
    said = set()
    with clock.standing_at(clock.now() + timedelta(days=7, seconds=1)):
        for token in (used, expired, "never-made"):
            with pytest.raises(NotFound) as refusal:
                queries.get_invitation(token)
            said.add(refusal.value.message)
    assert len(said) == 1


def test_only_the_digest_of_a_token_is_kept(app):
    invitation, token = services.invite(RoleName.ANALYST)
    assert token not in {str(value) for value in vars(db.session.get(Invitation, invitation.id)).values()}


def test_an_address_belongs_to_one_account_whatever_its_capitals(app):
    services.accept(invited(), "ida@sielwerk.example", PASSWORD, "Ida")
    with pytest.raises(Invalid) as refusal:
        services.accept(invited(), "IDA@sielwerk.example", PASSWORD, "Mallory")
    assert refusal.value.field == "email"


def test_a_refused_try_does_not_use_the_invitation_up(app):
    token = invited()
    with pytest.raises(Invalid):
        services.accept(token, "not an address", PASSWORD, "Ida")
    with pytest.raises(Invalid):
        services.accept(token, "ida@sielwerk.example", "short", "Ida")
    assert services.accept(token, "ida@sielwerk.example", PASSWORD, "Ida").active


def test_a_new_link_for_who_lost_everything_ends_all_sessions_and_the_second_step(app):
    user = services.accept(invited(), "ida@sielwerk.example", PASSWORD, "Ida")
    services.datastore.tf_set(user, "authenticator", "secret")
    db.session.commit()
    before, number = user.fs_uniquifier, user.id
    again = services.accept(invited(email="ida@sielwerk.example"), "ida@sielwerk.example", "vier grüne Schleusen", "Ida H.")
    assert again.id == number
    assert again.fs_uniquifier != before
    assert again.tf_primary_method is None
    assert again.full_name == "Ida H."


def test_the_first_link_is_offered_until_there_is_an_administrator_and_the_latest_counts(app):
    first, second = services.first_link(), services.first_link()
    assert first.startswith("http://portal.test/welcome/")
    with pytest.raises(NotFound):
        queries.get_invitation(first.rpartition("/")[2])
    token = second.rpartition("/")[2]
    assert queries.get_invitation(token).expires_at - clock.now() <= timedelta(hours=24)
    services.accept(token, "hana@sielwerk.example", PASSWORD, "Hana")
    assert services.first_link() is None


def test_somebody_stays_administrator(app, make):
    hana = make.user()
    for change in (lambda: services.deactivate(hana), lambda: services.change_role(hana, RoleName.EDITOR)):
        with pytest.raises(Conflict):
            change()
    ida = make.user("ida@sielwerk.example", name="Ida")
    services.change_role(hana, RoleName.EDITOR)
    assert [role.name for role in hana.roles] == ["editor"]
    with pytest.raises(Conflict):
        services.deactivate(ida)


def test_a_withdrawn_invitation_opens_nothing(app):
    invitation, token = services.invite(RoleName.EDITOR)
    services.withdraw(invitation.id)
    with pytest.raises(NotFound):
        queries.get_invitation(token)
    with pytest.raises(Conflict):
        services.withdraw(invitation.id)


def test_changing_a_row_of_staff_stamps_an_aware_time(app, make):
    hana = services.edit_profile(make.user(), "Hana U.", "")
    db.session.expire_all()
    assert hana.update_datetime.tzinfo is not None

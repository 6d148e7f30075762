"""What each role may do."""

from portal.accounts.models import RoleName
from portal.accounts.permissions import RIGHTS, Right, may


def test_every_role_may_see_the_console_and_only_administrators_manage_staff():
    assert all(Right.SEE_CONSOLE in rights for rights in RIGHTS.values())
    assert [role for role, rights in RIGHTS.items() if Right.MANAGE_STAFF in rights] == [RoleName.ADMINISTRATOR]


def test_analysts_and_editors_see_no_candidates():
    for role in (RoleName.ANALYST, RoleName.EDITOR):
        assert not RIGHTS[role] & {Right.SEE_CANDIDATES, Right.EDIT_CANDIDATES, Right.SEND}


def test_rights_come_from_any_of_the_roles(app, make):
    analyst = make.user("ana@sielwerk.example", RoleName.ANALYST, "Ana")
    assert may(analyst, Right.SEE_NUMBERS)
    assert not may(analyst, Right.SEND)

"""What each role may do. Console views are tagged with the right they need; a view without a tag is closed to everybody."""

import enum
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask_login import current_user

from portal.accounts.models import RoleName, User

View = TypeVar("View", bound=Callable[..., Any])


class Right(enum.StrEnum):
    SEE_CONSOLE = "see console"
    SEE_PAGES = "see pages"
    SEE_CANDIDATES = "see candidates"
    EDIT_CANDIDATES = "edit candidates"
    SEND = "send"
    SEE_NUMBERS = "see numbers"
    ERASE = "erase"
    MANAGE_PRIVACY = "manage privacy"
    MANAGE_STAFF = "manage staff"


_RECRUITER = set(Right) - {Right.MANAGE_PRIVACY, Right.MANAGE_STAFF}
RIGHTS: dict[RoleName, frozenset[Right]] = {
    RoleName.ADMINISTRATOR: frozenset(Right),
    RoleName.RECRUITER: frozenset(_RECRUITER),
    RoleName.EDITOR: frozenset({Right.SEE_CONSOLE, Right.SEE_PAGES}),
    RoleName.ANALYST: frozenset({Right.SEE_CONSOLE, Right.SEE_PAGES, Right.SEE_NUMBERS}),
}


def requires(right: Right) -> Callable[[View], View]:
    """Tag a console view with the right it needs. The console's guard asks; put it beneath the route decorator."""

    def tag(view: View) -> View:
        view.right = right  # type: ignore[attr-defined]
        return view

    return tag


def may(user: User, right: Right) -> bool:
    """Whether a member of staff has a right through any of their roles."""
    return any(right in RIGHTS[RoleName(role.name)] for role in user.roles)


def staff() -> User:
    """The member of staff who is signed in; only for views behind the console's guard."""
    return cast(User, current_user)

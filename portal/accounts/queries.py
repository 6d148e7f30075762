"""Finding staff and their invitations."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, select

from portal import clock, tokens
from portal.accounts.models import Invitation, Role, RoleName, User
from portal.db import db
from portal.errors import NotFound


def get_user(user_id: int) -> User:
    """A member of staff by number."""
    if (user := db.session.get(User, user_id)) is None:
        raise NotFound("There is no such member of staff.")
    return user


def find_user(email: str) -> User | None:
    """A member of staff by address, whatever its capitals."""
    return db.session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def list_users() -> Sequence[User]:
    """All staff, who may sign in first, then by name."""
    return db.session.scalars(select(User).order_by(User.active.desc(), User.full_name, User.id)).all()


def count_administrators() -> int:
    """How many administrators can sign in."""
    admins = select(func.count(User.id)).where(User.active, User.roles.any(Role.name == RoleName.ADMINISTRATOR.value))
    return db.session.scalar(admins) or 0


def get_invitation(token: str) -> Invitation:
    """An invitation that can be used now; used, expired and unknown ones look the same."""
    usable = select(Invitation).where(Invitation.token_hash == tokens.digest(token), _open())
    if (invitation := db.session.scalar(usable)) is None:
        raise NotFound("This invitation is not valid, or no longer. Whoever sent it can send you a new one.")
    return invitation


def find_invitation(invitation_id: int) -> Invitation | None:
    """An invitation by number that nobody has used yet."""
    return db.session.scalar(select(Invitation).where(Invitation.id == invitation_id, Invitation.used_at.is_(None)))


def list_invitations() -> Sequence[Invitation]:
    """Invitations that wait to be used, newest first."""
    return db.session.scalars(select(Invitation).where(_open()).order_by(Invitation.id.desc())).all()


def _open() -> ColumnElement[bool]:
    return and_(Invitation.used_at.is_(None), Invitation.expires_at > clock.now())

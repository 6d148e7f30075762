"""Staff accounts: invited by a link that works once, changed by administrators, ended without being deleted."""

import secrets
import unicodedata
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_security import SQLAlchemySessionUserDatastore, hash_password
from sqlalchemy import delete, update

from portal import clock, config, tokens
from portal.accounts import queries
from portal.accounts.models import Invitation, Role, RoleName, User, WebAuthn
from portal.db import db, transaction
from portal.errors import Conflict, Invalid, NotFound

PASSWORD_LENGTH = 12
PASSWORD_LENGTH_MOST = 200
VALID_FOR = timedelta(days=7)
FIRST_VALID_FOR = timedelta(hours=24)

datastore = SQLAlchemySessionUserDatastore(db.session, User, Role, WebAuthn)


def invite(role: RoleName, email: str | None = None, invited_by: User | None = None) -> tuple[Invitation, str]:
    """Make a link that works once; the token is known only now. For an address that has an account it renews the sign-in."""
    return _invite(role, _address(email) if email else None, invited_by, VALID_FOR)


def first_link() -> str | None:
    """The link that makes the first administrator; None when there is one. An older first link stops working."""
    with transaction() as session:
        if queries.count_administrators():
            return None
        unused = delete(Invitation).where(Invitation.used_at.is_(None), Invitation.invited_by_id.is_(None))
        session.execute(unused.where(Invitation.email.is_(None)))
        _invitation, token = _invite(RoleName.ADMINISTRATOR, None, None, FIRST_VALID_FOR)
    return link(token)


def link(token: str) -> str:
    """The address to send to whom an invitation is for."""
    return f"{config.settings().base_url}/welcome/{token}"


def accept(token: str, email: str, password: str, full_name: str, title: str = "") -> User:
    """Use an invitation: make the account, or give an existing one that it was made for a new password."""
    with transaction():
        invitation = queries.get_invitation(token)
        known = queries.find_user(_address(email))
        if known is not None and known.email != invitation.email:
            raise Invalid(_("Somebody has an account with this address already."), "email")
        _use(invitation)
        if known is not None:
            return _renew(known, password, full_name, title)
        return add_user(email, password, full_name, title, [invitation.role])


def add_user(email: str, password: str, full_name: str, title: str, roles: list[RoleName]) -> User:
    """Make an account."""
    with transaction():
        address = _address(email)
        if queries.find_user(address) is not None:
            raise Invalid(_("Somebody has an account with this address already."), "email")
        person = {"email": address, "full_name": full_name, "title": title}
        return cast(User, datastore.create_user(**person, password=_hash(password), roles=[_role(role) for role in roles]))


def edit_profile(user: User, full_name: str, title: str) -> User:
    """Change what colleagues and candidates read about a member of staff."""
    with transaction():
        user.full_name, user.title = full_name, title
        return user


def change_role(user: User, role: RoleName) -> User:
    """Give a member of staff one role instead of what they had. Somebody must stay administrator."""
    with transaction():
        if role is not RoleName.ADMINISTRATOR:
            _keep_an_administrator(user)
        user.roles = [_role(role)]
        return user


def deactivate(user: User) -> User:
    """Shut a member of staff out, at once and everywhere. The row stays, because history names it."""
    with transaction():
        _keep_an_administrator(user)
        user.active = False
        user.fs_uniquifier = uuid.uuid4().hex
        return user


def activate(user: User) -> User:
    """Let a member of staff in again, with the password they had."""
    with transaction():
        user.active = True
        return user


def withdraw(invitation_id: int) -> None:
    """Take an invitation back that nobody has used."""
    with transaction() as session:
        if (invitation := queries.find_invitation(invitation_id)) is None:
            raise Conflict(_("This invitation has been used or withdrawn already."))
        session.delete(invitation)


def as_one_change(action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call what Flask-Security does for us so that it takes the write lock before it reads."""
    with transaction():
        return action(*args, **kwargs)


def _invite(role: RoleName, email: str | None, invited_by: User | None, valid_for: timedelta) -> tuple[Invitation, str]:
    token = secrets.token_urlsafe(24)
    with transaction() as session:
        invitation = Invitation(
            token_hash=tokens.digest(token),
            role=role,
            email=email,
            created_at=clock.now(),
            expires_at=clock.now() + valid_for,
            invited_by_id=invited_by.id if invited_by else None,
        )
        session.add(invitation)
    return invitation, token


def _use(invitation: Invitation) -> None:
    mine = update(Invitation).where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
    if db.session.execute(mine.values(used_at=clock.now())).rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound(_("This invitation is not valid, or no longer. Whoever sent it can send you a new one."))


def _renew(user: User, password: str, full_name: str, title: str) -> User:
    """A new password for who lost the old one, or the telephone with the codes: every session ends, the second step is off."""
    user.password, user.full_name, user.title, user.active = _hash(password), full_name, title, True
    user.fs_uniquifier = uuid.uuid4().hex
    datastore.tf_reset(user)
    return user


def _keep_an_administrator(user: User) -> None:
    is_administrator = any(role.name == RoleName.ADMINISTRATOR.value for role in user.roles)
    if is_administrator and user.active and queries.count_administrators() == 1:
        raise Conflict(_("This is the only administrator. Make somebody else administrator first."))


def _role(name: RoleName) -> Role:
    return cast(Role, datastore.find_or_create_role(name.value))


def _address(email: str) -> str:
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise Invalid(_("This is not an e-mail address."), "email") from error


def _hash(password: str) -> str:
    if not PASSWORD_LENGTH <= len(password) <= PASSWORD_LENGTH_MOST:
        raise Invalid(_("A password needs at least %(least)s characters.", least=PASSWORD_LENGTH), "password")
    return hash_password(unicodedata.normalize("NFKD", password))  # as the sign-in page does

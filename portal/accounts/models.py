"""Staff accounts, on Flask-Security's typed mixins."""

import enum
from datetime import datetime

from flask_security.models import sqla
from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.db import Base, Row

sqla.FsModels.set_db_info(base_model=Base)  # type: ignore[no-untyped-call]


class RoleName(enum.StrEnum):
    """What a member of staff may do; the rights of each are in `accounts.permissions`."""

    ADMINISTRATOR = "administrator"
    RECRUITER = "recruiter"
    EDITOR = "editor"
    ANALYST = "analyst"


class Role(Base, sqla.FsRoleMixin):
    __tablename__ = "role"

    # The mixin stamps changes without a zone, which our columns refuse.
    update_datetime: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=clock.now)


class User(Base, sqla.FsUserMixin):
    """A member of staff. `title` is what candidates read beneath the name ("leads the nine people who …")."""

    __tablename__ = "user"

    full_name: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    update_datetime: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=clock.now)


class WebAuthn(Base, sqla.FsWebAuthnMixin):
    __tablename__ = "webauthn"


class Invitation(Row):
    """A one-time link that makes an account. Only the SHA-256 of its token is kept."""

    __tablename__ = "invitation"

    token_hash: Mapped[str] = mapped_column(unique=True)
    role: Mapped[RoleName]
    email: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    invited_by: Mapped[User | None] = relationship()

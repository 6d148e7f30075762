"""Fresh links to the own page, who is looking at theirs, and addresses that wait to be confirmed."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.candidates.models import Candidate
from portal.db import Row


class Access(Row):
    """A fresh link to somebody's own page: short-lived, and spent by a button. The token is derived from `nonce`.

    Asking with an address that nobody here has leaves a row without a candidate, so that both take the same time; the worker
    throws it away a moment later. `handed_on_at`: its mail was queued.
    """

    __tablename__ = "access_link"

    nonce: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate | None] = relationship()
    asked_at: Mapped[datetime] = mapped_column(index=True)
    handed_on_at: Mapped[datetime | None]
    spent_at: Mapped[datetime | None]


class Stay(Row):
    """Somebody is on their own page. The cookie holds the secret, the row its SHA-256; it ends by their button or by itself."""

    __tablename__ = "stay"

    token_hash: Mapped[str] = mapped_column(unique=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate] = relationship()
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AddressChange(Row):
    """A new address that counts once both mailboxes have said yes. Both tokens are derived from `nonce`, by their purpose.

    `closed_at`: it was carried out, replaced by another wish, or ran out; the new address is emptied then.
    """

    __tablename__ = "address_change"

    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    candidate: Mapped[Candidate] = relationship()
    email: Mapped[str]
    nonce: Mapped[str]
    old_hash: Mapped[str] = mapped_column(unique=True)
    new_hash: Mapped[str] = mapped_column(unique=True)
    asked_at: Mapped[datetime]
    old_confirmed_at: Mapped[datetime | None]
    new_confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

"""Check-ins at events. The event itself is a source."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.candidates.models import Candidate
from portal.db import Row
from portal.sourcing.models import Source


class CheckIn(Row):
    """Somebody typed a name and an address at an event. Nothing comes of it before the address is confirmed; then both are
    emptied, because the candidate has them. What nobody confirms is deleted after two weeks.
    """

    __tablename__ = "check_in"
    __table_args__ = (UniqueConstraint("source_id", "address_key"),)

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    source: Mapped[Source] = relationship()
    full_name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    address_key: Mapped[str | None]
    consented: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidate.id", ondelete="SET NULL"), index=True)
    candidate: Mapped[Candidate | None] = relationship()

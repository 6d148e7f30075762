"""One mail that came in: what it is, and what comes of it, in one transaction with the line that says it was read."""

import logging
from email.message import Message

from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.db import transaction
from portal.inbound import queries, verdicts
from portal.inbound.models import InboundMail, Kind, PoisonMail
from portal.inbound.services import effects

_LOG = logging.getLogger(__name__)
# What is kept of a mail that is too large to be read.
KEPT = 64 * 1024
ERROR_LIMIT = 300


def receive(raw: bytes, recipient: str = "", size: int | None = None) -> Kind | None:
    """Take one mail in; returns what it was, None when it had been read before.

    `recipient` is the address of the envelope where it is known. `size` says how large it was when only its beginning is given.
    Whatever cannot be read is set aside as it came: this never raises for what a stranger wrote, only when the database is away.
    """
    digest = verdicts.digest_of(raw)
    try:
        if size is not None and size > len(raw):
            raise verdicts.Unreadable(f"It has {size // 1024} KB, which is more than is read.")
        message = verdicts.parse(raw)
        with transaction() as session:
            if queries.is_known(digest):
                return None
            line = InboundMail(digest=digest, kind=Kind.AUTOMATIC, at=clock.now())
            session.add(line)
            session.flush()
            _decide(line, message, recipient)
            return line.kind
    except IntegrityError:  # somebody else read the same mail at this moment; or it is one of ours to mend
        if queries.is_known(digest):
            return None
        return _set_aside(raw, digest, recipient, size, "It broke a rule of the database.")
    except verdicts.Unreadable as error:
        return _set_aside(raw, digest, recipient, size, str(error))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        _LOG.warning("inbound.set_aside", exc_info=True)
        return _set_aside(raw, digest, recipient, size, f"{type(error).__name__}: {error}")


def _decide(line: InboundMail, message: Message, recipient: str) -> None:
    """The first that fits. A token in an address outweighs what a mail says of itself."""
    addresses = verdicts.addressees(message, recipient)
    report = verdicts.read_report(message)
    if verdicts.is_complaint(message):
        line.kind, line.delivery = effects.complaint(message)
    elif report is not None:
        line.kind, line.delivery = effects.bounce(report, addresses)
    elif (stopped := effects.stop(addresses)) is not None:
        line.kind, line.delivery = Kind.STOP, stopped
    elif verdicts.is_automatic(message):
        line.kind, line.delivery = effects.automatic(message, addresses)
    else:
        line.kind, line.delivery = effects.reply(message, addresses)


def _set_aside(raw: bytes, digest: str, recipient: str, size: int | None, error: str) -> Kind | None:
    """Keep it as it came until somebody has looked."""
    whole = size is None and len(raw) <= verdicts.LARGEST
    _name, sender = verdicts.sender_of(verdicts.head_of(raw))
    row = PoisonMail(
        digest=digest,
        raw=raw if whole else raw[:KEPT],
        recipient=recipient[:320],
        whole=whole,
        size=size or len(raw),
        error=error.encode("utf-8", "replace").decode().replace("\x00", "")[:ERROR_LIMIT],
        address_key=queries.key_of(sender),
        at=clock.now(),
    )
    with transaction() as session:
        if queries.is_known(digest):
            return None
        session.add_all([row, InboundMail(digest=digest, kind=Kind.SET_ASIDE, at=clock.now())])
        return Kind.SET_ASIDE

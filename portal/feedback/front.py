"""What the pages of feedback show, and the two halves of a request: who was asked, and a ballot that knows nobody."""

from dataclasses import dataclass
from typing import Any

from portal import tokens
from portal.feedback import queries
from portal.feedback.details import FEW
from portal.feedback.models import Request, Version
from portal.guard import WORK_BITS

BALLOT_DAYS = 90


@dataclass(frozen=True)
class Ballot:
    """The right to answer once without a name, and the wording it is for; `used` when somebody did."""

    secret: str
    version: Version
    used: bool


def ballot_token(request: Request) -> str:
    """What the anonymous form of a request is opened with. It is made anew each time, kept nowhere, and names no request."""
    return tokens.sign("ballot", [request.version_id, queries.ballot_of(request)])


def read_ballot(token: str) -> Ballot:
    """A ballot out of its token; NotFound when it is forged or old."""
    version_id, secret = tokens.unsign("ballot", token, BALLOT_DAYS * 86_400)
    return Ballot(secret, queries.get_version(version_id), queries.is_used(queries.ballot_key(secret)))


def around(**more: Any) -> dict[str, Any]:
    """What every form of feedback shows besides its questions."""
    return {"work_bits": WORK_BITS, "few": FEW, "token": "", "named_url": "", "unnamed_url": "", "first_name": ""} | more

"""From rows that are due to mails ready for the wire: the gate, the composers, the MIME, each for many at once."""

import itertools
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from flask import current_app
from flask_babel import gettext as _

from portal import clock
from portal.db import transaction
from portal.delivery.emails import Bulk, Envelope, Letter, Withheld, pack_many, speaking_to
from portal.delivery.emails.speaking import language_of
from portal.delivery.models import Delivery, Purpose
from portal.delivery.services import outcomes
from portal.delivery.services.gate import gate_many, gate_row
from portal.delivery.services.journal import Note
from portal.delivery.verdicts import Ruling
from portal.errors import BrokenSetup, PortalError

_LOG = logging.getLogger(__name__)
_Verdicts = list[Callable[[], None]]


@dataclass(frozen=True)
class Ready:
    """A composed mail. `whom`: the number of a candidate, or the keyed hash of an address that is nobody's."""

    number: int
    whom: int | str
    about: tuple[Purpose, int]
    letter: Letter
    envelope: Envelope

    @property
    def note(self) -> Note:
        """What is recorded once it was taken."""
        return Note(self.letter.notice, self.letter.campaign_id, self.letter.about)


def rulings(rows: Iterable[tuple[Delivery, bool]], at: datetime) -> dict[int, Ruling]:
    """What the gate says of each row; the flag says whether its letter carries the notice."""
    found: dict[int, Ruling] = {}
    pairs = sorted(rows, key=lambda pair: (pair[0].purpose, pair[1]))
    for (purpose, notice), group in itertools.groupby(pairs, key=lambda pair: (pair[0].purpose, pair[1])):
        own = [row for row, _notice in group]
        people = [row.candidate for row in own if row.candidate is not None]
        said = gate_many(people, purpose, at, notice) if people else {}
        for row in own:
            found[row.id] = gate_row(row, at, notice) if row.candidate is None else said[row.candidate.id]
    return found


def compose(rows: Sequence[Delivery]) -> list[Ready]:
    """The mails that the gate lets through, in the order of the rows; of the others the rows say why not.

    BrokenSetup when nothing can be sent at all.
    """
    verdicts: _Verdicts = []
    try:
        return _composed(rows, verdicts)
    finally:  # one transaction for all: each forgets what was read
        with transaction():
            for verdict in verdicts:
                verdict()


def _composed(rows: Sequence[Delivery], verdicts: _Verdicts) -> list[Ready]:
    # Whether a letter carries the notice is known once it is written; the second question asks about that.
    said = rulings([(row, True) for row in rows], clock.now())
    for row in rows:
        if not said[row.id].allowed:
            verdicts.append(partial(outcomes.refused, row.id, said[row.id]))
    allowed = sorted((row for row in rows if said[row.id].allowed), key=_kind)
    ready: list[Ready] = []
    for _group, own in itertools.groupby(allowed, key=_kind):
        ready += _group_of(list(own), verdicts)
    order = {row.id: place for place, row in enumerate(rows)}
    return sorted(ready, key=lambda one: order[one.number])


def _whom(row: Delivery) -> int | str:
    return row.address_key or "" if row.candidate_id is None else row.candidate_id


def _kind(row: Delivery) -> tuple[str, str]:
    return row.purpose.value, language_of(row)


def _group_of(rows: list[Delivery], verdicts: _Verdicts) -> list[Ready]:
    """Mails of one purpose in one language."""
    with speaking_to(rows[0]) as language:
        try:
            letters = _letters(rows, verdicts)
            pairs = [(row, replace(one, language=one.language or language)) for row, one in letters]
            packed = pack_many(pairs)
        except BrokenSetup:
            for row in rows:
                verdicts.append(partial(outcomes.again, row.id, _("The settings for mail are wrong.")))
            raise
        ready = []
        for (row, letter), envelope in zip(pairs, packed, strict=True):
            if isinstance(envelope, PortalError):
                verdicts.append(partial(outcomes.failed, row.id, envelope.message))
            else:
                ready.append(Ready(row.id, _whom(row), (row.purpose, row.subject_id), letter, envelope))
        return ready


def _letters(rows: list[Delivery], verdicts: _Verdicts) -> list[tuple[Delivery, Letter]]:
    composer = current_app.extensions["composers"][rows[0].purpose]
    many = {}
    if isinstance(composer, Bulk):
        try:
            many = dict(composer.compose_many(rows))
        except BrokenSetup:
            raise
        except Exception:  # noqa: BLE001 - then one by one, so that only the mail with the fault stays behind
            _LOG.exception("mail.compose_many_failed", extra={"mails": len(rows)})
    found = []
    for row in rows:
        letter = many[row.id] if row.id in many else _letter(composer, row)
        if isinstance(letter, Letter):
            found.append((row, letter))
        elif isinstance(letter, Withheld):
            verdicts.append(partial(outcomes.refused, row.id, Ruling(allowed=False, reason=str(letter))))
        elif letter is None:
            verdicts.append(partial(outcomes.again, row.id, _("The text could not be made; the log says why.")))
        else:
            verdicts.append(partial(outcomes.failed, row.id, letter.message))
    return found


def _letter(composer: object, row: Delivery) -> Letter | Withheld | PortalError | None:
    try:
        written: Letter = composer(row)  # type: ignore[operator]
    except BrokenSetup:
        raise
    except (Withheld, PortalError) as error:
        return error
    except Exception:  # noqa: BLE001 - a fault in one text must not keep the other mails back
        _LOG.exception("mail.compose_failed", extra={"delivery": row.id})
        return None
    return written

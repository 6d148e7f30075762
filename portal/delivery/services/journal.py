"""How far a worker is with the mails of one claim: a file that outlives the worker, so that the database hears of it in bulk.

Each line is one `write`, so that it survives a kill: `W id {note}` the mail is about to leave, `S id` its content leaves now,
`R id {outcome}` what the server said. The worker holds a lock on the file while it lives. Writes reach the disk in groups; after
a power cut only what a reply says is believed.
"""

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.config import settings

ENDING = ".journal"


@dataclass(frozen=True)
class Outcome:
    """What became of one mail on the wire. `kind`: sent, again, later, failed, uncertain or unbegun."""

    number: int
    kind: str
    error: str = ""
    code: int = 0
    enhanced: str = ""
    recipient: bool = False


@dataclass(frozen=True)
class Note:
    """What is recorded about a mail once it was taken."""

    notice: bool = False
    campaign_id: int | None = None
    about: tuple[str, int] | None = None


@dataclass
class Told:
    """What a journal says. `boot` is the machine run it was written in."""

    claim: str
    boot: str = ""
    notes: dict[int, Note] = field(default_factory=dict)
    started: set[int] = field(default_factory=set)
    outcomes: dict[int, Outcome] = field(default_factory=dict)


class Journal:
    """The file of one claim, open for writing and locked."""

    def __init__(self, claim: str) -> None:
        self.path = folder() / f"{claim}{ENDING}"
        fresh = self.path.with_suffix(".new")  # it gets its name when it is locked, so that nobody takes it for left behind
        self._file = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        os.write(self._file, f"B {boot()}\n".encode())
        fresh.rename(self.path)

    def announce(self, notes: Iterable[tuple[int, Note]]) -> None:
        """These mails leave next."""
        lines = [f"W {number} {json.dumps([note.notice, note.campaign_id, note.about])}\n" for number, note in notes]
        os.write(self._file, "".join(lines).encode())
        os.fdatasync(self._file)

    def started(self, number: int) -> None:
        """The content of this mail leaves now."""
        os.write(self._file, b"S %d\n" % number)

    def settled(self, outcome: Outcome) -> None:
        """What the server said."""
        said = [outcome.kind, outcome.error, outcome.code, outcome.enhanced, outcome.recipient]
        os.write(self._file, f"R {outcome.number} {json.dumps(said)}\n".encode())

    def forget(self) -> None:
        """The database knows all of it."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the lock."""
        os.close(self._file)


def folder() -> Path:
    """Where the journals are."""
    path = settings().data_dir / "sending"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def boot() -> str:
    """Which run of which machine this is: after a power cut, or on another machine, it is another."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return f"{socket.gethostname()}-unknown"


@contextlib.contextmanager
def left_behind(path: Path) -> Iterator[Told | None]:
    """What the journal of a dead worker says, locked until the block ends; None while the worker lives or when it is gone."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield None
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield read(path) if path.exists() else None
    except BlockingIOError:
        yield None
    finally:
        os.close(file)


def read(path: Path) -> Told:
    """What a journal says; half a line at its end was not written in time and says nothing."""
    told = Told(path.name.removesuffix(ENDING))
    for line in path.read_bytes().split(b"\n")[:-1]:
        with contextlib.suppress(ValueError, TypeError, IndexError):
            _take(told, line.decode("utf-8"))
    return told


def _take(told: Told, line: str) -> None:
    kind, first, *rest = line.split(" ", 2)
    said: Any = json.loads(rest[0]) if rest else None
    if kind == "B":
        told.boot = first
    elif kind == "W":
        told.notes[int(first)] = Note(said[0], said[1], tuple(said[2]) if said[2] else None)
    elif kind == "S":
        told.started.add(int(first))
    elif kind == "R":
        told.outcomes[int(first)] = Outcome(int(first), *said)

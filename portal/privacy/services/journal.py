"""What a restored backup must not bring back: erasures and suppressions, written into a file beside the database.

Lines of JSON, only ever appended, each on disk before anybody is told that it is done. They hold hashes and nothing readable.
`portal restore` joins this file with that of the backup, so that neither loses a line.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from portal.config import settings
from portal.privacy.models import Erasure, Suppression

NAME = "erasures.journal"


def path() -> Path:
    """The journal of this installation."""
    return settings().data_dir / NAME


def note_erasure(row: Erasure) -> None:
    """An erasure is done."""
    append([line_of(row)])


def line_of(row: Erasure) -> dict[str, Any]:
    """What is kept of an erasure outside the database."""
    return {
        "what": "erased",
        "reference": row.reference,
        "at": row.at.isoformat(),
        "persons": row.persons,
        "addresses": row.addresses,
    }


def note_suppression(row: Suppression) -> None:
    """Somebody must never be written to again."""
    append([{"what": "suppressed", "address": row.address_hash, "reason": row.reason.value, "at": row.at.isoformat()}])


def append(lines: Iterable[dict[str, Any]]) -> None:
    """Write lines at the end and have them on disk."""
    text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
    descriptor = os.open(path(), os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read(file: Path | None = None) -> Iterator[dict[str, Any]]:
    """All lines. A last line that was cut off by a power failure is passed over."""
    file = file or path()
    if not file.exists():
        return
    for line in file.read_text("ascii", errors="replace").splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found

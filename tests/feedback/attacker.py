"""Somebody who reads everything that is stored, at every moment, and tries to say whose an anonymous answer is.

They have each table with its hidden columns, the files of the database byte by byte, every backup with the installation's key in
it, and the log; they know who answered and in which order, because they watched. They lack only what is written nowhere.
"""

import hashlib
import itertools
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal import backup, config, tokens
from portal.db import Base, db

PURPOSES = ("feedback", "ballot", "landing", "proof", "form", "unsubscribe", "own page", "aside")
Rows = list[dict[str, Any]]
HIDDEN = {"sqlite": "rowid AS hidden_row", "postgresql": "xmin::text AS hidden_made, ctid::text AS hidden_row"}


@dataclass
class Sight:
    """Everything there is to see at one moment."""

    tables: dict[str, Rows]
    files: dict[str, bytes] = field(default_factory=dict)

    def holds(self, text: str) -> list[str]:
        """Where a text can be read."""
        read = [name for name, rows in self.tables.items() if any(text in str(list(row.values())) for row in rows)]
        return read + [name for name, content in self.files.items() if text.encode() in content]


def look(folder: Path) -> Sight:
    """Read all tables as they lie, with what the database does not show by itself, and all files."""
    db.session.commit()
    names = sorted(table.name for table in Base.metadata.sorted_tables)
    read = f"SELECT {HIDDEN[db.engine.dialect.name]}, * FROM"
    tables = {name: [dict(row) for row in db.session.execute(sa.text(f'{read} "{name}"')).mappings()] for name in names}
    db.session.commit()
    return Sight(tables, {path.name: path.read_bytes() for path in folder.glob("portal.sqlite*")})


def save(folder: Path) -> dict[str, bytes]:
    """What is in a backup made now."""
    backup.save(folder / "look.tar.gz")
    with tarfile.open(folder / "look.tar.gz") as archive:
        kept = {member.name: archive.extractfile(member).read() for member in archive.getmembers() if member.isfile()}
    (folder / "look.tar.gz").unlink()
    return kept


def joins(
    answers: Rows, tables: Mapping[str, Rows], people: Sequence[int], least: int = 1
) -> Iterator[tuple[str, dict[int, set[int]]]]:
    """Every way to go from an answer to a person by equal values: each column of the answers, or its digest, against each column
    of each row that leads to a person, or what the key makes of it. Yields the way and, for each answer's place, the people.
    `least`: only what stands in the answer with so many signs or more, which no chance makes equal."""
    known = _values_of_people(tables, people)
    for column in answers[0]:
        forms = [_forms(row[column]) if len(str(row[column])) >= least else frozenset() for row in answers]
        for way, owners in known.items():
            shared = [(place, values & owners.keys()) for place, values in enumerate(forms)]
            if found := {place: set().union(*(owners[one] for one in values)) for place, values in shared if values}:
                yield f"{column} = {way}", found


def orders(answers: Rows, words: Sequence[str], sight: Sight) -> Iterator[tuple[str, list[int]]]:
    """Every order in which the answers stand, as places in `words`: as they lie, by each column, as bytes in each file."""
    yield "as they lie", _told(answers, words)
    for column in answers[0]:
        yield f"by {column}", _told(sorted(answers, key=lambda row: str(row[column]).zfill(24)), words)
    for name, content in sight.files.items():
        at = {text: content.find(text.encode()) for text in words}
        if min(at.values()) >= 0:
            yield f"in the bytes of {name}", [words.index(text) for text in sorted(words, key=at.__getitem__)]


def pairs_right(found: Mapping[int, set[int]], truth: Sequence[int]) -> int:
    """How many answers a way gives to exactly the right person."""
    return sum(who == {truth[place]} for place, who in found.items())


def tau(order: Sequence[int]) -> float:
    """1 when an order runs as the answers came, -1 when backwards, about 0 when by lot (Kendall 1938)."""
    pairs = list(itertools.combinations(order, 2))
    return sum(1 if one < two else -1 for one, two in pairs) / len(pairs)


def keys(sight: Sight, kept: Mapping[str, bytes]) -> list[bytes]:
    """Keys to try on a box: what the installation's secret can become, and every 32 bytes that a table or backup keeps."""
    secret = config.settings().secret_key.get_secret_value() or kept.get("secret_key", b"").decode().strip()
    found = {hashlib.sha256(secret.encode()).digest()}
    found |= {bytes.fromhex(tokens.keyed_hash(purpose, "")) for purpose in (*PURPOSES, "feedback boxes")}
    texts = (value for rows in sight.tables.values() for row in rows for value in row.values() if isinstance(value, str))
    found |= {hashlib.sha256(text.encode()).digest() for text in texts}
    for content in kept.values():
        if len(content) < 4096:
            found |= {content[start : start + 32] for start in range(len(content) - 31)}
    return list(found)


def open_box(box: bytes, tried: Iterable[bytes]) -> bytes | None:
    """What is in a box, if one of these keys opens it."""
    for key in tried:
        try:
            return AESGCM(key).decrypt(box[:12], box[12:], None)
        except InvalidTag:
            continue
    return None


def _told(rows: Rows, words: Sequence[str]) -> list[int]:
    return [number for row in rows for number, text in enumerate(words) if text in str(row["answers"])]


def _values_of_people(tables: Mapping[str, Rows], people: Sequence[int]) -> dict[str, dict[str, set[int]]]:
    """For each table and column: which value leads to which people, over rows that name one, and rows that name those rows."""
    owner = _owners(tables, people)
    known: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    theirs = [(table, row) for table, rows in tables.items() for row in rows if (table, row["id"]) in owner]
    for table, row in theirs:
        for column, value in row.items():
            for form in _forms(value):
                known[f"{table}.{column}"][form].add(owner[table, row["id"]])
    return known


def _owners(tables: Mapping[str, Rows], people: Sequence[int]) -> dict[tuple[str, int], int]:
    owner: dict[tuple[str, int], int] = {("candidate", one): one for one in people}
    rows = [(table, row) for table, found in tables.items() for row in found]
    for _hop in range(3):
        for table, row in rows:
            for column, target in _references(table):
                if (target, row[column]) in owner:
                    owner.setdefault((table, row["id"]), owner[target, row[column]])
    return owner


@lru_cache
def _references(table: str) -> list[tuple[str, str]]:
    """Columns that name a row elsewhere; those without a foreign key among them."""
    found = [(key.parent.name, key.column.table.name) for key in Base.metadata.tables[table].foreign_keys]
    columns = {column.name for column in Base.metadata.tables[table].columns}
    return found + ([("candidate_id", "candidate")] if "candidate_id" in columns else [])


def _forms(value: Any) -> frozenset[str]:
    """A value, its digests, and the tokens that the key of the installation makes of it."""
    return frozenset() if value is None or isinstance(value, bytes) or value == "" else _made_of(str(value))


@lru_cache(maxsize=100_000)
def _made_of(text: str) -> frozenset[str]:
    made = {tokens.derive(purpose, text) for purpose in PURPOSES} if len(text) >= 16 else set()
    digests = {tokens.digest(one) for one in {text, *made}} | {tokens.digest(f"ballot:{one}") for one in {text, *made}}
    return frozenset({text, *made, *digests})

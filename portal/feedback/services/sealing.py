"""The envelope of anonymous answers that wait: encrypted, padded to one size, under a key that no backup holds.

A reader of the database sees boxes of one size, so neither words nor their length can be recognised when the batch is opened.
On SQLite the key is a file of its own beside the database, left out of backups and thrown away as soon as no box is left: boxes
in old backups stay shut for good. On PostgreSQL several machines share a database, so the key comes from the installation's.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask_babel import gettext as _

from portal import tokens
from portal.config import settings
from portal.errors import Invalid

SIZE = 64 * 1024
KEY_FILE = "feedback_key"
_NONCE = 12
_IDS = 2**24, 2**31 - 1


def seal(content: dict[str, Any]) -> bytes:
    """The box: nonce and cipher text, always of the same length."""
    plain = json.dumps(content, ensure_ascii=False).encode()
    if len(plain) >= SIZE:
        raise Invalid(_("This is more than fits into one answer."))
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, plain.ljust(SIZE, b" "), None)


def unseal(box: bytes) -> dict[str, Any] | None:
    """What is in a box; None when its key is gone, as after putting back a backup on another machine."""
    if not settings().database_url and not _file().exists():
        return None
    try:
        content: dict[str, Any] = json.loads(AESGCM(_key()).decrypt(box[:_NONCE], box[_NONCE:], None))
    except InvalidTag:
        return None
    return content


def forget_key() -> None:
    """No box is left: nothing that a backup holds can be opened from now on. Call it inside the transaction that saw this."""
    _file().unlink(missing_ok=True)


def random_id() -> int:
    """A number for a row. Counting numbers would tell in which order, and so when, an answer came."""
    low, high = _IDS
    return low + secrets.randbelow(high - low)


def _key() -> bytes:
    if settings().database_url:
        return bytes.fromhex(tokens.keyed_hash("feedback boxes", ""))
    if not _file().exists():
        part = _file().with_suffix(f".{secrets.token_hex(8)}")
        with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        part.rename(_file())
    return _file().read_bytes()


def _file() -> Path:
    return settings().data_dir / KEY_FILE

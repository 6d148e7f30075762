"""The DKIM signature, where the portal shall sign itself."""

import re
from functools import lru_cache
from pathlib import Path

import dkim

from portal.config import settings
from portal.errors import BrokenSetup

_SIGNED = re.compile(
    rb"(?im)^(from|to|subject|date|message-id|reply-to|mime-version|content-type|auto-submitted|precedence|feedback-id"
    rb"|list-id|list-unsubscribe|list-unsubscribe-post):"
)


def signature(raw: bytes) -> bytes:
    """The DKIM-Signature header when a key is set, else nothing; BrokenSetup when the setting or the key is wrong."""
    setting = settings().dkim_key.get_secret_value()
    if not setting:
        return b""
    selector, domain, path = [*setting.split(":", 2), "", ""][:3]
    signed = [name.lower() for name in _SIGNED.findall(raw[: raw.index(b"\r\n\r\n")])]
    try:
        line: bytes = dkim.sign(raw, selector.encode(), domain.encode(), _key(path), include_headers=signed)
    except (OSError, dkim.DKIMException) as error:
        raise BrokenSetup("PORTAL_DKIM_KEY must be selector:domain:/path/to/private.pem, and the key readable.") from error
    return line


@lru_cache(maxsize=4)
def _key(path: str) -> bytes:
    return Path(path).read_bytes()

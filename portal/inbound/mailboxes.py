"""Where mail waits for us: an IMAP mailbox, a Maildir, a folder of .eml files. Each hands out mails and hears what was read."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from imaplib import IMAP4
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from portal.errors import BrokenSetup
from portal.inbound.verdicts import LARGEST

# Mails that were read are moved here, so that nobody has to fear that one is gone.
READ = "Overture-read"
TIMEOUT = 60
# The beginning of a mail that is too large: its head is in it.
BEGINNING = 64 * 1024


@dataclass(frozen=True)
class Waiting:
    """A mail. `size` is set when `raw` is only its beginning."""

    key: str
    raw: bytes
    size: int | None = None


class Mailbox(Protocol):
    """A place where mail waits."""

    def fetch(self, limit: int) -> Iterator[Waiting]:
        """The oldest mails, one by one."""
        ...

    def done(self, key: str) -> None:
        """This one was read and need not come again."""
        ...


@contextmanager
def open_mailbox(url: str) -> Iterator[Mailbox]:
    """The mailbox of a setting: imaps://user:password@host:port/FOLDER, imap://… (this machine only), or a path."""
    if not url.startswith(("imap://", "imaps://")):
        yield _folder(Path(url.removeprefix("file://")).expanduser())
        return
    try:
        box = _connect(url)
    except (OSError, IMAP4.error, ImapToolsError) as error:
        raise BrokenSetup(f"The mailbox of PORTAL_INBOUND_URL cannot be opened: {type(error).__name__}.") from error
    try:
        yield _Imap(box)
    finally:
        box.logout()


def _connect(url: str) -> BaseMailBox:
    parts = urlsplit(url)
    host, folder = parts.hostname or "", unquote(parts.path.strip("/")) or "INBOX"
    box: BaseMailBox
    if parts.scheme == "imaps":
        box = MailBox(host, parts.port or 993, timeout=TIMEOUT, ssl_context=ssl.create_default_context())
    elif host in {"localhost", "127.0.0.1", "::1"}:
        box = MailBoxUnencrypted(host, parts.port or 143, timeout=TIMEOUT)
    else:
        raise BrokenSetup("PORTAL_INBOUND_URL must begin with imaps:// : a password does not travel in the open.")
    return box.login(unquote(parts.username or ""), unquote(parts.password or ""), initial_folder=folder)


class _Imap:
    """IMAP: read mails move to a folder beside the inbox."""

    def __init__(self, box: BaseMailBox) -> None:
        self.box = box
        self.target = ""

    def fetch(self, limit: int) -> Iterator[Waiting]:
        for uid in self.box.uids(AND(all=True))[:limit]:
            size = self._size(uid)
            raw = self._bytes(uid, size)
            if raw is not None:
                yield Waiting(uid, raw, size if size > LARGEST else None)

    def done(self, key: str) -> None:
        self.target = self.target or self._make_target()
        self.box.move(key, self.target)

    def _size(self, uid: str) -> int:
        _ok, found = self.box.client.uid("fetch", uid, "(RFC822.SIZE)")
        told = found[0] if found and isinstance(found[0], bytes) else b""
        digits = told.rpartition(b"RFC822.SIZE")[2].strip(b" )")
        return int(digits) if digits.isdigit() else 0

    def _bytes(self, uid: str, size: int) -> bytes | None:
        """None when somebody else took it away meanwhile."""
        what = f"(BODY.PEEK[]<0.{BEGINNING}>)" if size > LARGEST else "(BODY.PEEK[])"
        _ok, found = self.box.client.uid("fetch", uid, what)
        return next((part[1] for part in found or () if isinstance(part, tuple)), None)

    def _make_target(self) -> str:
        if not self.box.folder.exists(READ):
            self.box.folder.create(READ)
        return READ


class _Files:
    """A folder of files. What is read moves on: in a Maildir from `new` to `cur`, else into the folder `read`."""

    def __init__(self, folder: Path, target: Path, pattern: str, suffix: str) -> None:
        self.folder, self.target, self.pattern, self.suffix = folder, target, pattern, suffix

    def fetch(self, limit: int) -> Iterator[Waiting]:
        for path in sorted(path for path in self.folder.glob(self.pattern) if path.is_file())[:limit]:
            size = path.stat().st_size
            with path.open("rb") as file:
                raw = file.read(BEGINNING if size > LARGEST else LARGEST)
            yield Waiting(path.name, raw, size if size > LARGEST else None)

    def done(self, key: str) -> None:
        self.target.mkdir(exist_ok=True)
        (self.folder / key).replace(self.target / f"{key}{self.suffix}")


def _folder(path: Path) -> Mailbox:
    if not path.is_dir():
        raise BrokenSetup(f"PORTAL_INBOUND_URL is neither imaps://… nor a folder: {path}.")
    if (path / "new").is_dir():
        return _Files(path / "new", path / "cur", "[!.]*", ":2,S")
    return _Files(path, path / "read", "*.eml", "")

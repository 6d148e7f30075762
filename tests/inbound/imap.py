"""A small IMAP server on loopback: it speaks what a reader of a mailbox needs (RFC 3501), and remembers what it was told."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

USER, PASSWORD = "bounces@sielwerk.example", "a b/ö"


class Imap(socketserver.ThreadingTCPServer):
    """`folders`: name to {uid: bytes}; `hangs_up_before`: a command at which the line breaks, once."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Dialogue)
        self.folders: dict[str, dict[int, bytes]] = {"INBOX": {}}
        self.deleted: set[int] = set()
        self.next_uid = 1
        self.hangs_up_before = ""

    @property
    def url(self) -> str:
        return f"imap://bounces%40sielwerk.example:a%20b%2Fo@127.0.0.1:{self.server_address[1]}/INBOX"

    def put(self, raw: bytes) -> int:
        self.folders["INBOX"][self.next_uid] = raw
        self.next_uid += 1
        return self.next_uid - 1


class _Dialogue(socketserver.StreamRequestHandler):
    server: Imap

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline().decode():
            tag, _gap, rest = line.strip().partition(" ")
            name, _gap, arguments = rest.partition(" ")
            if name.upper() == "UID":
                name, _gap, arguments = arguments.partition(" ")
            if name.upper() == self.server.hangs_up_before:
                self.server.hangs_up_before = ""
                return
            getattr(self, name.lower())(arguments)
            self.say(f"{tag} OK done")
            if name.upper() == "LOGOUT":
                return

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    @property
    def inbox(self) -> dict[int, bytes]:
        return self.server.folders["INBOX"]

    def capability(self, _arguments: str) -> None:
        self.say("* CAPABILITY IMAP4rev1")

    def login(self, _arguments: str) -> None:
        pass

    def select(self, _arguments: str) -> None:
        self.say(f"* {len(self.inbox)} EXISTS")

    def search(self, _arguments: str) -> None:
        self.say("* SEARCH " + " ".join(str(uid) for uid in self.inbox))

    def fetch(self, arguments: str) -> None:
        uid = int(arguments.split(maxsplit=1)[0])
        raw = self.inbox.get(uid)
        if raw is None:
            return
        if "RFC822.SIZE" in arguments:
            self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})")
            return
        if part := re.search(r"<0\.(\d+)>", arguments):
            raw = raw[: int(part[1])]
        self.wfile.write(b"* 1 FETCH (UID %d BODY[] {%d}\r\n" % (uid, len(raw)) + raw + b")\r\n")

    def list(self, arguments: str) -> None:
        wanted = arguments.rsplit(maxsplit=1)[-1].strip('"')
        for name in self.server.folders:
            if name == wanted:
                self.say(f'* LIST () "/" "{name}"')

    def create(self, arguments: str) -> None:
        self.server.folders[arguments.strip('"')] = {}

    def copy(self, arguments: str) -> None:
        uid, folder = arguments.split()
        self.server.folders[folder.strip('"')][int(uid)] = self.inbox[int(uid)]

    def store(self, arguments: str) -> None:
        self.server.deleted.add(int(arguments.split(maxsplit=1)[0]))

    def expunge(self, _arguments: str) -> None:
        for uid in self.server.deleted & set(self.inbox):
            del self.inbox[uid]

    def logout(self, _arguments: str) -> None:
        self.say("* BYE")


@contextmanager
def imap_server() -> Iterator[Imap]:
    """A running server with an empty inbox."""
    with Imap() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()

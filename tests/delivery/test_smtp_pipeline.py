"""Commands in groups (RFC 2920): many mails over one line, each told apart whatever the server says."""

import contextlib
import socket
import threading

import pytest

from portal.delivery import smtp


class Scripted:
    """A server that takes commands in groups. `answers` by recipient for RCPT, `at_dot` for the content; half a line hangs up."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.answers: dict[bytes, bytes] = {}
        self.at_dot: dict[bytes, bytes] = {}
        self.greetings = 0
        self.groups = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), connection, connection.makefile("rwb") as file:
            self.greetings += 1
            self._recipient, answer = b"", b"220 here\r\n"
            while answer:
                file.write(answer)
                file.flush()
                if answer.startswith(b"354"):
                    while file.readline() != b".\r\n":
                        pass
                    answer = self._after_dot()
                elif not answer.endswith(b"\n"):
                    return
                else:
                    answer = self._answer(file.readline())

    def _answer(self, line: bytes) -> bytes:
        match line[:4].upper():
            case b"EHLO":
                return b"250-here\r\n250-PIPELINING\r\n250 SIZE\r\n"
            case b"RCPT":
                recipient = line[line.index(b"<") + 1 : line.index(b">")]
                self._recipient = b"" if recipient in self.answers else recipient
                return self.answers.get(recipient, b"250 ok\r\n")
            case b"DATA":
                return b"354 go\r\n" if self._recipient else b"503 nobody\r\n"
            case b"QUIT" | b"":
                return b""
            case _:
                return b"250 ok\r\n"

    def _after_dot(self) -> bytes:
        said = self.at_dot.get(self._recipient, b"250 taken\r\n")
        if said.startswith(b"250 taken"):
            self.taken.append(self._recipient)
        return said


class Watch:
    def __init__(self) -> None:
        self.settled_as: dict[int, smtp.Trouble | None] = {}
        self.no: set[int] = set()

    def may_go(self, mail: smtp.Mail) -> bool:
        return mail.number not in self.no

    def settled(self, mail: smtp.Mail, trouble: smtp.Trouble | None) -> None:
        assert mail.number not in self.settled_as, "each mail is settled once"
        self.settled_as[mail.number] = trouble


@pytest.fixture
def server():
    server = Scripted()
    threading.Thread(target=server.serve, daemon=True).start()
    yield server
    server.close()


def send(server: Scripted, watch: Watch, mails: int) -> list[str]:
    """The troubles of so many mails, by name, in order."""
    raw = b"Subject: x\r\n\r\nHello\r\n"
    left = iter([smtp.Mail(n, "a@sielwerk.example", f"p{n}@x.example", raw) for n in range(mails)])
    with smtp.Line(smtp.Server("127.0.0.1", server.port, secure=False)) as line:
        smtp.run(line, lambda: next(left, None), watch)
    return [type(watch.settled_as[n]).__name__ for n in range(mails)]


def test_all_mails_go_over_one_line(server):
    assert send(server, Watch(), 20) == ["NoneType"] * 20
    assert (len(server.taken), server.greetings) == (20, 1)


def test_a_refused_address_leaves_its_neighbours_alone(server):
    server.answers = {b"p1@x.example": b"550 5.1.1 nobody\r\n", b"p3@x.example": b"451 4.7.1 later\r\n"}
    assert send(server, Watch(), 5) == ["NoneType", "Permanent", "NoneType", "Temporary", "NoneType"]
    assert server.greetings == 1


def test_a_refused_content_leaves_its_neighbours_alone(server):
    server.at_dot = {b"p1@x.example": b"554 5.7.1 spam\r\n", b"p2@x.example": b"452 full\r\n"}
    assert send(server, Watch(), 4) == ["NoneType", "Permanent", "Temporary", "NoneType"]


@pytest.mark.parametrize("said", [b"", b"25", b"250 take"])
def test_without_a_whole_reply_to_the_dot_only_that_mail_is_uncertain(server, said):
    server.at_dot = {b"p1@x.example": said}
    assert send(server, Watch(), 4) == ["NoneType", "Unknown", "NoneType", "NoneType"]
    assert server.greetings == 2


def test_a_server_that_says_goodbye_is_called_again(server):
    server.at_dot = {b"p1@x.example": b"421 busy\r\n"}
    assert send(server, Watch(), 4) == ["NoneType", "Temporary", "NoneType", "NoneType"]
    assert server.taken == [b"p0@x.example", b"p2@x.example", b"p3@x.example"]


def test_nothing_of_a_mail_leaves_after_a_last_no(server):
    watch = Watch()
    watch.no = {1}
    assert send(server, watch, 3) == ["NoneType", "Withdrawn", "NoneType"]
    assert server.taken == [b"p0@x.example", b"p2@x.example"]

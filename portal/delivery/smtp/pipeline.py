"""Many mails over one line, with commands in groups where the server takes them (RFC 2920).

The dot of one mail travels together with MAIL, RCPT and DATA of the next, so that each mail costs one round trip. At most one
mail is between its dot and the reply.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from portal.delivery.smtp.line import DOT_SECONDS, Line, refusal
from portal.delivery.smtp.troubles import Trouble, Unknown, Unreachable, Withdrawn

_OK = range(200, 300)
_GO_ON = 354
_CLOSING = 421


@dataclass(frozen=True)
class Mail:
    """One mail: `raw` ends its lines with CRLF, and none begins with a dot."""

    number: int
    sender: str
    recipient: str
    raw: bytes


class Watcher(Protocol):
    """What is told of each mail, in order."""

    def may_go(self, mail: Mail) -> bool:
        """The last look, directly before the content leaves; a yes is on record when this returns."""

    def settled(self, mail: Mail, trouble: Trouble | None) -> None:
        """The server has taken it, or what became of it instead."""


def run(line: Line, source: Callable[[], Mail | None], watcher: Watcher) -> None:
    """Send what `source` gives until it gives None. Raises Unreachable when there is no server; that mail is settled so, too."""
    mail = source()
    while mail is not None:
        try:
            grouped = line.open()
        except Unreachable as trouble:
            watcher.settled(mail, trouble)
            raise
        if grouped:
            mail = _Pipe(line, source, watcher).run(mail)
        else:
            _one(line, mail, watcher)
            mail = source()


def _one(line: Line, mail: Mail, watcher: Watcher) -> None:
    try:
        line.send(mail.sender, mail.recipient, mail.raw, lambda: watcher.may_go(mail))
    except Trouble as trouble:
        watcher.settled(mail, trouble)
        if isinstance(trouble, Unreachable):
            raise
    else:
        watcher.settled(mail, None)


class _Pipe:
    """One connection's worth of mails. `run` returns the mail that was not begun when the connection ended, None at the end."""

    def __init__(self, line: Line, source: Callable[[], Mail | None], watcher: Watcher) -> None:
        self._line, self._source, self._watcher = line, source, watcher

    def run(self, mail: Mail | None) -> Mail | None:
        open_one: Mail | None = None  # the server waits for its content
        while mail is not None or open_one is not None:
            if open_one is not None and not self._watcher.may_go(open_one):
                self._line.hang_up()  # there is no other way out of DATA
                self._watcher.settled(open_one, Withdrawn("withdrawn before its content left"))
                return mail
            commands, mail = self._commands(mail)
            if open_one is not None and not self._finish(open_one, commands):
                return mail
            if mail is None:
                open_one = None
                continue
            try:
                went_on = self._replies(mail, b"" if open_one is not None else commands)
            except Unreachable as trouble:
                return self._lost(mail, trouble)
            open_one, mail = (mail if went_on else None), self._source()
            if not self._line.is_open:
                return mail
        return None

    def _commands(self, mail: Mail | None) -> tuple[bytes, Mail | None]:
        """MAIL, RCPT and DATA of the next mail that this server can take at all."""
        while mail is not None:
            try:
                options = self._line.options(mail.sender, mail.recipient, len(mail.raw))
            except Trouble as trouble:
                self._watcher.settled(mail, trouble)
                mail = self._source()
                continue
            reset = "RSET\r\n" if self._line.unclean else ""
            first = " ".join([f"MAIL FROM:<{mail.sender}>", *options])
            return f"{reset}{first}\r\nRCPT TO:<{mail.recipient}>\r\nDATA\r\n".encode(), mail
        return b"", None

    def _finish(self, mail: Mail, then: bytes) -> bool:
        """The content, its dot and the next mail's commands in one go, and the reply to the dot. False: the line is gone."""
        try:
            with self._line.complete():
                self._line.write(mail.raw + b".\r\n" + then)
                code, text = self._line.reply(DOT_SECONDS)
        except Unknown as trouble:
            self._watcher.settled(mail, trouble)
            return False
        self._watcher.settled(mail, None if code in _OK else refusal(code, text))
        self._line.served = True
        if code == _CLOSING:
            self._line.hang_up()
        return code != _CLOSING

    def _replies(self, mail: Mail, commands: bytes) -> bool:
        """The replies to the commands; whether the server waits for the content. Otherwise the mail is settled."""
        line = self._line
        with line.watched():
            if commands:
                line.write(commands)
            if line.unclean:
                line.reply()
            line.unclean = False
            answers = [line.reply() for _command in range(3)]
            (sender, about), (rcpt, text), (data, said) = answers
            if data == _GO_ON and (sender not in _OK or rcpt not in _OK):
                line.write(b".\r\n")  # a server that goes on without a recipient gets an empty mail to nobody
                line.reply()
        if sender not in _OK:
            line.hang_up()
            raise Unreachable(f"MAIL: {sender} {about}", sender)
        if rcpt in _OK and data == _GO_ON:
            return True
        code, why = (rcpt, text) if rcpt not in _OK else (data, said)
        line.unclean, line.served = True, True
        if _CLOSING in {rcpt, data}:
            line.hang_up()
        self._watcher.settled(mail, refusal(code, why, of_recipient=rcpt not in _OK))
        return False

    def _lost(self, mail: Mail, trouble: Unreachable) -> Mail:
        """A line that had served may have been closed from the other end: the mail is tried on another one."""
        if not self._line.served:
            self._watcher.settled(mail, trouble)
            raise trouble
        return mail

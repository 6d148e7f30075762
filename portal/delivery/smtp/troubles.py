"""What can go wrong with a mail, told apart by whether it may have been taken."""

import re

_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


class Trouble(Exception):
    """Base of what can go wrong; `code` is the server's, 0 when it said nothing."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code

    @property
    def enhanced(self) -> str:
        """The enhanced status such as 5.1.1, or empty."""
        match = _ENHANCED.search(str(self))
        return match.group(1) if match else ""


class Temporary(Trouble):
    """The server did not take this mail now and may take it later."""


class Permanent(Trouble):
    """The server will never take this mail. `recipient`: because of the address."""

    def __init__(self, message: str, code: int = 0, *, recipient: bool = False) -> None:
        super().__init__(message, code)
        self.recipient = recipient


class Unreachable(Trouble):
    """Not about this mail: no connection, no certificate, no sign-in, or it broke before the mail was complete. Not taken."""


class Withdrawn(Trouble):
    """The last look before the content said no. Not taken."""


class Unknown(Trouble):
    """The connection broke after the mail was complete: the server may or may not have taken it."""

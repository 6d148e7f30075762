"""What is wrong with a text, said so that the person who wrote it can find the place."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """`path` is the file below the content folder; `line` and `column` count from 1, 0 means the whole file.

    A `minor` problem is worth a look; the others show readers something wrong or missing.
    """

    path: str
    line: int
    message: str
    column: int = 0
    minor: bool = False

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        return f"{place}: {self.message}" if place else self.message

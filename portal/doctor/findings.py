"""What a look at the installation finds."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "advice", "fault"]


@dataclass(frozen=True)
class Finding:
    """`level`: ok, advice (works, but should change), fault (does not work)."""

    level: Level
    text: str

    def __str__(self) -> str:
        return f"{self.level:<7} {self.text}"

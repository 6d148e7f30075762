"""Shares of people, and how sure one can be of them."""

import math
from dataclasses import dataclass

# The normal quantile of a 95 % interval.
Z = 1.959963984540054


@dataclass(frozen=True)
class Rate:
    """`hits` of `of` people. A share of nobody is None, not zero."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1."""
        return self.hits / self.of if self.of else None

    @property
    def low(self) -> float | None:
        """Lower end of the 95 % interval."""
        return self._interval()[0]

    @property
    def high(self) -> float | None:
        """Upper end of the 95 % interval."""
        return self._interval()[1]

    def _interval(self) -> tuple[float | None, float | None]:
        """Wilson's score interval: honest for small groups, and never outside 0 to 1 (Wilson 1927)."""
        if not self.of:
            return None, None
        n, share, z2 = self.of, self.hits / self.of, Z * Z
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
        return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))

"""Names of places whose clock somebody may choose."""

from functools import lru_cache

from portal import clock

_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@lru_cache(maxsize=1)
def list_zones() -> tuple[str, ...]:
    """Time zones by place, such as Europe/Berlin, and UTC; the old names that mean no place are left out."""
    return (*sorted(zone for zone in clock.time_zones() if zone.partition("/")[0] in _REGIONS), "UTC")

"""An alert of the API as it is kept: when, which, and where on the minimap it flashes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alert, as long as it matters."""

    loop: int
    alert: int
    x: float
    y: float
    """Where, cells."""

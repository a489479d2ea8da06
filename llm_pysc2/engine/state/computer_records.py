"""What a built-in computer remembers from one think to the next; part of a game's state."""

import copy
from dataclasses import dataclass, field
from typing import Self


@dataclass(slots=True)
class Sighting:
    """An enemy unit as it was last seen."""

    name: str
    x: float
    y: float
    strength: float
    structure: bool
    flying: bool
    loop: int


@dataclass(slots=True)
class Departure:
    """A wave that set out."""

    loop: int
    units: int
    food: float
    """Supply of its units."""
    resources: float
    """What they cost, minerals and vespene."""


@dataclass(slots=True)
class Mind:
    """One computer's. Loops are of the game."""

    level: int
    """1 to 10, `Difficulty` of the API."""
    opening: str
    """Build type: "rush", "timing", "power", "macro" or "air"."""
    late: str
    """"core", "high_tech", "special", "mixed" or "air"."""
    phase: str = "open"
    """"open", "mid" or "late"."""
    phase_due: int = -1
    """The loop in which a timed phase ends; -1 = it has not begun."""
    late_loops: int = 0
    """How often timed late phases have passed."""
    army: dict[str, int] = field(default_factory=dict)
    """The rolled army of a timed phase, by name."""
    army_gap_loops: int = 0
    """From one unit of the army ordered to the next."""
    build: str = ""
    """The plan of levels from 6 on."""
    build_due: int = 0
    """The loop from which the late army may be chosen anew."""
    next_worker: int = 0
    next_fighter: int = 0
    attack: str = "wait"
    """"wait", "attack", "retreat" or "idle"."""
    waves: dict[int, str] = field(default_factory=dict)
    """Fighters by tag: "main" or "attack"."""
    retreated: int = -100_000
    fought: int = -100_000
    fight_began: int = 0
    strength_at_start: float = 0.0
    killed_at_start: float = 0.0
    lost_at_start: float = 0.0
    next_spell: int = 0
    known: dict[int, Sighting] = field(default_factory=dict)
    """Enemies seen and not known to be gone, by tag."""
    searched: dict[int, int] = field(default_factory=dict)
    """Number of a base location -> the loop in which it was last looked at."""
    defenders: list[int] = field(default_factory=list)
    """Tags of workers that fight."""
    departures: list[Departure] = field(default_factory=list)

    def copy(self) -> Self:
        """Return an independent copy."""
        return copy.deepcopy(self)

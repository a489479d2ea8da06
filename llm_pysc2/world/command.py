"""What an agent orders: values of the game's own kind, before they become API messages."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from llm_pysc2.world.geometry import Point

Interface = Literal["raw", "camera"]
RAW: Interface = "raw"
CAMERA: Interface = "camera"
INTERFACES = (RAW, CAMERA)
"""How commands are carried out: as orders by unit and world point, or as a person's hand does it on the screen, by one
function of PySC2 a game loop."""

LOOK = 0
"""In place of an ability: nothing is ordered, but in the camera interface the units are looked at and selected."""


@dataclass(frozen=True, slots=True)
class Command:
    """One order to one or more own units."""

    ability_id: int
    """API ability id; agents use general ids where there are any (3674 attack, 3794 move, 3665 stop, 3793 hold)."""

    unit_tags: tuple[int, ...]
    """Tags of the own units that get the order, at least one."""

    target: Point | int | None = None
    """A point in world cells, the tag of a unit, or nothing."""

    queued: bool = False
    """Whether the order comes after those the units already have."""

    is_autocast: bool = False
    """Whether it switches automatic casting of the ability on or off instead of giving an order."""


class Doer(NamedTuple):
    """A unit that may be the one to carry out a production request."""

    tag: int
    ability_id: int
    """The special ability by which it does."""


class Site(NamedTuple):
    """A place where something may stand."""

    place: Point
    tag: int = 0
    """Of the unit that it stands on, 0 = it stands on the ground."""


@dataclass(frozen=True, slots=True)
class ProductionRequest:
    """An order of which the game is still to say who can carry it out, and where: a command to be."""

    ability_id: int
    """As in a command."""

    doers: tuple[Doer, ...]
    """Who may carry it out, the first choice first."""

    sites: tuple[Site, ...] | None = None
    """Where, the first choice first; None if it needs no place."""

    half_side_cells: float = 0.0
    """Half the side of the square that it will fill; 0 for units."""

    queued: bool = False

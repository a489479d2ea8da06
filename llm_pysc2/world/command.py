"""What an agent orders: values of the game's own kind, before they become API messages."""

from dataclasses import dataclass

from llm_pysc2.world.geometry import Point


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

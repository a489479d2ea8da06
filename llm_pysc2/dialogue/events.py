"""What happened since the last turn: the difference between two views, as far as it concerns an agent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import Alliance, UnitView, WorldView

LEAST_CHANGE = 0.5
"""Smaller changes of health are rounding."""


@dataclass(frozen=True, slots=True)
class Change:
    """How much health and shield a unit lost or gained."""

    tag: int
    amount: float


@dataclass(frozen=True, slots=True)
class Events:
    """Everything that happened between two views. Tags in the order of the game's units."""

    hurt: tuple[Change, ...] = ()
    """Own units, what they lost in health and shield together."""
    healed: tuple[Change, ...] = ()
    """Own units, what they gained in health; shields come back by themselves and do not count."""
    enemy_hurt: tuple[Change, ...] = ()
    enemy_healed: tuple[Change, ...] = ()
    lost: tuple[int, ...] = ()
    """Own units that died."""
    killed: tuple[int, ...] = ()
    """Enemy units that died."""
    sighted: tuple[int, ...] = ()
    """Enemy units that were not seen in the last turn."""
    vanished: tuple[int, ...] = ()
    """Enemy units that are no longer seen, and did not die in sight."""
    finished: tuple[int, ...] = ()
    """Own units that are new or complete now."""


def find_events(
    previous: WorldView, view: WorldView, own_tags: Iterable[int], concerns: Callable[[Point], bool]
) -> Events:
    """Return what happened between two views.

    Args:
        previous: The earlier view.
        view: The later view, whose `dead_tags` hold every death in between.
        own_tags: The own units that matter while they live.
        concerns: Whether an enemy at that point matters, or an own unit that died there.
    """
    mine = frozenset(own_tags)
    present = {unit.tag for unit in view.units}
    seen_before = {unit.tag for unit in previous.units}
    dead = frozenset(view.dead_tags)
    fallen = frozenset(unit.tag for unit in previous.own if unit.tag in dead and concerns(unit.position))
    before = {unit.tag: unit for unit in _that_matter(previous.units, mine | fallen, concerns)}
    now = {unit.tag: unit for unit in _that_matter(view.units, mine, concerns)}
    pairs = [(before[tag], unit) for tag, unit in now.items() if tag in before]
    own = [pair for pair in pairs if pair[1].alliance is Alliance.SELF]
    enemy = [pair for pair in pairs if pair[1].alliance is Alliance.ENEMY]
    return Events(
        hurt=losses(own),
        healed=_gains(own),
        enemy_hurt=losses(enemy),
        enemy_healed=_gains(enemy),
        lost=tuple(tag for tag, unit in before.items() if tag in dead and unit.alliance is Alliance.SELF),
        killed=tuple(tag for tag, unit in before.items() if tag in dead and unit.alliance is Alliance.ENEMY),
        sighted=tuple(t for t, unit in now.items() if t not in seen_before and unit.alliance is Alliance.ENEMY),
        vanished=tuple(
            tag
            for tag, unit in before.items()
            if unit.alliance is Alliance.ENEMY and tag not in present and tag not in dead
        ),
        finished=tuple(
            tag
            for tag, unit in now.items()
            if unit.alliance is Alliance.SELF
            and unit.is_complete
            and (tag not in seen_before or (tag in before and not before[tag].is_complete))
        ),
    )


def _that_matter(units: Iterable[UnitView], mine: frozenset[int], concerns: Callable[[Point], bool]) -> list[UnitView]:
    """Return those of one's own and the enemies that an agent is concerned with, in order."""
    own, enemy = Alliance.SELF, Alliance.ENEMY
    return [
        unit
        for unit in units
        if (unit.tag in mine if unit.alliance is own else unit.alliance is enemy and concerns(unit.position))
    ]


def losses(pairs: Iterable[tuple[UnitView, UnitView]]) -> tuple[Change, ...]:
    """Return what units lost in health and shield together, from earlier and later views of each."""
    found = (Change(new.tag, old.health + old.shield - new.health - new.shield) for old, new in pairs)
    return tuple(change for change in found if change.amount >= LEAST_CHANGE)


def _gains(pairs: Iterable[tuple[UnitView, UnitView]]) -> tuple[Change, ...]:
    pairs = [(old, new) for old, new in pairs if old.health_max == new.health_max and old.is_complete]
    found = (Change(new.tag, new.health - old.health) for old, new in pairs)
    return tuple(change for change in found if change.amount >= 1.0)

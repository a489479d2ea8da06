"""What happened since the last turn: the difference between two views, as far as it concerns an agent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from llm_pysc2.dialogue.turn_cache import of_the_latest
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import UnitView, WorldView

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
    """Return what happened between two views, as far as it concerns an agent.

    Args:
        previous: The earlier view.
        view: The later view, whose `dead_tags` hold every death in between.
        own_tags: The own units that matter while they live.
        concerns: Whether an enemy at that point matters, or an own unit that died there.
    """
    mine = frozenset(own_tags)
    found = _all_events(previous, view)

    def was_near(tag: int) -> bool:
        return concerns(previous.by_tag[tag].position)

    def is_near(tag: int) -> bool:
        return concerns(view.by_tag[tag].position)

    return Events(
        hurt=tuple(change for change in found.hurt if change.tag in mine),
        healed=tuple(change for change in found.healed if change.tag in mine),
        enemy_hurt=tuple(change for change in found.enemy_hurt if was_near(change.tag) and is_near(change.tag)),
        enemy_healed=tuple(change for change in found.enemy_healed if was_near(change.tag) and is_near(change.tag)),
        lost=tuple(tag for tag in found.lost if tag in mine or was_near(tag)),
        killed=tuple(filter(was_near, found.killed)),
        sighted=tuple(filter(is_near, found.sighted)),
        vanished=tuple(filter(was_near, found.vanished)),
        finished=tuple(tag for tag in found.finished if tag in mine),
    )


@of_the_latest
def _all_events(previous: WorldView, view: WorldView) -> Events:
    """Return everything that happened between two views."""
    before, now, dead = previous.by_tag, view.by_tag, frozenset(view.dead_tags)
    own = [(before[unit.tag], unit) for unit in view.own if unit.tag in before]
    enemy = [(before[unit.tag], unit) for unit in view.enemies if unit.tag in before]
    return Events(
        hurt=losses(own),
        healed=_gains(own),
        enemy_hurt=losses(enemy),
        enemy_healed=_gains(enemy),
        lost=tuple(unit.tag for unit in previous.own if unit.tag in dead),
        killed=tuple(unit.tag for unit in previous.enemies if unit.tag in dead),
        sighted=tuple(unit.tag for unit in view.enemies if unit.tag not in before),
        vanished=tuple(unit.tag for unit in previous.enemies if unit.tag not in now and unit.tag not in dead),
        finished=tuple(
            unit.tag
            for unit in view.own
            if unit.is_complete and not (unit.tag in before and before[unit.tag].is_complete)
        ),
    )


def losses(pairs: Iterable[tuple[UnitView, UnitView]]) -> tuple[Change, ...]:
    """Return what units lost in health and shield together, from earlier and later views of each."""
    found = (Change(new.tag, old.health + old.shield - new.health - new.shield) for old, new in pairs)
    return tuple(change for change in found if change.amount >= LEAST_CHANGE)


def _gains(pairs: Iterable[tuple[UnitView, UnitView]]) -> tuple[Change, ...]:
    pairs = [(old, new) for old, new in pairs if old.health_max == new.health_max and old.is_complete]
    found = (Change(new.tag, new.health - old.health) for old, new in pairs)
    return tuple(change for change in found if change.amount >= 1.0)

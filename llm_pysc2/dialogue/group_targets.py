"""Where all units that fight go when they are told to attack, to defend, or to retreat, and nothing else."""

from collections.abc import Iterable, Sequence

from llm_pysc2.dialogue.grammar import Argument
from llm_pysc2.dialogue.outline import unit_types_by_name
from llm_pysc2.dialogue.refusal import Refusal
from llm_pysc2.world.frames import centre_of
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import UnitView, WorldView

BASE_CELLS = 25.0
"""An enemy nearer to a structure than this threatens the base."""


def fighters(units: Iterable[UnitView]) -> list[UnitView]:
    """Return the units that are neither workers nor structures, or all where there are no others."""
    found = list(units)
    return [unit for unit in found if not _stays_home(unit)] or found


def destination(kind: Argument, units: Sequence[UnitView], view: WorldView) -> Point:
    """Return where units go for the enemy ("foe"), for who threatens their base ("threat"), or home. Raises Refusal."""
    middle = centre_of(unit.position for unit in units)
    if kind == "foe":
        return _foe(middle, view)
    base = [unit for unit in view.own if _facts(unit, "structure")]
    if not base:
        raise Refusal("you have no base to go to; say where", "place")
    home = min(base, key=lambda unit: (not _facts(unit, "drop_off"), unit.distance_to(middle)))
    if kind == "home":
        return home.position
    near = [enemy for enemy in view.enemies if min(enemy.distance_to(own) for own in base) < BASE_CELLS]
    return min(near, key=lambda enemy: enemy.distance_to(home), default=home).position


def _foe(middle: Point, view: WorldView) -> Point:
    """Return the place of the nearest enemy, or where the enemy has started if none has been seen."""
    places = [unit.position for unit in view.enemies] or list(view.map.start_locations)
    if not places:
        raise Refusal("no enemy has been seen yet; say where", "place")
    return min(places, key=middle.distance_to)


def _stays_home(unit: UnitView) -> bool:
    facts = unit_types_by_name().get(unit.type_name)
    return facts is not None and (facts.structure or "Worker" in facts.flags or facts.name in ("Larva", "Egg"))


def _facts(unit: UnitView, what: str) -> bool:
    return bool(getattr(unit_types_by_name().get(unit.type_name), what, False))

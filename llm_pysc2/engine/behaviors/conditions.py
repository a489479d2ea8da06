"""Conditions of effects and behaviours: tests of units and places, and all, any or none of others."""

from collections.abc import Callable, Mapping, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Protocol

import numpy as np

from llm_pysc2.engine.behaviors import awareness, modifiers, vision
from llm_pysc2.engine.behaviors.places import aim_of, unit_of
from llm_pysc2.engine.maps.filters import Relation, parse_filter
from llm_pysc2.engine.state.effect_records import Cast, Point
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.spellbook import cooldown_name
from llm_pysc2.engine.state.unit_columns import NEVER
from llm_pysc2.knowledge import conditions as kinds
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

COMPARE: Mapping[str, Callable[[float, float], bool]] = {"EQ": eq, "NE": ne, "GE": ge, "GT": gt, "LE": le, "LT": lt}
_VITALS = {"Life": "life", "Shields": "shield", "Energy": "energy"}


def holds(match: Match, cast: Cast, names: Sequence[str]) -> bool:
    """Return whether all conditions of some names hold; one that the tables do not have holds."""
    return all(_holds_one(match, cast, name) for name in names)


def passes(match: Match, filters: str, cast: Cast, row: int) -> bool:
    """Return whether catalog filters let a unit (row) pass, seen from the caster."""
    required, _, excluded = filters.partition(";")
    units = match.units
    if not _states(match, required.split(","), cast, row, wanted=True):
        return False
    if not _states(match, excluded.split(","), cast, row, wanted=False):
        return False
    return parse_filter(filters).allows(int(units.traits[row]), relation(match, cast, row))


def relation(match: Match, cast: Cast, row: int) -> int:
    """Return whose a unit (row) is, seen from the caster, as `Relation` bits."""
    owner = int(match.units.owner[row])
    if int(match.units.tag[row]) == cast.caster_tag:
        return Relation.SELF | Relation.PLAYER
    if owner == cast.owner:
        return Relation.PLAYER
    return Relation.NEUTRAL if owner == NEUTRAL else Relation.ENEMY


def _states(match: Match, names: Sequence[str], cast: Cast, row: int, *, wanted: bool) -> bool:
    """Return whether a unit is (or is not) in those states among some names that are no fixed traits."""
    return all(STATES[name](match, cast, row) == wanted for name in names if name in STATES)


STATES: Mapping[str, Callable[[Match, Cast, int], bool]] = {
    "Dead": lambda match, _, row: bool(match.units.life[row] <= 0),
    "HasEnergy": lambda match, _, row: bool(match.units.energy[row] > 0),
    "CanHaveEnergy": lambda match, _, row: bool(match.units.energy_max[row] > 0),
    "Visible": lambda match, cast, row: vision.can_see(match, cast.owner, row),
    "Stunned": lambda match, _, row: "Stun" in modifiers.states_of(match, int(match.units.tag[row])),
}
"""What a unit is at a moment, as filters name it, and for Visible whether the caster's owner sees it."""


def _holds_one(match: Match, cast: Cast, name: str) -> bool:
    condition = match.spellbook.conditions.get(name)
    if condition is None:
        return True
    if isinstance(condition, kinds.AllOf):
        result = all(_holds_one(match, cast, one) for one in condition.all)
    elif isinstance(condition, kinds.AnyOf):
        result = any(_holds_one(match, cast, one) for one in condition.any)
    else:
        test = TESTS.get(type(condition))
        return True if test is None else test(match, cast, condition)
    return result != condition.negate


class _Comparing(Protocol):
    """A condition that compares a number."""

    @property
    def compare(self) -> kinds.Comparison: ...

    @property
    def value(self) -> float | str: ...


def _compare(test: _Comparing, found: float) -> bool:
    """Return whether a number compares with that of a condition as it asks."""
    return bool(COMPARE[test.compare](found, float(test.value)))


def _behavior_count(match: Match, cast: Cast, test: kinds.UnitCompareBehaviorCount) -> bool:
    """Compare how often a unit holds a behaviour; one that its type only has for such questions counts as held once."""
    row = unit_of(match, cast, test.which_unit)
    if row < 0:
        return _compare(test, 0)
    name, type_row = test.behavior, int(match.units.row[row])
    by_nature = name in match.types.types[type_row].behaviors and name not in match.types.born.get(type_row, ())
    held = match.spells.held.get(int(match.units.tag[row]), ())
    return _compare(test, by_nature + sum(one.stacks for one in held if one.name == name))


def _unit_type(match: Match, cast: Cast, test: kinds.UnitType) -> bool:
    row = unit_of(match, cast, test.which_unit)
    is_it = row >= 0 and match.types.types[int(match.units.row[row])].name == test.value
    return is_it == test.find


def _unit_filters(match: Match, cast: Cast, test: kinds.UnitFilters) -> bool:
    row = unit_of(match, cast, test.which_unit)
    filters = test.filters.replace("-", "")
    if row < 0:
        return "Dead" in filters.partition(";")[0].split(",")
    return passes(match, filters, cast, row)


def _vital(match: Match, cast: Cast, test: kinds.UnitCompareVital) -> bool:
    row = unit_of(match, cast, test.which_unit)
    if row < 0:
        return False
    column = _VITALS[test.vital]
    amount, most = float(getattr(match.units, column)[row]), float(getattr(match.units, f"{column}_max")[row])
    if test.type == "Fraction":
        amount = amount / most if most else 1.0  # who has no shields lacks none
    return _compare(test, amount)


def _range(match: Match, cast: Cast, test: kinds.LocationCompareRange) -> bool:
    """Compare the gap between two places: units count from their edges."""
    here = _place(match, cast, test.which_location)
    value = test.value
    there = _place(match, cast, f"{value.effect}:{value.value}" if isinstance(value, kinds.PlaceOfEffect) else value)
    away = float(((here[0] - there[0]) ** 2 + (here[1] - there[1]) ** 2) ** 0.5 - here[2] - there[2])
    return bool(COMPARE[test.compare](away, test.range_cells))


def _place(match: Match, cast: Cast, name: str | None) -> tuple[float, float, float]:
    tag, (x, y) = aim_of(match, cast, name or "CasterUnit")
    row = match.units.row_of(tag) if tag else -1
    return x, y, float(match.units.radius[row]) if row >= 0 else 0.0


def _mover(match: Match, cast: Cast, test: kinds.UnitMover) -> bool:
    row = unit_of(match, cast, test.which_unit)
    return row >= 0 and (bool(match.units.flying[row]) == (test.value == "Fly")) == test.find


def _order_queue(match: Match, cast: Cast, test: kinds.UnitOrderQueue) -> bool:
    """Look whether the unit's present order is of an ability of that catalog name."""
    row = unit_of(match, cast, test.which_unit)
    queue = match.units.orders[row] if row >= 0 else []
    ability = match.spellbook.abilities.get(queue[0].ability_id) if queue else None
    return (ability is not None and ability.link == test.abil_link) == test.find


def _firing(match: Match, cast: Cast, test: kinds.UnitWeaponFiring) -> bool:
    row = unit_of(match, cast, test.which_unit)
    firing = row >= 0 and bool(match.units.fire_loop[row] < NEVER)
    return firing == test.find


def cliff_level(match: Match, point: Point) -> int:
    """Return the cliff level of a place."""
    levels = match.map.terrain.cliff_level
    height, width = levels.shape
    return int(levels[min(max(int(point[1]), 0), height - 1), min(max(int(point[0]), 0), width - 1)])


def _cliff_level(match: Match, cast: Cast, test: kinds.LocationCompareCliffLevel) -> bool:
    _, point = aim_of(match, cast, test.which_location)
    return _compare(test, cliff_level(match, point))


def _order_target_range(match: Match, cast: Cast, test: kinds.UnitCompareOrderTargetRange) -> bool:
    """Compare the gap between a unit and what it is after."""
    row, other = (unit_of(match, cast, name) for name in (test.which_unit, test.other_unit))
    if row < 0 or other < 0:
        return False
    units = match.units
    away = float((units.x[row] - units.x[other]) ** 2 + (units.y[row] - units.y[other]) ** 2) ** 0.5
    return _compare(test, away - float(units.radius[row] + units.radius[other]))


def _area_count(match: Match, cast: Cast, test: kinds.LocationEnumArea) -> bool:
    """Look whether there are so many units around a place that pass filters."""
    _, (x, y) = aim_of(match, cast, test.which_location)
    units, (ring,) = match.units, test.area_array
    holder = unit_of(match, cast, test.which_location)
    reach = ring.radius_cells + (float(units.radius[holder]) if holder >= 0 else 0.0)
    filters = test.search_filters.replace("-", "")
    near = np.flatnonzero(np.hypot(units.x - x, units.y - y) - units.radius <= reach).tolist()
    return bool(sum(passes(match, filters, cast, row) for row in near) >= ring.count)


def _order_count(match: Match, cast: Cast, test: kinds.UnitCompareOrderCount) -> bool:
    """Compare how many of a unit's orders are of an ability of that catalog name."""
    row = unit_of(match, cast, test.which_unit)
    table = match.spellbook.abilities
    ids = [order.ability_id for order in match.units.orders[row]] if row >= 0 else []
    return _compare(test, sum(table[one].link == test.abil_link for one in ids if one in table))


def _field(match: Match, cast: Cast, test: kinds.UnitCompareField) -> bool:
    """Look at the race or at the height of a unit's type."""
    row = unit_of(match, cast, test.which_unit)
    if row < 0:
        return False
    kind = match.types.types[int(match.units.row[row])]
    if test.field == "Race":
        return kind.race.startswith(str(test.value).lower())
    return _compare(test, kind.height_cells)


def _speed(match: Match, cast: Cast, test: kinds.UnitCompareSpeed) -> bool:
    row = unit_of(match, cast, test.which_unit)
    return row >= 0 and _compare(test, float(abs(match.units.vx[row]) + abs(match.units.vy[row])))


def _pathable(match: Match, cast: Cast, test: kinds.LocationPathable) -> bool:
    _, (x, y) = aim_of(match, cast, test.which_location)
    return bool(match.ground.is_open(x, y)[0]) == test.find


def _cargo(match: Match, cast: Cast, test: kinds.UnitCompareCargo) -> bool:
    row = unit_of(match, cast, test.which_unit)
    return _compare(test, int((match.units.aboard == row).sum()) if row >= 0 else 0)


def _cooldown(match: Match, cast: Cast, test: kinds.UnitCompareCooldown) -> bool:
    """Compare the game seconds that are left of an ability's cooldown."""
    row = unit_of(match, cast, test.which_unit)
    ability = match.spellbook.by_link(test.ability, 0)
    if row < 0 or ability is None:
        return False
    ready = match.spells.cooldowns.get(int(match.units.tag[row]), {}).get(cooldown_name(ability), 0.0)
    return _compare(test, max(ready - match.loop, 0.0) / LOOPS_PER_GAME_SECOND)


def _by_kind_of_target(match: Match, cast: Cast, test: kinds.LocationType) -> bool:
    """Ask another condition: one of units where the cast aims at a unit, one of points where it aims at a point."""
    return _holds_one(match, cast, test.unit if cast.target_tag else test.point)


Test = Callable[[Match, Cast, Any], bool]
"""Each takes a condition of its own kind."""
TESTS: Mapping[type[Any], Test] = {
    kinds.UnitCompareBehaviorCount: _behavior_count,
    kinds.UnitType: _unit_type,
    kinds.UnitFilters: _unit_filters,
    kinds.UnitCompareVital: _vital,
    kinds.LocationCompareRange: _range,
    kinds.UnitMover: _mover,
    kinds.UnitOrderQueue: _order_queue,
    kinds.UnitWeaponFiring: _firing,
    kinds.LocationCompareCliffLevel: _cliff_level,
    kinds.UnitCompareOrderTargetRange: _order_target_range,
    kinds.LocationEnumArea: _area_count,
    kinds.LocationPathable: _pathable,
    kinds.UnitCompareOrderCount: _order_count,
    kinds.UnitCompareField: _field,
    kinds.UnitCompareSpeed: _speed,
    kinds.UnitCompareCargo: _cargo,
    kinds.UnitCompareCooldown: _cooldown,
    kinds.LocationType: _by_kind_of_target,
    kinds.LocationCreep: awareness.is_on_creep,
    kinds.LocationVision: awareness.sees,
    kinds.UnitDetected: awareness.is_detected,
    kinds.UnitBehaviorState: awareness.is_in_state,
    kinds.PlayerRequirement: awareness.has_upgrade,
    kinds.PlayerCompareType: awareness.is_kind_of_player,
}
"""The tests that are carried out; conditions of other tests hold, and `coverage.toml` says why."""

"""Conditions of effects and behaviours: tests of units and places, and all, any or none of others."""

from collections.abc import Callable, Mapping, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import numpy as np

from llm_pysc2.engine.behaviors import awareness, modifiers, vision
from llm_pysc2.engine.behaviors.places import aim_of, unit_of
from llm_pysc2.engine.maps.filters import Relation, parse_filter
from llm_pysc2.engine.state.effect_records import Cast, Point
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.spellbook import cooldown_name
from llm_pysc2.engine.state.unit_columns import NEVER
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
    fields = condition.fields
    if "all" in fields:
        result = all(_holds_one(match, cast, one) for one in fields["all"])
    elif "any" in fields:
        result = any(_holds_one(match, cast, one) for one in fields["any"])
    else:
        test = TESTS.get(fields["test"])
        return True if test is None else test(match, cast, fields)
    return not result if fields.get("negate") else result


def _compare(fields: Mapping[str, Any], found: float, default: str = "EQ") -> bool:
    return bool(COMPARE[fields.get("compare", default)](found, fields.get("value", 0)))


def _behavior_count(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    """Compare how often a unit holds a behaviour; one that its type only has for such questions counts as held once."""
    row = unit_of(match, cast, fields.get("which_unit"))
    if row < 0:
        return _compare(fields, 0)
    name, type_row = fields["behavior"], int(match.units.row[row])
    by_nature = name in match.types.types[type_row].behaviors and name not in match.types.born.get(type_row, ())
    held = match.spells.held.get(int(match.units.tag[row]), ())
    return _compare(fields, by_nature + sum(one.stacks for one in held if one.name == name))


def _unit_type(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    row = unit_of(match, cast, fields.get("which_unit"))
    is_it = row >= 0 and match.types.types[int(match.units.row[row])].name == fields["value"]
    return is_it == bool(fields.get("find", 0))


def _unit_filters(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    row = unit_of(match, cast, fields.get("which_unit"))
    filters = fields["filters"].replace("-", "")
    if row < 0:
        return "Dead" in filters.partition(";")[0].split(",")
    return passes(match, filters, cast, row)


def _vital(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    row = unit_of(match, cast, fields.get("which_unit"))
    if row < 0:
        return False
    column = _VITALS[fields.get("vital", "Life")]
    amount, most = float(getattr(match.units, column)[row]), float(getattr(match.units, f"{column}_max")[row])
    if fields.get("type") == "Fraction":
        amount = amount / most if most else 1.0  # who has no shields lacks none
    return _compare(fields, amount, "GE")


def _range(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    """Compare the gap between two places: units count from their edges."""
    here = _place(match, cast, fields.get("which_location", "TargetUnit"))
    value = fields.get("value", "CasterUnit")
    there = _place(match, cast, f"{value['effect']}:{value['value']}" if isinstance(value, Mapping) else value)
    away = float(((here[0] - there[0]) ** 2 + (here[1] - there[1]) ** 2) ** 0.5 - here[2] - there[2])
    return bool(COMPARE[fields.get("compare", "LE")](away, fields["range_cells"]))


def _place(match: Match, cast: Cast, name: object) -> tuple[float, float, float]:
    tag, (x, y) = aim_of(match, cast, str(name) if isinstance(name, str) else "CasterUnit")
    row = match.units.row_of(tag) if tag else -1
    return x, y, float(match.units.radius[row]) if row >= 0 else 0.0


def _mover(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    row = unit_of(match, cast, fields.get("which_unit"))
    return row >= 0 and (bool(match.units.flying[row]) == (fields["value"] == "Fly")) == bool(fields.get("find", 0))


def _order_queue(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    """Look whether the unit's present order is of an ability of that catalog name."""
    row = unit_of(match, cast, fields.get("which_unit"))
    queue = match.units.orders[row] if row >= 0 else []
    ability = match.spellbook.abilities.get(queue[0].ability_id) if queue else None
    return (ability is not None and ability.link == fields["abil_link"]) == bool(fields.get("find", 0))


def _firing(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    row = unit_of(match, cast, fields.get("which_unit"))
    firing = row >= 0 and bool(match.units.fire_loop[row] < NEVER)
    return firing == bool(fields.get("find", 0))


def cliff_level(match: Match, point: Point) -> int:
    """Return the cliff level of a place."""
    levels = match.map.terrain.cliff_level
    height, width = levels.shape
    return int(levels[min(max(int(point[1]), 0), height - 1), min(max(int(point[0]), 0), width - 1)])


def _cliff_level(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    _, point = aim_of(match, cast, fields.get("which_location"))
    return _compare(fields, cliff_level(match, point))


def _order_target_range(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    """Compare the gap between a unit and what it is after."""
    row, other = (unit_of(match, cast, fields.get(key)) for key in ("which_unit", "other_unit"))
    if row < 0 or other < 0:
        return False
    units = match.units
    away = float((units.x[row] - units.x[other]) ** 2 + (units.y[row] - units.y[other]) ** 2) ** 0.5
    return _compare(fields, away - float(units.radius[row] + units.radius[other]))


def _area_count(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    """Look whether there are so many units around a place that pass filters."""
    _, (x, y) = aim_of(match, cast, fields.get("which_location"))
    units, (ring,) = match.units, fields["area_array"]
    holder = unit_of(match, cast, fields.get("which_location"))
    reach = ring["radius_cells"] + (float(units.radius[holder]) if holder >= 0 else 0.0)
    filters = fields["search_filters"].replace("-", "")
    near = np.flatnonzero(np.hypot(units.x - x, units.y - y) - units.radius <= reach).tolist()
    return bool(sum(passes(match, filters, cast, row) for row in near) >= ring["count"])


def _order_count(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    """Compare how many of a unit's orders are of an ability of that catalog name."""
    row = unit_of(match, cast, fields.get("which_unit"))
    table = match.spellbook.abilities
    ids = [order.ability_id for order in match.units.orders[row]] if row >= 0 else []
    return _compare(fields, sum(table[one].link == fields["abil_link"] for one in ids if one in table))


def _field(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    """Look at the race or at the height of a unit's type."""
    row = unit_of(match, cast, fields.get("which_unit"))
    if row < 0:
        return False
    kind = match.types.types[int(match.units.row[row])]
    if fields["field"] == "Race":
        return kind.race.startswith(str(fields["value"]).lower())
    return fields.get("field") != "Height" or _compare(fields, kind.height_cells)


def _speed(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    row = unit_of(match, cast, fields.get("which_unit"))
    return row >= 0 and _compare(fields, float(abs(match.units.vx[row]) + abs(match.units.vy[row])))


def _pathable(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    _, (x, y) = aim_of(match, cast, fields.get("which_location"))
    return bool(match.ground.is_open(x, y)[0]) == bool(fields.get("find", 0))


def _cargo(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    row = unit_of(match, cast, fields.get("which_unit"))
    return _compare(fields, int((match.units.aboard == row).sum()) if row >= 0 else 0)


def _cooldown(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    """Compare the game seconds that are left of an ability's cooldown."""
    row = unit_of(match, cast, fields.get("which_unit"))
    ability = match.spellbook.by_link(fields["ability"], 0)
    if row < 0 or ability is None:
        return False
    ready = match.spells.cooldowns.get(int(match.units.tag[row]), {}).get(cooldown_name(ability), 0.0)
    return _compare(fields, max(ready - match.loop, 0.0) / LOOPS_PER_GAME_SECOND)


def _by_kind_of_target(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    """Ask another condition: one of units where the cast aims at a unit, one of points where it aims at a point."""
    return _holds_one(match, cast, fields["unit" if cast.target_tag else "point"])


Test = Callable[[Match, Cast, Mapping[str, Any]], bool]
TESTS: Mapping[str, Test] = {
    "UnitCompareBehaviorCount": _behavior_count,
    "UnitType": _unit_type,
    "UnitFilters": _unit_filters,
    "UnitCompareVital": _vital,
    "LocationCompareRange": _range,
    "UnitMover": _mover,
    "UnitOrderQueue": _order_queue,
    "UnitWeaponFiring": _firing,
    "LocationCompareCliffLevel": _cliff_level,
    "UnitCompareOrderTargetRange": _order_target_range,
    "LocationEnumArea": _area_count,
    "LocationPathable": _pathable,
    "UnitCompareOrderCount": _order_count,
    "UnitCompareField": _field,
    "UnitCompareSpeed": _speed,
    "UnitCompareCargo": _cargo,
    "UnitCompareCooldown": _cooldown,
    "LocationType": _by_kind_of_target,
    "LocationCreep": awareness.is_on_creep,
    "LocationVision": awareness.sees,
    "UnitDetected": awareness.is_detected,
    "UnitBehaviorState": awareness.is_in_state,
    "PlayerRequirement": awareness.has_upgrade,
    "PlayerCompareType": awareness.is_kind_of_player,
}
"""The tests that are carried out; conditions of other tests hold, and `coverage.toml` says why."""

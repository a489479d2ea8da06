"""Conditions of effects and behaviours: tests of units and places, and all, any or none of others."""

from collections.abc import Callable, Mapping, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from llm_pysc2.engine.effects.places import aim_of, unit_of
from llm_pysc2.engine.effects.records import Cast
from llm_pysc2.engine.filters import Relation, parse_filter
from llm_pysc2.engine.match import NEUTRAL, Match
from llm_pysc2.engine.state import NEVER

COMPARE: Mapping[str, Callable[[float, float], bool]] = {"EQ": eq, "NE": ne, "GE": ge, "GT": gt, "LE": le, "LT": lt}
_VITALS = {"Life": "life", "Shields": "shield", "Energy": "energy"}


def holds(match: Match, cast: Cast, names: Sequence[str]) -> bool:
    """Return whether all conditions of some names hold; one that the tables do not have holds."""
    return all(_holds_one(match, cast, name) for name in names)


def passes(match: Match, filters: str, cast: Cast, row: int) -> bool:
    """Return whether catalog filters let a unit (row) pass, seen from the caster."""
    required, _, excluded = filters.partition(";")
    units = match.units
    if not _states(match, required.split(","), row, wanted=True):
        return False
    if not _states(match, excluded.split(","), row, wanted=False):
        return False
    return parse_filter(filters).allows(int(units.traits[row]), relation(match, cast, row))


def relation(match: Match, cast: Cast, row: int) -> int:
    """Return whose a unit (row) is, seen from the caster, as `Relation` bits."""
    owner = int(match.units.owner[row])
    if int(match.units.tag[row]) == cast.caster_tag:
        return Relation.SELF | Relation.PLAYER
    if owner == cast.owner:
        return int(Relation.PLAYER)
    return int(Relation.NEUTRAL if owner == NEUTRAL else Relation.ENEMY)


def _states(match: Match, names: Sequence[str], row: int, *, wanted: bool) -> bool:
    """Return whether a unit is (or is not) in those states among some names that are no fixed traits."""
    units = match.units
    for name in names:
        if name == "Dead" and (units.life[row] <= 0) != wanted:
            return False
        if name in ("HasEnergy", "CanHaveEnergy"):
            column = units.energy if name == "HasEnergy" else units.energy_max
            if (column[row] > 0) != wanted:
                return False
    return True


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
    row = unit_of(match, cast, fields.get("which_unit"))
    held = match.spells.held.get(int(match.units.tag[row]), ()) if row >= 0 else ()
    return _compare(fields, sum(one.stacks for one in held if one.name == fields["behavior"]))


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
    amount = float(getattr(match.units, column)[row])
    if fields.get("type") == "Fraction":
        amount /= float(getattr(match.units, f"{column}_max")[row]) or 1.0
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


def _cliff_level(match: Match, cast: Cast, fields: Mapping[str, Any]) -> bool:
    _, (x, y) = aim_of(match, cast, fields.get("which_location"))
    levels = match.map.terrain.cliff_level
    height, width = levels.shape
    level = int(levels[min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)])
    return _compare(fields, level)


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
}
"""The tests that are carried out; conditions of other tests hold."""

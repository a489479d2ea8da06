"""Effect trees of abilities and behaviours: what happens step by step, and under which conditions."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.fact_tables.abilities import phase_effects
from tools.fact_tables.hits import HitFinder
from tools.fact_tables.writing import BUILD, UNITS_OF_MEASURE, write_table

Row = dict[str, Any]

RENAMED = {
    "validator_array": "only_if",
    "effect_array": "effects",
    "periodic_effect_array": "periodic_effects",
    "periodic_period_array_loops": "period_loops",
    "periodic_offset_array": "offsets",
    "periodic_validator": "while",
    "behavior_link": "behavior",
    "vital_array": "vitals",
    "exclude_array": "exclude",
    "include_array": "include",
    "armor_reduction": "armor_factor",
    "search_filters": "filters",
    "which_location": "at",
    "which_unit": "on",
    "impact_location": "at",
    "case_default": "otherwise",
    "amount": "damage",
}
"""Our names where the catalog's say less."""
LEFT_OUT = frozenset({
    "response_flags", "kind_splash", "time_scale_source", "select_unit", "select_transfer_unit",
    "select_transfer_flags", "mover_rolling_jump", "placeholder_unit", "rally_unit", "copy_order_count",
    "copy_rally_count", "ammo_owner", "launch_offset", "impact_offset", "final_offset", "initial_offset",
    "return_movers", "return_delay_loops",
})  # fmt: skip
"""Looks, selection and what no rule here asks for."""


MENDED: Row = {
    "LockOnFireSet": {"do": "Set", "effects": ["LockOnBegin", "LockOnHold", "LockOnAirCP"]},
    "LockOnBegin": {"do": "ApplyBehavior", "behavior": "LockOn"},
    "LockOnHold": {"do": "ApplyBehavior", "behavior": "LockOnDisableAttack", "which_unit": "Caster"},
    "YoinkStartSwitch": {
        "do": "LaunchMissile", "movers": ["YoinkMissile"], "impact_effect": "AbductHold",
        "validator_array": [
            "NotWarpingIn", "IsNotEggUnit", "IsNotLarva", "NoYoink", "NoBurrowChargingRevD", "IsNotRecallingCombine",
            "NotFrenzied",
        ],
    },
    "AbductHold": {"do": "Set", "effect_array": ["AbductStop", "AbductStun", "AbductDrag"]},
    "AbductStop": {"do": "CancelOrder"},
    "AbductStun": {"do": "ApplyBehavior", "behavior": "Yoink"},
    "AbductDrag": {
        "do": "LaunchMissile", "launch_location": "TargetUnit", "impact_location": "CasterUnit", "movers": [],
        "carries": "AbductHold:TargetUnit", "finish_effect": "AbductRelease",
    },
    "LocustMPFlyingSwoopCreatePrecursor": {
        "do": "Set", "effect_array": ["LocustMPFlyingUncommandableAB", "LocustMPFlyingSwoopLM"],
    },
    "LocustMPFlyingSwoopLM": {
        "do": "LaunchMissile", "impact_location": "TargetPoint", "movers": ["LocustMPFlyingSwoop"], "carries": "Caster",
        "launch_effect": "LocustMPFlyingSwoopIssueMorph",
    },
    "ReaperKD8Knockback": {
        "do": "Set", "effect_array": ["ReaperKD8KnockbackAB", "ReaperKD8KnockbackThrow"],
        "validator_array": [
            "NotMassive", "NotFrenzied", "IsNotBurrowedUnit", "NotStructureTarget", "IsNotLarva", "IsNotEgg",
            "IsNotPhasedUnit", "IsNotWarpingIn", "IsNotEggUnit", "NotAbducted", "NoGravitonBeamInProgress",
            "IsNotRecallingNexus",
        ],
    },
    "ReaperKD8KnockbackThrow": {
        "do": "LaunchMissile", "launch_location": "TargetUnit", "away_cells": 3, "movers": [],
        "carries": "ReaperKD8Knockback:TargetUnit", "finish_effect": "ReaperKD8KnockbackRB",
    },
    "AbductRelease": {"do": "RemoveBehavior", "behavior_link": "Yoink", "which_unit": "AbductHold:TargetUnit"},
}  # fmt: skip
"""What the extracted tables name and do not hold, made of what is there for it; and the pull of a Viper, the
swoop of a Locust and the throw of a Reaper's charge, which the game does with placeholder units, as missiles that carry
who moves (`away_cells`: so far beyond where he stands, seen from the source)."""


OFF_CREEP: Row = {"NotOnCreep": {"test": "LocationCreep", "find": 0, "which_location": "SourceUnit"}}
"""What buildings of the Zerg require to be hurt: the catalog asks whether they lack the behaviour of those on creep."""


def write_spells(
    trees: Row, abilities: Mapping[str, Row], units: Mapping[str, Row], upgrades: Mapping[str, Row], path: Path
) -> None:
    """Write spells.json: what abilities and behaviours lead to, and the conditions and missiles on the way."""
    effects, behaviors, validators = trees["effects"] | MENDED, trees["behaviors"], trees["validators"] | OFF_CREEP
    roots = [name for ability in abilities.values() for name in ability["does"].get("effects", ())]
    phases = [phase for ability in abilities.values() for phase in ability["does"].get("phases", ())]
    roots += [name for phase in phases for name in phase_effects(phase)]
    roots += [name for unit in units.values() for name in (unit.get("lifecycle_effects") or {}).values()]
    roots += [weapon["effect"] for unit in units.values() for weapon in unit["weapons"] if _is_performed(unit, weapon)]
    finder = HitFinder(trees)
    weapons = [weapon for unit in units.values() for weapon in unit["weapons"]]
    roots += [name for weapon in weapons for hit in finder.hits(weapon["effect"]) for name in hit.get("also", ())]
    roots += [str(change[-1]) for upgrade in upgrades.values() for change in upgrade.get("changes", ())]
    roots += [name for behavior in behaviors.values() for name in _names(behavior) if name in effects]
    reached = _reach(roots, effects)
    api_names = {name: unit.get("pysc2_name", name) for name, unit in units.items()}
    armed = {one["does"]["calldown_effect"]: one["does"]["unit"] for one in abilities.values() if _arms(one)}
    called = {name: {"calldown_unit": api_names[unit]} for name, unit in armed.items()}
    rows = [_effect_row(name, effects[name], api_names) | called.get(name, {}) for name in sorted(reached)]
    asked = {name for name in _strings(rows) if name in validators}
    asked |= {name for behavior in behaviors.values() for name in _names(behavior) if name in validators}
    asked |= {name for one in abilities.values() for name in (one["does"].get("autocast") or {}).get("validators", ())}
    conditions = _reach(sorted(asked), validators)
    movers = {name for name in _strings(rows) if name in trees["movers"]}
    about = {
        "what": "effects by name: `do` says what kind of step it is, the other fields what it does and what follows",
        "build": BUILD,
        "measures": UNITS_OF_MEASURE,
        "at, on": 'place or unit as the catalog names it; "Effect:Place" = the place remembered by that earlier effect',
        "only_if": "names of conditions; the effect does nothing if one fails",
        "missiles": "[speed, acceleration (null = at once)] of the phase that makes the flight",
        "left out": "looks and selection; weapons' hits stand in units.json, what lasts on a unit in behaviors.json",
    }
    tables = {
        "effects": rows,
        "conditions": [_condition_row(name, validators[name], api_names, upgrades) for name in sorted(conditions)],
        "missiles": {name: _missile(trees["movers"][name]) for name in sorted(movers)},
    }
    write_table(path, about, tables)


def _arms(ability: Row) -> bool:
    return "calldown_effect" in ability["does"]


def _is_performed(unit: Row, weapon: Row) -> bool:
    """Return whether what a weapon does is more than its hits: it launches units, or belongs to a launched one."""
    return bool(weapon.get("effect")) and (not weapon.get("hits") or unit["name"] == "BroodlingEscort")


def _reach(roots: list[str], table: Mapping[str, Row]) -> set[str]:
    reached: set[str] = set()
    waiting = [name for name in roots if name in table]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += [other for other in _names(table[name]) if other in table]
    return reached


def _names(row: Any) -> Iterator[str]:
    """Yield the strings that stand as values in a row, without what follows a colon."""
    if isinstance(row, str):
        yield row.partition(":")[0]
    elif isinstance(row, Mapping):
        for value in row.values():
            yield from _names(value)
    elif isinstance(row, list):
        for value in row:
            yield from _names(value)


def _strings(rows: list[Row]) -> set[str]:
    return {name for row in rows for name in _names(row)}


def _effect_row(name: str, effect: Row, api_names: Mapping[str, str]) -> Row:
    row: Row = {"name": name}
    for key, value in effect.items():
        if key == "spawn_unit":
            row[key] = api_names.get(value, value)
        elif key not in LEFT_OUT:
            row[RENAMED.get(key, key)] = value
    return row


def _condition_row(name: str, condition: Row, api_names: Mapping[str, str], upgrades: Mapping[str, Row]) -> Row:
    """Return a condition with the unit type, or the upgrades, that it asks for as our tables name them."""
    row = {"name": name, **condition}
    if condition.get("test") == "UnitType":
        row["value"] = api_names.get(condition["value"], condition["value"])
    if condition.get("test") == "PlayerRequirement":
        asking = f"validator:{name}"
        row["upgrades"] = [one["id"] for one in upgrades.values() if asking in (one.get("enables") or ())]
    return row


def _missile(mover: Row) -> list[float | None]:
    phases = [phase for phase in mover["phases"] if "max_speed_cells_per_game_second" in phase]
    if not phases:
        return [None, None]
    return [phases[-1]["max_speed_cells_per_game_second"], phases[-1].get("acceleration")]

"""Behaviours, API effects and the complete id tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.fact_tables.writing import BUILD, UNITS_OF_MEASURE, without_defaults, write_table

Row = dict[str, Any]

BEHAVIOR_DEFAULTS: Row = {
    "buff": 0, "kind": "Buff", "duration_loops": 0, "duration_random_loops": 0, "period_loops": 0, "delay_loops": 0,
    "harmful": False, "stacks_max": 1, "modification": {}, "damage_response": [], "initial_effect": "",
    "periodic_effect": "", "expire_effect": "", "final_effect": "", "remove_unless": [], "disable_unless": [],
    "range_cells": 0, "kill_credit": "", "takes_over": False, "flags": [],
}  # fmt: skip
NAMES_PER_LINE = 10


def write_behaviors(trees: Mapping[str, Any], buffs: Mapping[str, Row], path: Path) -> None:
    """Write behaviors.json: what lasts on a unit; with the API's buff id where the API shows it."""
    ids = {buff["name"]: buff["id"] for buff in buffs.values()}
    source = dict(trees["behaviors"])
    for buff in buffs.values():
        if buff["melee"] or "kind" in buff:
            source.setdefault(buff["name"], buff)
    rows = [_behavior_row(name, behavior, ids) for name, behavior in sorted(source.items())]
    about = {
        "what": "behaviours: what lasts on a unit, such as Stimpack or timed life",
        "build": BUILD,
        "measures": UNITS_OF_MEASURE,
        "buff": "id by which the API shows it",
        "unless": "names of conditions; the behaviour is removed or does nothing while one fails",
        "modification": "what it changes while it lasts; speeds and rates as factors, bonuses added",
    }
    write_table(path, about, {"behaviors": [row for row in rows if row]})


_ANSWERS_TO = {"GuardianShield": ["Ranged"]}
"""Kinds of damage a response is meant for, where the extracted tables do not keep them."""


_STATES: Row = {"LiberatorTargetMorphAGAttackable": {"state_flags": ["DefenderZone"]}}
"""What a behaviour makes of a unit for the filters of weapons, where the game asks for the behaviour itself."""


_REQUIRES = {"NotOnCreep": ["NotOnCreep"]}
"""Conditions that stand for a behaviour's requirement: the catalog asks for the behaviour of those on creep here."""


def _behavior_row(name: str, raw: Row, ids: Mapping[str, int]) -> Row | None:
    if raw.get("missing") or raw.get("kind", "Buff") in ("Resource", "PowerSource", "PowerUser", "CreepSource"):
        return None
    row: Row = {
        "name": name,
        "buff": raw.get("buff_id") or ids.get(name, 0),
        "kind": raw.get("kind", "Buff"),
        "duration_loops": raw.get("duration_loops", 0),
        "duration_random_loops": raw.get("duration_random_max_loops", 0),
        "period_loops": raw.get("period_loops", 0),
        "delay_loops": raw.get("delay_loops", 0),
        "harmful": raw.get("alignment") == "Negative",
        "stacks_max": raw.get("max_stack_count", 1),
        "modification": raw.get("modification", {}) | _STATES.get(name, {}),
        "damage_response": [
            response | ({"kinds": _ANSWERS_TO[name]} if name in _ANSWERS_TO else {})
            for response in raw.get("damage_response", [])
        ],
        "remove_unless": raw.get("remove_validator_array", []),
        "disable_unless": raw.get("disable_validator_array", []) + _REQUIRES.get(raw.get("requirements", ""), []),
        "range_cells": raw.get("range_cells", 0),
        "kill_credit": raw.get("kill_credit", ""),
        "takes_over": raw.get("player") == "Caster",
        "flags": sorted({*raw.get("behavior_flags", ()), *raw.get("buff_flags", ())}),
    }
    row |= {key: raw.get(key, "") for key in ("initial_effect", "periodic_effect", "expire_effect", "final_effect")}
    return without_defaults(row, BEHAVIOR_DEFAULTS)


def write_effects(raw: Mapping[str, Row], path: Path) -> None:
    """Write effects.json: the effects that the API shows on the ground."""
    rows = [
        {
            "id": effect["id"],
            "name": effect["name"],
            "friendly_name": effect["friendly_name"],
            "radius_cells": effect["api_radius_cells"],
            "persist_loops": effect.get("persist_loops"),
        }
        for effect in raw.values()
    ]
    about = {
        "what": "effects that the API shows on the ground",
        "build": BUILD,
        "measures": UNITS_OF_MEASURE,
        "persist_loops": "from the cast; null = until it is ended",
    }
    write_table(path, about, {"effects": rows})


def write_ids(raw: Mapping[str, Any], abilities: Mapping[str, Row], path: Path) -> None:
    """Write ids.json: every id of the build with its name, several to a line."""
    listed = {ability["id"] for ability in abilities.values()}
    targets: dict[str, list[int]] = {}
    names: dict[int, str] = {}
    for row in raw["abilities"]:
        if row[0] in listed:
            continue
        if row[6] != "None":
            targets.setdefault(row[6], []).append(row[0])
        if row[4]:
            names[row[0]] = row[4]
    tables = {
        "units": _name_lines(raw["units"]),
        "upgrades": _name_lines(raw["upgrades"]),
        "buffs": _name_lines(raw["buffs"]),
        "effects": _name_lines([row[:2] for row in raw["effects"]]),
        "abilities": _ability_lines(raw["abilities"]),
        "ability_names": {str(key): name for key, name in names.items()},
        "ability_targets": targets,
    }
    about = {
        "what": "all ids that the API lists, with the catalog's names",
        "build": BUILD,
        "units, upgrades, buffs, effects": "first id of a line: names of it and the ids that follow; '-' = no name",
        "abilities": "first id of a line: [catalog link, index of the first, buttons]; a button '-' is empty, a '!' at "
        "the end = not available; a space is written ~; the rest of those in use stands in facts/abilities.json",
        "ability_names, ability_targets": "of those that are not in facts/abilities.json",
    }
    write_table(path, about, tables)


def _name_lines(rows: Sequence[Sequence[Any]]) -> dict[str, str]:
    lines: dict[str, list[str]] = {}
    start, last = 0, -2
    for key, name in rows:
        if key != last + 1 or len(lines[str(start)]) == NAMES_PER_LINE:
            start = key
            lines[str(start)] = []
        lines[str(start)].append(name or "-")
        last = key
    return {key: " ".join(names) for key, names in lines.items()}


def _ability_lines(rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    lines: dict[str, list[Any]] = {}
    start, link, index = -1, "", -1
    for key, row_link, row_index, button, _name, _general, _target, available in rows:
        if row_link != link or row_index != index + 1:
            start = key
            lines[str(start)] = [row_link, row_index, []]
        lines[str(start)][2].append((button.replace(" ", "~") or "-") + ("" if available else "!"))
        link, index = row_link, row_index
    return {key: [line[0], line[1], " ".join(line[2])] for key, line in lines.items()}

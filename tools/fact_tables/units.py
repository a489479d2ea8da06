"""Unit types, weapons and footprints."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.fact_tables.hits import HitFinder
from tools.fact_tables.upgrades import room_changes
from tools.fact_tables.writing import (
    BUILD,
    UNITS_OF_MEASURE,
    filters_text,
    group_changes,
    without_defaults,
    write_table,
)

Row = dict[str, Any]

UNIT_DEFAULTS: Row = {
    "structure": False, "attributes": [], "planes": ["Ground"], "collide": [], "flags": [],
    "life_regen_per_game_second": 0, "life_regen_delay_loops": 0,
    "shield_max": 0, "shield_regen_per_game_second": 0, "shield_regen_delay_loops": 0, "shield_armor": 0,
    "energy_max": 0, "energy_start": 0, "energy_regen_per_game_second": 0, "armor": 0,
    "sight_cells": 0, "height_cells": 0, "vision_height_cells": 0, "minimap_radius_cells": 0,
    "speed": 0, "acceleration": 0, "deceleration": 0,
    "turning_deg_per_game_second": 0, "creep_speed_multiplier": 1, "mover": "Ground", "push_priority": 10,
    "food_used": 0, "food_provided": 0, "cargo_size": 0, "cargo_slots": 0, "cargo_unit_size_max": 0,
    "cargo_load_range_cells": 0, "cargo_load_period_loops": 0, "cargo_unload_period_loops": 0,
    "cargo_unload_range_cells": 0, "cargo_filters": "", "cargo_behavior": "", "hangar": "", "minerals": 0, "vespene": 0,
    "build_loops": 0,
    "made_by": 0, "tech_requirement": 0, "require_attached": False, "repair_loops": 0, "attack_priority": 0,
    "acquire_level": "Offensive", "response": "Acquire", "subgroup_priority": 0, "cost_category": "", "score_make": 0,
    "score_kill": 0, "footprint": "", "placement_footprint": "", "addon_offset_cells": None, "built_on": [],
    "fog_visibility": "Hidden", "facing_deg": 270, "abilities": [], "behaviors": [], "tech_alias": [], "unit_alias": 0,
    "weapons": [], "changes": [], "detector_cells": 0, "cloaked": False, "burrowed": False, "needs_power": False,
    "power_cells": 0, "fast_power_cells": 0, "creep_source": "", "drop_off": False, "resource": None,
    "timed_life_loops": 0,
}  # fmt: skip
"""What the loader fills in (llm_pysc2/knowledge/units.py); a test compares the two."""

WEAPON_DEFAULTS: Row = {
    "hits_ground": True, "hits_air": False, "filters": "Ground,Visible;Missile,Stasis,Dead,Hidden,Invulnerable",
    "range_slop_cells": 1, "min_range_cells": 0, "min_scan_range_cells": 5, "arc_deg": 0, "arc_slop_deg": 11.25,
    "damage_point_loops": 2.672, "backswing_loops": 8, "random_delay_loops": [-1, 2], "melee": False, "hidden": False,
    "enabled": True, "allowed_movement": "None", "beam": False, "kills_caster": False, "turret": "", "effect": "",
    "options": ["OnlyFireAtAttackOrderTarget", "OnlyFireWhileInAttackOrder"], "acquire_prioritization": "", "hits": [],
    "display_damage": 0, "display_bonus": {}, "display_attacks": 1, "changes": [],
}  # fmt: skip

RANDOM_PART_LOOPS = 4.5

RESOURCE_DEFAULTS: Row = {
    "contents": 0,
    "raw": False,
    "harvest_loops": 0,
    "return_delay_loops": 0,
    "ideal_harvesters": 0,
}


def write_units(raw: Mapping[str, Any], trees: Mapping[str, Any], upgrades: Mapping[str, Row], folder: Path) -> None:
    """Write units.json and footprints.json from the raw tables."""
    finder = HitFinder(trees)
    ids = {name: unit["id"] for name, unit in raw["units"].items()}
    geysers = [unit["id"] for unit in raw["units"].values() if _is_plain_geyser(unit)]
    rows = []
    for unit in raw["units"].values():
        row = _unit_row(unit, ids, finder)
        changes = group_changes((*_own_changes(unit), *room_changes(unit, upgrades)))
        rows.append(row | without_defaults({"changes": changes}, UNIT_DEFAULTS))
    for row in rows:
        if set(row.get("built_on", ())) & set(geysers):
            row["built_on"] = sorted(geysers)  # the catalog's merged list keeps its last entry only
    rows.sort(key=lambda row: row["id"])
    about = {
        "what": "unit types of the game with their weapons",
        "build": BUILD,
        "measures": UNITS_OF_MEASURE,
        "names": "name is PySC2's; abilities, upgrades and types are API ids; other names are the catalog's",
        "left out": "fields equal to the default in llm_pysc2/knowledge; life_start, inner and separation radius "
        "where they equal life_max and radius",
        "changes": "[upgrade ids, subject, catalog field, operation, value]; times in game seconds",
    }
    write_table(folder / "units.json", about, {"units": rows})
    _write_footprints(raw["footprints"], folder)


def _is_plain_geyser(unit: Row) -> bool:
    resource = unit.get("traits", {}).get("resource", {})
    return unit.get("resource_type") == "Vespene" and resource.get("behavior") == "RawVespeneGeyserGas"


def _unit_row(unit: Row, ids: Mapping[str, int], finder: HitFinder) -> Row:
    api = unit.get("api_5_0_3", {})
    row: Row = {"id": unit["id"], "name": unit.get("pysc2_name", unit["name"]), "race": unit["race"].lower()}
    row |= {key: unit[key] for key in ("structure", "attributes", "planes", "collide", "flags")}
    row |= _vitals(unit) | _body(unit) | _motion(unit) | _economy(unit, api) | _manner(unit, ids) | _traits(unit)
    row["tech_alias"] = list(dict.fromkeys(api.get("tech_alias", [])))
    row["unit_alias"] = api.get("unit_alias", 0)
    row["weapons"] = [_weapon_row(weapon, finder) for weapon in unit.get("weapons", ())]
    return without_defaults(row, UNIT_DEFAULTS)


def _own_changes(unit: Row) -> Iterator[tuple[int, str, str, str, Any]]:
    for change in unit.get("unit_upgrades", ()):
        yield change["upgrade_id"], "unit", change["field"], change["op"], change["value"]


def _vitals(unit: Row) -> Row:
    life, shield, energy = unit["life"], unit.get("shield", {}), unit.get("energy", {})
    row: Row = {
        "life_max": life["max"],
        "life_regen_per_game_second": life.get("regen_per_game_second", 0),
        "life_regen_delay_loops": life.get("regen_delay_loops", 0),
        "shield_max": shield.get("max", 0),
        "shield_regen_per_game_second": shield.get("regen_per_game_second", 0),
        "shield_regen_delay_loops": shield.get("regen_delay_loops", 0),
        "energy_max": energy.get("max", 0),
        "energy_start": energy.get("start", 0),
        "energy_regen_per_game_second": energy.get("regen_per_game_second", 0),
        "armor": unit["armor"],
        "shield_armor": unit.get("shield_armor", 0),
    }
    if life["start"] != life["max"]:
        row["life_start"] = life["start"]
    if shield.get("start") != shield.get("max"):
        row["shield_start"] = shield["start"]
    return row


def _body(unit: Row) -> Row:
    row: Row = {"radius_cells": unit["radius_cells"]}
    for key in ("inner_radius_cells", "separation_radius_cells"):
        if unit[key] != unit["radius_cells"]:
            row[key] = unit[key]
    keys = ("sight_cells", "height_cells", "vision_height_cells", "footprint", "placement_footprint", "fog_visibility")
    if unit.get("minimap_radius_cells", 0) != unit["radius_cells"]:
        row["minimap_radius_cells"] = unit.get("minimap_radius_cells", 0)
    return row | {key: unit[key] for key in (*keys, "facing_deg", "addon_offset_cells") if key in unit}


def _motion(unit: Row) -> Row:
    row: Row = {"speed": unit["speed_cells_per_game_second"]}
    keys = ("acceleration", "deceleration", "turning_deg_per_game_second", "creep_speed_multiplier", "mover")
    row |= {key: unit[key] for key in (*keys, "push_priority") if key in unit}
    standing = unit.get("stationary_turning_deg_per_game_second")
    if standing is not None and standing != unit.get("turning_deg_per_game_second"):
        row["stationary_turning_deg_per_game_second"] = standing
    return row


def _economy(unit: Row, api: Row) -> Row:
    cargo = unit.get("cargo", {})
    made_by = api.get("ability_id", 0)
    makers = [way for way in unit.get("produced_by", ()) if "ability_id" in way]
    if not made_by and makers:
        made_by = makers[0]["ability_id"]
    ours = [way["loops"] for way in makers if way["ability_id"] == made_by and "loops" in way]
    listed = api.get("build_time", 0)
    # The API lists a morph with half of its random part, four loops at most; what differs by more is of a later build.
    build_loops = ours[0] if ours and abs(ours[0] - listed) > RANDOM_PART_LOOPS else listed
    return {
        "food_used": unit["food_used"],
        "food_provided": unit["food_provided"],
        "cargo_size": unit.get("cargo_size", 0),
        "cargo_slots": cargo.get("slots", 0),
        "cargo_unit_size_max": cargo.get("max_unit_size", 0),
        "cargo_load_range_cells": cargo.get("load_range_cells", 0),
        "cargo_load_period_loops": cargo.get("load_period_loops", 0),
        "cargo_unload_period_loops": cargo.get("unload_period_loops", 0),
        "cargo_unload_range_cells": cargo.get("max_unload_range_cells", 0),
        "cargo_filters": filters_text(cargo.get("target_filters")),
        "cargo_behavior": cargo.get("load_cargo_behavior", ""),
        "minerals": unit["cost_data"]["minerals"],
        "vespene": unit["cost_data"]["gas"],
        "build_loops": build_loops,
        "made_by": made_by,
        "tech_requirement": api.get("tech_requirement", 0),
        "require_attached": api.get("require_attached", False),
        "repair_loops": unit.get("repair_loops", 0),
        "cost_category": unit.get("cost_category", ""),
        "score_make": unit.get("score_make", 0),
        "score_kill": unit.get("score_kill", 0),
    }


def _manner(unit: Row, ids: Mapping[str, int]) -> Row:
    return {
        "attack_priority": unit["attack_priority"],
        "acquire_level": unit["acquire_level"],
        "response": unit["response"],
        "subgroup_priority": unit.get("subgroup_priority", 0),
        "built_on": [ids[name] for name in unit.get("built_on", ()) if name in ids],
        "abilities": list(dict.fromkeys(card for card in unit.get("card", ()) if isinstance(card, int))),
        "behaviors": unit.get("behaviors", []),
        "hangar": next((name for name in unit.get("abilities", ()) if name.endswith("Hangar")), ""),
    }


def _traits(unit: Row) -> Row:
    traits = unit.get("traits", {})
    row: Row = {
        "detector_cells": traits.get("detector", {}).get("range_cells", 0),
        "cloaked": traits.get("permanently_cloaked", False) or "Cloak" in traits.get("state_flags", ()),
        "burrowed": traits.get("burrowed", False),
        "needs_power": "needs_power" in traits,
        "creep_source": traits.get("creep_source", ""),
        "drop_off": "resource_dropoff" in unit,
        "timed_life_loops": _timed_life(unit),
    }
    for source in traits.get("power_source", ()):
        key = "power_cells" if source["link"] == "PowerSource" else "fast_power_cells"
        row[key] = source["radius_cells"]
        if "Fast" in source["behavior"]:
            row["fast_power_cells"] = source["radius_cells"]
    if unit["name"] in ("Pylon", "PylonOvercharged"):
        row["fast_power_cells"] = 0  # a pylon's field is fast only where it overlaps that of a fast source
    if "resource" in traits:
        row["resource"] = _resource(unit, traits["resource"])
    return row


def _timed_life(unit: Row) -> float:
    behaviors = [life for life in unit.get("on_spawn_behaviors", ()) if "Hallucination" not in life["behavior"]]
    fates = ("TimedLifeFate", "MULEFate", "AdeptPhaseShiftTeleportSet", "PurificationNovaTargettedSearchSet")
    ends = [life["duration_loops"] for life in behaviors if life.get("on_expire") in (*fates, "KD8ChargeInitialSet")]
    own = unit.get("traits", {}).get("timed_life", {}).get("loops", 0)
    return float(ends[0] if ends else own)


def _resource(unit: Row, resource: Row) -> Row:
    row = {
        "kind": unit["resource_type"].lower(),
        "contents": resource["contents"] or 0,
        "raw": unit["resource_state"] == "Raw",
        "harvest_amount": resource["harvest_amount"],
        "harvest_loops": resource["harvest_loops"],
        "return_delay_loops": resource["return_delay_loops"],
        "ideal_harvesters": resource["ideal_harvesters"] or 0,
    }
    return without_defaults(row, RESOURCE_DEFAULTS)


_ONLY_AT = {"LiberatorAGWeapon": ["DefenderZone"]}
"""What a weapon's target must be beside its filters, by a condition that the extracted tables do not keep."""


def _weapon_row(weapon: Row, finder: HitFinder) -> Row:
    filters = weapon["target_filters"]
    row: Row = {"name": weapon["name"], "hits_ground": weapon["hits_ground"], "hits_air": weapon["hits_air"]}
    required = [*filters["require"], *_ONLY_AT.get(weapon["name"], ())]
    row["filters"] = ",".join(required) + ";" + ",".join(filters["exclude"])
    keys = (
        "range_cells", "range_slop_cells", "min_range_cells", "min_scan_range_cells", "arc_deg", "arc_slop_deg",
        "period_loops", "damage_point_loops", "backswing_loops", "random_delay_loops", "melee", "hidden",
        "allowed_movement", "turret", "effect", "options", "acquire_prioritization",
    )  # fmt: skip
    row |= {key: weapon[key] for key in keys if key in weapon}
    row.setdefault("options", [])
    off = set(weapon.get("options_off", ()))
    row["options"] = [option for option in row["options"] if option not in off]
    row["enabled"] = not weapon.get("disabled_by_default", False)
    row["beam"] = finder.is_beam(weapon["effect"])
    row["kills_caster"] = finder.kills_caster(weapon["effect"])
    row["hits"] = finder.hits(weapon["effect"])
    display = weapon.get("display", {})
    row["display_damage"] = display.get("damage", 0)
    row["display_bonus"] = display.get("bonus", {})
    row["display_attacks"] = weapon["display_attacks"]
    row["changes"] = group_changes(
        (change["upgrade_id"], change["on"], change["field"], change["op"], change["value"])
        for change in weapon.get("upgrades", ())
    )
    return without_defaults(row, WEAPON_DEFAULTS)


def _write_footprints(raw: Mapping[str, Any], folder: Path) -> None:
    """Masks are half-open cell offsets from the centre, rows from the top, as the structure stands."""
    about = {
        "what": "what structures need from the ground, mark on it, and block",
        "build": BUILD,
        "masks": "left and bottom: cell offset of the lower left cell from the centre; rows: top first, '.' = none, "
        "other letters as in the legend",
        "check": "cells asked when it is placed: needs (+) and forbids (-) of NoBuild, Creep, DropOff, ...",
        "place": "flags set on the cells while it stands",
        "outline": "corners of what ground units cannot enter, cells from the centre",
    }
    rows = {name: _footprint_row(footprint) for name, footprint in sorted(raw.items())}
    write_table(folder / "footprints.json", about, {"footprints": rows})


def _footprint_row(footprint: Row) -> Row:
    row: Row = {}
    for layer in ("check", "place"):
        mask = footprint.get(layer)
        if mask and mask["rows_top_to_bottom"]:
            row[layer] = {
                "left": mask["cells_x"][0],
                "bottom": mask["cells_y"][0],
                "rows": mask["rows_top_to_bottom"],
                "legend": _legend(mask),
            }
    shape = footprint.get("shape", {})
    if "radius_cells" in shape:
        row["radius_cells"] = shape["radius_cells"]
    if "pathing_polygon" in shape:
        row["outline"] = shape["pathing_polygon"]
    return row


def _legend(mask: Row) -> Row:
    used = {letter for line in mask["rows_top_to_bottom"] for letter in line}
    legend: Row = {}
    for letter, flags in mask["legend"].items():
        marks = [f"+{flag}" for flag in flags.get("needs", ())] + [f"-{flag}" for flag in flags.get("forbids", ())]
        marks += flags.get("sets", [])
        if letter in used and marks:
            legend[letter] = marks
    return legend

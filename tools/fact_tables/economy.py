"""What a melee game starts with, larvae, creep and other numbers of the economy."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.fact_tables.writing import BUILD, UNITS_OF_MEASURE, write_table

Row = dict[str, Any]


def write_economy(raw: Mapping[str, Row], units: Mapping[str, Row], path: Path) -> None:
    """Write economy.json from the raw tables economy, race_data, techtree and game_constants."""
    ids = {name: unit["id"] for name, unit in units.items()}
    races = [_race(name, race, ids) for name, race in raw["race_data"]["races"].items()]
    creep = [
        {"name": name, "period_loops": source.get("period_loops", 0), **_masks(source)}
        for name, source in raw["economy"]["creep"]["sources"].items()
    ]
    about = {
        "what": "what a melee game starts with, creep, and numbers of the economy; resources stand in units.json",
        "build": BUILD,
        "measures": UNITS_OF_MEASURE,
        "races": "workers stand on the square ring 3 cells from the town hall, from the cell nearest to the minerals "
        "on to both sides in turn (seen in replays); others: [type, count]",
        "creep": "masks as in footprints.json: around the structure at birth and when it has grown; one step a period",
    }
    write_table(path, about, {"numbers": _numbers(raw), "races": races, "creep": creep})


def _numbers(raw: Mapping[str, Row]) -> Row:
    economy, constants, rules = raw["economy"], raw["game_constants"], raw["techtree"]["rules"]
    larva, mule = economy["larva"], economy["mule"]
    return {
        "larva_natural_max": larva["natural_max"],
        "larva_spawn_loops": larva["natural_spawn_loops"],
        "larva_max": larva["absolute_limit"],
        "inject_loops": larva["inject_delay_loops"],
        "inject_larvae": larva["inject_larvae"],
        "inject_release_loops": larva["data"]["SpawnLarva"]["info_array"][1]["delay_loops"],
        "mule_trip_minerals": mule["trip_amount"],
        "mule_gather_time_factor": mule["gather_time_multiplier"],
        "supply_drop_food": economy["supply_call_down"]["extra_supply"],
        "gather_acquire_cells": economy["harvest"]["abilities"]["ProbeHarvest"]["acquire_radius_cells"],
        "food_max": constants["food"]["ceiling"],
        "production_queue": rules["queue"]["size"],
        "production_queue_with_reactor": rules["queue"]["reactor_size"],
        "warp_in_fast_loops": rules["warp_gate"]["observed_fast_loops"],
        "repair_cost_fraction": rules["repair"]["cost_fraction"],
        "construction_start_fraction": constants["build_in_progress"]["vital_start_factor"]["life"],
        "sight_under_construction_cells": constants["derived"]["sight_under_construction_cells"],
    }


def _race(name: str, raw: Row, ids: Mapping[str, int]) -> Row:
    counts = {start["unit"]: start["count"] for start in raw["starting_units"]}
    row: Row = {
        "race": name.lower(),
        "town_hall": ids[raw["town_hall"]],
        "worker": ids[raw["worker"]],
        "gas_building": ids[raw["gas"]],
        "supply": ids[raw["supply"]],
        "workers": counts[raw["worker"]],
        "minerals": raw["starting_minerals"],
        "vespene": raw["starting_gas"],
    }
    others = [[ids[unit], count] for unit, count in counts.items() if unit not in (raw["worker"], raw["town_hall"])]
    return row | ({"others": others} if others else {})


def _masks(source: Row) -> Row:
    row: Row = {}
    for stage in ("birth", "grown"):
        mask = source.get(f"{stage}_mask") or {"rows_top_to_bottom": []}
        letter = mask.get("creep_char", "")
        if any(letter in line for line in mask["rows_top_to_bottom"]):
            lines = ["".join("x" if cell == letter else "." for cell in line) for line in mask["rows_top_to_bottom"]]
            row[stage] = {"left": mask["cells_x_y_x_y"][0], "bottom": mask["cells_x_y_x_y"][1], "rows": lines}
    return row

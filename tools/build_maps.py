"""Build the maps and terrains of scenarios/maps/ from a folder of raw facts.

Usage: python -m tools.build_maps FACTS_DIR
"""

import json
import re
import sys
from math import degrees
from pathlib import Path
from typing import Any

from llm_pysc2.engine.maps.terrain import encode_terrain, make_terrain
from llm_pysc2.knowledge.ids import load_ids
from llm_pysc2.knowledge.units import UnitType, unit_by_name, unit_type
from tools.map_tables import inline, number, point, section

Row = dict[str, Any]

OUTPUT = Path(__file__).parent.parent / "scenarios" / "maps"
TERRAINS = {
    "0e2cc6604c7e": "smac_marines",
    "d294f5c67eb5": "smac_protoss",
    "dd3b89d1e235": "smac_mmm",
    "479b3042098a": "2c_vs_64zg",
    "f9f24e083bda": "2m_vs_1z",
    "7cf5ef18c189": "2s_vs_1sc",
    "18c2c5788996": "6h_vs_8z",
    "75cb84c7eee5": "bane_vs_bane",
    "1214aa9209f1": "corridor",
    "4f821c68c750": "so_many_baneling",
    "52d49fb87a1a": "flat32",
    "3a7921b56444": "flat48",
    "96cc42a890d8": "flat64",
    "1e47330a586f": "flat96",
    "73eeb6d8834a": "flat128",
    "b0395db45c3e": "empty128",
    "9d1e2c2d0f10": "simple64",
    "347a75a7490b": "simple96",
    "21dd3fd207e2": "simple128",
    "ff4f804800cc": "mini_games",
    "8642bb034144": "pvz",
}
RACES = {"Prot": "protoss", "Terr": "terran", "Zerg": "zerg", "any": "any", "P": "protoss", "T": "terran", "Z": "zerg"}
NOBODY = ("WarpPrismSkinPreview",)
"""Types of which there is never a unit in a game."""
ORDERS = {"OverlordTransport": "unload_all_at"}
FILTERS = {"AirUnit": "Air"}
CREEP = "Cpl"
"""The painted attribute that is read as creep."""
CREEP_BUILDINGS = ("SpineCrawler",)
"""Types that triggers create and that would suffer without it."""
COUNT = r"(\w+)\(p(\d)(?:,(\w+))?\) (\S+) (\d+)"
OVERRIDES = {
    "LifeMax": "life_max", "LifeArmor": "armor", "LifeRegenRate": "life_regen_per_game_second",
    "ShieldsMax": "shield_max", "ShieldRegenRate": "shield_regen_per_game_second",
    "EnergyStart": "energy_start", "EnergyMax": "energy_max", "EnergyRegenRate": "energy_regen_per_game_second",
    "PlaneArray": "planes", "Collide": "collide", "Attributes": "attributes", "Speed": "speed",
    "Acceleration": "acceleration", "TurningRate": "turning_deg_per_game_second",
    "StationaryTurningRate": "stationary_turning_deg_per_game_second", "Sight": "sight_cells", "Height": "height_cells",
    "AttackTargetPriority": "attack_priority", "Radius": "radius_cells", "SeparationRadius": "separation_radius_cells",
    "InnerRadius": "inner_radius_cells", "CargoSize": "cargo_size", "Mover": "mover", "Weapons": "weapons",
    "DefaultAcquireLevel": "acquire_level", "Response": "response",
}  # fmt: skip
"""Fields of a map's unit data that ours know; the others are of no use here or equal those of the base type."""


def main(arguments: list[str]) -> int:
    """Write all maps and the terrains they use."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    raw: Row = json.loads((Path(arguments[0]) / "maps.json").read_text(encoding="utf-8"))
    for key, name in TERRAINS.items():
        write(OUTPUT / "terrain" / f"{name}.txt", terrain_text(name, raw["terrains"][key]))
    for name, facts in raw["smac"].items():
        painted = raw["terrains"][facts["terrain"]]["cell_attribute_painted_cells"]
        write(OUTPUT / "smac" / f"{name}.toml", smac_map(facts, f"The map {name} of SMAC (oxwhirl/smac).", painted))
        variant = raw["llm_smac"][name]
        if variant["triggers_summary"] != facts["triggers_summary"]:
            about = f"LLM-PySC2's variant of {name}: standard units on both sides, and checks that end the game."
            races = variant | {"smac_registry": facts["smac_registry"]}
            write(OUTPUT / "llm_smac" / f"llm_{name}.toml", smac_map(races, about, painted))
    for name, facts in raw["llm_pysc2"].items():
        if name.startswith("pvz_"):
            write(OUTPUT / "pvz" / f"{name}.toml", task_map(facts, f"LLM-PySC2's map {name}."))
    for name, facts in raw["melee"].items():
        write(OUTPUT / "melee" / f"{name}.toml", plain_map(facts, f"The melee map {name} that comes with the game."))
    for name, facts in raw["mini_games"].items():
        rules = Path(__file__).with_name("mini_games") / f"{name}.toml"
        text = plain_map(facts, f"{'' if rules.exists() else 'The ground of '}PySC2's mini-game {name}.")
        write(OUTPUT / "mini_games" / f"{name}.toml", text + (rules.read_text() if rules.exists() else ""))
    return 0


def write(path: Path, text: str) -> None:
    """Write a file and its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def terrain_text(name: str, raw: Row) -> str:
    """Return a terrain file."""

    def grid(key: str) -> list[list[int]]:
        return [[value for value, count in row for _ in range(count)] for row in raw[key]]

    heights = grid("terrain_height_byte_rle")
    return encode_terrain(make_terrain(name, heights, grid("pathable_rle"), grid("cliff_level_div64_rle")))


def head(facts: Row, about: str) -> list[str]:
    """Return the first lines of a map file."""
    area = facts["playable"]
    sides = [area[side] for side in ("left", "bottom", "right", "top")]
    return [
        f"# {about}",
        f"size_cells = {inline(facts['map_size'])}",
        f"playable = {inline(sides)}",
        f'terrain = "{TERRAINS[facts["terrain"]]}"',
    ]


def smac_map(facts: Row, about: str, painted: Row) -> str:
    """Return the file of a map whose triggers create two sides and let the second attack.

    Painted: how many cells have an attribute, by its name.
    """
    triggers = facts["triggers_summary"]
    created = {action["type"] for action in triggers["map_init"] if action["do"] == "create_units"}
    lines = [*head(facts, about), "respawn = true"]
    if CREEP in painted:
        (building,) = (row for row in triggers["map_init"] if row.get("type") in CREEP_BUILDINGS)
        lines.append(f"painted_creep = {inline({'cells': painted[CREEP], 'near': [building['x'], building['y']]})}")
    races = facts["smac_registry"]
    lines += section("players", {"slot": 1, "kind": "user", "race": RACES[races["a_race"]]})
    lines += section("players", {"slot": 2, "kind": "computer", "race": RACES[races["b_race"]]})
    lines += unit_types(facts["unit_data_overrides"], created)
    lines += ["", "[start]", "fog = false"]
    creates = [create(action) for action in triggers["map_init"] if action["do"] == "create_units"]
    lines += ["create = [", *(f"  {row}," for row in creates), "]"]
    orders = [order(action) for action in triggers["map_init"] if action["do"] == "order_group"]
    if orders:
        lines += ["order = [", *(f"  {row}," for row in orders), "]"]
    for check in triggers.get("end", ()):
        lines += section("end", end(check))
    return "\n".join(lines) + "\n"


def unit_types(overrides: Row, created: set[str]) -> list[str]:
    """Return the tables of the types that the map adds or changes: what differs from the base type."""
    lines: list[str] = []
    next_id = 1970
    for name, fields in overrides.items():
        added = name.endswith("_RL")
        if not added and name not in created:
            continue
        base = unit_by_name(fields.get("LeaderAlias", name))
        row: Row = {"name": name, "base": base.name}
        if added:
            row["id"] = next_id
            next_id += 1
        if added and not created & {name} and not any(kind.endswith("_RL") for kind in created):
            continue  # left over in LLM-PySC2's variants
        lines += section("unit_types", row | differences(fields, base, added))
    return lines


def differences(fields: Row, base: UnitType, added: bool) -> Row:
    """Return what the map's unit data sets differently from the base type, in our names."""
    row: Row = {}
    for key, ours in OVERRIDES.items():
        if key in fields:
            row[ours] = fields[key] if isinstance(fields[key], list) else number(fields[key])
    if "ShieldRegenDelay" in fields:
        row["shield_regen_delay_loops"] = number(fields["ShieldRegenDelay"]) * 16
    row["food_used"] = -number(fields.get("Food", "0")) if added or "Food" in fields else base.food_used
    changed: Row = {}
    for ours, value in row.items():
        old = [weapon.name for weapon in base.weapons] if ours == "weapons" else getattr(base, ours)
        same = sorted(old) == sorted(value) if isinstance(value, list) else old == value
        if not same:
            changed[ours] = value
    return changed


def create(action: Row) -> str:
    """Return a create action as an inline table."""
    return inline(created(action))


def created(action: Row) -> Row:
    """Return what is created where."""
    return {key: action[key] for key in ("type", "count", "owner")} | {"point": [action["x"], action["y"]]}


def order(action: Row) -> str:
    """Return an order to all units of a player as an inline table."""
    row: Row = {"owner": action["owner"], "ability": action["ability"]}
    target = action["target"]
    if action["order"] == "TargetingUnitGroup":
        return inline(row | {"units_of": 1})
    points = [point(text) for text in target.replace("libNtve_gf_RandomPointBetweenPoints(", "").split("Point") if text]
    return inline(row | ({"between": points} if len(points) == 2 else {"point": points[0]}))


def end(check: Row) -> Row:
    """Return a check that ends the game."""
    row: Row = {"result": check["result"].lower(), "every_loops": check["every_loops"]}
    return row | ({"when": condition(check["condition"])} if check["condition"] else {})


def condition(text: str) -> list[list[str]]:
    """Return a condition of the raw facts in our form, which must be alternatives of parts that hold together.

    >>> condition("((count(p1,Probe) < 6) || ((count(p1,Adept) == 0) && (count(p2,Drone) > 6)))")
    [['p1 Probe < 6'], ['p1 Adept = 0', 'p2 Drone > 6']]
    """
    alternatives = [re.findall(COUNT, alternative) for alternative in text.split("||")]
    return [[count(*part) for part in parts if part[2] not in NOBODY] for parts in alternatives]


def count(kind: str, player: str, unit: str, comparison: str, number: str) -> str:
    """Return one part of a condition in our form."""
    unfinished = "unfinished " if kind == "count_in_progress_or_better" else ""
    name = unit_name(unit) if unit else "units"
    return f"p{player} {unfinished}{name} {comparison.replace('==', '=')} {number}"


def unit_name(catalog_name: str) -> str:
    """Return the name under which we have a unit of the catalog."""
    ids = {name: type_id for type_id, name in load_ids().units.items()}
    return unit_type(ids[catalog_name]).name


def task_map(facts: Row, about: str) -> str:
    """Return the file of a map with bases, armies, and triggers at times, in regions and at the end."""
    triggers = facts["triggers_summary"]
    energies = {act["object_id"]: act["value"] for act in triggers["map_init"] if act["do"] == "unit_property"}
    units = [unit | {"energy": energies.get(unit["id"])} for unit in facts["preplaced_units"]]
    lines = [*ground(facts, about), *placed(units), "", "[start]", "fog = false", "melee = true"]
    for player in (1, 2):
        lines += player_start(player, triggers["map_init"])
    for timed in triggers.get("timed") or ():
        key = "every_loops" if timed["kind"] == "periodic" else "at_loop"
        lines += section("timed", {key: timed.get("loops") or 0}) + actions(timed["actions"])
    for enter in triggers.get("region") or ():
        (region,) = re.findall(r'RegionFromName\("(.+?)"\)', enter["args"][1])
        lines += section("enter", {"region": region}) + actions(enter["actions"])
    for check in triggers["end"]:
        lines += section("end", end(check))
    return "\n".join(lines) + "\n"


def player_start(player: int, init: list[Row]) -> list[str]:
    """Return the table of what a player has at the start, nothing if that is as always."""
    mine = [action for action in init if action.get("player") == player]
    row: Row = {action["property"]: action["value"] for action in mine if action["do"] == "player_property"}
    upgrades = [action["upgrade"] for action in mine if action["do"] == "upgrade"]
    row |= {"upgrades": upgrades} if upgrades else {}
    return section("start.players", {"player": player} | row) if row else []


def actions(raw: list[Row]) -> list[str]:
    """Return the lines of what a trigger creates and orders."""
    creates = []
    for action in raw:
        if action["do"] == "create_units":
            creates.append(created(action))
        elif action["do"] == "load_cargo_into_last_created":
            creates[-1]["cargo"] = {"type": action["type"], "count": action["count"]}
    orders = [group_order(action) for action in raw if action["do"] == "order_group"]
    lines = ["create = [", *(f"  {inline(row)}," for row in creates), "]"] if creates else []
    return [*lines, "order = [", *(f"  {inline(row)}," for row in orders), "]"]


def group_order(action: Row) -> Row:
    """Return an order to some units of a player."""
    row: Row = {"owner": action["owner"], "ability": ORDERS.get(action["ability"], action["ability"])}
    row["point"] = point(action["target"].removeprefix("Point"))
    if action["region"] != "entire_map":
        row["region"] = action["region"]
    row["without"] = [FILTERS.get(name, name) for name in action["exclude_filters"]]
    return row | ({"first": True} if action["queue"].endswith("AddToFront") else {})


def plain_map(facts: Row, about: str) -> str:
    """Return the file of a melee or mini-game map: slots, places and what stands there."""
    lines = ground(facts, about) + placed(facts.get("preplaced_units", ()))
    if facts.get("triggers_summary", {}).get("map_init"):
        lines += ["", "[start]", "melee = true", "elimination = true"]
    return "\n".join(lines) + "\n"


def ground(facts: Row, about: str) -> list[str]:
    """Return the lines of a map's slots and places."""
    lines = head(facts, about)
    starts = [[at["x"], at["y"]] for at in facts.get("points", ()) if at["type"] == "StartLoc"]
    slots = [player for player in facts["players"] if 0 < player["player"] < 15]
    if starts and not any(player["start_location"] for player in slots):
        lines.append(f"start_locations = {inline(starts)}")
    for player in slots:
        row = {"slot": player["player"], "kind": player["control"], "race": RACES[player["race"]]}
        if player["start_location"]:
            row["start"] = player["start_location"]
        lines += section("players", row)
    named = [at for at in facts.get("points", ()) if at["type"] == "Normal"]
    if named:
        lines += ["", "[points]", *(f'"{at["name"]}" = {inline([at["x"], at["y"]])}' for at in named)]
    for region in facts.get("regions") or ():
        lines += section("regions", {"name": region["name"], **shapes(region["shapes"])})
    return lines


def shapes(raw: list[Row]) -> Row:
    """Return the shapes of a region by kind."""
    row: Row = {}
    for shape in raw:
        if shape["type"] == "rect":
            row.setdefault("rects", []).append([number(text) for text in shape["quad"].split(",")])
        else:
            key = "without_circles" if "negative" in shape else "circles"
            circle = [*(number(text) for text in shape["center"].split(",")), number(shape["radius"])]
            row.setdefault(key, []).append(circle)
    return row


def placed(units: list[Row]) -> list[str]:
    """Return tables of placed units, those of one type together, in the map's order."""
    groups: dict[tuple[Any, ...], list[list[float]]] = {}
    for unit in units:
        facing = round(degrees(unit["facing_rad"]), 4) if "facing_rad" in unit else None
        key = (unit["type"], unit["owner"], facing, unit.get("energy"))
        groups.setdefault(key, []).append([unit["x"], unit["y"]])
    lines: list[str] = []
    for (kind, owner, facing, energy), places in groups.items():
        row: Row = {"type": unit_name(kind)} | ({"owner": owner} if owner else {})
        row |= {"facing_deg": facing} if facing is not None else {}
        row |= {"energy": energy} if energy is not None else {}
        lines += section("units", row | {"at": places})
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

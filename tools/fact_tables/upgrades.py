"""Upgrades: price, time and place, and what they change about abilities, effects and behaviours, under our names."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.fact_tables.writing import BUILD, UNITS_OF_MEASURE, group_changes, without_defaults, write_table

Row = dict[str, Any]
Change = tuple[int, str, str, str, Any]

LOOPS_PER_GAME_SECOND = 16
UPGRADE_DEFAULTS: Row = {
    "link": "", "minerals": 0, "vespene": 0, "loops": 0, "ability": 0, "researched_at": [], "reachable": True,
    "line": "", "level": 0, "score": 0, "changes": [],
}  # fmt: skip
PLACES: Mapping[tuple[str, str], tuple[str, int]] = {
    ("abil", r"Cost\[0\]\.Cooldown\.TimeUse"): ("cooldown_loops", LOOPS_PER_GAME_SECOND),
    ("abil", r"Range\[0\]"): ("range_cells", 1),
    ("effect", r"Amount"): ("damage", 1),
    ("effect", r"AttributeBonus\[(\w+)\]"): (r"bonus.\1", 1),
    ("effect", r"PeriodicPeriodArray\[(\d+)\]"): (r"period_loops.\1", LOOPS_PER_GAME_SECOND),
    ("effect", r"PeriodicEffectArray\[(\d+)\]"): (r"periodic_effects.\1", 1),
    ("behavior", r"Modification\.StateFlags\[(\w+)\]"): (r"modification.state_flags.\1", 1),
}
"""Catalog fields -> where the value stands in our tables, and by what it is multiplied."""
SECTION = re.compile(r"InfoArray\[0\]\.SectionArray\[(\w+)\]\.DurationArray\[(\w+)\]")
RANDOM_DELAY = "InfoArray[0].RandomDelayMax"
ROOM = "TotalCargoSpace"
CARGO_COUNT = "MaxCargoCount"
"""How many units get in, whatever their size: as many as there are slots."""


def write_upgrades(
    raw: Mapping[str, Row],
    units: Mapping[str, Row],
    abilities: Mapping[str, Row],
    trees: Mapping[str, Any],
    path: Path,
) -> None:
    """Write upgrades.json; what upgrades change about units and weapons stands in units.json."""
    ids = {name: unit["id"] for name, unit in units.items()}
    changes = Changes(units, abilities, trees)
    rows = []
    for upgrade in raw.values():
        research = (upgrade.get("research") or [{}])[0]
        row: Row = {"id": upgrade["id"], "name": upgrade.get("pysc2_name", upgrade["name"])}
        row["link"] = upgrade["name"] if "pysc2_name" in upgrade else ""
        row |= {
            "minerals": research.get("minerals", 0),
            "vespene": research.get("gas", 0),
            "loops": research.get("loops", 0),
            "ability": research.get("ability_id", 0),
            "researched_at": [ids[name] for name in research.get("at", ())],
            "reachable": research.get("on_card", False),
            "line": upgrade.get("line", ""),
            "level": upgrade.get("level", 0),
            "score": upgrade.get("score_amount", 0),
            "changes": [change[1:] for change in group_changes(changes.of(upgrade))],
        }
        rows.append(without_defaults(row, UPGRADE_DEFAULTS))
    about = {
        "what": "upgrades of the three races",
        "build": BUILD,
        "measures": UNITS_OF_MEASURE,
        "names": "name is PySC2's, link the catalog's where it differs",
        "changes": "[subject, place, operation, value] beyond what units and weapons have in facts/units.json: where "
        "the value stands in the row of the ability, effect or behaviour",
    }
    write_table(path, about, {"upgrades": sorted(rows, key=lambda row: row["id"])})


class Changes:
    """What upgrades change beside units and weapons."""

    def __init__(self, units: Mapping[str, Row], abilities: Mapping[str, Row], trees: Mapping[str, Any]) -> None:
        in_units = {
            change["on"].partition(":")[2]
            for unit in units.values()
            for weapon in unit["weapons"]
            for change in weapon.get("upgrades", ())
        }
        self._effects = set(trees["effects"]) - in_units
        self._morphs = {
            ability["link"]: ability["does"]["phases"][0]
            for ability in abilities.values()
            if ability["does"].get("phases")
        }

    def of(self, upgrade: Row) -> Iterator[Change]:
        """Yield the changes of an upgrade."""
        morphs: dict[str, list[tuple[str, float]]] = {}
        for kind, name, field, operation, value in upgrade.get("changes", ()):
            if kind not in ("Abil", "Behavior") and not (kind == "Effect" and name in self._effects):
                continue
            if field in (ROOM, CARGO_COUNT):
                continue
            if field == RANDOM_DELAY or SECTION.fullmatch(field):
                morphs.setdefault(name, []).append((field, -value if operation == "Subtract" else value))
            else:
                yield (upgrade["id"], *_renamed(kind.lower(), name, field), operation, _measured(kind, field, value))
        for link, times in morphs.items():
            yield from self._morph(upgrade["id"], link, times)

    def _morph(self, upgrade: int, link: str, times: Iterable[tuple[str, float]]) -> Iterator[Change]:
        """Yield how long a morph takes with an upgrade that changes parts of it: as long as the longest of them."""
        phase = self._morphs[link]
        sections = {name: dict(section) for name, section in phase["sections"].items()}
        delay = phase.get("random_delay_max_loops", 0)
        for field, seconds in times:
            loops = seconds * LOOPS_PER_GAME_SECOND
            part = SECTION.fullmatch(field)
            if part is None:
                delay += loops
            else:
                section = sections.setdefault(part[1].lower(), {})
                section[f"{part[2].lower()}_loops"] = section.get(f"{part[2].lower()}_loops", 0) + loops
        longest = max(one.get("delay_loops", 0) + one.get("duration_loops", 0) for one in sections.values())
        yield upgrade, f"ability:{link}", "phases.0.loops", "Set", round(longest, 4)
        if delay != phase.get("random_delay_max_loops", 0):
            yield upgrade, f"ability:{link}", "phases.0.random_delay_loops", "Set", delay


def room_changes(unit: Row, upgrades: Mapping[str, Row]) -> Iterator[Change]:
    """Yield how many slots more a unit that carries others has with upgrades."""
    link = unit.get("cargo", {}).get("ability", "")
    for upgrade in upgrades.values():
        for kind, name, field, operation, value in upgrade.get("changes", ()):
            if kind == "Abil" and name == link and field == ROOM:
                yield upgrade["id"], "unit", "CargoSlots", operation, value


def _place(kind: str, field: str) -> tuple[str, int] | None:
    for (of, pattern), (place, factor) in PLACES.items():
        found = re.fullmatch(pattern, field) if of == kind else None
        if found is not None:
            return found.expand(place), factor
    return None


def _renamed(kind: str, name: str, field: str) -> tuple[str, str]:
    place = _place(kind, field)
    return f"{'ability' if kind == 'abil' else kind}:{name}", place[0] if place else field


def _measured(kind: str, field: str, value: Any) -> Any:
    place = _place(kind.lower(), field)
    return round(value * place[1], 4) if place and place[1] != 1 else value

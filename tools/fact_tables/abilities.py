"""Abilities: what an order needs, costs, takes and makes."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.fact_tables.writing import BUILD, UNITS_OF_MEASURE, filters_text, without_defaults, write_table

Row = dict[str, Any]

ABILITY_DEFAULTS: Row = {
    "button": "", "index": 0, "general": 0, "target": "none", "cast_range_cells": 0, "allow_minimap": False,
    "allow_autocast": False, "is_building": False, "instant_placement": False, "footprint_radius_cells": 0,
    "hotkey": "", "unit": 0, "count": 1, "upgrade": 0, "loops": 0, "minerals": 0, "vespene": 0, "energy": 0, "life": 0,
    "cooldown_loops": 0, "cooldown_link": "", "cooldown_of_player": False, "charges_max": 0, "charges_start": 0,
    "charge_loops": 0, "refund_fraction": 1, "consumes": 0, "costs_by_source": {}, "phases": [], "via": [],
    "range_cells": 0, "range_slop_cells": 0, "filters": "", "arc_deg": 360, "prepare_loops": 0, "cast_loops": 0,
    "outro_loops": 0, "finish_loops": 0, "uninterruptible": [], "effects": [], "behaviors": [], "flags": [],
    "needs": [], "autocast_range_cells": 0, "autocast_filters": "", "autocast_on": False, "autocast_needs": [],
    "magazine_start": 0, "magazine_max": 0, "leash_cells": 0,
}  # fmt: skip
"""What the loader fills in (llm_pysc2/knowledge/abilities.py); a test compares the two."""

SECTIONS = ("stats", "abils", "mover", "collide")


class AbilityRows:
    """Makes rows of our schema; knows ids by catalog name."""

    def __init__(self, units: Mapping[str, Row], upgrades: Mapping[str, Row]) -> None:
        self._units = {name: unit["id"] for name, unit in units.items()}
        self._costs = {name: unit.get("cost_data", {}) for name, unit in units.items()}
        self._upgrades = {upgrade["name"]: upgrade["id"] for upgrade in upgrades.values()}

    def row(self, ability: Row) -> Row:
        """Return one ability without defaults."""
        does = ability["does"]
        row: Row = {"id": ability["id"], "name": ability["name"], "link": ability["link"], "kind": does["kind"]}
        row |= self._interface(ability) | self._product(does) | self._price(ability, does) | self._casting(does)
        row["needs"] = list(self._needs(does.get("requirement", {})))
        row["flags"] = sorted(does.get("flags", ()))
        return without_defaults(row, ABILITY_DEFAULTS)

    def _interface(self, ability: Row) -> Row:
        return {
            "index": 0 if ability["index"] == 255 else ability["index"],
            "button": ability.get("button", ""),
            "general": ability.get("remaps_to", 0),
            "target": ability["target"],
            "cast_range_cells": ability.get("api_cast_range_cells", 0),
            "allow_minimap": ability.get("allow_minimap") or "cmd_minimap" in ability.get("pysc2_types", ()),
            "allow_autocast": ability.get("allow_autocast", False),
            "is_building": ability.get("is_building", False),
            "instant_placement": ability.get("is_instant_placement", False),
            "footprint_radius_cells": ability.get("footprint_radius", 0),
            "hotkey": ability["hotkey"],
        }

    def _product(self, does: Row) -> Row:
        unit = does.get("into") or does.get("unit") or does.get("places_unit")
        return {
            "unit": self._units.get(unit, 0),
            "count": does.get("count", 1),
            "upgrade": does.get("upgrade_id", 0),
            "loops": does.get("total_loops") or does.get("slow_loops") or does.get("loops", 0),
            "via": [self._units[name] for name in does.get("via") or _cocoon(does)],
            "phases": [self._phase(phase) for phase in does.get("phases", ())],
            "magazine_start": does.get("count_start", 0),
            "magazine_max": does.get("max_count") or 0,
            "leash_cells": does.get("leash_cells", 0),
        }

    def _phase(self, phase: Row) -> list[Any]:
        sections = {
            name: [phase["sections"][name].get("delay_loops", 0), phase["sections"][name].get("duration_loops", 0)]
            for name in SECTIONS
            if name in phase["sections"]
        }
        row = [self._units[phase["unit"]], phase["total_loops"], phase.get("random_delay_max_loops", 0), sections]
        effects = phase_effects(phase)
        return [*row, effects] if effects else row

    def _price(self, ability: Row, does: Row) -> Row:
        paid = ability.get("cost") or (self._costs[does["unit"]] if does["kind"] == "arm_magazine" else does)
        cost = does.get("cost", {})
        charge = cost.get("charge") or does.get("charge") or {}
        cooldown = does.get("cooldown") or {}
        free = "IgnoreUnitCost" in does.get("flags", ())
        sources = {} if free else does.get("cost_by_source", {})
        return {
            "minerals": paid.get("minerals") or cost.get("minerals", 0),
            "vespene": paid.get("gas") or cost.get("gas", 0),
            "energy": cost.get("energy") or does.get("vital_cost", {}).get("energy", 0),
            "life": cost.get("life", 0),
            "cooldown_loops": does.get("cooldown_loops") or cost.get("cooldown_use_loops", 0)
            or cooldown.get("time_use_loops", 0),
            "cooldown_link": cost.get("cooldown_link") or cooldown.get("link", ""),
            "cooldown_of_player": cost.get("cooldown_location") == "Player",
            "charges_max": charge.get("count_max") or does.get("charges_max", 0),
            "charges_start": charge.get("count_start", 0),
            "charge_loops": charge.get("time_use_loops", 0),
            "refund_fraction": does["refund_fraction"] if does.get("refund_fraction") is not None else 1,
            "consumes": self._units[ability["consumes"]] if "consumes" in ability else 0,
            "costs_by_source": {
                str(self._units[name]): [price["minerals"], price["gas"]]
                for name, price in sources.items()
                if price["minerals"] or price["gas"]
            },
        }  # fmt: skip

    def _casting(self, does: Row) -> Row:
        autocast = does.get("autocast") or {}
        row = {key: does.get(key) or 0 for key in ("range_cells", "range_slop_cells", "prepare_loops", "cast_loops")}
        return row | {
            "range_cells": does.get("range_cells") or does.get("build_range_cells") or 0,
            "outro_loops": does.get("outro_loops") or 0,
            "finish_loops": does.get("finish_loops") or 0,
            "uninterruptible": does.get("uninterruptible", []),
            "arc_deg": does["arc_deg"] if does.get("arc_deg") is not None else 360,
            "filters": filters_text(does.get("target_filters")),
            "effects": does.get("effects", []),
            "behaviors": does.get("behaviors", []),
            "autocast_range_cells": autocast.get("auto_cast_range_cells", 0),
            "autocast_filters": filters_text(autocast.get("auto_cast_filters")),
            "autocast_on": autocast.get("on_by_default", False) or "AutoCastOn" in does.get("flags", ()),
            "autocast_needs": autocast.get("validators", []),
        }

    def _needs(self, requirement: Row) -> Iterator[list[Any]]:
        for part in ("show", "use"):
            if part in requirement:
                yield from self._terms(requirement[part], negated=False)

    def _terms(self, node: Any, negated: bool) -> Iterator[list[Any]]:
        if not isinstance(node, dict) or "node" in node:
            return
        if "not" in node:
            yield from self._terms(node["not"], not negated)
        elif "all" in node:
            for child in node["all"]:
                yield from self._terms(child, negated)
        elif "any" in node:
            terms = [term for child in node["any"] for term in self._terms(child, negated)]
            yield [terms[0][0], *(item for term in terms for item in term[1:])]
        elif "eq" in node or "lt" in node:
            yield from self._comparison(node)
        elif "count" in node:
            yield from self._count(node["count"], negated)

    def _comparison(self, node: Row) -> Iterator[list[Any]]:
        operator = "eq" if "eq" in node else "lt"
        left, number = node[operator]
        count = left["count"]
        if "upgrade" in count:
            if count["state"] == "CompleteOnly" and number:
                yield ["upgrade", self._upgrades[count["upgrade"]]]
            return  # "not yet researched or under way" holds for every research and is a rule, not a fact of one
        place = "here" if count["state"].endswith("AtUnit") else "all"
        yield ["fewer", number + (operator == "eq"), place, self._units[count["unit"]]]

    def _count(self, count: Row, negated: bool) -> Iterator[list[Any]]:
        if "upgrade" in count:
            if not negated and count["upgrade"] in self._upgrades:
                yield ["upgrade", self._upgrades[count["upgrade"]]]
            elif not negated:
                yield ["upgrade_named", count["upgrade"]]
            return
        if "behavior" in count:
            yield ["no_behavior" if negated else "behavior", count["behavior"]]
            return
        ids = [self._units[name] for name in count.get("any_of") or [count["unit"]]]
        if negated and count["state"].startswith("QueuedOrBetter"):
            yield ["fewer", 1, "here" if count["state"].endswith("AtUnit") else "all", *ids]
        else:
            attached = count["state"].endswith("AtUnit")
            yield [("not_attached" if negated else "attached") if attached else "unit", *ids]


def phase_effects(phase: Row) -> list[str]:
    """Return the effects that happen when a phase of a morph is over."""
    return [section["effect_finish"] for section in phase["sections"].values() if "effect_finish" in section]


def _cocoon(does: Row) -> tuple[str, ...]:
    """Return what the unit that trains others becomes meanwhile: an egg."""
    return (does["trainer_becomes"],) if does.get("trainer_becomes") else ()


def write_abilities(raw: Mapping[str, Any], units: Mapping[str, Row], upgrades: Mapping[str, Row], path: Path) -> None:
    """Write abilities.json from the raw tables."""
    maker = AbilityRows(units, upgrades)
    rows = sorted((maker.row(ability) for ability in raw.values()), key=lambda row: row["id"])
    about = {
        "what": "API abilities that units of facts/units.json carry or PySC2 names",
        "build": BUILD,
        "measures": UNITS_OF_MEASURE,
        "carriers": "the unit types whose `abilities` in facts/units.json list the id",
        "price": "what is paid; costs_by_source: [minerals, vespene] of a morph by the type it starts from; "
        "a refund_fraction of 0.75 is paid back when it is cancelled",
        "loops": "train, build, morph, research: how long; warp_in: in a slow field, a fast one is 3.2 times faster",
        "phases": "of a morph: [type, loops, random delay at most, {what changes: [delay, duration]}, "
        "effects at its end]",
        "needs": "all must hold: [unit, any of these types complete], [attached | not_attached, to the unit itself], "
        "[upgrade, id], [behavior | no_behavior, at the unit], [fewer, than, here or all, type]",
    }
    write_table(path, about, {"abilities": rows})

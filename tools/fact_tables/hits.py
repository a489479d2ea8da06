"""What one shot of a weapon does: its effect tree flattened to damage nodes.

Created units and orders on the way are left to the effect tables; a node here is damage, and what harm goes with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tools.fact_tables.writing import without_defaults

Row = dict[str, Any]

HIT_DEFAULTS: Row = {
    "bonus": {},
    "armor_factor": 1,
    "kind": "Ranged",
    "times": 1,
    "period_loops": [],
    "delay_loops": 0,
    "missile_speed": None,
    "missile_acceleration": None,
    "missile_start_speed": 0,
    "splash": [],
    "splash_filters": "",
    "splash_hits_centre": False,
    "splash_same_cliff": False,
    "splash_origin": "target",
    "search_radius_cells": None,
    "search_filters": "",
    "search_arc_deg": 360,
    "search_max_count": 0,
    "search_excludes_target": False,
    "search_origin": "target",
    "search_flags": [],
    "sweep_cells": [],
    "once_per_unit": False,
    "also": [],
    "condition": [],
}


@dataclass(frozen=True)
class Way:
    """What has been met on the way from the weapon to a damage node."""

    condition: tuple[str, ...] = ()
    delay_loops: float = 0.0
    fields: Row = field(default_factory=dict)
    missiles: int = 0

    def with_fields(self, **fields: Any) -> "Way":
        """Return the way with further fields of the hit."""
        return replace(self, fields={**self.fields, **fields})


class HitFinder:
    """Walks the effect trees of weapons."""

    def __init__(self, trees: Mapping[str, Any]) -> None:
        self._effects: Mapping[str, Row] = trees["effects"]
        self._movers: Mapping[str, Row] = trees["movers"]
        self._behaviors: Mapping[str, Row] = trees["behaviors"]

    def hits(self, effect: str) -> list[Row]:
        """Return the damage nodes of a weapon's effect as rows without defaults."""
        return _merge_alternatives([without_defaults(row, HIT_DEFAULTS) for row in self._visit(effect, Way())])

    def is_beam(self, effect: str) -> bool:
        """Return whether the effect holds its target until it is broken off."""
        return "PersistUntilDestroyed" in self._effects.get(effect, {}).get("flags", ())

    def kills_caster(self, effect: str) -> bool:
        """Return whether the shot is the end of the unit that fires."""
        return any(name == "Suicide" for name in self._effects.get(effect, {}).get("effect_array", ()))

    def _visit(self, name: str, way: Way) -> Iterator[Row]:
        effect = self._effects.get(name)
        if effect is None:
            return
        validators = effect.get("validator_array", ())
        if "FriendlyTarget" in validators:
            way = replace(way, condition=(*way.condition, "FriendlyTarget"))
        if "noMarkers" in validators and effect["do"] == "Damage" and "search_radius_cells" in way.fields:
            way = way.with_fields(once_per_unit=True)
        visit = getattr(self, f"_visit_{effect['do'].lower()}", None)
        if visit is not None:
            yield from visit(name, effect, way)

    def _visit_set(self, _name: str, effect: Row, way: Way) -> Iterator[Row]:
        children = effect.get("effect_array", ())
        harms = [child for child in children if self._harms(child)]
        for child in children:
            yield from self._visit(child, way.with_fields(also=harms) if harms else way)

    def _harms(self, name: str) -> bool:
        """Return whether an effect puts something bad on the target, beside the damage."""
        effect = self._effects.get(name, {})
        behavior = self._behaviors.get(effect.get("behavior", ""), {})
        return "which_unit" not in effect and behavior.get("alignment") == "Negative"

    def _visit_switch(self, _name: str, effect: Row, way: Way) -> Iterator[Row]:
        for case in effect.get("cases", ()):
            yield from self._visit(case["effect"], replace(way, condition=(*way.condition, case["if"] or "")))
        if "case_default" in effect:
            yield from self._visit(effect["case_default"], replace(way, condition=(*way.condition, "else")))

    def _visit_launchmissile(self, _name: str, effect: Row, way: Way) -> Iterator[Row]:
        missile = _missile(self._movers.get(effect.get("movers", ["MissileDefault"])[0], {}))
        flying = replace(way.with_fields(**missile), missiles=way.missiles + 1)
        for key in ("impact_effect", "finish_effect"):
            if key in effect:
                yield from self._visit(effect[key], flying)

    def _visit_enumarea(self, _name: str, effect: Row, way: Way) -> Iterator[Row]:
        area = effect["areas"][0]
        origin = way.fields.get("search_origin", "target")
        if effect.get("impact_location") == "SourceUnit":
            origin = "caster"
        if way.missiles:
            origin = "previous"
        searching = way.with_fields(
            search_radius_cells=area["radius_cells"],
            search_filters=effect.get("search_filters", ""),
            search_arc_deg=area.get("arc_deg", 360),
            search_max_count=effect.get("max_count", 0),
            search_excludes_target=_excludes_target(effect) and not _passes_target(way),
            search_origin=origin,
            search_flags=sorted(set(effect.get("search_flags", ())) - {"CallForHelp", "OffsetAreaByAngle"}),
        )
        yield from self._visit(area["effect"], searching)

    def _visit_createpersistent(self, _name: str, effect: Row, way: Way) -> Iterator[Row]:
        if "initial_effect" in effect:
            yield from self._visit(effect["initial_effect"], way)
        start = way.delay_loops + effect.get("initial_delay_loops", 0)
        if "PersistUntilDestroyed" in effect.get("flags", ()):
            return  # each further period of a beam is the weapon's next shot
        periodic = list(self._periodic(effect, replace(way, delay_loops=start)))
        yield from periodic
        if periodic:
            return  # an expire effect after a sweep only makes sure of the target, which the sweep has hit
        end = start + effect.get("expire_delay_loops", 0)
        for key in ("expire_effect", "final_effect"):
            if key in effect:
                yield from self._visit(effect[key], replace(way, delay_loops=end))

    def _periodic(self, effect: Row, way: Way) -> Iterator[Row]:
        array = effect.get("periodic_effect_array", [])
        count = effect.get("period_count", 0)
        periods = effect.get("periodic_period_array_loops", [0])
        waits = [periods[index % len(periods)] for index in range(count)]
        sweep = [_offset(text) for text in effect.get("periodic_offset_array", ())][:count]
        for child in dict.fromkeys(array):
            turns = [index for index in range(count) if array[index % len(array)] == child]
            if len(turns) == count:
                fields: Row = {"times": count, "period_loops": waits if len(set(waits)) > 1 else waits[:1]}
                if not any(waits):
                    fields["period_loops"] = []
                if sweep:
                    fields["sweep_cells"] = sweep
                if effect.get("which_location") == "SourcePoint":
                    fields["search_origin"] = "caster"
                yield from self._visit(child, way.with_fields(**fields))
            else:
                for turn in turns:
                    delay = way.delay_loops + sum(waits[: turn + 1])
                    yield from self._visit(child, replace(way, delay_loops=delay))

    def _visit_damage(self, name: str, effect: Row, way: Way) -> Iterator[Row]:
        if not effect.get("amount"):
            return
        row: Row = {
            "effect": name,
            "damage": effect["amount"],
            "bonus": effect.get("bonus", {}),
            "armor_factor": effect.get("armor_reduction", 0),
            "kind": effect.get("kind", "Spell"),
        }
        row |= way.fields | {"delay_loops": way.delay_loops, "condition": list(way.condition)}
        if "areas" in effect:
            row |= _splash(effect)
        yield row


def _splash(effect: Row) -> Row:
    areas = ([area["radius_cells"], area["fraction"], area.get("arc_deg", 360)] for area in effect["areas"])
    rings = sorted(areas, key=_ring_order)
    kept = [ring for ring, after in zip(rings, [*rings[1:], None], strict=True) if after is None or ring[1] != after[1]]
    return {
        "splash": [ring[:2] if ring[2] == 360 else ring for ring in kept],
        "splash_filters": effect.get("search_filters", ""),
        "splash_hits_centre": not _excludes_target(effect),
        "splash_same_cliff": "SameCliff" not in effect.get("search_flags_off", ()),
        "splash_origin": "caster" if effect.get("impact_location") == "CasterUnit" else "target",
    }


def _ring_order(ring: list[float]) -> tuple[float, float]:
    return ring[0], ring[2]


def _excludes_target(effect: Row) -> bool:
    return any(entry == "Target" or isinstance(entry, dict) for entry in effect.get("exclude_array", ()))


def _passes_target(way: Way) -> bool:
    """Return whether areas sweep across the target, whose middle one hits it (Colossus)."""
    return [0, 0] in way.fields.get("sweep_cells", ()) and way.fields.get("search_origin", "target") == "target"


def _offset(text: str) -> list[float]:
    """Return (right, forward) cells; in the catalog forward is negative y."""
    right, back = (float(number) for number in text.split(",")[:2])
    return [right, -back]


def _missile(mover: Row) -> Row:
    """Return speed and acceleration of the phase that makes the flight: the last guided one with a speed."""
    phases = [phase for phase in mover.get("phases", ()) if "max_speed_cells_per_game_second" in phase]
    if not phases:
        return {}
    accelerations = [phase["acceleration"] for phase in phases if "acceleration" in phase]
    starts = [phase["speed_cells_per_game_second"] for phase in phases if "speed_cells_per_game_second" in phase]
    return {
        "missile_speed": phases[-1]["max_speed_cells_per_game_second"],
        "missile_acceleration": accelerations[-1] if accelerations else None,
        "missile_start_speed": starts[0] if starts and len(phases) == 1 else 0,
    }


def _merge_alternatives(rows: list[Row]) -> list[Row]:
    """Merge nodes that differ in their branch only: "a" and "b" to "a or b", all branches to none."""
    merged: list[Row] = []
    for row in rows:
        plain = {key: value for key, value in row.items() if key != "condition"}
        twin = next((other for other in merged if _same_but_condition(other, plain)), None)
        if twin is None or "condition" not in row or "condition" not in twin:
            merged.append(row)
            continue
        *path, last = row["condition"]
        *_, other_last = twin["condition"]
        if last == "else":
            twin.pop("condition")
            if path:
                twin["condition"] = path
        else:
            twin["condition"] = [*path, f"{other_last} or {last}"]
    return merged


def _same_but_condition(row: Row, plain: Row) -> bool:
    return {key: value for key, value in row.items() if key != "condition"} == plain

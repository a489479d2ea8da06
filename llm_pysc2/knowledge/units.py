"""Unit types and their weapons, from `knowledge_base/facts/units.json`.

One source for the engine (what happens), the observation (what a model is told) and the API's tables.
Importing this reads nothing; the table is read when it is first asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.knowledge.tables import load_rows, refuse_unknown, row_id
from llm_pysc2.knowledge.weapons import Hit, SplashRing, UpgradeChange, Weapon, decode_changes, decode_weapon

__all__ = [
    "Hit", "Resource", "SplashRing", "UnitType", "UpgradeChange", "Weapon", "load_units", "unit_by_name", "unit_type",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What can be harvested from a unit type."""

    kind: str
    """"minerals" or "vespene"."""
    contents: int = 0
    """At the start; 0 = what it was built on holds."""
    raw: bool = False
    """Whether a building must stand on it first."""
    harvest_amount: int
    """Carried back from one trip."""
    harvest_loops: float = 0.0
    """A worker's stay."""
    return_delay_loops: float = 0.0
    ideal_harvesters: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitType:
    """One unit type of the build. Times in game loops, distances in cells, speeds in cells per game second."""

    id: int
    name: str
    """PySC2's name."""
    race: str = "neutral"
    """"protoss", "terran", "zerg" or "neutral"."""
    structure: bool = False
    attributes: frozenset[str] = frozenset()
    """Light, Armored, Biological, Mechanical, Psionic, Massive, Structure, Hover, Heroic, Summoned."""
    planes: frozenset[str] = frozenset({"Ground"})
    """"Ground" and "Air"; a Colossus is on both."""
    collide: frozenset[str] = frozenset()
    """Collision layers: units push each other apart if they share one (Ground, Colossus, Structure, Flying, ...)."""
    flags: frozenset[str] = frozenset()
    """Catalog flags that rules ask for: Worker, ArmySelect, Uncommandable, NoScore, Invulnerable, ..."""
    life_max: float
    life_start: float
    life_regen_per_game_second: float = 0.0
    life_regen_delay_loops: float = 0.0
    """Without damage before life comes back."""
    shield_max: float = 0.0
    shield_start: float = 0.0
    shield_regen_per_game_second: float = 0.0
    shield_regen_delay_loops: float = 0.0
    energy_max: float = 0.0
    energy_start: float = 0.0
    energy_regen_per_game_second: float = 0.0
    armor: float = 0.0
    shield_armor: float = 0.0
    radius_cells: float
    inner_radius_cells: float
    separation_radius_cells: float
    sight_cells: float = 0.0
    height_cells: float = 0.0
    """How far above the ground it flies; 0 on the ground."""
    vision_height_cells: float = 0.0
    minimap_radius_cells: float = 0.0
    """Of its mark on the minimap; 0 = its radius."""
    speed: float = 0.0
    acceleration: float = 0.0
    """Cells per game second squared; 1000 = at once."""
    deceleration: float = 0.0
    """0 where the catalog gives none."""
    turning_deg_per_game_second: float = 0.0
    stationary_turning_deg_per_game_second: float = 0.0
    creep_speed_multiplier: float = 1.0
    mover: str = "Ground"
    push_priority: int = 10
    food_used: float = 0.0
    food_provided: float = 0.0
    cargo_size: int = 0
    cargo_slots: int = 0
    cargo_unit_size_max: int = 0
    """Largest passenger it takes."""
    cargo_load_range_cells: float = 0.0
    cargo_load_period_loops: float = 0.0
    cargo_unload_period_loops: float = 0.0
    cargo_unload_range_cells: float = 0.0
    """How far from its middle passengers are let out at most."""
    cargo_filters: str = ""
    """Which units it takes, as catalog filters."""
    cargo_behavior: str = ""
    """What its passengers hold while they are aboard."""
    hangar: str = ""
    """Link of the ability that makes what it keeps and launches (Carrier, Brood Lord)."""
    minerals: int = 0
    """Catalog cost; for Zerg structures and morphs it includes what they are made from."""
    vespene: int = 0
    build_loops: float = 0.0
    """How long the ability `made_by` takes; a slow warp-in has its own time in facts/abilities.json."""
    made_by: int = 0
    """API id of the ability that the API names as its maker, 0 = none."""
    tech_requirement: int = 0
    """Unit type that the API names as required, 0 = none."""
    require_attached: bool = False
    """Whether the required unit is an add-on of the producer."""
    repair_loops: float = 0.0
    """Game loops of one worker for the whole life; 0 = cannot be repaired."""
    attack_priority: int = 0
    acquire_level: str = "Offensive"
    """"Offensive", "Defensive", "Passive" or "None"."""
    response: str = "Acquire"
    """"Acquire", "Flee" or "Nothing": what it does when hit."""
    subgroup_priority: int = 0
    cost_category: str = ""
    score_make: float = 0.0
    score_kill: float = 0.0
    footprint: str = ""
    """Name of a footprint in facts/footprints.json, empty for units."""
    placement_footprint: str = ""
    """Name of the footprint asked when it is placed."""
    addon_offset_cells: tuple[float, float] | None = None
    """Where an add-on stands, from the centre of its producer (right, up)."""
    built_on: tuple[int, ...] = ()
    """Unit types it has to stand on (geysers)."""
    fog_visibility: str = "Hidden"
    """What a player sees of it after it is out of sight: "Hidden", "Dimmed" or "Snapshot"."""
    facing_deg: float = 270.0
    """When it is created and nothing else is said; 0 = east, counterclockwise."""
    abilities: tuple[int, ...] = ()
    """API ability ids on the command card."""
    behaviors: tuple[str, ...] = ()
    tech_alias: tuple[int, ...] = ()
    unit_alias: int = 0
    weapons: tuple[Weapon, ...] = ()
    changes: tuple[UpgradeChange, ...] = ()
    """What upgrades change about the unit itself."""
    detector_cells: float = 0.0
    """Radius within which it detects cloaked units, 0 = not a detector."""
    cloaked: bool = False
    """Whether it is always cloaked."""
    burrowed: bool = False
    needs_power: bool = False
    power_cells: float = 0.0
    """Radius within which Protoss buildings have power and units warp in."""
    fast_power_cells: float = 0.0
    """Radius within which a power field is a fast one."""
    creep_source: str = ""
    """Name of a creep mask in facts/economy.json."""
    drop_off: bool = False
    """Whether workers return resources here."""
    resource: Resource | None = None
    timed_life_loops: float = 0.0
    """0 = lives until killed."""

    @property
    def is_flying(self) -> bool:
        """Whether it is in the air plane only."""
        return self.planes == frozenset({"Air"})


_SETS = ("attributes", "planes", "collide", "flags")
_TUPLES = ("abilities", "behaviors", "tech_alias", "built_on", "addon_offset_cells")


def decode_unit(row: dict[str, Any]) -> UnitType:
    """Return a unit type from its JSON object. Raises TypeError for an unknown or a missing key."""
    refuse_unknown(row, UnitType)
    fields = dict(row)
    for key in _SETS:
        if key in fields:
            fields[key] = frozenset(fields[key])
    for key in _TUPLES:
        if key in fields:
            fields[key] = tuple(fields[key])
    fields.setdefault("life_start", fields.get("life_max"))
    if "shield_max" in fields:
        fields.setdefault("shield_start", fields["shield_max"])
    for key in ("inner_radius_cells", "separation_radius_cells"):
        fields.setdefault(key, fields.get("radius_cells"))
    if "turning_deg_per_game_second" in fields:
        fields.setdefault("stationary_turning_deg_per_game_second", fields["turning_deg_per_game_second"])
    if "resource" in fields:
        fields["resource"] = Resource(**fields["resource"])
    fields["weapons"] = tuple(decode_weapon(weapon) for weapon in fields.get("weapons", ()))
    fields["changes"] = decode_changes(fields.get("changes", []))
    return UnitType(**fields)


@cache
def load_units() -> Mapping[int, UnitType]:
    """Return every unit type by API id, in the order of ids. Raises PackError that names file and entry."""
    return load_rows("units", row_id, decode_unit)


def unit_type(type_id: int) -> UnitType:
    """Return the unit type of that API id. Raises UsageError if the build has none we know."""
    try:
        return load_units()[type_id]
    except KeyError:
        raise UsageError(f"no unit type with id {type_id}; see knowledge_base/facts/units.json") from None


@cache
def _units_by_name() -> Mapping[str, UnitType]:
    return {unit.name.casefold(): unit for unit in load_units().values()}


def unit_by_name(name: str) -> UnitType:
    """Return the unit type of that PySC2 name, in any case. Raises UsageError with the closest names."""
    found = _units_by_name().get(name.casefold())
    if found is None:
        raise UsageError(f"no unit named {name!r}; {closest_names(name, (u.name for u in load_units().values()))}")
    return found

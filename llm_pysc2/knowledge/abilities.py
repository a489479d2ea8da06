"""Abilities: what an order needs, costs, takes and makes; from `knowledge_base/facts/abilities.json`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from llm_pysc2.errors import UsageError
from llm_pysc2.knowledge.records import BehaviorName, ConditionName, EffectName
from llm_pysc2.knowledge.tables import convert, load_rows, refuse_unknown, row_id
from llm_pysc2.knowledge.units import load_units


@dataclass(frozen=True, slots=True)
class Need:
    """One condition of an ability; all of an ability's must hold."""

    kind: str
    """"unit" (any of the types complete), "attached" or "not_attached" (to the unit itself), "upgrade",
    "upgrade_named" (one without an id in the API), "behavior" or "no_behavior" (at the unit), "fewer"."""
    ids: tuple[int, ...] = ()
    """Unit types or one upgrade."""
    name: str = ""
    """Of a behaviour or an upgrade."""
    fewer_than: int = 0
    here: bool = False
    """For "fewer": counted at the unit itself; otherwise all of the player's."""


@dataclass(frozen=True, slots=True)
class MorphPhase:
    """One step of a morph: times in game loops from its start."""

    unit: int
    """Type that it becomes."""
    loops: float
    random_delay_loops: float
    """Up to so many are added, drawn for each morph."""
    changes: dict[str, tuple[float, float]] = field(default_factory=dict)
    """When "stats", "abils", "mover" and "collide" change: (delay, duration)."""
    effects: tuple[EffectName, ...] = ()
    """What happens when it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """One ability of the API. Times in game loops, distances in cells."""

    id: int
    name: str
    """As the API gives it: its friendly name, else the button's."""
    link: str
    """Catalog name; with `index` what the API calls link name and index."""
    index: int = 0
    button: str = ""
    kind: str
    """"general" (stands for several), "smart", "move", "attack", "stop", "train", "warp_in", "build", "research",
    "morph", "effect", "behavior_on", "load", "gather", "cancel_last", ..."""
    general: int = 0
    """The general ability that the API maps it to, 0 = none."""
    target: str = "none"
    """"none", "point", "unit", "point_or_unit" or "point_or_none"."""
    cast_range_cells: float = 0.0
    """As the API lists it; 500 = anywhere."""
    allow_minimap: bool = False
    allow_autocast: bool = False
    is_building: bool = False
    instant_placement: bool = False
    footprint_radius_cells: float = 0.0
    hotkey: str = ""
    unit: int = 0
    """Type that is made, 0 = none."""
    count: int = 1
    """How many are made."""
    upgrade: int = 0
    loops: float = 0.0
    minerals: int = 0
    vespene: int = 0
    energy: float = 0.0
    life: float = 0.0
    cooldown_loops: float = 0.0
    cooldown_link: str = ""
    """Abilities with the same link share the cooldown."""
    cooldown_of_player: bool = False
    """Whether all units of the player share it, instead of each having its own."""
    charges_max: int = 0
    charges_start: int = 0
    charge_loops: float = 0.0
    refund_fraction: float = 1.0
    """Share of the price that cancelling gives back."""
    consumes: int = 0
    """Type of the worker that becomes the building."""
    costs_by_source: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Minerals and vespene of a morph by the type it starts from."""
    phases: tuple[MorphPhase, ...] = ()
    via: tuple[int, ...] = ()
    """Types it passes through (cocoons)."""
    range_cells: float = 0.0
    range_slop_cells: float = 0.0
    filters: str = ""
    """Catalog target filters, "required;excluded"."""
    arc_deg: float = 360.0
    prepare_loops: float = 0.0
    cast_loops: float = 0.0
    outro_loops: float = 0.0
    """How long the caster is at it after the effect, in the phase "Cast"; then comes "Finish"."""
    finish_loops: float = 0.0
    uninterruptible: frozenset[str] = frozenset()
    """Phases that other orders do not cut off: "Approach", "Prep", "Cast", "Channel", "Finish"."""
    effects: tuple[EffectName, ...] = ()
    behaviors: tuple[BehaviorName, ...] = ()
    flags: frozenset[str] = frozenset()
    needs: tuple[Need, ...] = ()
    autocast_range_cells: float = 0.0
    autocast_filters: str = ""
    autocast_on: bool = False
    """Whether autocast is on from the beginning."""
    autocast_needs: tuple[ConditionName, ...] = ()
    """Names of conditions that a target of autocast has to meet."""
    magazine_start: int = 0
    magazine_max: int = 0
    leash_cells: float = 0.0


def decode_need(row: list[Any]) -> Need:
    """Return a condition from its JSON row.

    >>> decode_need(["fewer", 8, "here", 85])
    Need(kind='fewer', ids=(85,), name='', fewer_than=8, here=True)
    """
    kind, *rest = row
    if kind == "fewer":
        return Need(kind, tuple(rest[2:]), fewer_than=rest[0], here=rest[1] == "here")
    if kind in ("behavior", "no_behavior", "upgrade_named"):
        return Need(kind, name=rest[0])
    return Need(kind, tuple(rest))


def decode_ability(row: dict[str, Any]) -> Ability:
    """Return an ability from its JSON object. Raises ValueError for an unknown key, TypeError for a missing one."""
    refuse_unknown(row, Ability)
    fields = convert(row, sets=("flags", "uninterruptible"), tuples=("effects", "behaviors", "via", "autocast_needs"))
    if "needs" in fields:
        fields["needs"] = tuple(decode_need(need) for need in fields["needs"])
    if "phases" in fields:
        fields["phases"] = tuple(_decode_phase(*phase) for phase in fields["phases"])
    if "costs_by_source" in fields:
        costs = fields["costs_by_source"]
        fields["costs_by_source"] = {int(source): (minerals, vespene) for source, (minerals, vespene) in costs.items()}
    return Ability(**fields)


def _decode_phase(
    unit: int, loops: float, random_delay_loops: float, changes: dict[str, list[float]], effects: Sequence[str] = ()
) -> MorphPhase:
    times = {name: (delay, duration) for name, (delay, duration) in changes.items()}
    return MorphPhase(unit, loops, random_delay_loops, times, tuple(effects))


@cache
def load_abilities() -> Mapping[int, Ability]:
    """Return the abilities by API id, in the order of ids. Raises PackError that names file and entry."""
    return load_rows("abilities", row_id, decode_ability)


def ability(ability_id: int) -> Ability:
    """Return the ability of that API id. Raises UsageError if we know nothing but its id."""
    try:
        return load_abilities()[ability_id]
    except KeyError:
        raise UsageError(f"no ability with id {ability_id}; see knowledge_base/facts/abilities.json") from None


@cache
def members_by_general() -> Mapping[int, tuple[int, ...]]:
    """Return the special ability ids behind each general one."""
    members: dict[int, tuple[int, ...]] = {}
    for special in load_abilities().values():
        if special.general:
            members[special.general] = (*members.get(special.general, ()), special.id)
    return MappingProxyType(members)


@cache
def carriers() -> Mapping[int, tuple[int, ...]]:
    """Return the unit type ids with an ability on their command card, by ability id."""
    found: dict[int, tuple[int, ...]] = {}
    for unit in load_units().values():
        for ability_id in unit.abilities:
            found[ability_id] = (*found.get(ability_id, ()), unit.id)
    return MappingProxyType(found)

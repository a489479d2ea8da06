"""Behaviours: what lasts on a unit, and which of it the API shows as a buff; from `facts/behaviors.json`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, TypedDict

from llm_pysc2.knowledge.records import ConditionName, EffectName
from llm_pysc2.knowledge.tables import convert, load_rows, refuse_unknown, refuse_unknown_keys, row_id


class Modification(TypedDict, total=False):
    """What changes on a unit while a behaviour lasts; where a key says nothing else, numbers are added."""

    abil_class_disable_array: Sequence[str]
    abil_class_enable_array: Sequence[str]
    abil_link_disable_array: Sequence[str]
    abil_link_enable_array: Sequence[str]
    acceleration_bonus: float
    attack_speed_multiplier: float
    behavior_class_disable_array: Sequence[str]
    behavior_link_disable_array: Sequence[str]
    damage_dealt_attribute_scaled: dict[str, float]
    death_response: dict[str, Any]
    deceleration_bonus: float
    detect: float
    detect_arc: float
    detect_filters: str
    food: float
    height_cells: float
    height_time: dict[str, float]
    life_armor_bonus: float
    life_armor_multiplier: float
    modify_flags: Sequence[str]
    move_speed_bonus: float
    move_speed_maximum: float
    move_speed_multiplier: float
    plane_delta: dict[str, float]
    queue_count: int
    queue_size: int
    radar: float
    radar_arc: float
    radar_filters: str
    rate_multiplier_array: dict[str, float]
    shield_armor_bonus: float
    shield_armor_multiplier: float
    sight_maximum: float
    state_flags: Sequence[str]
    subgroup_priority: int
    time_scale: float
    vital_regen_array: dict[str, float]
    weapon_array: list[dict[str, str]]
    weapon_disable_array: Sequence[str]
    weapon_enable_array: Sequence[str]
    weapon_range_cells: float
    weapon_scan_bonus: float


class DamageResponse(TypedDict, total=False):
    """How a behaviour answers damage to its unit."""

    chance: float
    clamp_minimum: float
    cost: dict[str, Any]
    fatal: bool
    handled: str
    kinds: Sequence[str]
    location: str
    minimum: float
    modify_amount: float
    modify_fraction: float
    modify_limit: float
    modify_minimum_damage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Behavior:
    """One behaviour. Times in game loops."""

    name: str
    """Catalog name, by which effects and abilities refer to it."""
    buff: int = 0
    """API buff id, 0 = the API does not show it."""
    kind: str = "Buff"
    duration_loops: float = 0.0
    """0 = until it is removed."""
    duration_random_loops: float = 0.0
    """Up to so many are added."""
    period_loops: float = 0.0
    """Of `periodic_effect`."""
    delay_loops: float = 0.0
    harmful: bool = False
    stacks_max: int = 1
    modification: Modification = field(default_factory=Modification)
    """What changes while it lasts: move_speed_multiplier, attack_speed_multiplier, life_armor_bonus, state_flags,
    modify_flags, weapon_range_cells, vital_regen_array, ..."""
    damage_response: tuple[DamageResponse, ...] = ()
    initial_effect: EffectName = ""
    periodic_effect: EffectName = ""
    expire_effect: EffectName = ""
    """When its time is up."""
    final_effect: EffectName = ""
    """When it ends for whatever reason."""
    remove_unless: tuple[ConditionName, ...] = ()
    """Names of conditions; it is removed when one fails."""
    disable_unless: tuple[ConditionName, ...] = ()
    range_cells: float = 0.0
    kill_credit: str = ""
    takes_over: bool = False
    """While it lasts the unit belongs to whoever put it there."""
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundEffect:
    """An effect that the API shows on the ground."""

    id: int
    name: str
    """Catalog name."""
    friendly_name: str
    radius_cells: float
    persist_loops: float | None
    """From the cast; None = until it is ended."""


def decode_behavior(row: dict[str, Any]) -> Behavior:
    """Return a behaviour from its JSON object. Raises ValueError for an unknown key, TypeError for a missing one."""
    refuse_unknown(row, Behavior)
    refuse_unknown_keys(row.get("modification", {}), Modification.__annotations__, "modification.")
    for response in row.get("damage_response", ()):
        refuse_unknown_keys(response, DamageResponse.__annotations__, "damage_response.")
    fields = convert(row, sets=("flags",), tuples=("remove_unless", "disable_unless", "damage_response"))
    return Behavior(**fields)


@cache
def load_behaviors() -> Mapping[str, Behavior]:
    """Return the behaviours by catalog name. Raises PackError that names file and entry."""
    return load_rows("behaviors", lambda row: str(row["name"]), decode_behavior)


@cache
def load_buffs() -> Mapping[int, Behavior]:
    """Return the behaviours that the API shows, by buff id; ids without one here are in `ids.load_ids().buffs`."""
    buffs = {behavior.buff: behavior for behavior in load_behaviors().values() if behavior.buff}
    return MappingProxyType(dict(sorted(buffs.items())))


@cache
def load_ground_effects() -> Mapping[int, GroundEffect]:
    """Return the effects that the API shows, by id. Raises PackError that names file and entry."""
    return load_rows("effects", row_id, lambda row: GroundEffect(**row))

"""Behaviours: what lasts on a unit, and which of it the API shows as a buff; from `facts/behaviors.json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from llm_pysc2.knowledge.records import ConditionName, EffectName
from llm_pysc2.knowledge.tables import convert, load_rows, refuse_unknown, row_id


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
    modification: dict[str, Any] = field(default_factory=dict)
    """What changes while it lasts: move_speed_multiplier, attack_speed_multiplier, life_armor_bonus, state_flags,
    modify_flags, weapon_range_cells, vital_regen_array, ..."""
    damage_response: tuple[dict[str, Any], ...] = ()
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

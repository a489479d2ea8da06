"""What one step of an effect tree may say: a record for each kind (`do`) of row in `facts/spells.json`.

`engine/effects/` has a module that plays each kind. Lengths in cells, times in game loops. Places and units are named
as the catalog does ("Caster", "TargetPoint"); "Effect:Place" is the place that an earlier effect remembers; None = what
the effect aims at. What is marked "not played" is known of the catalog and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from llm_pysc2.knowledge.records import BehaviorName, ConditionName, EffectName

Flags = frozenset[str]
Numbers = Mapping[str, float]
_NONE: Flags = frozenset()


def _no_numbers() -> Numbers:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What every step has; its kind is the name of its class."""

    name: str
    only_if: tuple[ConditionName, ...] = ()
    """It does nothing if one of these conditions fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Effect):
    """A step that others name and of which the build's tables say nothing."""

    missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A circle of a search: who is carried on with, and by what; or of damage: which share of it."""

    radius_cells: float = 0.0
    effect: EffectName = ""
    fraction: float = 1.0
    max_count: int = 0
    """Not played."""
    radius_bonus: float = 0.0
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search(Effect):
    """What the two kinds share that look for units within circles."""

    at: str | None = None
    areas: tuple[Area, ...] = ()
    filters: str = ""
    """"required;excluded", as in "Ground;Player,Structure"."""
    exclude: tuple[str, ...] = ()
    """Units that are left out."""
    max_count: int = 0
    """Only so many of the nearest, 0 = all."""
    search_flags: Flags = _NONE
    search_flags_off: Flags = _NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumArea(Search):
    """Carry out an effect on everybody in an area."""

    min_count: int = 0
    """Nothing happens if fewer are found."""
    launch_location: str | None = None
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage(Search):
    """Hurt or kill a unit, or everybody in an area."""

    damage: float = 0.0
    bonus: Numbers = field(default_factory=_no_numbers)
    """More damage by attribute."""
    armor_factor: float = 1.0
    kind: str = "Spell"
    """"Spell", "Melee", "Ranged", "Splash"."""
    flags: Flags = _NONE
    """"Kill", "NoKillCredit", ..."""
    shield_bonus: float = 0.0
    vital_fraction_current: Numbers = field(default_factory=_no_numbers)
    """More damage as a share of what the target has of "Life", "Shields" or "Energy"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Set(Effect):
    """Carry out several effects in their order."""

    effects: tuple[EffectName, ...] = ()
    target_location_type: str = ""
    """"Point": the unit that is aimed at is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case of a switch."""

    effect: EffectName
    if_: ConditionName | None = None
    fall_through: bool = False
    """It counts only if its effect can be carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Effect):
    """Carry out the effect of the first case whose condition holds, or the other one."""

    cases: tuple[Case, ...]
    otherwise: EffectName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumTransport(Effect):
    """Carry out an effect on everybody aboard."""

    effect: EffectName


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyBehavior(Effect):
    """Put a behaviour on a unit."""

    behavior: BehaviorName
    """In a row it is the one of the effect's own name unless it says another."""
    on: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveBehavior(Effect):
    """Take a behaviour off a unit."""

    behavior: BehaviorName
    on: str | None = None
    count: int = 0
    """So many stacks of it, 0 = all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferBehavior(Effect):
    """Take a behaviour from one unit to another, or a copy of it."""

    behavior: BehaviorName
    launch_unit: str | None = None
    impact_unit: str | None = None
    copy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting(Effect):
    """What the two kinds share that go on."""

    while_: ConditionName | None = None
    """It ends when this condition fails."""
    final_effect: EffectName = ""
    """Whenever it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePersistent(Lasting):
    """Begin what goes on at a place or a unit: at the start, at every period, when it is over."""

    at: str | None = None
    initial_effect: EffectName = ""
    initial_delay_loops: float = 0.0
    periodic_effects: tuple[EffectName, ...] = ()
    """In turn."""
    period_loops: tuple[float, ...] = ()
    """In turn."""
    period_count: float = 0
    expire_delay_loops: float = 0.0
    expire_effect: EffectName = ""
    flags: Flags = _NONE
    """"Channeled", "PersistUntilDestroyed"."""
    reveal_radius_cells: float | None = None
    """How far its owner sees around it."""
    reveal_flags: Flags = _NONE
    """"Detect"."""
    offsets: tuple[str, ...] = ()
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateHealer(Lasting):
    """Begin a beam: one vital of the caster, or a price, for another vital of the target."""

    recharge_vital: str = ""
    recharge_vital_rate: float = 0.0
    """A game second."""
    drain_vital: str = ""
    drain_vital_cost_factor: float = 0.0
    """Drained for each point that is given."""
    drain_resource_cost_factor: Numbers | None = None
    """Share of the price of the target, for a whole life."""
    periodic_effect: EffectName = ""
    """Not played."""
    time_factor: float = 1.0
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyPersistent(Effect):
    """End persistent effects of a name near a place."""

    effect: EffectName
    radius_cells: float
    at: str | None = None
    count: int = 0
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchMissile(Effect):
    """Send a missile on its way."""

    movers: tuple[str, ...]
    """How it flies: the last of these that the table of missiles has, else as the catalog's default."""
    at: str | None = None
    launch_location: str = "SourceUnit"
    away_cells: float | None = None
    """It flies so far beyond what it aims at, or as far as the ground is open."""
    carries: str = ""
    """The unit that it takes along."""
    launch_effect: EffectName = ""
    impact_effect: EffectName = ""
    finish_effect: EffectName = ""
    """After the impact, or after the loss of its target."""
    interrupt_effect: EffectName = ""
    """In place of the impact if its target is gone."""
    flags: Flags = _NONE
    """"Channeled"."""
    flags_off: Flags = _NONE
    """Not played."""
    missile_unit: str = ""
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUnit(Effect):
    """Create units; without a type that the game knows none."""

    spawn_unit: str = ""
    at: str | None = None
    spawn_owner: str = ""
    """"Neutral", "Target" or "" = the caster's."""
    spawn_count: int = 1
    spawn_effect: EffectName = ""
    """Done to each."""
    create_flags: Flags = _NONE
    """Not played."""
    create_flags_off: Flags = _NONE
    """"Placement": they stand at the very place."""
    origin: str = ""
    """Not played."""
    spawn_offset: str = ""
    """Not played."""
    spawn_range_cells: float = 0.0
    """Not played."""
    type_fallback_unit: str = ""
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teleport(Effect):
    """Move a unit to a place at once."""

    target_location: str
    on: str | None = None
    source_location: str | None = None
    """A group that is taken keeps its shape around this place."""
    range_cells: float = 0.0
    """At most so far, 0 = anywhere."""
    placement_range_cells: float = 0.0
    """It stays where it is if there is no room so near to the place, 0 = wherever there is."""
    teleport_flags: Flags = _NONE
    """Not played."""
    teleport_flags_off: Flags = _NONE
    """"TestFog": the place need not be seen."""
    clear_queued_orders: bool = False
    """Not played."""
    min_distance_cells: float = 0.0
    """Not played."""
    placement_arc_deg: float = 0.0
    """Not played."""
    placement_around: str = ""
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalChange:
    """What is added to a vital."""

    change: float = 0.0
    change_fraction: float = 0.0
    """Of its maximum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurretChange:
    """What a turret is told."""

    turret: str = ""
    aim_complete_effect: EffectName = ""
    """Carried out at once."""
    action: str = ""
    """Not played."""
    target: str = ""
    """Not played."""
    flags: Flags = _NONE
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalvageShare:
    """What a unit that is taken apart costs its owner: negative, as shares of its price."""

    resource: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class CostChange:
    """What is added to a cooldown; not played."""

    abil: str = ""
    behavior: str = ""
    cooldown_operation: str = ""
    cooldown_time_use: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifyUnit(Effect):
    """Add to life, shields or energy; change the owner; take apart."""

    impact_unit: str | None = None
    vitals: Mapping[str, VitalChange] = field(default_factory=lambda: MappingProxyType({}))
    """By "Life", "Shields" or "Energy"."""
    modify_flags: Flags = _NONE
    """"Salvage"."""
    salvage_factor: SalvageShare | None = None
    modify_owner_player: str = ""
    """"Caster": the unit becomes the caster's."""
    modify_turret: TurretChange | None = None
    cost: CostChange | None = None
    facing_location: str = ""
    """Not played."""
    launch_unit: str = ""
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueOrder(Effect):
    """Order a unit about by the catalog name of an ability."""

    abil: str
    abil_cmd_index: int = 0
    on: str | None = None
    target: str | None = None
    chance: float = 1.0
    """Not played."""
    player: str = ""
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder(Effect):
    """Drop all orders of a unit."""

    on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCalldown(Effect):
    """Use up what was armed before."""

    calldown_unit: str
    calldown_effect: EffectName
    at: str | None = None
    """Not played."""
    calldown_count: int = 1
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedUpgrade:
    """An upgrade, and how many levels of it."""

    upgrade: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifyPlayer(Effect):
    """Give a player resources or an upgrade; not played."""

    resources: Numbers = field(default_factory=_no_numbers)
    upgrades: GrantedUpgrade | None = None
    which_player: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseMagazine(Effect):
    """Send out what was built aboard; `engine/combat/hangars` does that by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseMagazine(Effect):
    """Let go of what was built aboard; not played."""


KINDS: Mapping[str, type[Effect]] = {
    kind.__name__: kind
    for kind in (
        *(Damage, EnumArea, Set, Switch, EnumTransport, ApplyBehavior, RemoveBehavior, TransferBehavior),
        *(CreatePersistent, CreateHealer, DestroyPersistent, LaunchMissile, CreateUnit, Teleport, ModifyUnit),
        *(IssueOrder, CancelOrder, UseCalldown, ModifyPlayer, UseMagazine, ReleaseMagazine),
    )
}
"""The kinds by what a row's `do` says."""

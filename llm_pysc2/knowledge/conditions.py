"""What one condition may say: a record for each kind of `test` in `facts/spells.json`, and all or any of others.

`engine/behaviors/conditions.py` and `awareness.py` beside it carry the tests out. Places and units are named as in
`effects`. What is marked "not played" is known of the catalog and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from llm_pysc2.knowledge.records import BehaviorName, ConditionName

Comparison = Literal["EQ", "NE", "GE", "GT", "LE", "LT"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What every condition has; its test is the name of its class."""

    name: str
    negate: bool = False
    """It holds if what it asks does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf(Condition):
    """All of others hold."""

    all: tuple[ConditionName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf(Condition):
    """Any of others holds."""

    any: tuple[ConditionName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfUnit(Condition):
    """What tests of a unit share."""

    which_unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPlace(Condition):
    """What tests of a place share."""

    which_location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPlayer(Condition):
    """What tests of a player share."""

    which_player: str = ""
    """"Target" or "" = the caster's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCompareBehaviorCount(OfUnit):
    """How often a unit holds a behaviour."""

    behavior: BehaviorName
    compare: Comparison = "EQ"
    value: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitType(OfUnit):
    """Whether a unit is of a type."""

    value: str
    find: bool = False
    """Whether it is to be so, or not so."""
    type: str = ""
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFilters(OfUnit):
    """Whether filters let a unit pass."""

    filters: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCompareVital(OfUnit):
    """How much life, shields or energy a unit has."""

    vital: Literal["Life", "Shields", "Energy"] = "Life"
    type: str = ""
    """"Fraction": as a share of the maximum."""
    compare: Comparison = "GE"
    value: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMover(OfUnit):
    """Whether a unit flies ("Fly") or walks."""

    value: str
    find: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOrderQueue(OfUnit):
    """Whether a unit's present order is of an ability."""

    abil_link: str
    find: bool = False
    abil_cmd_index: int = 0
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitWeaponFiring(OfUnit):
    """Whether a unit is in the middle of an attack."""

    find: bool = False
    weapon: str = ""
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCompareOrderTargetRange(OfUnit):
    """How far a unit is from another, cells from edge to edge."""

    other_unit: str | None = None
    compare: Comparison = "EQ"
    value: float = 0.0
    abil_link: str = ""
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCompareOrderCount(OfUnit):
    """How many of a unit's orders are of an ability."""

    abil_link: str
    compare: Comparison = "EQ"
    value: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCompareField(OfUnit):
    """What a unit's type says."""

    field: Literal["Race", "Height"]
    value: str | float = 0.0
    compare: Comparison = "EQ"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCompareSpeed(OfUnit):
    """How fast a unit is."""

    compare: Comparison = "EQ"
    value: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCompareCargo(OfUnit):
    """How many are aboard of a unit."""

    compare: Comparison = "EQ"
    value: float = 0.0
    type: str = ""
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCompareCooldown(OfUnit):
    """How many game seconds are left of an ability's cooldown."""

    ability: str
    compare: Comparison = "EQ"
    value: float = 0.0
    cooldown_link: str = ""
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCompareMarkerCount(OfUnit):
    """How many marks a unit has; not played: it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDetected(OfUnit):
    """Whether the caster's owner detects a unit."""

    find: bool = False
    flags: tuple[str, ...] = ()
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitBehaviorState(OfUnit):
    """Whether behaviours put a unit into a state."""

    behavior_state: str
    find: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOfEffect:
    """The place that an earlier effect remembers."""

    effect: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationCompareRange(OfPlace):
    """How far two places are apart, cells; units count from their edges."""

    range_cells: float
    which_location: str | None = "TargetUnit"
    value: PlaceOfEffect | str = "CasterUnit"
    compare: Comparison = "LE"
    pathing: bool = False
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationCompareCliffLevel(OfPlace):
    """How high a place lies."""

    compare: Comparison = "EQ"
    value: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedArea:
    """How many have to be within a circle."""

    radius_cells: float
    count: float
    compare: Comparison = "GE"
    """Not played: "GE"."""
    validator: ConditionName = ""
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationEnumArea(OfPlace):
    """Whether so many units that pass filters are around a place."""

    area_array: tuple[CountedArea, ...]
    """One."""
    search_filters: str
    combined_vital: str = ""
    """Not played."""
    compare: Comparison = "GE"
    """Not played."""
    launch_location: str = ""
    """Not played."""
    search_flags: tuple[str, ...] = ()
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationPathable(OfPlace):
    """Whether one can stand at a place."""

    find: bool = False
    types: tuple[str, ...] = ()
    """Not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationType(OfPlace):
    """One condition where a cast aims at a unit, another where it aims at a point."""

    unit: ConditionName
    point: ConditionName


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationCreep(OfPlace):
    """Whether there is creep at a place, or so near to it."""

    find: bool = False
    radius_bonus: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationVision(OfPlayer):
    """Whether a player sees a unit."""

    which_location: str
    find: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerRequirement(OfPlayer):
    """Whether a player has one of some upgrades."""

    upgrades: tuple[int, ...]
    """Ids; none: it is never met."""
    find: bool = False
    value: str = ""
    """Name of the catalog's requirement; not played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerCompareType(OfPlayer):
    """Whether a person ("User") or a computer ("Computer") plays."""

    value: Literal["User", "Computer"]


TESTS: Mapping[str, type[Condition]] = {
    kind.__name__: kind
    for kind in (
        *(UnitCompareBehaviorCount, UnitType, UnitFilters, UnitCompareVital, UnitMover, UnitOrderQueue),
        *(UnitWeaponFiring, UnitCompareOrderTargetRange, UnitCompareOrderCount, UnitCompareField, UnitCompareSpeed),
        *(UnitCompareCargo, UnitCompareCooldown, UnitCompareMarkerCount, UnitDetected, UnitBehaviorState),
        *(LocationCompareRange, LocationCompareCliffLevel, LocationEnumArea, LocationPathable, LocationType),
        *(LocationCreep, LocationVision, PlayerRequirement, PlayerCompareType),
    )
}
"""The kinds by what a row's `test` says."""

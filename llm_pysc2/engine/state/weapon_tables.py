"""Weapons as they are in the hands of one player: the facts of a type with the player's upgrades. Pure values."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, pi, radians

from llm_pysc2.engine.maps.filters import Filter, Relation, parse_filter, trait
from llm_pysc2.knowledge.changes import changed, changes_of, upgraded_hit
from llm_pysc2.knowledge.units import Hit, UnitType, Weapon

GROUND, AIR = trait("Ground"), trait("Air")


@dataclass(frozen=True, slots=True)
class ArmedWeapon:
    """One weapon with upgrades. Distances in cells from edge to edge, times in game loops."""

    name: str
    target: Filter
    hits_ground: bool
    hits_air: bool
    range_cells: float
    min_range_cells: float
    slop_cells: float
    period_loops: float
    random_delay_loops: tuple[int, int]
    damage_point_loops: int
    """Whole loops from the start of an attack to the shot."""
    backswing_loops: int
    half_arc: float
    """Radians to each side of where the unit looks within which it can fire."""
    beam: bool
    kills_caster: bool
    fires_moving: bool
    fires_in_any_order: bool
    """Fires at what is in range also while the unit carries out a move order."""
    hits: tuple[Hit, ...]
    effect: str = ""
    """What it does, by the name of an effect; of importance where it has no hits."""

    def allows(self, traits: int) -> bool:
        """Return whether it can hit an enemy with these traits."""
        plane = (self.hits_ground and traits & GROUND) or (self.hits_air and traits & AIR)
        return bool(plane) and self.target.allows(traits, Relation.ENEMY)


@dataclass(frozen=True, slots=True)
class Armament:
    """All weapons of a unit that work, in the order in which they are preferred."""

    weapons: tuple[ArmedWeapon, ...] = ()
    scan_cells: float = 0.0
    """How far the unit looks for targets."""
    turret: bool = False
    ranks: bool = True
    """Looks at threat and attack priority; false: takes whoever is nearest."""
    passive: bool = False
    """Fires only at what it is ordered to."""
    by_angle: bool = False
    """Of equal targets it takes the one it has to turn least for, not the nearest."""

    def reach(self, traits: int) -> float:
        """Return the longest range in cells against an enemy with these traits, -1 if no weapon hits it."""
        return max((weapon.range_cells for weapon in self.weapons if weapon.allows(traits)), default=-1.0)

    @property
    def min_reach(self) -> float:
        """Nearest gap in cells at which any weapon fires."""
        return min((weapon.min_range_cells for weapon in self.weapons), default=0.0)

    def choose(self, traits: int, gap_cells: float) -> int:
        """Return the index of the weapon to fire at a target with these traits at this gap, or -1.

        The first in order that reaches it; a gap between two ranges is bridged by the longer one. Units that overlap
        have no gap.
        """
        gap_cells = max(gap_cells, 0.0)
        bridged = -1
        for index, weapon in enumerate(self.weapons):
            if gap_cells > weapon.range_cells or not weapon.allows(traits):
                continue
            if gap_cells >= weapon.min_range_cells:
                return index
            if gap_cells >= self.min_reach:
                bridged = index
        return bridged


def arm(unit_type: UnitType, upgrades: Sequence[int]) -> Armament:
    """Return the weapons of a unit type with upgrades, and how far it looks for targets."""
    enabled = [weapon for weapon in unit_type.weapons if weapon.enabled]
    weapons = tuple(_arm_weapon(weapon, upgrades) for weapon in enabled)
    scans = [_scan_cells(weapon, armed, upgrades) for weapon, armed in zip(enabled, weapons, strict=True)]
    return Armament(
        weapons=weapons,
        scan_cells=max(scans, default=0.0),
        turret=bool(weapons) and all(weapon.turret for weapon in enabled),
        ranks=not any("IgnoreThreat" in weapon.options for weapon in enabled),
        by_angle=any(weapon.acquire_prioritization == "ByAngle" for weapon in enabled),
    )


def _scan_cells(weapon: Weapon, armed: ArmedWeapon, upgrades: Sequence[int]) -> float:
    changes = changes_of(weapon.changes, f"weapon:{weapon.name}", "MinScanRange", upgrades)
    return max(changed(weapon.min_scan_range_cells, changes), armed.range_cells)


def _arm_weapon(weapon: Weapon, upgrades: Sequence[int]) -> ArmedWeapon:
    def number(field: str, value: float) -> float:
        return changed(value, changes_of(weapon.changes, f"weapon:{weapon.name}", field, upgrades))

    moving = weapon.fires_moving or weapon.kills_caster
    return ArmedWeapon(
        name=weapon.name,
        target=parse_filter(weapon.filters),
        hits_ground=weapon.hits_ground,
        hits_air=weapon.hits_air,
        range_cells=number("Range", weapon.range_cells),
        min_range_cells=weapon.min_range_cells,
        slop_cells=weapon.range_slop_cells,
        period_loops=number("Period", weapon.period_loops) / number("RateMultiplier", 1.0),
        random_delay_loops=weapon.random_delay_loops,
        damage_point_loops=ceil(weapon.damage_point_loops),
        backswing_loops=ceil(weapon.backswing_loops),
        half_arc=min(radians(weapon.arc_deg / 2 + weapon.arc_slop_deg), pi),
        beam=weapon.beam,
        kills_caster=weapon.kills_caster,
        fires_moving=moving,
        fires_in_any_order=moving and "OnlyFireWhileInAttackOrder" not in weapon.options,
        effect=weapon.effect,
        hits=tuple(upgraded_hit(hit, weapon.changes, upgrades) for hit in weapon.hits),
    )

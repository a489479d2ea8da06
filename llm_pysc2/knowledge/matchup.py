"""A against B: who outranges whom, who is faster, who wins at even cost; computed from the unit facts."""

from collections.abc import Collection
from dataclasses import dataclass
from math import inf

from llm_pysc2.knowledge.attack import Attack, Body, drones, make_attack, make_body
from llm_pysc2.knowledge.units import UnitType
from llm_pysc2.knowledge.upgrades import load_upgrades

GAS_VALUE = 2.0
"""Minerals that a unit of vespene counts for, as in LLM-PySC2's kill/loss value."""


@dataclass(frozen=True, slots=True)
class Matchup:
    """Two unit types against each other."""

    first: Body
    second: Body
    attack: Attack
    """Of the first on the second."""
    answer: Attack
    """Of the second on the first."""

    @property
    def reach_cells(self) -> float:
        """How much farther the first reaches than the second, below 0 if less far; 0 unless both can attack."""
        if not (self.attack.is_possible and self.answer.is_possible):
            return 0.0
        return self.attack.range_cells - self.answer.range_cells

    @property
    def speed_cells_per_second(self) -> float:
        """How much faster the first walks than the second, off creep; below 0 if slower."""
        return self.first.speed_cells_per_second - self.second.speed_cells_per_second

    @property
    def trade(self) -> float | None:
        """Value killed per value lost by the first where one fights one at a time; None where there is no answer."""
        if not value(self.first.unit) or not value(self.second.unit):
            return None
        ours, theirs = _price_of_kill(self.first, self.attack), _price_of_kill(self.second, self.answer)
        if self.attack.is_last or self.answer.is_last:
            return None if ours == theirs == inf else theirs / ours
        if not self.answer.is_possible:
            return inf if self.attack.is_possible else None
        return theirs * self.answer.loops_per_kill / (ours * self.attack.loops_per_kill)

    @property
    def open_field(self) -> float | None:
        """Strength of the first over the second at even cost where all shoot at once, by Lanchester's square law."""
        if self.trade is None or self.attack.is_last or self.answer.is_last:
            return self.trade
        return self.trade * value(self.second.unit) / value(self.first.unit)


def match(
    first: UnitType, second: UnitType, first_upgrades: Collection[int] = (), second_upgrades: Collection[int] = ()
) -> Matchup:
    """Return how two unit types fare against each other, each with the upgrades of those ids."""
    one, other = make_body(first, first_upgrades), make_body(second, second_upgrades)
    return Matchup(one, other, make_attack(first, other, first_upgrades), make_attack(second, one, second_upgrades))


def value(unit: UnitType) -> float:
    """Return the price of a unit type in minerals, vespene counted `GAS_VALUE` times."""
    return unit.minerals + GAS_VALUE * unit.vespene


def upgrades_of_level(unit: UnitType, weapons: int, armor: int) -> frozenset[int]:
    """Return the ids of a unit type's levelled upgrades up to a level of weapons and one of armor (shields with it).

    >>> from llm_pysc2.knowledge.units import unit_by_name
    >>> sorted(upgrades_of_level(unit_by_name("Marine"), weapons=1, armor=2))
    [7, 11, 12]
    """
    drone, _ = drones(unit)
    armed = unit.weapons + (drone.weapons if drone else ())
    of_weapons = {change.upgrade_id for weapon in armed for change in weapon.changes}
    of_body = {change.upgrade_id for change in unit.changes if change.field in ("LifeArmor", "ShieldArmor")}
    table = load_upgrades()
    return frozenset(
        upgrade_id
        for group, level in ((of_weapons, weapons), (of_body, armor))
        for upgrade_id in group
        if 0 < table[upgrade_id].level <= level
    )


def _price_of_kill(body: Body, attack: Attack) -> float:
    """Return what stands at stake for a kill: one of the kind, or all that die with their attacks on the way."""
    if not attack.is_possible:
        return inf
    return value(body.unit) * (attack.attacks_to_kill if attack.is_last else 1)

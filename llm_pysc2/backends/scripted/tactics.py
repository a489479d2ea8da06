"""What policies think about: who can hit whom, how soon, how hard; and where to look for an enemy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot
from random import Random
from typing import TypeAlias

from llm_pysc2.backends.scripted.reading import ReadObservation, ReadRules, ReadUnit, ReadWeapon

BODY_CELLS = 1.0
"""Two radii, about: ranges count from edge to edge, places are of the middles."""
SEEK_AFTER_SECONDS = 8
"""Until then the enemy is awaited."""
SEEK_EVERY_SECONDS = 12

Place: TypeAlias = tuple[float, float]
"""x and y in cells."""


@dataclass(slots=True)
class Field:
    """One turn as a policy sees it."""

    seen: ReadObservation
    rules: ReadRules
    chance: Random

    def weapon_against(self, unit: ReadUnit, target: ReadUnit) -> ReadWeapon | None:
        """Return the unit's strongest weapon that can hit the target, or None."""
        flying = self.rules.type(target.type).is_flying
        fitting = [w for w in self.rules.type(unit.type).weapons if (w.hits_air if flying else w.hits_ground)]
        return max(fitting, key=lambda weapon: weapon.dps, default=None)

    def damage_against(self, unit: ReadUnit, target: ReadUnit) -> float:
        """Return the damage of one shot at a target."""
        weapon = self.weapon_against(unit, target)
        if weapon is None:
            return 0.0
        kind = self.rules.type(target.type)
        bonus = sum(amount for attribute, amount in weapon.bonus if attribute in kind.attributes)
        armor = 0.0 if target.shield else kind.armor
        return max(0.5, weapon.damage + bonus - armor) * weapon.hits

    def dps_against(self, unit: ReadUnit, target: ReadUnit) -> float:
        """Return the damage per second that a unit does to a target in its range."""
        weapon = self.weapon_against(unit, target)
        return self.damage_against(unit, target) * weapon.shots_per_second if weapon else 0.0

    def seconds_to_reach(self, unit: ReadUnit, target: ReadUnit) -> float:
        """Return how long a unit walks until it can hit the target; infinity if it never can."""
        weapon = self.weapon_against(unit, target)
        if weapon is None:
            return float("inf")
        gap = unit.distance_to(target) - weapon.range_cells - BODY_CELLS
        speed = self.rules.type(unit.type).speed_cells_per_second
        if gap <= 0:
            return 0.0
        return gap / speed if speed else float("inf")

    def is_ranged(self, unit: ReadUnit) -> bool:
        """Return whether a unit has a weapon that reaches beyond its arm."""
        return any(not weapon.is_melee for weapon in self.rules.type(unit.type).weapons)

    def reach_cells(self, unit: ReadUnit) -> float:
        """Return how far the unit's longest weapon reaches, 0 without weapons."""
        return max((weapon.range_cells for weapon in self.rules.type(unit.type).weapons), default=0.0)

    def is_ready(self, unit: ReadUnit, action: str) -> bool:
        """Return whether a unit has an action and has not used it too short a time ago."""
        every = self.rules.type(unit.type).every_seconds.get(action, 0.0)
        last = self.seen.casts.get((unit.id, action))
        return self.seen.lists(unit, action) and (last is None or self.seen.seconds - last > every)

    def inside(self, x: float, y: float) -> tuple[float, float]:
        """Return the nearest point where units can be."""
        left, bottom, right, top = self.rules.area
        return min(max(x, left), right), min(max(y, bottom), top)

    def goal(self) -> Place:
        """Return the first place that the task names, the middle of the map if it names none."""
        left, bottom, right, top = self.rules.area
        return self.seen.places[0] if self.seen.places else ((left + right) / 2, (bottom + top) / 2)

    def place_to_seek(self) -> tuple[float, float]:
        """Return where to look for an enemy: first on the other side of the map, then here and there."""
        left, bottom, right, top = self.rules.area
        round_number = (self.seen.seconds - SEEK_AFTER_SECONDS) // SEEK_EVERY_SECONDS
        x, y = middle(self.seen.own)
        if round_number <= 0:
            return self.inside(left + right - x, bottom + top - y)
        spots = [(right, top), (left, bottom), (right, bottom), (left, top)]
        spot_x, spot_y = spots[round_number % len(spots)]
        return (spot_x + left + right) / 3, (spot_y + bottom + top) / 3


def distance(one: Place, other: Place) -> float:
    """Return the distance between two places in cells."""
    return hypot(one[0] - other[0], one[1] - other[1])


def clump(units: Sequence[ReadUnit], radius_cells: float) -> tuple[ReadUnit | None, int]:
    """Return the unit that has most of them around it, and how many these are with it; None and 0 if there are none."""
    crowds = [sum(unit.distance_to(other) <= radius_cells for other in units) for unit in units]
    most = max(crowds, default=0)
    return (units[crowds.index(most)], most) if units else (None, 0)


def middle(units: Iterable[ReadUnit]) -> tuple[float, float]:
    """Return the mean place of some units, the origin if there are none."""
    places = [(unit.x, unit.y) for unit in units]
    if not places:
        return 0.0, 0.0
    return sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places)


def away_from(unit: ReadUnit, threats: Sequence[ReadUnit], step_cells: float) -> tuple[float, float]:
    """Return a point some cells away from a unit, straight away from what threatens it, the nearest most."""
    push_x = push_y = 0.0
    for threat in threats:
        gap = max(0.1, unit.distance_to(threat))
        push_x += (unit.x - threat.x) / gap**2
        push_y += (unit.y - threat.y) / gap**2
    length = hypot(push_x, push_y) or 1.0
    return unit.x + push_x / length * step_cells, unit.y + push_y / length * step_cells

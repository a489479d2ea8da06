"""What one unit type does to another with the weapon it would use, upgrades included; computed from the unit facts.

The engine plays these rules; here they are only counted. Left out: splash on others, spells, regeneration, the flight
of missiles, the random part of reload times, and the Immortal's Barrier.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import inf

from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.changes import changed, changes_of, upgraded_hit
from llm_pysc2.knowledge.units import Hit, UnitType, UpgradeChange, Weapon, unit_type
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND, LOOPS_PER_SECOND

LEAST_DAMAGE = 0.5
"""Of a hit, however thick the armor (catalog GameData, DamageMinimum)."""
_LARGE_CELLS = 1.25
"""A sieged tank hits targets of this radius directly, smaller ones by its blast, for the same damage to the target."""
_ALWAYS = frozenset({"", "-", "Visible", "Enemy"})
"""Of a filter's required words, those that hold for every enemy that can be seen."""


@dataclass(frozen=True, slots=True)
class Body:
    """A unit type with upgrades, as far as being shot at and walking matter."""

    unit: UnitType
    life: float
    shield: float
    armor: float
    shield_armor: float
    speed_cells_per_second: float
    """Real seconds, off creep."""


@dataclass(frozen=True, slots=True)
class Attack:
    """What a unit does to another. Without a weapon for it there is no damage, and a kill takes forever."""

    weapon: str = ""
    """Catalog name; empty = it cannot attack this target."""
    range_cells: float = 0.0
    """From edge to edge."""
    period_loops: float = inf
    """From one attack to the next."""
    shield_damage: float = 0.0
    """Of all hits of one attack together, while the shields hold."""
    life_damage: float = 0.0
    """Of all hits of one attack together, when the shields are gone."""
    hits: int = 0
    """Of one attack."""
    attacks_to_kill: int = 0
    kill_loops: float = inf
    """From the first hit to the last."""
    is_last: bool = False
    """Whether the attack is the end of the attacker."""
    is_switched: bool = False
    """Whether the weapon has to be switched on first."""

    @property
    def is_possible(self) -> bool:
        """Whether the target can be attacked at all."""
        return bool(self.weapon)

    @property
    def damage_per_second(self) -> float:
        """Damage to life per real second."""
        return self.life_damage * LOOPS_PER_SECOND / self.period_loops

    @property
    def loops_per_kill(self) -> float:
        """Game loops that each kill costs in a long fight: whole attacks, overkill included."""
        return self.attacks_to_kill * self.period_loops if self.is_possible else inf


@dataclass(frozen=True, slots=True)
class _Arm:
    """A weapon with the hits that it does to a certain target, upgraded."""

    weapon: Weapon
    range_cells: float
    period_loops: float
    hits: tuple[Hit, ...]


def make_body(unit: UnitType, upgrades: Collection[int] = ()) -> Body:
    """Return a unit type as a target, with upgrades (ids)."""

    def number(field: str, value: float) -> float:
        return _changed(value, unit.changes, ("unit", field), upgrades)

    return Body(
        unit=unit,
        life=number("LifeMax", unit.life_max),
        shield=unit.shield_max,
        armor=number("LifeArmor", unit.armor),
        shield_armor=number("ShieldArmor", unit.shield_armor),
        speed_cells_per_second=number("Speed", unit.speed) * LOOPS_PER_SECOND / LOOPS_PER_GAME_SECOND,
    )


def make_attack(attacker: UnitType, target: Body, upgrades: Collection[int] = ()) -> Attack:
    """Return what a unit type with upgrades (ids) does to a target with the first of its weapons that can hit it."""
    for arm in arms(attacker, target.unit, upgrades):
        strikes = _strikes(arm.hits)
        attacks, kill_loops = _kill(strikes, arm.period_loops, target)
        return Attack(
            weapon=arm.weapon.name,
            range_cells=arm.range_cells,
            period_loops=arm.period_loops,
            shield_damage=sum(_damage(hit, target.unit, target.shield_armor) for _, hit in strikes),
            life_damage=sum(_damage(hit, target.unit, target.armor) for _, hit in strikes),
            hits=len(strikes),
            attacks_to_kill=attacks,
            kill_loops=kill_loops,
            is_last=arm.weapon.kills_caster,
            is_switched=not arm.weapon.enabled,
        )
    return Attack()


def arms(attacker: UnitType, target: UnitType, upgrades: Collection[int] = ()) -> Iterator[_Arm]:
    """Yield the weapons that can hit a target in the order of use: listed ones, hidden ones, those switched off."""
    drone, count = drones(attacker)
    for weapon in sorted(attacker.weapons, key=lambda weapon: (not weapon.enabled, weapon.hidden)):
        if not _can_target(weapon, target):
            continue
        firing, copies, period_of = weapon, 1, weapon
        if drone is not None and not weapon.hits:
            firing, copies = drone.weapons[0], max(count, 1)
            period_of = firing if count else weapon
        hits = tuple(upgraded_hit(hit, firing.changes, upgrades) for hit in _applicable(firing.hits, target)) * copies
        if hits:
            period = _weapon_number(period_of, "Period", period_of.period_loops, upgrades)
            rate = _weapon_number(period_of, "RateMultiplier", 1.0, upgrades)
            reach = _weapon_number(weapon, "Range", weapon.range_cells, upgrades)
            yield _Arm(firing if not weapon.hits else weapon, reach, period / rate, hits)


def drones(attacker: UnitType) -> tuple[UnitType | None, int]:
    """Return what a unit's hangar sends out, and how many at once; 0 = one with each attack of its own weapon.

    >>> from llm_pysc2.knowledge.units import unit_by_name
    >>> [(drone.name, count) for drone, count in [drones(unit_by_name("Carrier")), drones(unit_by_name("BroodLord"))]]
    [('Interceptor', 8), ('BroodlingEscort', 0)]
    """
    hangar = _hangars().get(attacker.name)
    return (unit_type(hangar.unit), hangar.magazine_max) if hangar else (None, 0)


@cache
def _hangars() -> Mapping[str, Ability]:
    """Return the abilities that fill hangars, which are named for the unit that has them."""
    found = (ability for ability in load_abilities().values() if ability.kind == "arm_magazine")
    return {ability.link.removesuffix("Hangar"): ability for ability in found if ability.link.endswith("Hangar")}


def _strikes(hits: Sequence[Hit]) -> list[tuple[float, Hit]]:
    """Return the hits of one attack, each with its loops after the first of them."""
    strikes = [(loops, hit) for hit in hits for loops in _moments(hit)]
    first = min(loops for loops, _ in strikes)
    return sorted(((loops - first, hit) for loops, hit in strikes), key=lambda strike: strike[0])


def _moments(hit: Hit) -> list[float]:
    """Return when a node falls on its target, loops after the shot; an area of a sweep is met once, in its middle."""
    waits = hit.period_loops or (0.0,)
    moments, now = [], hit.delay_loops
    for time in range(hit.times):
        now += waits[time % len(waits)]
        moments.append(now)
    if not hit.once_per_unit:
        return moments
    if not hit.sweep_cells or hit.search_origin != "target":
        return moments[:1]
    middle = min(range(len(hit.sweep_cells)), key=lambda area: sum(abs(cell) for cell in hit.sweep_cells[area]))
    return [moments[min(middle, len(moments) - 1)]]


def _kill(strikes: Sequence[tuple[float, Hit]], period_loops: float, target: Body) -> tuple[int, float]:
    """Return how many attacks kill the target, and the loops from the first hit to the last."""
    life, shield, attacks = target.life, target.shield, 0
    while True:
        for loops, hit in strikes:
            to_shield, to_life = _split(hit, target, shield)
            shield -= to_shield
            life -= to_life
            if life <= 0:
                return attacks + 1, attacks * period_loops + loops
        attacks += 1


def _split(hit: Hit, target: Body, shield: float) -> tuple[float, float]:
    """Return what one hit takes from shields and from life: each part less its armor, half a point at least."""
    against_life = _damage(hit, target.unit, target.armor)
    if shield <= 0:
        return 0.0, against_life
    against_shield = _damage(hit, target.unit, target.shield_armor)
    if against_shield <= shield:
        return against_shield, 0.0
    least = max(LEAST_DAMAGE - shield, 0.0)
    return shield, max(against_shield - shield - target.armor * hit.armor_factor, least)


def _damage(hit: Hit, target: UnitType, armor: float) -> float:
    amount = hit.damage + sum(bonus for attribute, bonus in hit.bonus.items() if attribute in target.attributes)
    return max(amount - armor * hit.armor_factor, LEAST_DAMAGE)


def _applicable(hits: Sequence[Hit], target: UnitType) -> list[Hit]:
    """Return the damage nodes that fall on the target itself, of the branches of the weapon that it goes down."""
    taken: set[tuple[str, ...]] = set()
    chosen = []
    for hit in hits:
        if not _branch(hit.condition, target, taken):
            continue
        beside = hit.search_radius_cells is not None and (hit.search_excludes_target or hit.search_origin == "previous")
        filters = hit.search_filters if hit.search_radius_cells is not None else ""
        if hit.splash and hit.splash_origin == "caster":
            filters = hit.splash_filters
        if hit.damage > 0 and not beside and _passes(filters, target):
            chosen.append(hit)
    return chosen


def _branch(condition: tuple[str, ...], target: UnitType, taken: set[tuple[str, ...]]) -> bool:
    """Return whether a branch is gone down; "else" is one that no sibling before it was gone down."""
    for depth, name in enumerate(condition):
        path = condition[:depth]
        if name == "else":
            if path in taken:
                return False
        elif not _holds(name, target):
            return False
        else:
            taken.add(path)
    return True


def _holds(name: str, target: UnitType) -> bool:
    match name:
        case "IsStructure":
            return "Structure" in target.attributes
        case "GroundUnitFilter":
            return "Ground" in target.planes
        case "TargetRadiusSmall or IsSupplyDepotLowered":
            return target.radius_cells < _LARGE_CELLS or target.name == "SupplyDepotLowered"
        case "TargetRadiusLarge":
            return target.radius_cells >= _LARGE_CELLS and target.name != "SupplyDepotLowered"
        case _:
            return False


def _can_target(weapon: Weapon, target: UnitType) -> bool:
    on_plane = (weapon.hits_ground and "Ground" in target.planes) or (weapon.hits_air and "Air" in target.planes)
    return on_plane and "Invulnerable" not in target.flags and _passes(weapon.filters, target)


def _passes(filters: str, target: UnitType) -> bool:
    """Return whether an enemy of that type passes a catalog filter, "required;excluded"."""
    required, _, excluded = filters.partition(";")
    traits = target.attributes | target.planes
    return set(required.split(",")) - _ALWAYS <= traits and not traits & set(excluded.split(","))


def _weapon_number(weapon: Weapon, field: str, value: float, upgrades: Collection[int]) -> float:
    return _changed(value, weapon.changes, (f"weapon:{weapon.name}", field), upgrades)


def _changed(value: float, changes: Sequence[UpgradeChange], what: tuple[str, str], upgrades: Collection[int]) -> float:
    """Return a catalog value after the upgrades' changes of (subject, field)."""
    return changed(value, changes_of(changes, *what, upgrades))

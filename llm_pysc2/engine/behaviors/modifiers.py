"""What behaviours change about a unit: its columns are worked out anew from its type, its upgrades and what it holds.

Additions come before factors; of several factors all count. What suppresses something wins over what grants it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from llm_pysc2.engine.maps.filters import trait
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.unit_columns import quantise
from llm_pysc2.engine.state.unit_types import per_loop
from llm_pysc2.engine.state.weapon_tables import Armament, ArmedWeapon, arm
from llm_pysc2.engine.units import order_queue, spawning
from llm_pysc2.knowledge.abilities import Ability
from llm_pysc2.knowledge.behaviors import Behavior
from llm_pysc2.knowledge.units import UnitType
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

_TRAIT_STATES = (
    "Invulnerable",
    "Stasis",
    "Hidden",
    "Summoned",
    "Uncommandable",
    "Hallucination",
    "DefenderZone",
    "Unstoppable",
    "Benign",
)
_NO_WEAPONS = frozenset({"Stun", "SuppressAttack", "Stasis"})
_STANDS = frozenset({"Stun", "SuppressMoving", "Stasis"})
NO_ABILITIES = frozenset({"Stun", "DisableAbils", "Stasis"})
_PASSIVE = "Passive"
_BARRED: Final = "abil_class_disable_array"
_TURNED_OFF: Final = "behavior_link_disable_array"
_CLASSES = {
    "train": "CAbilTrain",
    "research": "CAbilResearch",
    "warp_in": "CAbilWarpTrain",
    "morph": "CAbilMorph",
    "arm_magazine": "CAbilArmMagazine",
    **dict.fromkeys(("load", "load_all", "unload_all", "unload_all_at"), "CAbilTransport"),
}
"""The catalog's classes of those kinds of abilities that behaviours forbid."""
_REGEN = {"Life": "life_regen", "Shields": "shield_regen", "Energy": "energy_regen"}
_WEAPON_KEYS = frozenset(
    {
        "weapon_range_cells",
        "attack_speed_multiplier",
        "damage_dealt_attribute_scaled",
        "weapon_disable_array",
        "weapon_enable_array",
    }
)
_COLUMNS = (
    *("speed", "acceleration", "turn_rate", "armor", "shield_armor", "life_regen", "shield_regen", "energy_regen"),
    *("traits", "invulnerable", "cloaked", "hallucination", "flying", "on_ground", "in_air", "layers"),
    *("min_reach", "scan_cells", "fires_moving", "fires_in_any_order", "turret"),
)
"""The columns that behaviours may change."""


@dataclass(slots=True)
class _Sum:
    """What all behaviours of a unit change together."""

    states: frozenset[str] = frozenset()
    speed_bonus: float = 0.0
    """Cells per game second."""
    speed_factor: float = 1.0
    acceleration: float = 0.0
    """Cells per game second squared."""
    armor: float = 0.0
    shield_armor: float = 0.0
    armor_factor: float = 1.0
    regen: dict[str, float] = field(default_factory=dict)
    """Per game second."""
    planes: dict[str, float] = field(default_factory=dict)


def states_of(match: Match, tag: int) -> frozenset[str]:
    """Return the state and modify flags that behaviours give a unit."""
    flags: set[str] = set()
    for behavior in _behaviors(match, tag):
        flags.update(behavior.modification.get("state_flags", ()))
        flags.update(behavior.modification.get("modify_flags", ()))
    return frozenset(flags)


def lets_use(match: Match, tag: int, ability: Ability) -> bool:
    """Return whether what a unit holds lets it use an ability; what lets it wins over what does not."""
    behaviors = _behaviors(match, tag)
    if any(ability.link in behavior.modification.get("abil_link_enable_array", ()) for behavior in behaviors):
        return True
    if any(ability.link in behavior.modification.get("abil_link_disable_array", ()) for behavior in behaviors):
        return False
    return not (states_of(match, tag) & NO_ABILITIES or bars(match, tag, ability.kind))


def bars(match: Match, tag: int, kind: str) -> bool:
    """Return whether what a unit holds keeps it from using, and going on with, abilities of a kind."""
    return any(_CLASSES.get(kind) in changes.get(_BARRED, ()) for changes in modifications(match, tag))


def turns_off(match: Match, tag: int, behavior: str) -> bool:
    """Return whether what a unit holds turns a behaviour of its own off."""
    return any(behavior in changes.get(_TURNED_OFF, ()) for changes in modifications(match, tag))


def is_blind(match: Match, tag: int) -> bool:
    """Return whether what a unit holds keeps it from detecting what is cloaked or burrowed."""
    return any(
        changes.get("detect_arc") == 0 or "SuppressDetection" in changes.get("state_flags", ())
        for changes in modifications(match, tag)
    )


def modifications(match: Match, tag: int) -> Iterator[Mapping[str, Any]]:
    """Yield what each of the behaviours that a unit holds changes about it, without upgrades."""
    for held in match.spells.held.get(tag, ()):
        yield match.spellbook.behaviors[held.name].modification


def refresh(match: Match, row: int) -> None:
    """Work out anew what a unit (row) is with the behaviours it holds."""
    units = match.units
    if units.build_progress[row] < 1:
        return
    type_row, owner, tag = int(units.row[row]), int(units.owner[row]), int(units.tag[row])
    behaviors = _behaviors(match, tag)
    total = _add_up(behaviors)
    arms = spawning.UNARMED if units.unpowered[row] else _arms(match, type_row, owner, behaviors, total.states)
    if arms is not units.arms[row]:
        order_queue.cancel_shot(match, row)
        units.arms[row] = arms
    values = spawning.nature(match, type_row, owner) | spawning.reach_columns(arms)
    values |= _moved(values, total) | _vitals(values, total) | _seen(values, total)
    for column in _COLUMNS:
        getattr(units, column)[row] = values.get(column, 0)
    spawning.refresh_looks(match, row)
    match.targeting = None


_PASSENGER = Behavior(
    name="Passenger",
    modification={"state_flags": ("Hidden", "SuppressMoving", "SuppressCollision", "SuppressAttack", "DisableAbils")},
)
_CREW = Behavior(name="Crew", modification={"state_flags": ("Hidden", "SuppressMoving", "SuppressCollision")})
"""What holds for units aboard a carrier, which the catalog does not count among behaviours; a crew fights from it."""


def _behaviors(match: Match, tag: int) -> list[Behavior]:
    table, units = match.spellbook.behaviors, match.units
    active = [held for held in match.spells.held.get(tag, ()) if not held.disabled]
    behaviors = [match.book(held.cast.owner).behaviors[held.name] for held in active for _ in range(held.stacks)]
    row = units.row_of(tag)
    if row >= 0 and units.aboard[row] >= 0:
        carried = table.get(match.types.types[int(units.row[units.aboard[row]])].cargo_behavior)
        behaviors += [_CREW, carried] if carried is not None and carried.modification else [_PASSENGER]
    return behaviors


def _add_up(behaviors: Sequence[Behavior]) -> _Sum:
    total = _Sum()
    for behavior in behaviors:
        changes = behavior.modification
        total.states |= {*changes.get("state_flags", ()), *changes.get("modify_flags", ())}
        total.states |= {"SuppressMoving"} if "CAbilMove" in changes.get(_BARRED, ()) else set()
        total.speed_bonus += changes.get("move_speed_bonus", 0)
        total.speed_factor *= changes.get("move_speed_multiplier", 1)
        total.acceleration += changes.get("acceleration_bonus", 0)
        total.armor += changes.get("life_armor_bonus", 0)
        total.shield_armor += changes.get("shield_armor_bonus", 0)
        total.armor_factor *= changes.get("life_armor_multiplier", 1)
        for vital, rate in changes.get("vital_regen_array", {}).items():
            total.regen[vital] = total.regen.get(vital, 0) + rate
        for plane, step in changes.get("plane_delta", {}).items():
            total.planes[plane] = total.planes.get(plane, 0) + step
    return total


def _moved(values: dict[str, float], total: _Sum) -> dict[str, float]:
    """Return the columns of movement."""
    stands = bool(total.states & _STANDS)
    speed = (values["speed"] + total.speed_bonus / LOOPS_PER_GAME_SECOND) * total.speed_factor
    turns = not (stands or "SuppressTurning" in total.states)
    on_ground = _in_plane(bool(values["on_ground"]), total.planes.get("Ground", 0))
    in_air = _in_plane(bool(values["in_air"]), total.planes.get("Air", 0))
    return {
        "speed": 0.0 if stands else max(speed, 0.0),
        "acceleration": values["acceleration"] + total.acceleration / LOOPS_PER_GAME_SECOND**2,
        "turn_rate": values["turn_rate"] if turns else 0.0,
        "on_ground": on_ground,
        "in_air": in_air,
        "flying": (in_air and not on_ground) if total.planes else values["flying"],
        "layers": 0 if "SuppressCollision" in total.states else values["layers"],
    }


def _in_plane(by_nature: bool, step: float) -> bool:
    """Return whether a unit is in a plane that behaviours take it out of (-1) or put it into (+1)."""
    return by_nature if step == 0 else step > 0


def _vitals(values: dict[str, float], total: _Sum) -> dict[str, float]:
    """Return the columns of armor and regeneration."""
    columns = {
        "armor": (values["armor"] + total.armor) * total.armor_factor,
        "shield_armor": (values["shield_armor"] + total.shield_armor) * total.armor_factor,
    }
    for vital, column in _REGEN.items():
        stopped = f"Suppress{vital}Regen" in total.states
        columns[column] = 0.0 if stopped else values[column] + per_loop(total.regen.get(vital, 0.0))
    return columns


def _seen(values: dict[str, float], total: _Sum) -> dict[str, float]:
    """Return the columns that say what a unit is to others."""
    traits = int(values["traits"])
    for state in _TRAIT_STATES:
        if state in total.states:
            traits |= trait(state)
    if total.planes:
        ground, air = trait("Ground"), trait("Air")
        moved = _moved(values, total)
        traits = traits & ~(ground | air) | ground * bool(moved["on_ground"]) | air * bool(moved["in_air"])
    cloaked = (bool(values["cloaked"]) or "Cloak" in total.states) and "SuppressCloak" not in total.states
    return {
        "traits": traits,
        "invulnerable": bool(values["invulnerable"]) or "Invulnerable" in total.states,
        "cloaked": cloaked,
        "hallucination": "Hallucination" in total.states,
    }


def _arms(match: Match, type_row: int, owner: int, behaviors: Sequence[Behavior], states: frozenset[str]) -> Armament:
    """Return the weapons of a unit under behaviours; the same value for the same ones."""
    if states & _NO_WEAPONS:
        return spawning.UNARMED
    changing = tuple(behavior for behavior in behaviors if _changes_arms(behavior))
    if not changing:
        return match.armament(type_row, owner)
    upgrades = match.players[owner].upgrades
    key = (type_row, upgrades, tuple(behavior.name for behavior in changing))
    if key not in match.changed_arms:
        match.changed_arms[key] = _changed_arms(match.types.types[type_row], upgrades, changing)
    return match.changed_arms[key]


def _changes_arms(behavior: Behavior) -> bool:
    changes = behavior.modification
    return bool(_WEAPON_KEYS & changes.keys()) or _PASSIVE in changes.get("state_flags", ())


def _changed_arms(unit_type: UnitType, upgrades: Sequence[int], behaviors: Sequence[Behavior]) -> Armament:
    on: set[str] = set()
    off: set[str] = set()
    for behavior in behaviors:
        on.update(behavior.modification.get("weapon_enable_array", ()))
        off.update(behavior.modification.get("weapon_disable_array", ()))
    weapons = tuple(
        replace(weapon, enabled=(weapon.enabled or weapon.name in on) and weapon.name not in off)
        for weapon in unit_type.weapons
    )
    arms = arm(replace(unit_type, weapons=weapons), upgrades)
    passive = any(_PASSIVE in behavior.modification.get("state_flags", ()) for behavior in behaviors)
    arms = replace(arms, passive=passive)
    for behavior in behaviors:
        arms = replace(arms, weapons=tuple(_changed_weapon(weapon, behavior) for weapon in arms.weapons))
    farther = sum(behavior.modification.get("weapon_range_cells", 0) for behavior in behaviors)
    reaching = (replace(one, range_cells=max(one.range_cells + farther, 0.0)) for one in arms.weapons)
    return replace(arms, weapons=tuple(reaching))


def _changed_weapon(weapon: ArmedWeapon, behavior: Behavior) -> ArmedWeapon:
    changes = behavior.modification
    faster = changes.get("attack_speed_multiplier", 1)
    extra = changes.get("damage_dealt_attribute_scaled", {})
    hits = weapon.hits
    if extra:
        hits = tuple(
            replace(hit, bonus=hit.bonus | {name: hit.bonus.get(name, 0) + more for name, more in extra.items()})
            for hit in hits
        )
    return replace(
        weapon,
        period_loops=quantise(weapon.period_loops / faster),
        hits=hits,
    )

"""The policies: what each of them would have every unit do, written down as a model writes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from llm_pysc2.backends.scripted.reading import ReadUnit
from llm_pysc2.backends.scripted.tactics import SEEK_AFTER_SECONDS, Field, away_from

STAY_BONUS = 0.8
"""Cost of a target that is being shot at already, against 1 for another: changing costs time."""
TURN_SECONDS = 0.4
"""About the time until orders can be given again."""
NEXT_TO_SECONDS = 0.1
NEVER_SECONDS = 1000.0
LEAST_DANGER_DPS = 8.0
"""Healers and casters count as if they shot as well."""
STEP_SECONDS = 0.8
"""How far a unit steps back: what it walks in this time."""
HURT_SHARE = 0.35
DANGER_CELLS = 3.0

Orders = dict[str, str]
"""Action by unit id, with "*" where the unit's own id goes; units that are not in it go on with what they do."""


@dataclass(slots=True)
class Answer:
    """The lines of an answer."""

    analysis: str
    orders: Orders = field(default_factory=dict)
    letters: list[tuple[str, str]] = field(default_factory=list)
    """To whom, and what."""
    notes: list[str] = field(default_factory=list)

    def attack(self, unit: ReadUnit, target: ReadUnit) -> None:
        """Let a unit attack, or go on with it: an order that is under way is not given again."""
        self.orders.pop(unit.id, None)
        if unit.orders != f"Attack {target.id}":
            self.orders[unit.id] = f"Attack_Unit({target.id})"

    def act(self, unit: ReadUnit, action: str, place: tuple[float, float] | None = None) -> None:
        """Let a unit carry out an action, at a place if one is given."""
        self.orders[unit.id] = f"{action}({format_place(place) if place else ''})"

    def cast(self, unit: ReadUnit, action: str, seconds: int, place: tuple[float, float] | None = None) -> None:
        """Let a unit use an ability, and note when: it cannot do so again at once."""
        self.act(unit, action, place)
        self.notes.append(f"cast {unit.id} {action} at {seconds}")


Policy = Callable[[Field], Answer]


def format_place(place: tuple[float, float]) -> str:
    """Return a place as an argument.

    >>> format_place((3.14159, 2))
    '[3.1, 2.0]'
    """
    return f"[{place[0]:.1f}, {place[1]:.1f}]"


def noop(field: Field) -> Answer:
    """Do nothing, and say so for every team."""
    return Answer("I do nothing.", {unit.id: "No_Operation()" for unit in field.seen.own})


def hold_position(field: Field) -> Answer:
    """Let everybody stand and shoot what comes into range."""
    standing = [unit for unit in field.seen.own if not unit.orders.startswith("Hold")]
    return Answer("All hold their position.", {unit.id: "Hold_Position()" for unit in standing})


def random_actions(field: Field) -> Answer:
    """Give every unit a random action from its list, with random arguments."""
    orders = {}
    for unit in field.seen.own:
        names = [name for name in field.seen.actions.get(unit.type, ()) if _can_fill(name, field)]
        if names:
            name = field.chance.choice(names)
            orders[unit.id] = f"{name}({_random_argument(name, field)})"
    return Answer("I leave it to chance.", orders)


def _can_fill(name: str, field: Field) -> bool:
    if name.endswith("Attack_Unit"):
        return bool(field.seen.enemies)
    return not name.endswith(("_Near", "_Minimap", "_Screen"))


def _random_argument(name: str, field: Field) -> str:
    left, bottom, right, top = field.rules.area
    if name.endswith("_To"):
        return f"[{field.chance.uniform(left, right):.1f}, {field.chance.uniform(bottom, top):.1f}]"
    if name.endswith("_Unit"):
        targets = field.seen.enemies if "Attack" in name else field.seen.own + field.seen.enemies
        return field.chance.choice(targets).id
    return ""


def attack_nearest(field: Field) -> Answer:
    """Let every unit attack the enemy nearest to it."""
    targets = {unit.id: _nearest(unit, field.seen.enemies).id for unit in field.seen.own if field.seen.enemies}
    return Answer("Each attacks the nearest enemy.", _attack(field, targets) or _seek(field))


def _nearest(unit: ReadUnit, enemies: Sequence[ReadUnit]) -> ReadUnit:
    """Return the nearest enemy; the one under attack counts as a bit nearer."""
    return min(enemies, key=lambda e: e.distance_to(unit) * (STAY_BONUS if unit.orders == f"Attack {e.id}" else 1.0))


def focus_fire(field: Field) -> Answer:
    """Let all who can reach it attack one enemy, the one best got rid of first; the others what they reach."""
    targets = _focus(field)
    analysis = f"We focus on {next(iter(targets.values()))}." if targets else "No enemy in view."
    return Answer(analysis, _attack(field, targets) or _seek(field))


def attack_targets(field: Field) -> Orders:
    """Return the orders of focus fire, for those who have an enemy in view; the others go on with what they do."""
    return _attack(field, _focus(field))


def kite(field: Field) -> Answer:
    """Focus fire; ranged units step back from enemies of shorter range while their weapons load."""
    answer = focus_fire(field)
    for unit in field.seen.own:
        if not field.is_ranged(unit) or not unit.weapon_seconds or not field.seen.enemies:
            continue
        threats = [enemy for enemy in field.seen.enemies if _threatens(enemy, unit, field)]
        if threats:
            answer.orders[unit.id] = _step_back(unit, threats, field)
    return answer


def retreat_hurt(field: Field) -> Answer:
    """Focus fire; units that are badly hurt leave the reach of the enemy as long as others fight on."""
    answer = focus_fire(field)
    hurt = [u for u in field.seen.own if u.hit_points < HURT_SHARE * (u.health_max + u.shield_max)]
    if len(hurt) == len(field.seen.own):
        return answer
    for unit in hurt:
        close = [e for e in field.seen.enemies if e.distance_to(unit) < field.reach_cells(e) + DANGER_CELLS]
        if close:
            answer.orders[unit.id] = _step_back(unit, close, field)
    return answer


POLICIES: Mapping[str, Policy] = {
    "noop": noop,
    "random": random_actions,
    "attack_nearest": attack_nearest,
    "focus_fire": focus_fire,
    "hold_position": hold_position,
    "kite": kite,
    "retreat_hurt": retreat_hurt,
}
"""The policies that play anything, by the name after `scripted/`."""


def _focus(field: Field) -> dict[str, str]:
    """Return the target of each unit that can attack any of the enemies in view."""
    enemies = field.seen.enemies
    armed = [unit for unit in field.seen.own if any(field.weapon_against(unit, enemy) for enemy in enemies)]
    ranked = sorted(enemies, key=lambda enemy: _cost(enemy, armed, field))
    planned: dict[str, float] = {}
    targets: dict[str, str] = {}
    for unit in sorted(armed, key=lambda unit: not field.is_ranged(unit)):
        target = _target(unit, ranked, planned, field)
        targets[unit.id] = target.id
        if (unit.weapon_seconds or 0.0) <= TURN_SECONDS and field.seconds_to_reach(unit, target) <= TURN_SECONDS:
            planned[target.id] = planned.get(target.id, 0.0) + field.damage_against(unit, target)
    return targets


def _target(unit: ReadUnit, ranked: Sequence[ReadUnit], planned: Mapping[str, float], field: Field) -> ReadUnit:
    """Return whom a unit attacks: of those it can hit at once the first that needs it, else whom it reaches first."""
    patience = TURN_SECONDS if field.is_ranged(unit) else NEXT_TO_SECONDS
    seconds = {enemy.id: field.seconds_to_reach(unit, enemy) for enemy in ranked}
    at_once = [enemy for enemy in ranked if seconds[enemy.id] <= patience]
    needed = [enemy for enemy in at_once if planned.get(enemy.id, 0.0) < enemy.hit_points]
    if at_once:
        return (needed or at_once)[0]
    return min(ranked, key=lambda enemy: seconds[enemy.id])


def _cost(enemy: ReadUnit, units: Sequence[ReadUnit], field: Field) -> float:
    """Return what it costs to be rid of an enemy: seconds until it is dead, per damage a second that then ends."""
    seconds = [field.seconds_to_reach(unit, enemy) for unit in units]
    dps = sum(
        field.dps_against(unit, enemy) / (1 + wait)
        for unit, wait in zip(units, seconds, strict=True)
        if wait < NEVER_SECONDS
    )
    if not dps:
        return NEVER_SECONDS + min(seconds, default=0.0)
    stay = STAY_BONUS if any(unit.orders.startswith(f"Attack {enemy.id}") for unit in units) else 1.0
    danger = max((weapon.dps for weapon in field.rules.type(enemy.type).weapons), default=0.0)
    return stay * enemy.hit_points / dps / max(danger, LEAST_DANGER_DPS)


def _threatens(enemy: ReadUnit, unit: ReadUnit, field: Field) -> bool:
    """Return whether an enemy of shorter range is about to hit the unit."""
    reach = field.reach_cells(enemy)
    return 0 < reach < field.reach_cells(unit) and enemy.distance_to(unit) < reach + DANGER_CELLS


def _step_back(unit: ReadUnit, threats: Sequence[ReadUnit], field: Field) -> str:
    step = field.rules.type(unit.type).speed_cells_per_second * STEP_SECONDS
    x, y = field.inside(*away_from(unit, threats, step))
    return f"Move_To([{x:.1f}, {y:.1f}])"


def _attack(field: Field, targets: Mapping[str, str]) -> Orders:
    """Return the attacks on these targets, without those that are under way."""
    under_way = {unit.id for unit in field.seen.own if unit.orders == f"Attack {targets.get(unit.id)}"}
    return {unit: f"Attack_Unit({target})" for unit, target in targets.items() if unit not in under_way}


def _seek(field: Field) -> Orders:
    """Return orders to look for the enemy, for units that have nothing to do; none in the first seconds."""
    if field.seen.enemies or field.seen.seconds < SEEK_AFTER_SECONDS:
        return {}
    x, y = field.place_to_seek()
    return {unit.id: f"Attack_To([{x:.1f}, {y:.1f}])" for unit in field.seen.own if not unit.orders}

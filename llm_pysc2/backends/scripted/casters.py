"""Policies of armies with casters: they hold the way up to their base, and spells meet what is packed before it."""

from dataclasses import dataclass, field

from llm_pysc2.backends.scripted.policies import Answer, focus_fire
from llm_pysc2.backends.scripted.reading import ReadUnit
from llm_pysc2.backends.scripted.tactics import Field, Place, clump, distance

RAMP: Place = (35.0, 48.0)
"""The way up to the player's base on the tasks' map, six cells wide."""
BEHIND_CELLS = {"Archon": 7.0, "Stalker": 8.0, "Sentry": 8.0, "HighTemplar": 8.0, "Colossus": 8.0, "Disruptor": 8.0}
"""How far behind the ramp who stands."""
AT_EASE_CELLS = 3.0
AT_ONCE_SECONDS = 0.2
"""Whom a unit reaches so soon it goes after."""


@dataclass(frozen=True, slots=True)
class Blast:
    """A spell on a place, and when it is worth it."""

    action: str
    radius_cells: float
    range_cells: float
    least: int
    """Enemies that it is to meet."""
    energy: int = 0


BLASTS = {
    "HighTemplar": Blast("Ability_PsiStorm_To", 1.5, 10.0, 5, 75),
    "Mothership": Blast("Ability_TimeWarp_To", 3.5, 10.0, 6, 100),
    "Disruptor": Blast("Ability_PurificationNova_To", 1.5, 11.0, 3),
}
BALL, BALL_CELLS = "DisruptorPhased", 10.0
SHIELD, SHIELD_ENERGY, SHIELD_CELLS, SHIELD_AGAINST = "Ability_GuardianShield", 75, 9.0, 5
WALL, WALL_ENERGY, WALL_HALF_CELLS, WALL_BEHIND = "Ability_ForceField_To", 50, 1.6, 5
"""The ramp is closed in two halves, behind so many enemies."""


@dataclass(slots=True)
class Plan:
    """What has been given out in this turn, so that no two cast at the same."""

    answer: Answer
    blasted: list[ReadUnit] = field(default_factory=list)
    walls: int = 0
    shields: int = 0


def hold_ramp(field: Field) -> Answer:
    """Stand behind the ramp: force fields close it, spells meet what is packed before it, the rest shoots."""
    plan = Plan(focus_fire(field))
    plan.answer.analysis = "We hold the ramp, and spells meet what is packed together before it."
    for unit in sorted(field.seen.own, key=lambda unit: -unit.energy):
        if not any(use(unit, field, plan) for use in (_steer, _blast, _wall, _shield)):
            _hold(unit, field, plan.answer)
    return plan.answer


def _blast(unit: ReadUnit, field: Field, plan: Plan) -> bool:
    """Let a caster cast at the largest clump that has had nothing yet; return whether it does."""
    spell = BLASTS.get(unit.type)
    if spell is None or unit.energy < spell.energy or not field.is_ready(unit, spell.action):
        return False
    own = field.seen.own + field.seen.allies
    open_to_it = [
        enemy
        for enemy in field.seen.enemies
        if enemy.distance_to(unit) <= spell.range_cells
        and not field.rules.type(enemy.type).is_flying
        and "PsiStorm" not in enemy.buffs
        and all(enemy.distance_to(other) > 2 * spell.radius_cells for other in plan.blasted)
        and sum(enemy.distance_to(other) <= spell.radius_cells + 0.5 for other in own) < 2
    ]
    target, count = clump(open_to_it, spell.radius_cells)
    if target is None or count < spell.least:
        return False
    plan.blasted.append(target)
    plan.answer.cast(unit, spell.action, field.seen.seconds, (target.x, target.y))
    return True


def _steer(unit: ReadUnit, field: Field, plan: Plan) -> bool:
    """Let the ball of a nova roll to where most enemies are; return whether the unit is one."""
    if unit.type != BALL:
        return False
    near = [enemy for enemy in field.seen.enemies if enemy.distance_to(unit) < BALL_CELLS]
    target, _ = clump(near, BLASTS["Disruptor"].radius_cells)
    if target is not None:
        plan.answer.act(unit, "Move_To", (target.x, target.y))
    return True


def _wall(unit: ReadUnit, field: Field, plan: Plan) -> bool:
    """Let a Sentry close half of the ramp when somebody comes up it; return whether it does."""
    coming = [e for e in field.seen.enemies if distance((e.x, e.y), RAMP) < 3.0 and e.type != "Ultralisk"]
    passed = sum(enemy.x < RAMP[0] - 2.0 for enemy in field.seen.enemies)
    if unit.type != "Sentry" or unit.energy < WALL_ENERGY or not coming or plan.walls == 2 or passed < WALL_BEHIND:
        return False
    side = WALL_HALF_CELLS if plan.walls else -WALL_HALF_CELLS
    plan.walls += 1
    plan.answer.act(unit, WALL, (RAMP[0], RAMP[1] + side))
    return True


def _shield(unit: ReadUnit, field: Field, plan: Plan) -> bool:
    """Let a Sentry put up its shield when many are about to shoot; return whether it does."""
    near = [e for e in field.seen.enemies if e.distance_to(unit) < SHIELD_CELLS and field.reach_cells(e) > 1]
    if unit.type != "Sentry" or plan.shields or len(near) < SHIELD_AGAINST or not field.seen.lists(unit, SHIELD):
        return False
    if unit.energy < SHIELD_ENERGY + WALL_ENERGY or "GuardianShield" in unit.buffs:
        return False
    plan.shields += 1
    plan.answer.act(unit, SHIELD)
    return True


def _hold(unit: ReadUnit, field: Field, answer: Answer) -> None:
    """Let a unit be at its post, and shoot what it reaches from there."""
    post = field.inside(RAMP[0] - BEHIND_CELLS.get(unit.type, 5.0), RAMP[1])
    away = distance((unit.x, unit.y), post)
    near = [enemy for enemy in field.seen.enemies if field.seconds_to_reach(unit, enemy) < AT_ONCE_SECONDS]
    if not near:
        answer.orders.pop(unit.id, None)
        if away > AT_EASE_CELLS:
            answer.act(unit, "Move_To", post)

"""Policies for holding a place: shoot down drops before they land, and blink out of a fight that is going badly."""

from llm_pysc2.backends.scripted.policies import Answer, focus_fire
from llm_pysc2.backends.scripted.reading import ReadUnit
from llm_pysc2.backends.scripted.tactics import Field, away_from, distance

BLINK, BLINK_CELLS = "Ability_Blink_To", 7.5
BACK_CELLS = 3.0
HOME_CELLS = 8.0
"""From enemies so near to the place that is held nobody steps back."""
REACHED_SECONDS = 2.0
"""Whom a unit reaches so soon it goes after."""


def catch_drops(field: Field) -> Answer:
    """Stand before the workers; all shoot what was dropped first, then the carrier that is nearest to the workers."""
    answer = Answer("We stand by the workers and shoot whoever comes nearest to them.")
    post = field.goal()
    comers = sorted(
        (enemy for enemy in field.seen.enemies if enemy.type in ("Baneling", "OverlordTransport")),
        key=lambda enemy: (enemy.type != "Baneling", distance((enemy.x, enemy.y), post)),
    )
    for unit in field.seen.own:
        near = [enemy for enemy in comers if field.seconds_to_reach(unit, enemy) < REACHED_SECONDS]
        if near:
            answer.attack(unit, near[0])
        elif distance((unit.x, unit.y), post) > BACK_CELLS:
            answer.act(unit, "Attack_To", post)
    return answer


def blink(field: Field) -> Answer:
    """Focus fire; who has lost its shield blinks away; all step back while their weapons load, as far as their base."""
    answer = focus_fire(field)
    for unit in field.seen.own:
        threats = _threats(unit, field)
        if not threats:
            continue
        if unit.shield == 0 and unit.health < unit.health_max and field.is_ready(unit, BLINK):
            answer.cast(unit, BLINK, field.seen.seconds, field.inside(*away_from(unit, threats, BLINK_CELLS)))
        elif unit.weapon_seconds and not any(distance((e.x, e.y), field.goal()) < HOME_CELLS for e in threats):
            answer.act(unit, "Move_To", field.inside(*away_from(unit, threats, BACK_CELLS)))
    return answer


def _threats(unit: ReadUnit, field: Field) -> list[ReadUnit]:
    """Return the enemies that can hit a unit now or soon."""
    armed = [(enemy, field.reach_cells(enemy)) for enemy in field.seen.enemies]
    return [enemy for enemy, reach in armed if reach > 0 and enemy.distance_to(unit) < reach + BACK_CELLS]

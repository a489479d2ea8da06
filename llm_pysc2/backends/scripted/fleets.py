"""A policy for a fleet with a Mothership: it stays by its base, and each kind of ship shoots its own prey."""

from llm_pysc2.backends.scripted.casters import hold_ramp
from llm_pysc2.backends.scripted.policies import Answer
from llm_pysc2.backends.scripted.reading import ReadUnit
from llm_pysc2.backends.scripted.tactics import Field

ALIGNMENT = "Ability_PrismaticAlignment"
PREY = {
    "Tempest": ("BroodLord", "Corruptor", "Viper"),
    "VoidRay": ("Corruptor", "BroodLord", "Viper"),
    "Stalker": ("Viper", "Corruptor", "BroodLord", "Hydralisk"),
}
"""What a kind of unit shoots first, if it is in reach."""


def fleet(field: Field) -> Answer:
    """Hold the ramp with ships above it: Tempests and Void Rays on the large flyers, time warps on what shoots up."""
    answer = hold_ramp(field)
    answer.analysis = "We stay together over the ramp, and each kind of ship shoots what it is best against."
    for unit in field.seen.own:
        target = _prey(unit, field)
        if target is None:
            continue
        if unit.type == "VoidRay" and unit.orders == f"Attack {target.id}" and field.is_ready(unit, ALIGNMENT):
            answer.cast(unit, ALIGNMENT, field.seen.seconds)
        else:
            answer.attack(unit, target)
    return answer


def _prey(unit: ReadUnit, field: Field) -> ReadUnit | None:
    """Return the enemy in reach that a unit is best against, None if there is none."""
    for kind in PREY.get(unit.type, ()):
        near = [e for e in field.seen.enemies if e.type == kind and field.seconds_to_reach(unit, e) < 0.5]
        if near:
            return min(near, key=lambda enemy: (enemy.hit_points, enemy.distance_to(unit)))
    return None

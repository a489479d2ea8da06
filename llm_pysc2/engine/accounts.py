"""What players gain and lose with their units: supply, and the score's resources by category."""

from llm_pysc2.engine.score import CATEGORIES
from llm_pysc2.engine.state import Player
from llm_pysc2.knowledge.units import UnitType


def count_birth(owner: Player, unit_type: UnitType) -> None:
    """Count a unit that came into the game."""
    score, category = owner.score, category_of(unit_type)
    owner.food_used += unit_type.food_used
    owner.food_cap += unit_type.food_provided
    if unit_type.structure:
        score.total_value_structures += unit_type.minerals + unit_type.vespene
    else:
        score.total_value_units += unit_type.minerals + unit_type.vespene
    score.food_used[category] += unit_type.food_used
    score.used_minerals[category] += unit_type.minerals
    score.used_vespene[category] += unit_type.vespene
    score.total_used_minerals[category] += unit_type.minerals
    score.total_used_vespene[category] += unit_type.vespene


def count_death(owner: Player, killer: Player | None, unit_type: UnitType) -> None:
    """Count a unit that was lost; the killer is None where nobody's blow ended it."""
    score, category = owner.score, category_of(unit_type)
    owner.food_used -= unit_type.food_used
    owner.food_cap -= unit_type.food_provided
    score.food_used[category] -= unit_type.food_used
    score.used_minerals[category] -= unit_type.minerals
    score.used_vespene[category] -= unit_type.vespene
    score.lost_minerals[category] += unit_type.minerals
    score.lost_vespene[category] += unit_type.vespene
    if killer is owner:
        score.friendly_fire_minerals[category] += unit_type.minerals
        score.friendly_fire_vespene[category] += unit_type.vespene
    elif killer is not None:
        _credit(killer, unit_type, category)


def category_of(unit_type: UnitType) -> str:
    """Return the category of the API's score under which a type is counted."""
    name = unit_type.cost_category.lower()
    return name if name in CATEGORIES else "none"


def _credit(killer: Player, unit_type: UnitType, category: str) -> None:
    score = killer.score
    score.killed_minerals[category] += unit_type.minerals
    score.killed_vespene[category] += unit_type.vespene
    if unit_type.structure:
        score.killed_value_structures += unit_type.minerals + unit_type.vespene
    else:
        score.killed_value_units += unit_type.minerals + unit_type.vespene

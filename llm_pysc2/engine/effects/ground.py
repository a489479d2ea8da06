"""What of the effects under way the API shows on the ground."""

from dataclasses import dataclass
from functools import cache

from llm_pysc2.engine.behaviors.places import where
from llm_pysc2.engine.state.match import Match
from llm_pysc2.knowledge.behaviors import GroundEffect, load_ground_effects


@dataclass(frozen=True, slots=True)
class GroundEffectState:
    """One effect on the ground."""

    effect_id: int
    x: float
    y: float
    """Middle, cells."""
    radius_cells: float
    owner: int


def ground_effects(match: Match) -> list[GroundEffectState]:
    """Return the effects that are under way and shown, in the order in which they began."""
    shown = []
    for one in match.spells.persistents:
        effect = _by_name().get(one.name)
        if effect is not None:
            x, y = where(match, one.cast.target_tag, one.cast.point)
            shown.append(GroundEffectState(effect.id, x, y, effect.radius_cells, one.cast.owner))
    return shown


@cache
def _by_name() -> dict[str, GroundEffect]:
    return {effect.name: effect for effect in load_ground_effects().values()}

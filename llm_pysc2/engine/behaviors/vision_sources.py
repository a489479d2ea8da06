"""What effects under way let their owner see: a scan, a marked spot, a nuke's flash."""

from llm_pysc2.engine.behaviors.places import where
from llm_pysc2.engine.state.fog_grid import VisionSource
from llm_pysc2.engine.state.match import Match
from llm_pysc2.knowledge.effects import CreatePersistent


def vision_sources(match: Match) -> list[VisionSource]:
    """Return the vision sources of all players, in the order in which their effects began."""
    found = []
    for one in match.spells.persistents:
        effect = match.spellbook.effects[one.name]
        if isinstance(effect, CreatePersistent) and effect.reveal_radius_cells is not None:
            x, y = where(match, one.cast.target_tag, one.cast.point)
            detects = "Detect" in effect.reveal_flags
            found.append(VisionSource(one.cast.owner, x, y, effect.reveal_radius_cells, detects))
    return found

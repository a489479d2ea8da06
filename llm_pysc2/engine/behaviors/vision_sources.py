"""What effects under way let their owner see: a scan, a marked spot, a nuke's flash."""

from llm_pysc2.engine.behaviors.places import where
from llm_pysc2.engine.state.fog_grid import VisionSource
from llm_pysc2.engine.state.match import Match


def vision_sources(match: Match) -> list[VisionSource]:
    """Return the vision sources of all players, in the order in which their effects began."""
    found = []
    for one in match.spells.persistents:
        fields = match.spellbook.effects[one.name].fields
        if "reveal_radius_cells" in fields:
            x, y = where(match, one.cast.target_tag, one.cast.point)
            detects = "Detect" in fields.get("reveal_flags", ())
            found.append(VisionSource(one.cast.owner, x, y, float(fields["reveal_radius_cells"]), detects))
    return found

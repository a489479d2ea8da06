"""What effects under way let their owner see: a scan, a marked spot, a nuke's flash."""

from dataclasses import dataclass

from llm_pysc2.engine.behaviors.places import where
from llm_pysc2.engine.state.match import Match


@dataclass(frozen=True, slots=True)
class VisionSource:
    """A disc of the map that a player sees without having a unit there."""

    owner: int
    x: float
    y: float
    """Middle, cells."""
    radius_cells: float
    detects: bool
    """It shows what is cloaked or burrowed, too."""


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

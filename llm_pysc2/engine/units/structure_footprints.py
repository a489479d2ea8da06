"""The ground under structures: what ground units cannot enter while a structure stands there."""

from functools import cache

from llm_pysc2.engine.movement import half_cell_mask
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.unit_columns import Bools
from llm_pysc2.knowledge.footprints import closed_outline


def lay(match: Match, row: int) -> None:
    """Close the ground under a structure (row)."""
    match.marks = None
    mask = _mask(match.types.types[int(match.units.row[row])].footprint)
    if mask is not None:
        match.ground.block(float(match.units.x[row]), float(match.units.y[row]), mask)


def clear(match: Match, row: int) -> None:
    """Open the ground under a structure (row) again."""
    match.marks = None
    mask = _mask(match.types.types[int(match.units.row[row])].footprint)
    if mask is not None:
        match.ground.unblock(float(match.units.x[row]), float(match.units.y[row]), mask)


@cache
def _mask(footprint: str) -> Bools | None:
    outline = closed_outline(footprint)
    return half_cell_mask(outline) if outline else None

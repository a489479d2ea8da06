"""Creep: where Zerg build and run faster. It grows around its sources, a ring of cells at a time, and wanes without.

How fast it wanes, and that it does so ring by ring, is a guess; the cells and the period of growth are the catalog's.
"""

from functools import lru_cache
from math import floor

import numpy as np

from llm_pysc2.engine.maps.definitions import MapDefinition
from llm_pysc2.engine.state.assumptions import Assumptions
from llm_pysc2.engine.state.economy_records import Patch
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.unit_columns import Bools, Floats
from llm_pysc2.knowledge.economy import load_economy

_WENT_CELLS = 1.0
"""A source that is farther from its cell than this has gone away."""


@lru_cache(maxsize=32)
def painted(definition: MapDefinition, assumptions: Assumptions) -> Bools | None:
    """Return the creep that lies on a map and stays, shape (height, width); None if there is none."""
    creep = definition.painted_creep
    if creep is None or not assumptions.painted_creep:
        return None
    width, height = definition.size_cells
    away = np.hypot(np.arange(width) + 0.5 - creep.near[0], (np.arange(height) + 0.5 - creep.near[1])[:, None])
    cells = np.zeros(width * height, dtype=np.bool_)
    cells[np.argsort(away, axis=None, kind="stable")[: creep.cells]] = True
    return cells.reshape(height, width)


def run(match: Match) -> None:
    """Let creep grow and wane, on maps that have any."""
    patches = match.industry.patches
    if match.creep is None and not patches:
        return
    for tag in [tag for tag, patch in patches.items() if _is_gone(match, tag, patch)]:
        del patches[tag]
        match.industry.creep_wanes_at = match.loop + match.assumptions.creep_wane_loops
    for patch in patches.values():
        if match.creep is not None and patch.due <= match.loop and not patch.grown:
            _grow(match, patch, match.creep)
    if match.creep is not None and match.industry.creep_wanes_at and match.industry.creep_wanes_at <= match.loop:
        _wane(match, match.creep)


def _is_gone(match: Match, tag: int, patch: Patch) -> bool:
    """Return whether a source is dead, or went away (Overlord)."""
    row = match.units.row_of(tag)
    if row < 0:
        return True
    right, up = match.units.x[row] - patch.column - 0.5, match.units.y[row] - patch.row - 0.5
    return bool(max(abs(right), abs(up)) > _WENT_CELLS)


def begin(match: Match, row: int, name: str = "", *, grown: bool = False) -> None:
    """Let a unit (row) be a source of creep from now on: of its type's kind if it has one, or of the kind of a name.

    Grown: all of it is there at once.
    """
    name = name or match.types.types[int(match.units.row[row])].creep_source
    source = load_economy().creep.get(name)
    if source is None or not source.grown:
        return
    tag, place = int(match.units.tag[row]), (floor(match.units.x[row]), floor(match.units.y[row]))
    patch = match.industry.patches.setdefault(tag, Patch(name, *place, match.loop + source.period_loops))
    _cover(match, _mask(match, patch, source.birth or frozenset({(0, 0)})))
    if grown:
        _cover(match, _mask(match, patch, source.grown))
        patch.grown = True


def end(match: Match, row: int, name: str) -> None:
    """Let a unit (row) be no source of creep of a kind any more."""
    tag = int(match.units.tag[row])
    if tag in match.industry.patches and match.industry.patches[tag].source == name:
        del match.industry.patches[tag]
        match.industry.creep_wanes_at = match.loop + match.assumptions.creep_wane_loops


def is_source(match: Match, row: int, name: str) -> bool:
    """Return whether a unit (row) is a source of creep of a kind."""
    patch = match.industry.patches.get(int(match.units.tag[row]))
    return patch is not None and patch.source == name


def covers(match: Match, column: int, row: int) -> bool:
    """Return whether there is creep on a cell."""
    grid = match.creep
    return grid is not None and 0 <= row < grid.shape[0] and 0 <= column < grid.shape[1] and bool(grid[row, column])


def speeds(match: Match) -> Floats:
    """Return how fast each unit can be where it stands, with creep or without, cells per loop, shape (units,)."""
    if match.creep is None:
        return match.units.speed
    units, (height, width) = match.units, match.creep.shape
    columns = np.clip(units.x.astype(np.intp), 0, width - 1)
    rows = np.clip(units.y.astype(np.intp), 0, height - 1)
    on_creep = match.creep[rows, columns] & ~units.flying
    return units.speed * np.where(on_creep, units.creep_speed, 1.0)


def _grow(match: Match, patch: Patch, grid: Bools) -> None:
    """Let a patch grow by the cells that touch creep already."""
    source = load_economy().creep[patch.source]
    ring = _mask(match, patch, source.grown) & ~grid
    if match.assumptions.creep_grows == "rings":
        ring &= _spread(grid)
    patch.due += source.period_loops
    patch.grown = not ring.any()
    _cover(match, ring)


def _wane(match: Match, grid: Bools) -> None:
    """Take the outermost ring of the creep that no source keeps up."""
    industry = match.industry
    for_ever = painted(match.map, match.assumptions)
    kept = np.zeros_like(grid) if for_ever is None else for_ever.copy()
    for patch in industry.patches.values():
        kept |= _mask(match, patch, load_economy().creep[patch.source].grown)
    match.creep = grid & kept if match.assumptions.creep_wanes == "at_once" else grid & ~(~kept & _spread(~grid))
    industry.creep_wanes_at = match.loop + match.assumptions.creep_wane_loops if (match.creep & ~kept).any() else 0.0


def _spread(cells: Bools) -> Bools:
    """Return the cells that touch others by a side, and those themselves; same shape."""
    grown = cells.copy()
    grown[1:] |= cells[:-1]
    grown[:-1] |= cells[1:]
    grown[:, 1:] |= cells[:, :-1]
    grown[:, :-1] |= cells[:, 1:]
    return grown


def _cover(match: Match, cells: Bools) -> None:
    """Put creep on cells; the grid is replaced, so that who keeps an older one sees that it changed."""
    match.creep = cells if match.creep is None else match.creep | cells


def _mask(match: Match, patch: Patch, offsets: frozenset[tuple[int, int]]) -> Bools:
    """Return the cells of a source that can bear creep, shape (height, width)."""
    pathable = match.map.terrain.pathable
    mask = np.zeros_like(pathable)
    for right, up in offsets:
        column, row = patch.column + right, patch.row + up
        if 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1]:
            mask[row, column] = True
    return mask & pathable

"""Nobody stands in anybody: discs that overlap are moved apart, each by its share. Pure kernels over arrays."""

import numpy as np

from llm_pysc2.engine.movement.arrays import anybody, square_length
from llm_pysc2.engine.movement.bodies import Floats, Ints
from llm_pysc2.engine.movement.crowd import Pairs

_SOFTNESS = 0.75
"""Part of each push that is taken per pass: all push at once, and those between several must not be thrown about."""

_ROUNDS = 6
"""Who stays behind may be in the way of others, who then stay behind too, and so on."""

_COMES_APART_CELLS = 1e-3

_NONE, _ONE, _TOGETHER, _PART = np.array(0.0), np.array(1.0), np.array(1e-6), np.array(_SOFTNESS)


def overlap_push(xy: Floats, i: Ints, j: Ints, apart_cells: Floats) -> tuple[Floats, Floats]:
    """Return what would bring each pair apart, from j towards i, shape (2, pairs), and the overlap in cells."""
    away = xy.take(i, axis=1) - xy.take(j, axis=1)
    cells = np.sqrt(square_length(away))
    depth = np.maximum(apart_cells - cells, _NONE)
    together = cells < _TOGETHER
    if anybody(together):
        away[0, together] = 1.0
        cells[together] = 1.0
    return away * (depth / cells), depth


def scatter(i: Ints, j: Ints, push: Floats, share: Floats, count: int) -> Floats:
    """Return the sum of what each unit is pushed, shape (2, count): `i` by its share, `j` by the rest the other way."""
    mine, other = push * share, push * (share - _ONE)
    return np.array(
        (
            np.bincount(i, mine[0], count) + np.bincount(j, other[0], count),
            np.bincount(i, mine[1], count) + np.bincount(j, other[1], count),
        )
    )


def separated(xy: Floats, pairs: Pairs, share: Floats, enough_cells: float) -> tuple[Floats, bool]:
    """Return places of shape (2, units) after moving overlapping pairs apart once, and whether that was not needed.

    Args:
        xy: places, cells.
        pairs: who may overlap.
        share: which part of an overlap the first unit gives way; the second gives the rest.
        enough_cells: overlaps shallower than this may stay.
    """
    push, depth = overlap_push(xy, pairs.i, pairs.j, pairs.apart_cells)
    if depth[depth.argmax()] < enough_cells:
        return xy, True
    return xy + scatter(pairs.i, pairs.j, push, share, xy.shape[1]) * _PART, False


def held_back(old: Floats, new: Floats, pairs: Pairs, limit_cells: float) -> Floats:
    """Return new places of shape (2, units), with those who would overlap too deeply left at their old ones.

    A pair that overlapped by more than the limit before must come apart, or it stays as it was. Who stays behind may
    be in the way of others; when that goes on for too long, the whole press stays behind.
    """
    depth = overlap_push(new, pairs.i, pairs.j, pairs.apart_cells)[1]
    if depth[depth.argmax()] <= limit_cells:
        return new
    before = overlap_push(old, pairs.i, pairs.j, pairs.apart_cells)[1]
    allowed = np.maximum(before - _COMES_APART_CELLS, limit_cells)
    new = new.copy()
    for _ in range(_ROUNDS):
        deep = (depth > allowed) & (depth != before)
        if not anybody(deep):
            return new
        back = np.concatenate((pairs.i[deep], pairs.j[deep]))
        new[:, back] = old[:, back]
        depth = overlap_push(new, pairs.i, pairs.j, pairs.apart_cells)[1]
    back = np.concatenate((pairs.i, pairs.j))
    new[:, back] = old[:, back]
    return new

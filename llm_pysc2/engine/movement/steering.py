"""Which way to go around what is in the way. Pure kernels over arrays.

Only + - * / and square roots, so that the same input gives the same bytes on every machine.
"""

import numpy as np

from llm_pysc2.engine.movement.bodies import Floats, Ints

TURNS = np.array(
    [
        # cosine, sine: straight on, then 25, 50, 75, 100 and 125 degrees to the left and to the right
        (1.0, 0.0),
        (0.906308, 0.422618),
        (0.906308, -0.422618),
        (0.642788, 0.766044),
        (0.642788, -0.766044),
        (0.258819, 0.965926),
        (0.258819, -0.965926),
        (-0.173648, 0.984808),
        (-0.173648, -0.984808),
        (-0.573576, 0.819152),
        (-0.573576, -0.819152),
    ]
).T.copy()
"""The directions tried, relative to the wanted one, shape (2, turns)."""

_SIDES = np.sign(TURNS[1])

NEVER = 1e9
"""Loops to a contact that does not come."""


def square_gap(way: Floats, apart_cells: Floats) -> Floats:
    """Return the squared distance less the squared distance at contact, cells squared, shape (views,).

    `way` is from middle to middle, shape (2, views); `apart_cells` how near these may come.
    """
    gap: Floats = way[0] * way[0] + way[1] * way[1] - apart_cells * apart_cells
    return gap


def loops_to_contact(approach: Floats, closing: Floats, square_gap: Floats) -> Floats:
    """Return after how many loops two discs touch, `NEVER` when they do not; of the shape of `approach`.

    Args:
        approach: the way from the first to the second middle, cells, times `closing`.
        closing: velocity of the first less that of the second, cells per loop, shape (2, ...).
        square_gap: squared distance less the squared sum of the radii; below 0 they touch already.
    """
    square_speed = closing[0] * closing[0]
    square_speed += closing[1] * closing[1]
    inside = approach * approach
    inside -= square_speed * square_gap
    meets = (np.minimum(approach, inside) > 0).ravel().nonzero()[0]
    approach_there = approach.ravel()[meets]
    soonest = (approach_there - np.sqrt(inside.ravel()[meets])) / square_speed.ravel()[meets]
    loops: Floats = np.empty(approach.shape)
    loops.fill(NEVER)
    loops.ravel()[meets] = np.maximum(soonest, 0)
    return loops


def earliest(loops: Floats, owner: Ints, count: int) -> Floats:
    """Return the smallest of the values of each owner, shape (count, ...), `NEVER` for those without; owners ascend."""
    result: Floats = np.full((count, *loops.shape[1:]), NEVER)
    if owner.size:
        first = np.concatenate(([True], owner[1:] != owner[:-1])).nonzero()[0]
        result[owner[first]] = np.minimum.reduceat(loops, first, axis=0)
    return result


def turned(direction: Floats) -> Floats:
    """Return every direction tried for wanted ones: shape (2, units) gives (2, units, turns)."""
    along, across = direction[:, :, None] * TURNS[0], direction[:, :, None] * TURNS[1]
    turned: Floats = np.empty(along.shape)
    np.subtract(along[0], across[1], out=turned[0])
    np.add(across[0], along[1], out=turned[1])
    return turned


def choose_turn(freedom: Floats, side: Floats, sideways: float, loyalty: float) -> Ints:
    """Return the number of the best turn for each unit.

    Args:
        freedom: share of the look-ahead that is free in each direction, 0 to 1, shape (units, turns).
        side: the side taken before, or else the easier one: from -1 right to 1 left.
        sideways: what a free way at right angles is worth, against 1 for a free way straight on.
        loyalty: what staying on the same side is worth.
    """
    cosine = TURNS[0]
    same = np.maximum(side[:, None] * _SIDES, 0) * loyalty
    same[:, 0] = np.absolute(side) * loyalty
    best: Ints = (freedom * (cosine + sideways + same)).argmax(axis=1)
    return best

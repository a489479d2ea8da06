"""Who is near whom: all pairs at once while units are few, by cells of a grid when they are many."""

from dataclasses import dataclass

import numpy as np

from llm_pysc2.engine.movement.bodies import Floats, Ints

BRUTE_FORCE_UNITS = 300
"""Up to so many units one matrix of all pairs is faster than sorting them into cells."""


@dataclass(slots=True)
class Distances:
    """Between all pairs of units, cells, each of shape (units, units): row minus column."""

    dx: Floats
    dy: Floats
    square: Floats
    """Squared distance between the middles."""


def distances(x: Floats, y: Floats) -> Distances:
    """Return the distances between all pairs of units."""
    dx, dy = x[:, None] - x, y[:, None] - y
    square = dx * dx
    square += dy * dy
    return Distances(dx, dy, square)


def near_pairs(x: Floats, y: Floats, reach: float, apart: Distances | None = None) -> tuple[Ints, Ints]:
    """Return rows (i, j) of all pairs i < j whose middles are nearer than `reach` cells, ordered by i, then j."""
    if apart is None and x.size > BRUTE_FORCE_UNITS:
        return _near_pairs_by_cell(x, y, reach)
    if apart is None:
        apart = distances(x, y)
    flat = np.flatnonzero(apart.square.ravel() < reach * reach)
    first = flat // x.size
    second = flat - first * x.size
    upper = first < second
    return first[upper], second[upper]


def _near_pairs_by_cell(x: Floats, y: Floats, reach: float) -> tuple[Ints, Ints]:
    """Return the same as `near_pairs`, looking only into the cells around each unit."""
    column = np.floor((x - x.min()) / reach).astype(np.int64) + 1
    row = np.floor((y - y.min()) / reach).astype(np.int64) + 1
    columns = int(column.max()) + 2
    cell = row * columns + column
    order = np.argsort(cell, kind="stable")
    ordered = cell[order]
    first, second = [], []
    for step in (-columns, 0, columns):
        begin = np.searchsorted(ordered, cell + step - 1, side="left")
        count = np.searchsorted(ordered, cell + step + 1, side="right") - begin
        owner = np.repeat(np.arange(x.size), count)
        within = np.arange(owner.size) - np.repeat(np.cumsum(count) - count, count)
        first.append(owner)
        second.append(order[np.repeat(begin, count) + within])
    i, j = np.concatenate(first), np.concatenate(second)
    dx, dy = x[i] - x[j], y[i] - y[j]
    near = (i < j) & (dx * dx + dy * dy < reach * reach)
    i, j = i[near], j[near]
    sorting = np.argsort(i * x.size + j)
    return i[sorting], j[sorting]

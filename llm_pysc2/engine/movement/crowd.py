"""What follows from the nature of the units alone, worked out once and kept until somebody changes.

The distances at which two units notice each other fill a matrix, so that finding the pairs of a loop is one comparison.
"""

from dataclasses import dataclass

import numpy as np

from llm_pysc2.engine.movement.bodies import Bodies, Bools, Floats, Ints, Tracks
from llm_pysc2.engine.movement.neighbours import BRUTE_FORCE_UNITS, Distances, distances, near_pairs
from llm_pysc2.engine.movement.switches import MovementSwitches

_AIR_LAYER_BIT = 62
"""Air and ground never meet, even where their masks share a bit (the colossus is on the air's layer)."""


@dataclass(slots=True)
class Pairs:
    """Units near each other, each pair once with i < j; arrays of shape (pairs,)."""

    i: Ints
    j: Ints
    apart_cells: Floats
    """How near their middles may come: on the ground the sum of the inner radii less the slop."""
    way: Floats
    """From j to i at the beginning of the loop, cells, shape (2, pairs)."""

    def picked(self, rows: Ints) -> "Pairs":
        """Return some of the pairs."""
        return Pairs(self.i[rows], self.j[rows], self.apart_cells[rows], self.way[:, rows])


@dataclass(slots=True)
class Crowd:
    """The nature of all units, and the matrices of those who walk, None when there are too many for that."""

    key: tuple[bytes, ...]
    movable: Bools
    walks: Bools
    any_flying: bool
    any_climbs: bool
    any_immovable: bool
    any_roomy: bool
    """Somebody on the ground keeps more distance at rest than when pressed."""
    firm: Floats
    """0 for those who never move, else 1."""
    layers: Ints
    """Layers of those who walk, 0 for those who fly."""
    radius: Floats
    noticed_square: Floats | None
    """Squared distance within which pairs i < j of walkers notice each other, -1 for all other pairs, flat."""
    apart_cells: Floats | None
    row: Ints
    column: Ints

    def ground_pairs(self, xy: Floats, apart: Distances | None, switches: MovementSwitches) -> Pairs:
        """Return the walkers that are near enough to notice each other and share a layer."""
        if self.noticed_square is None or self.apart_cells is None:
            return self._pairs_by_cell(xy, switches)
        if apart is None:
            apart = distances(xy[0], xy[1])
        flat = (apart.square.ravel() < self.noticed_square).nonzero()[0]
        way = np.array((apart.dx.ravel().take(flat), apart.dy.ravel().take(flat)))
        return Pairs(self.row.take(flat), self.column.take(flat), self.apart_cells.take(flat), way)

    def _pairs_by_cell(self, xy: Floats, switches: MovementSwitches) -> Pairs:
        """Return the same as `ground_pairs` for many units."""
        walkers = np.flatnonzero(self.walks)
        reach = 2 * float(self.radius[walkers].max(initial=0)) + switches.look_ahead_cells
        i, j = near_pairs(xy[0, walkers], xy[1, walkers], reach)
        i, j = walkers[i], walkers[j]
        way = xy.take(i, axis=1) - xy.take(j, axis=1)
        apart = self.radius[i] + self.radius[j] - switches.contact_slop_cells
        noticed = apart + switches.look_ahead_cells
        near = way[0] * way[0] + way[1] * way[1] < noticed * noticed
        near &= ((self.layers[i] & self.layers[j]) != 0) & (self.movable[i] | self.movable[j])
        return Pairs(i[near], j[near], apart[near], way[:, near])


def crowd_of(bodies: Bodies, tracks: Tracks, switches: MovementSwitches) -> Crowd:
    """Return the crowd these units are, kept in `tracks` while nobody changes."""
    key = (
        bodies.layers.tobytes(),
        bodies.flying.tobytes(),
        bodies.immovable.tobytes(),
        bodies.climbs.tobytes(),
        bodies.inner_radius.tobytes(),
        bodies.separation_radius.tobytes(),
    )
    if tracks.crowd is None or tracks.crowd.key != key:
        tracks.crowd = _new_crowd(bodies, key, switches)
    return tracks.crowd


def _new_crowd(bodies: Bodies, key: tuple[bytes, ...], switches: MovementSwitches) -> Crowd:
    """Return what follows from the nature of units."""
    walks, movable = ~bodies.flying, ~bodies.immovable
    layers = np.where(walks, bodies.layers, 0)
    count = walks.size
    crowd = Crowd(
        key=key,
        movable=movable,
        walks=walks,
        any_flying=bool(bodies.flying.any()),
        any_climbs=bool(bodies.climbs.any()),
        any_immovable=bool(bodies.immovable.any()),
        any_roomy=bool((walks & movable & (bodies.separation_radius > bodies.inner_radius)).any()),
        firm=movable.astype(float),
        layers=layers,
        radius=bodies.inner_radius.copy(),
        noticed_square=None,
        apart_cells=None,
        row=np.repeat(np.arange(count), count) if count <= BRUTE_FORCE_UNITS else np.zeros(0, dtype=np.int64),
        column=np.tile(np.arange(count), count) if count <= BRUTE_FORCE_UNITS else np.zeros(0, dtype=np.int64),
    )
    if count <= BRUTE_FORCE_UNITS:
        apart = np.add.outer(crowd.radius, crowd.radius) - switches.contact_slop_cells
        noticed = apart + switches.look_ahead_cells
        meets = ((layers[:, None] & layers) != 0) & (movable[:, None] | movable)
        crowd.noticed_square = np.where(np.triu(meets, 1), noticed * noticed, -1).ravel()
        crowd.apart_cells = apart.ravel()
    return crowd

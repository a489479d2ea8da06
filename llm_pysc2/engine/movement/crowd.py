"""What follows from the nature of the units alone, worked out once and kept until somebody changes.

The distances at which two units notice each other fill a matrix, so that finding the pairs of a loop is one comparison.
"""

from dataclasses import dataclass

import numpy as np

from llm_pysc2.engine.movement.assumptions import MovementAssumptions
from llm_pysc2.engine.movement.bodies import Bodies, Bools, Floats, Ints
from llm_pysc2.engine.movement.neighbours import BRUTE_FORCE_UNITS, Distances, distances, near_pairs

_AIR_LAYER_BIT = 62
"""Air and ground never meet, even where their masks share a bit (the colossus is on the air's layer)."""


@dataclass(slots=True)
class Pairs:
    """Units near each other, each pair once with i < j; arrays of shape (pairs,)."""

    i: Ints
    j: Ints
    apart_cells: Floats
    """How near their middles may come: on the ground the sum of the inner radii less the slop."""

    def picked(self, rows: Ints) -> "Pairs":
        """Return some of the pairs."""
        return Pairs(self.i[rows], self.j[rows], self.apart_cells[rows])


@dataclass(slots=True)
class Views:
    """What units have near them, one row per (unit, neighbour): all pairs as `i` sees them, then all as `j` does."""

    owner: Ints
    other: Ints
    way: Floats
    """From the unit to the neighbour at the beginning of the loop, cells, shape (2, views)."""
    apart_cells: Floats

    def picked(self, rows: Ints) -> "Views":
        """Return some of the views."""
        return Views(self.owner[rows], self.other[rows], self.way.take(rows, axis=1), self.apart_cells[rows])

    def pairs(self) -> Pairs:
        """Return each pair once, of all views."""
        once = self.owner.size // 2
        return Pairs(self.owner[:once], self.other[:once], self.apart_cells[:once])


@dataclass(slots=True)
class Crowd:
    """The nature of all units, and the matrices of those who walk, None when there are too many for that."""

    key: tuple[bytes, ...]
    movable: Bools
    walks: Bools
    walkers: Bools
    """Those who walk and are movable."""
    roomy: Bools
    """Walkers who keep more distance at rest than when pressed."""
    any_flying: bool
    any_climbs: bool
    any_immovable: bool
    any_roomy: bool
    layers: Ints
    """Layers of those who walk, 0 for those who fly."""
    radius: Floats
    noticed_square: Floats | None
    """Squared distance within which pairs i < j of walkers notice each other, -1 for all other pairs, flat."""
    seen: Views | None
    """Every entry of those matrices, flat, as the unit of its row sees that of its column, then the other way round;
    `way` is not filled in."""
    mirror: Ints
    """The entries of the same views in which row and column are exchanged."""
    entries: Ints
    """How many entries a matrix has, shape ()."""

    def views(self, xy: Floats, apart: Distances | None, assumptions: MovementAssumptions) -> Views:
        """Return the walkers that are near enough to notice each other and share a layer."""
        if self.noticed_square is None or self.seen is None:
            return self._views_by_cell(xy, assumptions)
        if apart is None:
            apart = distances(xy[0], xy[1])
        once = (apart.square.ravel() < self.noticed_square).nonzero()[0]
        both, seen = np.concatenate((once, once + self.entries)), self.seen
        back = self.mirror[both]
        way = np.array((apart.dx.ravel()[back], apart.dy.ravel()[back]))
        return Views(seen.owner[both], seen.other[both], way, seen.apart_cells[both])

    def _views_by_cell(self, xy: Floats, assumptions: MovementAssumptions) -> Views:
        """Return the same as `views` for many units."""
        walkers = np.flatnonzero(self.walks)
        reach = 2 * float(self.radius[walkers].max(initial=0)) + assumptions.look_ahead_cells
        i, j = near_pairs(xy[0, walkers], xy[1, walkers], reach)
        i, j = walkers[i], walkers[j]
        way = xy.take(j, axis=1) - xy.take(i, axis=1)
        apart = self.radius[i] + self.radius[j] - assumptions.contact_slop_cells
        noticed = apart + assumptions.look_ahead_cells
        near = way[0] * way[0] + way[1] * way[1] < noticed * noticed
        near &= ((self.layers[i] & self.layers[j]) != 0) & (self.movable[i] | self.movable[j])
        i, j, way, apart = i[near], j[near], way[:, near], apart[near]
        both = np.concatenate((way, -way), axis=1)
        return Views(np.concatenate((i, j)), np.concatenate((j, i)), both, np.concatenate((apart, apart)))


def new_crowd(bodies: Bodies, key: tuple[bytes, ...], assumptions: MovementAssumptions) -> Crowd:
    """Return what follows from the nature of units."""
    walks, movable = ~bodies.flying, ~bodies.immovable
    walkers = walks & movable
    roomy = walkers & (bodies.separation_radius > bodies.inner_radius)
    layers = np.where(walks, bodies.layers, 0)
    count = walks.size
    crowd = Crowd(
        key=key,
        movable=movable,
        walks=walks,
        walkers=walkers,
        roomy=roomy,
        any_flying=bool(bodies.flying.any()),
        any_climbs=bool(bodies.climbs.any()),
        any_immovable=bool(bodies.immovable.any()),
        any_roomy=bool(roomy.any()),
        layers=layers,
        radius=bodies.inner_radius.copy(),
        noticed_square=None,
        seen=None,
        mirror=np.zeros(0, dtype=np.int64),
        entries=np.array(count * count),
    )
    if count <= BRUTE_FORCE_UNITS:
        apart = np.add.outer(crowd.radius, crowd.radius) - assumptions.contact_slop_cells
        noticed = apart + assumptions.look_ahead_cells
        meets = ((layers[:, None] & layers) != 0) & (movable[:, None] | movable)
        crowd.noticed_square = np.where(np.triu(meets, 1), noticed * noticed, -1).ravel()
        everyone = np.arange(count)
        row, column = np.repeat(everyone, count), np.tile(everyone, count)
        crowd.mirror = np.concatenate((column * count + row, row * count + column))
        crowd.seen = Views(
            owner=np.concatenate((row, column)),
            other=np.concatenate((column, row)),
            way=np.zeros((2, 0)),
            apart_cells=np.tile(apart.ravel(), 2),
        )
    return crowd

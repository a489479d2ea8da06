"""Ways around obstacles: one field of distances per goal, grown outwards only as far as somebody asks for it.

Many units share few goals, and a goal is asked for again and again while they walk there, so the fields are kept.
"""

from dataclasses import dataclass

import numpy as np

from llm_pysc2.engine.movement.bodies import Bools, Floats, Ints
from llm_pysc2.engine.movement.surface import Surface

STRAIGHT, DIAGONAL = 70, 99
"""Lengths of a step to a neighbouring node; 99/70 is the square root of two to five digits."""

UNITS_PER_CELL = 2 * STRAIGHT

FAR = np.iinfo(np.int64).max // 2

FIELDS_KEPT = 64

_STEPS_AT_ONCE = 4
"""A field grows by so many steps before it is asked again whether that is enough."""

_CLASSES = np.array([0.5, 0.7071, 1.0, 1.118, 1.4142])
"""The room that nodes have, in cells: units whose radius lies between the same two can stand on the same nodes."""


def width_class(radius_cells: float) -> int:
    """Return the number of the class of units that fit through the same places."""
    return int(np.searchsorted(_CLASSES, radius_cells - 1e-4))


class Net:
    """The nodes where units of one width can stand, and the steps between them."""

    def __init__(self, surface: Surface, wide: int) -> None:
        self.needed = float(_CLASSES[wide]) if wide < len(_CLASSES) else np.inf
        free = surface.room >= self.needed - 1e-4
        self.surface = surface
        self.free = free.ravel()
        row = surface.columns
        self.offsets = np.array([1, -1, row, -row, row + 1, row - 1, -row + 1, -row - 1])
        self.lengths = np.array([STRAIGHT] * 4 + [DIAGONAL] * 4)
        right, left, up, down = (self._neighbour(offset) for offset in self.offsets[:4])
        diagonals = [self._neighbour(offset) for offset in self.offsets[4:]]
        square = [up & right, up & left, down & right, down & left]
        self.steps = np.stack([right, left, up, down, *(a & b for a, b in zip(diagonals, square, strict=True))])
        self.steps &= self.free
        self.region = np.zeros(self.free.size, dtype=np.int64)
        self.scratch: Ints = np.zeros(self.free.size, dtype=np.int64)
        """For whoever has to find the last of equal nodes; means nothing from one use to the next."""
        self._regions = 0

    def _neighbour(self, offset: int) -> Bools:
        """Return for each node whether the node at an offset is free; the ring around the map never is."""
        return np.roll(self.free, -offset)

    def region_of(self, node: int) -> int:
        """Return the number of the region that can be walked from a node; found when first asked."""
        if not self.region[node]:
            self._regions += 1
            reached = Field(self, np.array([node]), np.array([0]))
            reached.grow(FAR)
            self.region[reached.distance < FAR] = self._regions
        return int(self.region[node])

    def nearest(self, xy: Floats, among: Bools | None = None) -> int:
        """Return the free node nearest to a point of shape (2,), -1 when there is none; ties go to the lower index."""
        nodes = np.flatnonzero(self.free if among is None else among)
        if not nodes.size:
            return -1
        away = self.surface.node_xy(nodes) - xy[:, None]
        return int(nodes[np.argmin(away[0] * away[0] + away[1] * away[1])])


class Field:
    """The walking distance from every node to the nearest source, as far as it was asked for."""

    def __init__(self, net: Net, sources: Ints, costs: Ints) -> None:
        self.net = net
        self.distance: Ints = np.full(net.free.size, FAR, dtype=np.int64)
        self.distance[sources] = costs
        self._front: Ints = sources
        self._following: Ints = np.full(net.free.size, -1, dtype=np.int64)
        self._last = net.scratch

    def reaches(self, nodes: Ints) -> Bools:
        """Return for each node whether a source can be walked to, growing the field until that is settled."""
        while self._front.size:
            settled = self.distance[self._front].min()
            if (self.distance[nodes] <= settled).all():
                break
            for _ in range(_STEPS_AT_ONCE):
                self._grow_once()
        return self.distance[nodes] < FAR

    def grow(self, limit: int) -> None:
        """Grow the field until every distance below the limit is settled."""
        while self._front.size and self.distance[self._front].min() < limit:
            self._grow_once()

    def _grow_once(self) -> None:
        """Walk one step from everywhere on the front."""
        front, net = self._front, self.net
        nodes = front + net.offsets[:, None]
        lengths = self.distance[front] + net.lengths[:, None]
        nearer = net.steps[:, front] & (lengths < self.distance[nodes])
        nodes, lengths = nodes[nearer], lengths[nearer]
        np.minimum.at(self.distance, nodes, lengths)
        number = np.arange(nodes.size)
        self._last[nodes] = number
        self._front = nodes[self._last[nodes] == number]

    def downhill(self, nodes: Ints, goal: Floats, steps: int) -> Ints:
        """Return the way down from each node, shape (at most steps + 1, nodes), staying where it ends.

        `goal` has shape (2, 1) and is the same at every call.
        """
        way = [nodes]
        for _ in range(steps):
            here = way[-1]
            unknown = here[self._following[here] < 0]
            if unknown.size:
                self._find_following(unknown, goal)
            way.append(self._following[here])
            if (way[-1] == here).all():
                break
        return np.stack(way)

    def _find_following(self, nodes: Ints, goal: Floats) -> None:
        """Remember the next node on the way down from settled nodes; the node itself where the way ends.

        Of equally short ways the one that stays nearer to the goal is taken, so that ways look alike from all sides.
        """
        net = self.net
        near = nodes + net.offsets[:, None]
        total = np.where(net.steps[:, nodes], self.distance[near] + net.lengths[:, None], FAR)
        away = net.surface.node_xy(near.ravel()) - goal
        beeline = (away[0] * away[0] + away[1] * away[1]).reshape(near.shape)
        best = total.min(axis=0)
        pick = np.where(total == best, beeline, np.inf).argmin(axis=0)
        following = near[pick, np.arange(nodes.size)]
        self._following[nodes] = np.where(self.distance[nodes] < best, nodes, following)


@dataclass(frozen=True, slots=True)
class RouteKey:
    """What two units must have in common to share a field."""

    goal_node: int
    reach: int
    """Within how many half-cells of the goal it is enough to come."""
    wide: int
    region: int
    """0 for everybody; otherwise the region of those who cannot walk to the goal, and go as near as they can."""


class Routes:
    """The fields of one surface; forgotten as soon as the surface changes."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self._nets: dict[int, Net] = {}
        self._fields: dict[RouteKey, Field] = {}

    def forget(self) -> None:
        """Drop everything: the ground has changed."""
        self._nets.clear()
        self._fields.clear()

    def net(self, wide: int) -> Net:
        """Return the nodes for a class of width."""
        if wide not in self._nets:
            self._nets[wide] = Net(self.surface, wide)
        return self._nets[wide]

    def field(self, key: RouteKey) -> Field:
        """Return the field of a goal, new or kept."""
        field = self._fields.pop(key, None)
        if field is None:
            field = self._new_field(key)
            if len(self._fields) >= FIELDS_KEPT:
                del self._fields[next(iter(self._fields))]
        self._fields[key] = field
        return field

    def _new_field(self, key: RouteKey) -> Field:
        """Return a field whose sources are the nodes in reach of the goal, or else those nearest to it."""
        net = self.net(key.wide)
        allowed = net.free if not key.region else net.region == key.region
        nodes = np.flatnonzero(allowed)
        if not nodes.size:
            return Field(net, nodes, nodes)
        away = self.surface.node_xy(nodes) - self.surface.node_xy(np.array([key.goal_node]))
        cells = np.sqrt(away[0] * away[0] + away[1] * away[1])
        enough = max(key.reach / 2, cells.min())
        chosen = cells <= enough + 1e-9
        costs = np.rint(np.maximum(cells[chosen] - key.reach / 2, 0) * UNITS_PER_CELL).astype(np.int64)
        return Field(net, nodes[chosen], costs)

    def field_for(self, key: RouteKey, nodes: Ints) -> list[tuple[Field, Ints]]:
        """Return which field leads each of the nodes (indices into `nodes`) to the goal, or as near to it as can be."""
        field = self.field(key)
        reached = field.reaches(nodes)
        groups = [(field, np.flatnonzero(reached))] if reached.any() else []
        net = self.net(key.wide)
        astray: dict[int, list[int]] = {}
        for index in np.flatnonzero(~reached):
            astray.setdefault(net.region_of(int(nodes[index])), []).append(int(index))
        for region, members in astray.items():
            own = self.field(RouteKey(key.goal_node, key.reach, key.wide, region))
            own.reaches(nodes[members])
            groups.append((own, np.array(members)))
        return groups

"""The ground of one map: what blocks whom, and ways around it. Built once per map, copied for snapshots."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from llm_pysc2.engine.movement.bodies import Bools, Floats, Ints
from llm_pysc2.engine.movement.routes import Field, Net, RouteKey, Routes, width_class
from llm_pysc2.engine.movement.surface import LINE_SLACK_CELLS, Surface
from llm_pysc2.engine.movement.walls import keep_out

PROBE_CELLS = 0.4
"""How far ahead a unit looks for walls."""

_LOOK_NODES = 24
"""How far along its way a unit looks for the farthest corner it can walk to straight, in half-cells."""


@dataclass(slots=True)
class Legs:
    """The next leg of each unit's way."""

    waypoint: Floats
    """Where to walk straight now, cells, shape (2, units)."""
    direct: Bools
    """The goal itself (or the edge of `stop_within` around it) is in a straight line, shape (units,)."""
    ends: Bools
    """The waypoint is not the goal, but as near to it as the ground lets the unit come, shape (units,)."""


class Ground:
    """What blocks ground units on one map, for walkers and for those that climb cliffs."""

    def __init__(
        self,
        pathable: npt.ArrayLike,
        cliff_levels: npt.ArrayLike | None = None,
        playable: Sequence[float] | None = None,
    ) -> None:
        """Build the ground of a map.

        Args:
            pathable: whether walkers can be in each cell, shape (height, width), row 0 at y = 0.
            cliff_levels: height steps, same shape; level 0, the void, is closed to all. None: climbers go everywhere.
            playable: left, bottom, right, top in cells; nobody leaves it. None: the whole map.
        """
        walk = np.asarray(pathable).astype(bool)
        self.height, self.width = walk.shape
        self.playable = tuple(
            float(edge) for edge in (playable if playable is not None else (0, 0, self.width, self.height))
        )
        climb = np.ones_like(walk) if cliff_levels is None else (np.asarray(cliff_levels) > 0) | walk
        outside = ~self._inside_playable()
        self._terrain = [_half_cells(~cells) | outside for cells in (walk, climb)]
        self._footprints: Ints = np.zeros((2 * self.height, 2 * self.width), dtype=np.int64)
        self._surfaces = [Surface(blocked) for blocked in self._terrain]
        self._routes = [Routes(surface) for surface in self._surfaces]

    def _inside_playable(self) -> Bools:
        """Return the half-cells that lie in the playable area, shape (2 height, 2 width)."""
        left, bottom, right, top = self.playable
        x = (np.arange(2 * self.width) + 0.5) / 2
        y = ((np.arange(2 * self.height) + 0.5) / 2)[:, None]
        inside: Bools = (x > left) & (x < right) & (y > bottom) & (y < top)
        return inside

    def copy(self) -> Self:
        """Return an independent copy; what was found about routes is found again when needed."""
        twin = type(self).__new__(type(self))
        twin.height, twin.width, twin.playable = self.height, self.width, self.playable
        twin._terrain = self._terrain
        twin._footprints = self._footprints.copy()
        twin._surfaces = [surface.copy() for surface in self._surfaces]
        twin._routes = [Routes(surface) for surface in twin._surfaces]
        return twin

    def block(self, x: float, y: float, half_cells: Bools) -> None:
        """Let a structure stand at (x, y); `half_cells` is its footprint, as from `half_cell_mask`."""
        self._change(x, y, half_cells, 1)

    def unblock(self, x: float, y: float, half_cells: Bools) -> None:
        """Take away a structure that `block` put there; overlapping footprints are counted one by one."""
        self._change(x, y, half_cells, -1)

    def _change(self, x: float, y: float, half_cells: Bools, by: int) -> None:
        """Add to the count of footprints on each half-cell, and look at the ground anew."""
        rows, columns = half_cells.shape
        bottom, left = round(2 * y - rows / 2), round(2 * x - columns / 2)
        first_row, first_column = max(bottom, 0), max(left, 0)
        last_row, last_column = min(bottom + rows, 2 * self.height), min(left + columns, 2 * self.width)
        if first_row >= last_row or first_column >= last_column:
            return
        window = (slice(first_row, last_row), slice(first_column, last_column))
        part = half_cells[first_row - bottom : last_row - bottom, first_column - left : last_column - left]
        self._footprints[window] += by * part
        for terrain, surface, routes in zip(self._terrain, self._surfaces, self._routes, strict=True):
            blocked: Bools = np.logical_or(terrain[window], self._footprints[window] > 0)
            if (blocked != surface.blocked[window]).any():
                surface.change(first_row, first_column, blocked)
                routes.forget()

    def pathing_grid(self) -> Bools:
        """Return the cells that walkers can be in, shape (height, width): no half-cell of theirs is blocked."""
        free = ~self._surfaces[0].blocked
        grid: Bools = np.logical_and.reduce(free.reshape(self.height, 2, self.width, 2), axis=(1, 3))
        return grid

    def is_open(self, x: npt.ArrayLike, y: npt.ArrayLike, climbs: bool = False) -> Bools:
        """Return whether a ground unit can have its middle at each point, shape (points,)."""
        xy = np.stack((np.atleast_1d(np.asarray(x, dtype=float)), np.atleast_1d(np.asarray(y, dtype=float))))
        return self._surfaces[climbs].is_open(xy)

    def nearest_open(self, x: float, y: float, radius: float, climbs: bool = False) -> tuple[float, float]:
        """Return the place nearest to a point where a ground unit of a radius fits, often the point itself."""
        xy = np.array([[x], [y]], dtype=float)
        kept = self.keep_out(xy, np.array([radius]), np.array([climbs]))
        if self._surfaces[climbs].room_at(kept)[0] > 0:
            return float(kept[0, 0]), float(kept[1, 0])
        net = self._routes[climbs].net(width_class(radius))
        node = net.nearest(xy[:, 0])
        if node < 0:
            return x, y
        place = net.surface.node_xy(np.array([node]))[:, 0]
        return float(place[0]), float(place[1])

    def keep_out(self, xy: Floats, radius: Floats, climbs: Bools) -> Floats:
        """Return points of shape (2, points) pushed out of walls by their radius in cells."""
        if not climbs.any():
            return keep_out(self._surfaces[0], xy, radius)
        return np.where(climbs, keep_out(self._surfaces[1], xy, radius), keep_out(self._surfaces[0], xy, radius))

    def near_walls(self, xy: Floats, reach: Floats, climbs: Bools | None) -> Bools:
        """Return whether there may be a wall within reach of each point, cells, shape (points,); xy is (2, points).

        `climbs` of shape (points,) tells who can go over cliffs; None means nobody.
        """
        if self._surfaces[0].far_from_walls(xy, max(reach.tolist())):
            return np.zeros(reach.size, dtype=np.bool_)
        near = self._surfaces[0].near_walls(xy, reach)
        return near if climbs is None else np.where(climbs, self._surfaces[1].near_walls(xy, reach), near)

    def near_wall(self, x: float, y: float, reach: float, climbs: bool) -> bool:
        """Return the same as `near_walls` for one unit."""
        return self._surfaces[climbs].near_wall(x, y, reach)

    def open_at(self, xy: Floats, climbs: Bools) -> Bools:
        """Return whether the middles of ground units lie in open half-cells, shape (points,)."""
        walking = self._surfaces[0].is_open(xy)
        return np.where(climbs, self._surfaces[1].is_open(xy), walking) if climbs.any() else walking

    def leads_into_open(self, xy: Floats, probes: Floats, radius: Floats, climbs: Bools) -> Floats:
        """Return 1 where a unit can go by a probe without coming too near to a wall, else 0, shape (units, probes).

        `xy` has shape (2, units), `probes` are relative, cells, shape (2, units, probes).
        """
        open_ways = np.ones(probes.shape[1:])
        for kind in (0, 1):
            near = self._surfaces[kind].near_walls(xy, radius + PROBE_CELLS) & (climbs == bool(kind))
            rows = near.nonzero()[0]
            if rows.size:
                here = xy.take(rows, axis=1)
                room = self._surfaces[kind].room_at(here[:, :, None] + probes.take(rows, axis=1))
                enough = np.minimum(radius[rows] - LINE_SLACK_CELLS, self._surfaces[kind].room_at(here))
                open_ways[rows] = room >= enough[:, None]
            if not np.count_nonzero(climbs):
                break
        return open_ways

    def path_length_cells(
        self, start: Sequence[float], goal: Sequence[float], radius: float, climbs: bool = False
    ) -> float:
        """Return how far a ground unit has to walk from one point to another, cells; infinity when there is no way."""
        here, there = np.array([start], dtype=float).T, np.array([goal], dtype=float).T
        surface, routes = self._surfaces[climbs], self._routes[climbs]
        if surface.line_clear(here, there, np.array([radius]))[0]:
            way = there - here
            return float(np.sqrt(way[0, 0] * way[0, 0] + way[1, 0] * way[1, 0]))
        net = routes.net(width_class(radius))
        nodes = _start_nodes(net, np.hstack((here, there)))
        if (nodes < 0).any() or not surface.is_open(there)[0]:
            return float("inf")
        field = routes.field(RouteKey(int(nodes[1]), 0, width_class(radius), 0))
        if not field.reaches(nodes[:1])[0]:
            return float("inf")
        return self._walk(here, there, radius, climbs)

    def _walk(self, here: Floats, there: Floats, radius: float, climbs: bool) -> float:
        """Return the length of the way along its corners, cells; both ends have shape (2, 1)."""
        length = 0.0
        for _ in range(self.height * self.width):
            legs = self.next_legs(here, there, np.zeros(1), np.array([radius]), np.array([climbs]))
            way = legs.waypoint - here
            length += float(np.sqrt(way[0, 0] * way[0, 0] + way[1, 0] * way[1, 0]))
            if legs.direct[0] or legs.ends[0]:
                break
            here = legs.waypoint
        return length

    def next_legs(self, start: Floats, goal: Floats, stop_within: Floats, radius: Floats, climbs: Bools) -> Legs:
        """Return the next leg for each ground unit.

        Args:
            start: where they are, cells, shape (2, units).
            goal: where they want to be, cells, shape (2, units).
            stop_within: how near to the goal is enough, cells, shape (units,).
            radius: how much room they need to both sides, cells, shape (units,).
            climbs: whether cliffs do not stop them, shape (units,).
        """
        nobody = np.zeros(radius.size, dtype=np.bool_)
        legs = Legs(goal.copy(), ~nobody, nobody)
        (x, y), (goal_x, goal_y) = start.tolist(), goal.tolist()
        if self._surfaces[0].all_empty(x + goal_x, y + goal_y, max(radius.tolist())):
            return legs
        for kind in (0, 1):
            rows = np.flatnonzero(climbs == bool(kind))
            if rows.size:
                self._plan(kind, rows, (start[:, rows], goal[:, rows], stop_within[rows], radius[rows]), legs)
        return legs

    def _plan(self, kind: int, rows: Ints, asked: tuple[Floats, Floats, Floats, Floats], legs: Legs) -> None:
        """Write the legs of the units of one kind into their rows."""
        start, goal, stop_within, radius = asked
        surface = self._surfaces[kind]
        way = goal - start
        away = np.sqrt(way[0] * way[0] + way[1] * way[1])
        aim = start + way * np.maximum(1 - stop_within / np.maximum(away, 1e-9), 0)
        clear = surface.line_clear(start, aim, radius)
        fits = keep_out(surface, aim, radius)
        moved = clear & (fits != aim).any(axis=0)
        legs.waypoint[:, rows[moved]] = fits[:, moved]
        legs.direct[rows[moved]] = False
        legs.ends[rows[moved]] = True
        for key, members in _by_route(surface, goal, stop_within, radius, ~clear):
            self._plan_around(kind, key, rows[members], start[:, members], legs)

    def _plan_around(self, kind: int, key: RouteKey, rows: Ints, start: Floats, legs: Legs) -> None:
        """Write the legs of units that share a goal which is not in a straight line."""
        routes = self._routes[kind]
        surface = self._surfaces[kind]
        nodes = _start_nodes(routes.net(key.wide), start)
        goal = surface.node_xy(np.array([key.goal_node]))
        legs.direct[rows] = False
        stuck = nodes < 0
        legs.waypoint[:, rows[stuck]] = start[:, stuck]
        legs.ends[rows[stuck]] = True
        usable = np.flatnonzero(~stuck)
        for field, members in routes.field_for(key, nodes[usable]) if usable.size else []:
            chosen = usable[members]
            corner, ends = _farthest_corner(surface, field, start[:, chosen], nodes[chosen], goal)
            legs.waypoint[:, rows[chosen]] = corner
            legs.ends[rows[chosen]] = ends


def _half_cells(cells: Bools) -> Bools:
    """Return whole cells as half-cells, shape (2 height, 2 width)."""
    return np.repeat(np.repeat(cells, 2, axis=0), 2, axis=1)


def _by_route(
    surface: Surface, goal: Floats, stop_within: Floats, radius: Floats, wanted: Bools
) -> list[tuple[RouteKey, Ints]]:
    """Return the units that need a way around, grouped by what their routes have in common, in order of rows."""
    groups: dict[RouteKey, list[int]] = {}
    members = np.flatnonzero(wanted)
    if members.size:
        nodes = surface.nodes_at(goal[:, members])
        for member, node in zip(members.tolist(), nodes.tolist(), strict=True):
            key = RouteKey(node, int(2 * stop_within[member]), width_class(float(radius[member])), 0)
            groups.setdefault(key, []).append(member)
    return [(key, np.array(rows)) for key, rows in groups.items()]


def _start_nodes(net: Net, xy: Floats) -> Ints:
    """Return a node from which each point can set out, shape (points,), -1 where the map has none."""
    surface = net.surface
    low = np.floor(xy * 2).astype(np.int64)
    column = low[0] + np.array([[0], [1], [0], [1]])
    row = low[1] + np.array([[0], [0], [1], [1]])
    column = np.minimum(np.maximum(column, 0), surface.columns - 3)
    row = np.minimum(np.maximum(row, 0), surface.rows - 3)
    nodes = (row + 1) * surface.columns + column + 1
    away_x, away_y = column / 2 - xy[0], row / 2 - xy[1]
    away = np.where(net.free[nodes], away_x * away_x + away_y * away_y, np.inf)
    pick = away.argmin(axis=0)
    index = np.arange(pick.size)
    chosen: Ints = nodes[pick, index]
    for astray in np.flatnonzero(np.isinf(away[pick, index])):
        chosen[astray] = net.nearest(xy[:, astray])
    return chosen


def _farthest_corner(surface: Surface, field: Field, start: Floats, nodes: Ints, goal: Floats) -> tuple[Floats, Bools]:
    """Return the farthest point of each way to walk to straight, shape (2, units), and whether the way ends there.

    The node next to the first is always among those that are tried: in narrow corners it is all that can be seen.
    """
    way = field.downhill(nodes, goal, _LOOK_NODES)
    ended = way[-1] == way[-2]
    candidates = way[sorted({0, 1, *range(len(way) - 1, 0, -2)})]
    count, units = candidates.shape
    ends = surface.node_xy(candidates.ravel())
    begins = np.broadcast_to(start[:, None, :], (2, count, units)).reshape(2, -1)
    width = np.full(count * units, field.net.needed)
    clear = surface.line_clear(begins, ends, width).reshape(count, units)
    clear[0] |= ~clear.any(axis=0)
    pick = count - 1 - clear[::-1].argmax(axis=0)
    index = np.arange(units)
    corner = ends.reshape(2, count, units)[:, pick, index]
    return corner, ended & (candidates[pick, index] == way[-1])

"""Where one kind of walker can be: the half-cells that block it, and how much room there is between them.

A node is a corner of half-cells: node (row, column) lies at x = (column - 1) / 2, y = (row - 1) / 2, so that one ring
of closed nodes surrounds the map and neighbours never wrap around.
"""

from typing import Self

import numpy as np

from llm_pysc2.engine.movement.bodies import Bools, Floats, Ints

ROOM_LIMIT_CELLS = 1.5
"""Room is measured up to here; no ground unit needs more."""

SAMPLE_CELLS = 0.25
"""How far apart a line is tested for room."""

LINE_SLACK_CELLS = 0.08
"""How much a straight line may scrape: between nodes the room is interpolated, too large by up to this at corners."""

NODE_DISTANCE_CELLS = 0.354
"""No point is farther than this from its nearest node."""

MARGIN_HALF_CELLS = 4
"""How much wall `Surface.walled` has around the map."""

_NODES_PER_CELL, _HALF_PAST, _NODE_DISTANCE = np.array(2.0), np.array(1.5), np.array(NODE_DISTANCE_CELLS)

_WINDOW = range(-3, 3)


class Surface:
    """The blocked half-cells of a map for one kind of walker, with the room at every node."""

    def __init__(self, blocked: Bools) -> None:
        """Take the blocked half-cells, bool of shape (2 height, 2 width), row 0 at y = 0."""
        self.blocked = blocked.copy()
        self.walled: Bools = np.pad(blocked, MARGIN_HALF_CELLS, constant_values=True)
        self.rows, self.columns = blocked.shape[0] + 3, blocked.shape[1] + 3
        self._row: Ints = np.array(self.columns)
        node = np.arange(self.rows * self.columns)
        self._places: Floats = np.stack(((node % self.columns - 1) / 2, (node // self.columns - 1) / 2))
        self.room: Floats = np.zeros((self.rows, self.columns))
        self._count: Ints = np.zeros((blocked.shape[0] + 1, blocked.shape[1] + 1), dtype=np.int64)
        self._refresh(0, 0, *blocked.shape)

    def copy(self) -> Self:
        """Return an independent copy."""
        twin = type(self).__new__(type(self))
        twin.blocked, twin.rows, twin.columns = self.blocked.copy(), self.rows, self.columns
        twin._row, twin._places = self._row, self._places
        twin.walled = self.walled.copy()
        twin.room, twin._count = self.room.copy(), self._count.copy()
        return twin

    def change(self, row: int, column: int, blocked: Bools) -> None:
        """Set a rectangle of half-cells whose lower left one is (row, column)."""
        rows, columns = blocked.shape
        self.blocked[row : row + rows, column : column + columns] = blocked
        self._refresh(max(row - 3, 0), max(column - 3, 0), rows + 6, columns + 6)

    def _refresh(self, row: int, column: int, rows: int, columns: int) -> None:
        """Measure the room again at the nodes of a rectangle of half-cells."""
        rows = min(rows, self.blocked.shape[0] - row) + 1
        columns = min(columns, self.blocked.shape[1] - column) + 1
        margin = MARGIN_HALF_CELLS
        self.walled[margin:-margin, margin:-margin] = self.blocked
        room = np.full((rows, columns), ROOM_LIMIT_CELLS)
        for up in _WINDOW:
            for right in _WINDOW:
                away_x, away_y = max(right, -right - 1) / 2, max(up, -up - 1) / 2
                away = np.sqrt(away_x * away_x + away_y * away_y)
                top, left = row + up + margin, column + right + margin
                np.minimum(room, away, out=room, where=self.walled[top : top + rows, left : left + columns])
        self.room[row + 1 : row + 1 + rows, column + 1 : column + 1 + columns] = room
        self._count[1:, 1:] = self.blocked.cumsum(0).cumsum(1)

    def nodes_at(self, xy: Floats) -> Ints:
        """Return the flat index of the node nearest to each point, shape (points,); `xy` has shape (2, points)."""
        node = np.rint(xy * 2)
        column = np.minimum(np.maximum(node[0], 0), self.columns - 3)
        row = np.minimum(np.maximum(node[1], 0), self.rows - 3)
        nodes: Ints = (row * self.columns + (column + (self.columns + 1))).astype(np.int64)
        return nodes

    def near_walls(self, xy: Floats, reach: Floats) -> Bools:
        """Return whether something may be blocked within reach of each point, shape (points,); xy is (2, points)."""
        column, row = (xy * _NODES_PER_CELL + _HALF_PAST).astype(np.int64)
        room = self.room.ravel().take(row * self._row + column, mode="clip")
        near: Bools = room < reach + _NODE_DISTANCE
        return near

    def near_wall(self, x: float, y: float, reach: float) -> bool:
        """Return the same as `near_walls` for one point."""
        node = int(y * 2 + 1.5) * self.columns + int(x * 2 + 1.5)
        return self.room.item(min(max(node, 0), self.room.size - 1)) < reach + NODE_DISTANCE_CELLS

    def node_xy(self, nodes: Ints) -> Floats:
        """Return where nodes lie, cells, shape (2, nodes)."""
        return self._places.take(nodes, axis=1)

    def half_cells_at(self, xy: Floats) -> tuple[Ints, Ints]:
        """Return row and column of the half-cell of each point; points off the map count as on its rim."""
        cell = np.floor(xy * 2).astype(np.int64)
        rows, columns = self.blocked.shape
        return np.minimum(np.maximum(cell[1], 0), rows - 1), np.minimum(np.maximum(cell[0], 0), columns - 1)

    def is_open(self, xy: Floats) -> Bools:
        """Return whether each point of shape (2, points) lies on the map in a half-cell that does not block."""
        rows, columns = self.blocked.shape
        on_map = (xy[0] >= 0) & (xy[1] >= 0) & (xy[0] < columns / 2) & (xy[1] < rows / 2)
        free: Bools = on_map & ~self.blocked[self.half_cells_at(xy)]
        return free

    def room_at(self, xy: Floats) -> Floats:
        """Return the room at points in cells, interpolated between nodes; `xy` is (2, ...), the answer has the rest."""
        at = xy * 2 + 1
        column = np.minimum(np.maximum(at[0], 0), self.columns - 2).astype(np.int64)
        row = np.minimum(np.maximum(at[1], 0), self.rows - 2).astype(np.int64)
        right, up = at[0] - column, at[1] - row
        corner = row * self.columns + column
        room = self.room.ravel()
        low = room.take(corner) * (1 - right) + room.take(corner + 1) * right
        corner += self.columns
        high = room.take(corner) * (1 - right) + room.take(corner + 1) * right
        interpolated: Floats = low * (1 - up) + high * up
        return interpolated

    def far_from_walls(self, xy: Floats, reach_cells: float) -> bool:
        """Return whether `near_walls` is true of none of some points of shape (2, points), by one box around them."""
        (x, y), room = xy.tolist(), reach_cells + NODE_DISTANCE_CELLS
        return room <= ROOM_LIMIT_CELLS and self.all_empty(x, y, room + NODE_DISTANCE_CELLS)

    def all_empty(self, x: list[float], y: list[float], margin_cells: float) -> bool:
        """Return whether nothing at all is blocked in one box around all points and a margin."""
        left, bottom = int((min(x) - margin_cells) * 2 - 1), int((min(y) - margin_cells) * 2 - 1)
        right, top = int((max(x) + margin_cells) * 2 + 1), int((max(y) + margin_cells) * 2 + 1)
        rows, columns = self.blocked.shape
        if left < 0 or bottom < 0 or right > columns or top > rows:
            return False
        count = self._count
        return bool(count[top, right] - count[bottom, right] - count[top, left] + count[bottom, left] == 0)

    def empty_between(self, start: Floats, end: Floats, radius: Floats) -> Bools:
        """Return whether nothing at all is blocked in the box around two points and a margin, shape (points,)."""
        low = np.floor((np.minimum(start, end) - radius) * 2).astype(np.int64)
        high = np.ceil((np.maximum(start, end) + radius) * 2).astype(np.int64)
        limit = np.array((self.columns - 3, self.rows - 3))[:, None]
        cut_low, cut_high = np.minimum(np.maximum(low, 0), limit), np.minimum(np.maximum(high, 0), limit)
        inside = ((low == cut_low) & (high == cut_high)).all(axis=0)
        (low_x, low_y), (high_x, high_y) = cut_low, cut_high
        count = self._count
        blocked = count[high_y, high_x] - count[low_y, high_x] - count[high_y, low_x] + count[low_y, low_x]
        clear: Bools = inside & (blocked == 0)
        return clear

    def line_clear(self, start: Floats, end: Floats, radius: Floats) -> Bools:
        """Return whether a disc can be drawn along each straight line, shape (lines,).

        `start` and `end` have shape (2, lines), in cells. Near its ends a line may come nearer to walls, as the unit
        that stands there does.
        """
        clear = self.empty_between(start, end, radius)
        if np.count_nonzero(clear) < clear.size:
            rest = (~clear).nonzero()[0]
            clear[rest] = self._line_clear_sampled(start[:, rest], end[:, rest], radius[rest])
        return clear

    def _line_clear_sampled(self, start: Floats, end: Floats, radius: Floats) -> Bools:
        """Return the same as `line_clear`, by the room at points along each line."""
        way = end - start
        length = np.sqrt(way[0] * way[0] + way[1] * way[1])
        steps = int(np.ceil(length.max() / SAMPLE_CELLS)) + 1
        share = np.arange(steps + 1) / steps
        room = self.room_at(start[:, :, None] + way[:, :, None] * share)
        along = length[:, None] * share
        at_start = room[:, :1] + along / 2
        at_end = room[:, -1:] + (length[:, None] - along) / 2
        needed = np.minimum(np.minimum(at_start, at_end), (radius - LINE_SLACK_CELLS)[:, None])
        wide_enough = (room >= needed - 1e-9).all(axis=1)
        result: Bools = wide_enough & (room[:, -1] > 0)
        return result

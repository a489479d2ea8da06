"""Units that only walk and fly: a small stand-in for the engine around `movement`, to set up scenes and watch them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import numpy as np

from llm_pysc2.engine.movement import Bodies, Ground, Moved, MovementAssumptions, Tracks, distances, move
from llm_pysc2.engine.movement.bodies import Bools, Floats

LOOPS = 16
"""Game loops in a second of the catalog."""

GROUND, CLIFF, AIR, FIELD = 1, 2, 4, 9


@dataclass(frozen=True)
class Kind:
    """What the catalog says of a unit: cells, seconds, degrees."""

    speed: float
    acceleration: float = 1000
    inner: float = 0.375
    separation: float = 0.375
    turn: float = 999.8437
    layers: int = GROUND
    flying: bool = False
    climbs: bool = False
    immovable: bool = False


KINDS = {
    "marine": Kind(2.25),
    "zergling": Kind(2.9531),
    "stalker": Kind(2.9531, inner=0.5, separation=0.625),
    "ultralisk": Kind(2.9531, inner=0.75, separation=1, turn=360),
    "colossus": Kind(2.25, inner=0.5625, separation=0.75, turn=720, layers=CLIFF, climbs=True),
    "probe": Kind(2.8125, acceleration=2.5),
    "phoenix": Kind(4.25, acceleration=3.25, inner=0.75, separation=0.75, layers=AIR, flying=True),
    "force_field": Kind(0, inner=1.5, layers=FIELD, immovable=True),
}


def open_ground(width: int = 32, height: int = 32) -> Ground:
    """Return ground without obstacles."""
    return Ground(np.ones((height, width), dtype=bool))


def drawn_ground(rows: Sequence[str]) -> Ground:
    """Return ground as drawn, north at the top: `.` open, `#` closed, `^` closed but no void for climbers."""
    cells = np.array([list(row) for row in reversed(rows)])
    return Ground(cells == ".", np.where(cells == "#", 0, 1))


def block(
    kind: str, count: int, x: float, y: float, columns: int = 5, team: int = 1
) -> list[tuple[str, float, float, int]]:
    """Return units in rows, close together but not touching, the first at (x, y)."""
    step = 2 * KINDS[kind].inner + 0.1
    return [(kind, x + step * (index % columns), y + step * (index // columns), team) for index in range(count)]


class Crowd:
    """Some units on some ground; rows as given."""

    def __init__(
        self,
        ground: Ground,
        units: Sequence[tuple[str, float, float, int]],
        assumptions: MovementAssumptions | None = None,
    ) -> None:
        kinds = [KINDS[kind] for kind, *_ in units]
        count = len(units)
        self.ground, self.assumptions, self.loop = ground, assumptions or MovementAssumptions(), 0
        self.tracks = Tracks.empty(count)
        self.chased = np.full(count, -1)
        self.bodies = Bodies(
            x=np.rint([unit[1] * 4096 for unit in units]) / 4096,
            y=np.rint([unit[2] * 4096 for unit in units]) / 4096,
            facing=np.zeros(count),
            vx=np.zeros(count),
            vy=np.zeros(count),
            goal_x=np.zeros(count),
            goal_y=np.zeros(count),
            stop_within=np.zeros(count),
            wants_move=np.zeros(count, dtype=bool),
            brakes=np.ones(count, dtype=bool),
            holds=np.zeros(count, dtype=bool),
            immovable=np.array([kind.immovable for kind in kinds], dtype=bool),
            speed=np.array([kind.speed / LOOPS for kind in kinds]),
            acceleration=np.array([kind.acceleration / LOOPS**2 for kind in kinds]),
            turn_rate=np.array([kind.turn / LOOPS * pi / 180 for kind in kinds]),
            inner_radius=np.array([kind.inner for kind in kinds]),
            separation_radius=np.array([kind.separation for kind in kinds]),
            layers=np.array([kind.layers for kind in kinds], dtype=np.int64),
            flying=np.array([kind.flying for kind in kinds], dtype=bool),
            climbs=np.array([kind.climbs for kind in kinds], dtype=bool),
            push_priority=np.full(count, 10),
            team=np.array([unit[3] for unit in units], dtype=np.int64),
        )

    def send(self, rows: Sequence[int] | slice, x: float, y: float, stop_within: float = 0.0) -> None:
        """Order some rows to a point."""
        bodies = self.bodies
        bodies.goal_x[rows], bodies.goal_y[rows], bodies.stop_within[rows] = x, y, stop_within
        bodies.wants_move[rows], self.chased[rows] = True, -1

    def chase(self, rows: Sequence[int] | slice, target: int, within: float) -> None:
        """Order some rows after another one; they stand their ground where they are near enough."""
        self.chased[rows], self.bodies.stop_within[rows] = target, within

    def step(self, loops: int = 1) -> Moved:
        """Play some loops and return the answer of the last."""
        if not loops:
            raise ValueError("expected at least one loop")
        for _ in range(loops):
            self._look_at_targets()
            bodies = self.bodies
            moved = move(bodies, self.tracks, self.ground, self.loop, self.assumptions)
            self.loop += 1
            bodies.x, bodies.y, bodies.facing, bodies.vx, bodies.vy = moved.x, moved.y, moved.facing, moved.vx, moved.vy
            bodies.wants_move = bodies.wants_move & ~(moved.arrived & (self.chased < 0))
        return moved

    def _look_at_targets(self) -> None:
        bodies = self.bodies
        rows = np.flatnonzero(self.chased >= 0)
        target = self.chased[rows]
        bodies.goal_x[rows], bodies.goal_y[rows] = bodies.x[target], bodies.y[target]
        near = self.away_from(target)[rows, np.arange(rows.size)] <= bodies.stop_within[rows] + 1 / 64
        bodies.holds[rows], bodies.wants_move[rows] = near, ~near

    def until_still(self, loops: int) -> int:
        """Play until nobody wants to move, at most so many loops; return how many it took."""
        for played in range(loops):
            if not self.bodies.wants_move.any():
                return played
            self.step()
        return loops

    def away_from(self, rows: "np.typing.NDArray[np.int64]") -> Floats:
        """Return the distances of all units from some of them, shape (units, rows)."""
        bodies = self.bodies
        return np.hypot(bodies.x[:, None] - bodies.x[rows], bodies.y[:, None] - bodies.y[rows])

    def deepest_overlap(self) -> float:
        """Return by how much the two walkers that overlap most do, in cells; negative when none do."""
        bodies = self.bodies
        walks: Bools = ~bodies.flying
        meets = ((bodies.layers[:, None] & bodies.layers) != 0) & walks[:, None] & walks
        meets &= ~(bodies.immovable[:, None] & bodies.immovable)
        np.fill_diagonal(meets, False)
        depth = np.add.outer(bodies.inner_radius, bodies.inner_radius)
        depth -= np.sqrt(distances(bodies.x, bodies.y).square)
        return float(np.where(meets, depth, -np.inf).max(initial=-np.inf))

"""Scenes as numbers: masks, observations and states in SMAC's layout. Pure: nothing is kept between calls."""

from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from llm_pysc2.marl.scene import Bools, Floats, Ground, Ints, Side
from llm_pysc2.marl.task import Task, number

Numbers = npt.NDArray[np.float32]

NO_OP, STOP, NORTH, SOUTH, EAST, WEST, FIRST_TARGET = 0, 1, 2, 3, 4, 5, 6
DIRECTIONS = ((0.0, 1.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0))
"""North, south, east, west."""
POINTS_AROUND = ((0, 2), (0, -2), (2, 0), (-2, 0), (1, 1), (-1, -1), (1, -1), (-1, 1))
"""Where `obs_pathing_grid` and `obs_terrain_height` look, in moves from the agent."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which of SMAC's optional parts observations and states have."""

    move_cells: float = 2.0
    """How far a move leads: half of it has to be free, and the ground is looked at in such steps."""
    obs_all_health: bool = True
    obs_own_health: bool = True
    obs_last_action: bool = False
    obs_pathing_grid: bool = False
    obs_terrain_height: bool = False
    obs_timestep_number: bool = False
    state_last_action: bool = True
    state_timestep_number: bool = False


class Sizes(NamedTuple):
    """How many numbers the parts of an observation have; pairs are (units, numbers of each)."""

    move: int
    enemies: tuple[int, int]
    allies: tuple[int, int]
    own: int
    time: int

    @property
    def whole(self) -> int:
        """How many numbers an observation has."""
        return self.move + prod(self.enemies) + prod(self.allies) + self.own + self.time


def sizes_of(task: Task, layout: Layout) -> Sizes:
    """Return the sizes of observations on a map."""
    ally_vitals, enemy_vitals = (1 + shield for shield in task.has_shields)
    last = task.n_actions if layout.obs_last_action else 0
    return Sizes(
        move=4 + (8 if layout.obs_pathing_grid else 0) + (9 if layout.obs_terrain_height else 0),
        enemies=(task.n_enemies, 4 + layout.obs_all_health * enemy_vitals + task.type_bits),
        allies=(task.n_agents - 1, 4 + layout.obs_all_health * ally_vitals + task.type_bits + last),
        own=layout.obs_own_health * ally_vitals + task.type_bits,
        time=int(layout.obs_timestep_number),
    )


class Encoder:
    """Encodes the scenes of one map. Arrays have a row for each agent; see `sizes_of` for the columns.

    Args:
        task: What is counted and divided by.
        layout: The optional parts.
        ground: The map.
    """

    def __init__(self, task: Task, layout: Layout, ground: Ground) -> None:
        self._task = task
        self._layout = layout
        self._ground = ground
        self._sight, self._reach = number("sight_cells"), number("shoot_cells")
        left, bottom, right, top = ground.playable
        self._extent = right - left, top - bottom
        width, height = ground.pathing.shape
        self._middle = width / 2, height / 2

    def may_move(self, agents: Side) -> Bools:
        """Return which way each agent may move, shape (agents, 4): the cell 1 away is on the map and pathable.

        As in SMAC, coordinates lose their fraction: from y = 0.5 the cell 1 to the south is the agent's own.
        """
        half = self._layout.move_cells / 2
        width, height = self._ground.pathing.shape
        steps = np.array(DIRECTIONS) * half
        x = (agents.x[:, None] + steps[:, 0]).astype(np.int64)
        y = (agents.y[:, None] + steps[:, 1]).astype(np.int64)
        inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        open_there = self._ground.pathing[np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)]
        return np.asarray(inside & open_there & agents.alive[:, None])

    def available(self, agents: Side, enemies: Side) -> Ints:
        """Return which actions each agent may take, 1 = yes, shape (agents, actions)."""
        task = self._task
        mask = np.zeros((task.n_agents, task.n_actions), dtype=np.int64)
        alive = agents.alive
        mask[:, NO_OP], mask[:, STOP] = ~alive, alive
        mask[:, NORTH:FIRST_TARGET] = self.may_move(agents)
        attacks = self._within(agents, enemies, self._reach) & enemies.alive & alive[:, None]
        mask[:, FIRST_TARGET : FIRST_TARGET + task.n_enemies] = attacks
        healers = np.isin(agents.type_id, list(task.medivacs))
        if healers.any():
            mask[healers, FIRST_TARGET:] = 0
            heals = self._within(agents, agents, self._reach) & (alive & ~healers) & alive[:, None]
            mask[healers, FIRST_TARGET : FIRST_TARGET + task.n_agents] = heals[healers]
        return mask

    def observations(self, agents: Side, enemies: Side, mask: Ints, last: Numbers, step: int) -> Numbers:
        """Return what each agent observes, shape (agents, size of an observation); the dead observe zeros.

        Args:
            agents: Own units.
            enemies: The others.
            mask: Of `available`.
            last: Last actions, one-hot, shape (agents, actions).
            step: Steps of the episode so far.
        """
        count, alive, layout = self._task.n_agents, agents.alive, self._layout
        parts = [mask[:, NORTH:FIRST_TARGET].astype(np.float64), *self._terrain(agents)]
        seen = self._within(agents, enemies, self._sight, strict=True) & enemies.alive
        lead = mask[:, FIRST_TARGET : FIRST_TARGET + self._task.n_enemies] * seen
        parts.append(self._others(agents, enemies, seen, lead, 1))
        near = self._within(agents, agents, self._sight, strict=True) & alive
        allies = self._others(agents, agents, near, near, 0).reshape(count, count, -1)
        if layout.obs_last_action:
            allies = np.concatenate((allies, near[:, :, None] * last[None]), axis=2)
        others = ~np.eye(count, dtype=np.bool_)
        parts.append(allies[others].reshape(count, (count - 1) * allies.shape[2]))
        if layout.obs_own_health:
            parts += self._vitals(agents, 0)
        parts.append(self._kind(agents))
        found = np.concatenate(parts, axis=1) * alive[:, None]
        if layout.obs_timestep_number:
            time = np.full((count, 1), step / self._task.limit_steps)
            found = np.concatenate((found, time), axis=1)
        return np.asarray(found, dtype=np.float32)

    def state(self, agents: Side, enemies: Side, last: Numbers, step: int) -> Numbers:
        """Return the state, flat: agents, enemies, last actions, time. The dead are zeros."""
        healers = np.isin(agents.type_id, list(self._task.medivacs))
        most = np.array([self._task.cooldown_max.get(kind, 1.0) for kind in agents.type_id.tolist()])
        ready = (np.where(healers, agents.energy, agents.cooldown) / most)[:, None]
        parts = []
        for number_of, side in enumerate((agents, enemies)):
            life, *shield = self._vitals(side, number_of)
            place = np.stack(
                [(side.x - self._middle[0]) / self._extent[0], (side.y - self._middle[1]) / self._extent[1]], axis=1
            )
            row = [life, *([ready] if number_of == 0 else []), place, *shield, self._kind(side)]
            parts.append((np.concatenate(row, axis=1) * side.alive[:, None]).ravel())
        if self._layout.state_last_action:
            parts.append(last.ravel())
        if self._layout.state_timestep_number:
            parts.append(np.array([step / self._task.limit_steps]))
        return np.concatenate(parts).astype(np.float32)

    def _within(self, agents: Side, others: Side, cells: float, *, strict: bool = False) -> Bools:
        """Return who is within a distance, middle to middle, shape (agents, others)."""
        dx, dy = others.x - agents.x[:, None], others.y - agents.y[:, None]
        away = np.sqrt(dx * dx + dy * dy)
        return np.asarray(away < cells if strict else away <= cells)

    def _others(self, agents: Side, others: Side, seen: Bools, lead: npt.NDArray[Any], side: int) -> Floats:
        """Return what each agent sees of others, shape (agents, others x numbers), zeros for who is not seen."""
        dx, dy = others.x - agents.x[:, None], others.y - agents.y[:, None]
        away = np.sqrt(dx * dx + dy * dy)
        columns = [lead, away / self._sight, dx / self._sight, dy / self._sight]
        shape = seen.shape
        if self._layout.obs_all_health:
            columns += [np.broadcast_to(vital.T, shape) for vital in self._vitals(others, side)]
        columns += [np.broadcast_to(bit, shape) for bit in self._kind(others).T]
        return np.asarray((np.stack(columns, axis=2) * seen[:, :, None]).reshape(shape[0], -1))

    def _vitals(self, side: Side, number_of: int) -> list[Floats]:
        """Return life and, where the race has any, shield as shares, each of shape (units, 1)."""
        shares = [side.life / side.life_max]
        if self._task.has_shields[number_of]:
            shares.append(side.shield / np.maximum(side.shield_max, 1.0))
        return [share[:, None] for share in shares]

    def _kind(self, side: Side) -> Floats:
        """Return types one-hot, shape (units, bits)."""
        bits = self._task.type_bits
        ranks = [self._task.bit_of.get(kind, -1) for kind in side.type_id.tolist()]
        return np.asarray(np.arange(bits) == np.array(ranks)[:, None], dtype=np.float64)

    def _terrain(self, agents: Side) -> list[Floats]:
        """Return what `obs_pathing_grid` and `obs_terrain_height` add, each of shape (agents, numbers)."""
        found: list[Floats] = []
        if not (self._layout.obs_pathing_grid or self._layout.obs_terrain_height):
            return found
        width, height = self._ground.pathing.shape
        around = (np.array(POINTS_AROUND) * self._layout.move_cells).astype(np.int64)
        x, y = agents.x.astype(np.int64)[:, None], agents.y.astype(np.int64)[:, None]
        column, row = x + around[:, 0], y + around[:, 1]
        inside = (column >= 0) & (row >= 0) & (column < width) & (row < height)
        column, row = np.clip(column, 0, width - 1), np.clip(row, 0, height - 1)
        if self._layout.obs_pathing_grid:
            found.append(np.asarray(np.where(inside, self._ground.pathing[column, row], True), dtype=np.float64))
        if self._layout.obs_terrain_height:
            from_north = self._ground.height[:, ::-1]  # SMAC reads this grid, and no other, upside down
            heights = np.where(inside, from_north[column, row], 1.0)
            here = from_north[np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)]
            found.append(np.concatenate((heights, here), axis=1))
        return found

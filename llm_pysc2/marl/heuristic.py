"""SMAC's own scripted player: everybody attacks the nearest enemy until it is dead, Medivacs heal the nearest."""

import numpy as np

from llm_pysc2.marl.encode import FIRST_TARGET
from llm_pysc2.marl.games import ATTACK, HEAL, MOVE, Order
from llm_pysc2.marl.scene import Ints, Side
from llm_pysc2.marl.task import Task


class Heuristic:
    """Chooses targets from step to step; a new one for each episode.

    Args:
        task: The map.
        move_cells: How far a move leads.
    """

    def __init__(self, task: Task, move_cells: float) -> None:
        self._task = task
        self._move_cells = move_cells
        self._target: dict[int, int] = {}
        """Row of the target by row of the agent."""

    def orders(self, agents: Side, enemies: Side, mask: Ints | None = None) -> list[Order]:
        """Return an order for each living agent that has somebody to attack or to heal.

        With a mask of available actions, who is out of reach walks towards its target as agents walk.
        """
        orders: list[Order] = []
        for row in agents.alive.nonzero()[0].tolist():
            heals = int(agents.type_id[row]) in self._task.medivacs
            others = agents if heals else enemies
            target = self._target.get(row, -1)
            if target < 0 or not self._is_worth_it(others, target, heals=heals):
                target = self._target[row] = self._nearest(agents, row, others, heals=heals)
            if target < 0:
                continue
            if mask is not None and not mask[row, FIRST_TARGET + target]:
                orders.append((int(agents.tag[row]), MOVE, self._towards(agents, row, others, target)))
            else:
                orders.append((int(agents.tag[row]), HEAL if heals else ATTACK, int(others.tag[target])))
        return orders

    def _is_worth_it(self, others: Side, row: int, *, heals: bool) -> bool:
        return bool(others.life[row] > 0 and not (heals and others.life[row] >= others.life_max[row]))

    def _nearest(self, agents: Side, row: int, others: Side, *, heals: bool) -> int:
        fit = others.alive.copy()
        if heals:
            fit &= ~np.isin(others.type_id, list(self._task.medivacs)) & (others.life < others.life_max)
        elif self._shoots_ground_only(agents, row):
            fit &= ~np.isin(others.type_id, list(self._task.medivacs))
        rows = fit.nonzero()[0]
        if not rows.size:
            return -1
        away = np.hypot(others.x[rows] - agents.x[row], others.y[rows] - agents.y[row])
        return int(rows[away.argmin()])

    def _shoots_ground_only(self, agents: Side, row: int) -> bool:
        """Return whether an agent cannot hit Medivacs: on SMAC's maps with Medivacs, the Marauder, the first type."""
        return bool(self._task.medivacs) and self._task.bit_of.get(int(agents.type_id[row])) == 0

    def _towards(self, agents: Side, row: int, others: Side, target: int) -> tuple[float, float]:
        """Return where a step along one axis leads that brings an agent nearer to another unit."""
        x, y = float(agents.x[row]), float(agents.y[row])
        dx, dy = float(others.x[target]) - x, float(others.y[target]) - y
        step = self._move_cells
        if abs(dx) > abs(dy):
            return (x + step if dx > 0 else x - step), y
        return x, (y + step if dy > 0 else y - step)

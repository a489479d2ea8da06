"""What a step is worth: damage, deaths and the end of the battle, as SMAC counts them."""

from dataclasses import dataclass

import numpy as np

from llm_pysc2.marl.scene import Side


@dataclass(frozen=True, slots=True)
class RewardRules:
    """SMAC's arguments about rewards."""

    sparse: bool = False
    """1 for a battle won, -1 for one lost, nothing else."""
    only_positive: bool = True
    """What is done to the agents does not count."""
    death_value: float = 10.0
    win: float = 200.0
    defeat: float = 0.0
    negative_scale: float = 0.5
    """Share of what is done to the agents."""
    scale: bool = True
    """Divide so that the highest reward of an episode is about `scale_rate`."""
    scale_rate: float = 20.0

    def highest(self, enemies: Side) -> float:
        """Return the reward of an episode in which all enemies die and none of them regains anything."""
        return self.death_value * len(enemies) + self.win + float((enemies.life_max + enemies.shield_max).sum())

    def of_step(self, before: tuple[Side, Side], after: tuple[Side, Side]) -> float:
        """Return what a step is worth, not scaled, without the end of the battle."""
        if self.sparse:
            return 0.0
        done = [_loss(one, other, self.death_value) for one, other in zip(before, after, strict=True)]
        if self.only_positive:
            return abs(done[1])  # shields that come back count like damage
        return done[1] - self.negative_scale * done[0]

    def of_end(self, outcome: int) -> float:
        """Return what the end is worth: 1 won, -1 lost, 0 neither."""
        if self.sparse:
            return float(outcome)
        return self.win if outcome > 0 else self.defeat if outcome < 0 else 0.0


def _loss(before: Side, after: Side, death_value: float) -> float:
    """Return the life and shield that a side lost in a step, and the value of its deaths."""
    lived = before.alive
    died = lived & ~after.alive
    lost = np.where(died, before.life + before.shield, before.life + before.shield - after.life - after.shield)
    return float(lost[lived].sum()) + death_value * int(died.sum())

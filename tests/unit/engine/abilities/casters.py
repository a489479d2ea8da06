"""Casters on the empty field: with all upgrades and energy, and what is asked of them."""

from llm_pysc2.knowledge.upgrades import load_upgrades
from tests.arena import ENEMY, Arena

ABILITIES_ALONE = tuple(upgrade.id for upgrade in load_upgrades().values() if upgrade.reachable and not upgrade.changes)
"""Upgrades that leave what abilities do as it is: those that do not are tested in test_upgrades.py."""


class Casters(Arena):
    """An arena in which player 1 has researched what abilities need; nobody looks for enemies."""

    def __init__(self, *upgrades: int) -> None:
        super().__init__(random_delay="none")
        for upgrade_id in upgrades or ABILITIES_ALONE:
            self.game.grant_upgrade(1, upgrade_id)

    def caster(self, name: str, energy: float = 200.0, x: float = 20.0) -> int:
        """Put a caster of ours there."""
        tag = self.add_inert(name, x, 40, owner=1)
        self.game.set_unit_value(tag, "energy", energy)
        return tag

    def enemy(self, name: str, away: float = 5.0, up: float = 0.0) -> int:
        """Put an enemy to the right of the caster."""
        return self.add_inert(name, 20 + away, 40 + up, ENEMY)

    def energy(self, tag: int) -> float:
        return float(self.game.units.energy[self.row(tag)])

    def buffs(self, tag: int) -> list[int]:
        return sorted(self.game.units.buffs[self.row(tag)])

    def names(self) -> list[str]:
        """Return the types of all living units in order of age."""
        return [self.match.types.types[row].name for row in self.game.units.row.tolist()]

    def name(self, tag: int) -> str:
        return self.names()[self.row(tag)]

"""What an environment needs of a game; the embedded game has it, and any game behind its API."""

from collections.abc import Sequence
from typing import Protocol

from llm_pysc2.marl.scene import Ground, Side

MOVE, ATTACK, STOP, HEAL = 16, 23, 4, 386
"""Abilities of the API that agents use."""
AGENTS, ENEMIES = 1, 2
"""Player ids."""

Target = tuple[float, float] | int | None
Order = tuple[int, int, Target]
"""Tag of the unit, ability, and a point in cells, the tag of a unit, or nothing."""


class SceneGame(Protocol):
    """A game that is played episode by episode and shows its two sides as arrays."""

    def begin(self, seed: int) -> tuple[Side, Side]:
        """Start an episode; return agents' and enemies' units in the order in which the game lists them."""
        ...

    def ground(self) -> Ground:
        """Return the map."""
        ...

    def step(self, orders: Sequence[Order], loops: int) -> tuple[Side, Side]:
        """Give orders, play some loops, and return who is there then."""
        ...

    def save_replay(self) -> bytes:
        """Return the replay of the episode."""
        ...

    def close(self) -> None:
        """End the game. Twice is fine."""
        ...

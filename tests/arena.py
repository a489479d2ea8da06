"""An empty flat field to set up fights on, unit by unit, by the names of the facts."""

from dataclasses import replace
from functools import cache
from math import atan2

import numpy as np

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import MapDefinition, load_map
from llm_pysc2.engine.maps.trigger_rules import StartTriggers, Triggers
from llm_pysc2.engine.state.assumptions import Value, make_assumptions
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import Order
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.engine.units import spawning
from llm_pysc2.knowledge.units import unit_by_name

ATTACK, MOVE, STOP, HOLD, PATROL, HEAL = 23, 16, 4, 18, 17, 386
ENEMY = 2


@cache
def empty_field(name: str = "Flat64") -> MapDefinition:
    """Return a flat map without resources, start units and triggers."""
    return replace(load_map(name), units=(), triggers=Triggers(StartTriggers(fog=False)))


def check_goes_on_alike(game: Game, loops: int) -> None:
    """Play on, go back to where that began, and play again: both must end in the same state."""
    saved = game.snapshot()
    game.step(loops)
    after = game.digest()
    game.restore(saved)
    game.step(loops)
    assert game.digest() == after


class Arena:
    """A game on an empty field; units are meant by their tags."""

    def __init__(self, seed: int = 1, **assumptions: Value) -> None:
        players = [PlayerSetup(), PlayerSetup(kind="computer")]
        self.game = Game(empty_field(), players, seed, make_assumptions(**assumptions))

    @property
    def match(self) -> Match:
        return self.game.match

    def add(self, name: str, x: float, y: float, owner: int = 1, facing_deg: float = 0.0) -> int:
        """Put a unit exactly where it shall stand; owner 1 is ours."""
        return spawning.create(self.match, unit_by_name(name).id, owner, x, y, facing_deg)

    def add_inert(self, name: str, x: float, y: float, owner: int = ENEMY) -> int:
        """Put a unit there that neither looks for enemies nor answers attacks."""
        tag = self.add(name, x, y, owner)
        row = self.row(tag)
        for column in ("acquires", "responds", "looks", "tends"):
            getattr(self.game.units, column)[row] = False
        return tag

    def cover_with_creep(self) -> None:
        """Let there be creep everywhere."""
        self.match.creep = np.ones_like(self.match.map.terrain.cliff_level, dtype=np.bool_)

    def face(self, tag: int, other: int) -> None:
        """Let a unit look at another."""
        here, there = self.place(tag), self.place(other)
        self.game.units.facing[self.row(tag)] = atan2(there[1] - here[1], there[0] - here[0])

    def order(
        self, tag: int, ability: int, target: tuple[float, float] | int | None = None, queued: bool = False
    ) -> int:
        """Give an order to a unit as its owner. Returns the answer, 1 = accepted."""
        owner = int(self.game.units.owner[self.row(tag)])
        return self.game.order(owner, ability, [tag], target, queued)[0]

    def step(self, loops: int = 1) -> None:
        self.game.step(loops)

    def row(self, tag: int) -> int:
        return self.game.units.row_of(tag)

    def alive(self, tag: int) -> bool:
        return self.row(tag) >= 0

    def place(self, tag: int) -> tuple[float, float]:
        row = self.row(tag)
        return float(self.game.units.x[row]), float(self.game.units.y[row])

    def life(self, tag: int) -> float:
        """Return the life of a unit, 0 when it is dead."""
        row = self.row(tag)
        return float(self.game.units.life[row]) if row >= 0 else 0.0

    def shield(self, tag: int) -> float:
        row = self.row(tag)
        return float(self.game.units.shield[row]) if row >= 0 else 0.0

    def vitals(self, tag: int) -> tuple[float, float]:
        """Return (shield, life)."""
        return self.shield(tag), self.life(tag)

    def gap(self, tag: int, other: int) -> float:
        """Return the distance between the edges of two units in cells."""
        (x, y), (other_x, other_y) = self.place(tag), self.place(other)
        radii = float(self.game.units.radius[self.row(tag)] + self.game.units.radius[self.row(other)])
        return float(((x - other_x) ** 2 + (y - other_y) ** 2) ** 0.5) - radii

    def target(self, tag: int) -> int:
        """Return the tag of what a unit attacks, 0 = nothing."""
        return int(self.game.units.target_tag[self.row(tag)])

    def orders(self, tag: int) -> list[Order]:
        return self.game.units.orders[self.row(tag)]

    def loops_until_dead(self, tag: int, limit: int = 4000) -> int:
        """Step until a unit is dead; return how many loops that took."""
        for loops in range(1, limit + 1):
            self.step()
            if not self.alive(tag):
                return loops
        raise AssertionError(f"{tag:#x} is still alive after {limit} loops")

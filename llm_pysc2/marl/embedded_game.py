"""The embedded game as an environment sees it: its columns are read as they are, nothing is serialized."""

from collections.abc import Mapping, Sequence

import numpy as np

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.state.assumptions import Value, make_assumptions
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.errors import GameRequestError
from llm_pysc2.marl.games import AGENTS, ENEMIES, Order, Target
from llm_pysc2.marl.scene import Floats, Ground, Side

HIGHEST_BYTE = 255.0


class EmbeddedGame:
    """A map of the embedded game, played from loop 0 in every episode.

    Args:
        map_name: Name of the map.
        races: Of agents and enemies.
        assumptions: Guesses about the rules that differ from their defaults.
    """

    def __init__(self, map_name: str, races: tuple[str, str], assumptions: Mapping[str, Value] | None = None) -> None:
        self._map = load_map(map_name)
        self._players = (PlayerSetup(race=races[0]), PlayerSetup(kind="computer", race=races[1]))
        self._assumptions = make_assumptions(**(assumptions or {}))
        self._game: Game | None = None

    def begin(self, seed: int) -> tuple[Side, Side]:
        """Start an episode; return agents' and enemies' units in order of creation."""
        self._game = Game(self._map, self._players, seed, self._assumptions)
        return self._sides(self._game)

    def ground(self) -> Ground:
        """Return the map."""
        terrain = self._map.terrain
        left, bottom, right, top = self._map.playable
        heights: Floats = terrain.height_byte.astype(np.float64) / HIGHEST_BYTE
        pathing = self.game.ground.pathing_grid()
        return Ground(np.asarray(pathing, dtype=np.bool_).T, heights.T, (left, bottom, right, top))

    def step(self, orders: Sequence[Order], loops: int) -> tuple[Side, Side]:
        """Give orders, play some loops, and return who is there then."""
        game = self.game
        for tag, ability, target in orders:
            game.order(AGENTS, ability, [tag], self._on_map(target))
        game.step(loops)
        return self._sides(game)

    def save_replay(self) -> bytes:
        """Refuse: nothing is recorded where nothing goes through the door."""
        raise GameRequestError('replays are recorded at the door: make the environment with game="door" to save one')

    def close(self) -> None:
        """Forget the episode."""
        self._game = None

    @property
    def game(self) -> Game:
        """The episode that is played. Raises GameRequestError before the first reset and after close."""
        if self._game is None:
            raise GameRequestError("no episode is being played: reset the environment first")
        return self._game

    def _on_map(self, target: Target) -> Target:
        """Return a target as it is understood at the door: a point beyond the map is the nearest on it."""
        if not isinstance(target, tuple):
            return target
        width, height = self._map.size_cells
        return min(max(target[0], 0.0), float(width)), min(max(target[1], 0.0), float(height))

    @staticmethod
    def _sides(game: Game) -> tuple[Side, Side]:
        units = game.units
        agents, enemies = ((units.owner == owner).nonzero()[0] for owner in (AGENTS, ENEMIES))
        return tuple(  # type: ignore[return-value] # two of them
            Side(
                tag=units.tag[rows],
                type_id=units.type_id[rows],
                x=units.x[rows],
                y=units.y[rows],
                life=units.life[rows],
                life_max=units.life_max[rows],
                shield=units.shield[rows],
                shield_max=units.shield_max[rows],
                energy=units.energy[rows],
                cooldown=units.cooldown[rows],
            )
            for rows in (agents, enemies)
        )

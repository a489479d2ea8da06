"""What a client asked for when it created a game: map, players, seed. Enough to begin the same game again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from s2clientprotocol import common_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.client_text import as_text
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.state.assumptions import Value, make_assumptions
from llm_pysc2.engine.state.unit_columns import PlayerSetup

RACE_NAMES = {
    common_pb2.Terran: "terran",
    common_pb2.Zerg: "zerg",
    common_pb2.Protoss: "protoss",
    common_pb2.Random: "random",
}
RACE_NUMBERS = {name: number for number, name in RACE_NAMES.items()}


@dataclass(frozen=True, slots=True)
class GameSetup:
    """A game that has been created but not begun."""

    map_name: str
    map_path: str
    """As the client named it; told back to it."""
    players: tuple[PlayerSetup, ...]
    """In the order of their player ids, which begin with 1."""
    seed: int
    disable_fog: bool = False
    realtime: bool = False
    assumptions: Mapping[str, Value] = field(default_factory=dict)
    """Guesses about the rules that differ from their defaults."""

    @property
    def participants(self) -> tuple[int, ...]:
        """Player ids of those who are played by clients."""
        return tuple(number for number, player in enumerate(self.players, 1) if player.kind == "participant")

    def with_player(self, player_id: int, race: str, name: str) -> "GameSetup":
        """Return the setup with what a player says when it joins."""
        players = list(self.players)
        players[player_id - 1] = replace(players[player_id - 1], race=race, name=name)
        return replace(self, players=tuple(players))

    def begin(self) -> Game:
        """Return the game at loop 0."""
        assumptions = make_assumptions(**self.assumptions)
        return Game(load_map(self.map_name), self.players, self.seed, assumptions, fog=not self.disable_fog)


def decode_players(setups: "list[sc_pb.PlayerSetup]") -> tuple[PlayerSetup, ...]:
    """Return the players of a RequestCreateGame: participants first, observers left out."""
    playing = [setup for setup in setups if setup.type != sc_pb.Observer]
    playing.sort(key=lambda setup: setup.type != sc_pb.Participant)
    return tuple(
        PlayerSetup(
            kind="participant" if setup.type == sc_pb.Participant else "computer",
            race=RACE_NAMES.get(setup.race, "random"),
            name=as_text(setup.player_name),
            difficulty=setup.difficulty if setup.HasField("difficulty") else 0,
            ai_build=setup.ai_build if setup.HasField("ai_build") else 0,
        )
        for setup in playing
    )

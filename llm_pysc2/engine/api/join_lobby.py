"""The players of one game, from its creation until all have joined. Used from as many threads as there are players."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Condition

from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.client import Client
from llm_pysc2.engine.api.game_setup import GameSetup
from llm_pysc2.engine.api.hosted_game import Clock, HostedGame
from llm_pysc2.errors import GameRequestError

JOIN_PATIENCE_SECONDS = 120.0
"""How long one who joins waits for the others."""


class JoinError(GameRequestError):
    """A request to join a game that cannot be met; `code` is the API's number for the reason."""

    def __init__(self, code: int, details: str) -> None:
        super().__init__(details)
        self.code = code


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a participant says of itself as it joins."""

    race: str
    name: str
    options: sc_pb.InterfaceOptions


class JoinLobby:
    """A game that begins when every participant has come; they get their player ids in the order of their coming."""

    def __init__(self, setup: GameSetup, clock: Clock, patience_seconds: float = JOIN_PATIENCE_SECONDS) -> None:
        self.setup = setup
        self._clock = clock
        self._patience_seconds = patience_seconds
        self._arrivals: list[Arrival] = []
        self._clients: Sequence[Client] = ()
        self._is_given_up = False
        self._changed = Condition()

    def arrive(self, arrival: Arrival) -> int:
        """Count a participant in and return its number, from 0. Raises JoinError if the game is full."""
        with self._changed:
            expected = len(self.setup.participants)
            if len(self._arrivals) == expected:
                raise JoinError(sc_pb.ResponseJoinGame.GameFull, f"all {expected} participants have joined")
            self._arrivals.append(arrival)
            if len(self._arrivals) == expected:
                self._clients = self._begin()
                self._changed.notify_all()
            return len(self._arrivals) - 1

    def wait(self, number: int) -> Client:
        """Return the seat of the participant with a number, when all have come. Raises JoinError if they do not."""
        with self._changed:
            self._changed.wait_for(lambda: self._clients or self._is_given_up, self._patience_seconds)
            if not self._clients:
                expected = len(self.setup.participants)
                missing = f"{expected - len(self._arrivals)} of {expected} participants did not join"
                raise JoinError(sc_pb.ResponseJoinGame.NetworkError, missing)
            return self._clients[number]

    def give_up(self) -> None:
        """Wait for nobody any longer."""
        with self._changed:
            self._is_given_up = True
            self._changed.notify_all()

    def _begin(self) -> Sequence[Client]:
        setup = self.setup
        for player_id, arrival in zip(setup.participants, self._arrivals, strict=True):
            setup = setup.with_player(player_id, arrival.race, arrival.name)
        hosted = HostedGame(setup, len(self._arrivals), self._clock)
        return [
            Client(hosted, player_id, arrival.options)
            for player_id, arrival in zip(setup.participants, self._arrivals, strict=True)
        ]

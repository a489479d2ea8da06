"""This process as the guest of another, which plays the game: requests go there, answers come back.

Where that process vanishes, the game is over, as it is for the game's own clients when their opponent is gone; one
that had ended before keeps its outcome.
"""

import socket
import time
from contextlib import suppress
from threading import Event

from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.join_lobby import JoinError
from llm_pysc2.engine.api.lan import GREETING, GREETING_SECONDS, prepare, receive, send, unpack_answer
from llm_pysc2.errors import GameLostError, GameRequestError

CONNECT_PAUSE_SECONDS = 0.05
GAME_OVER = "Game has already ended"
"""The game's words; python-sc2 compares them."""
NO_LOOP = 2**32 - 1
"""The game loop of an observation in which there is nothing but the result; PySC2 knows it."""


class RemotePeer:
    """A seat in a game that another process plays. May be closed from any thread."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_closed = Event()
        self._player_id = 0
        self._outcome = b""

    def join(self, address: tuple[str, int], request: sc_pb.RequestJoinGame, patience_seconds: float) -> int:
        """Join the game that is hosted at an address and return the player id, as soon as all others have joined.

        Raises GameLostError if nobody hosts one, GameRequestError or JoinError if the host refuses.
        """
        self._connect(address, patience_seconds)
        _, answer = self._exchange(sc_pb.Request(join_game=request))
        response = sc_pb.Response.FromString(answer)
        if response.error:
            raise GameRequestError(response.error[0])
        if response.join_game.HasField("error"):
            raise JoinError(response.join_game.error, response.join_game.error_details)
        self._player_id = response.join_game.player_id
        return self._player_id

    def ask(self, name: str, request: sc_pb.Request) -> tuple[int, bytes]:
        """Return the status of the game and the serialized Response to a request."""
        try:
            return self._exchange(request)
        except GameLostError as lost:
            status, response = self._answer_alone(name, lost)
            return status, response.SerializeToString()

    def close(self) -> None:
        """Hang up. Closing twice is fine."""
        self._is_closed.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()

    def _answer_alone(self, name: str, lost: GameLostError) -> tuple[int, sc_pb.Response]:
        """Answer for a host that is gone: who leaves the other alone in a game that is not over has lost it."""
        if name == "leave_game":
            return sc_pb.launched, sc_pb.Response(leave_game=sc_pb.ResponseLeaveGame())
        if name == "observation":
            observation = sc_pb.ResponseObservation.FromString(self._outcome)
            observation.observation.game_loop = NO_LOOP
            if not observation.player_result:
                observation.player_result.add(player_id=self._player_id, result=sc_pb.Victory)
            return sc_pb.ended, sc_pb.Response(observation=observation)
        return sc_pb.ended, sc_pb.Response(error=[GAME_OVER if name in ("step", "action") else str(lost)])

    def _connect(self, address: tuple[str, int], patience_seconds: float) -> None:
        """Knock until the host opens."""
        deadline = time.monotonic() + patience_seconds
        while not self._is_closed.is_set():
            try:
                self._socket = socket.create_connection(address, timeout=GREETING_SECONDS)
                prepare(self._socket, None)
                send(self._socket, GREETING)
                return
            except (OSError, OverflowError) as error:
                if time.monotonic() > deadline:
                    raise GameLostError(f"nobody hosts a game at {address[0]} port {address[1]}: {error}") from error
            self._is_closed.wait(CONNECT_PAUSE_SECONDS)
        raise GameLostError("the game is not waited for any longer")

    def _exchange(self, request: sc_pb.Request) -> tuple[int, bytes]:
        if self._socket is None or self._is_closed.is_set():
            raise GameLostError("the host of the game is gone")
        try:
            send(self._socket, request.SerializeToString())
            status, self._outcome, answer = unpack_answer(receive(self._socket))
            return status, answer
        except OSError as error:
            self.close()
            raise GameLostError(f"the host of the game is gone: {error}") from error

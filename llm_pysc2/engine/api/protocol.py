"""The protocol of the SC2 API: request bytes in, response bytes out, sockets nowhere. The table below is the protocol.

Every request gets exactly one response, which repeats its id and carries the status; nothing a client sends raises.
What a request does stands in `requests`, what the client has set up in `session`; this module knows neither rule.
"""

import logging
import threading
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from google.protobuf.message import DecodeError
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.handlers import HANDLERS, Handler
from llm_pysc2.engine.api.remote_peer import GAME_OVER, RemotePeer
from llm_pysc2.engine.api.session import Session
from llm_pysc2.errors import GameRequestError, LlmPysc2Error

LAUNCHED, INIT_GAME, IN_GAME, IN_REPLAY, ENDED, QUIT = (
    sc_pb.launched,
    sc_pb.init_game,
    sc_pb.in_game,
    sc_pb.in_replay,
    sc_pb.ended,
    sc_pb.quit,
)
ANY = frozenset({LAUNCHED, INIT_GAME, IN_GAME, IN_REPLAY, ENDED})
PLAYING = frozenset({IN_GAME, IN_REPLAY})


class Rule(NamedTuple):
    """When a request is answered, and by whom."""

    valid_in: frozenset[int]
    leads_to: int | None = None
    """The status after it has succeeded; None: the status stays."""
    of_game: bool = True
    """Whether it is about the running game, so that the process that plays it answers, not one that is its guest."""


STATUS_TABLE: dict[str, Rule] = {
    "create_game": Rule(frozenset({LAUNCHED, ENDED, IN_GAME, IN_REPLAY}), INIT_GAME, of_game=False),
    "join_game": Rule(frozenset({LAUNCHED, INIT_GAME}), IN_GAME, of_game=False),
    "restart_game": Rule(frozenset({ENDED, IN_GAME}), IN_GAME),
    "start_replay": Rule(frozenset({LAUNCHED, ENDED, IN_GAME, IN_REPLAY}), IN_REPLAY, of_game=False),
    "leave_game": Rule(frozenset({IN_GAME, ENDED}), LAUNCHED),
    "quick_save": Rule(frozenset({IN_GAME})),
    "quick_load": Rule(frozenset({IN_GAME})),
    "quit": Rule(ANY, QUIT, of_game=False),
    "game_info": Rule(PLAYING),
    "observation": Rule(PLAYING | {ENDED}),
    "action": Rule(frozenset({IN_GAME})),
    "obs_action": Rule(frozenset({IN_REPLAY})),
    "step": Rule(PLAYING),
    "data": Rule(PLAYING),
    "query": Rule(PLAYING),
    "save_replay": Rule(PLAYING | {ENDED}),
    "map_command": Rule(frozenset({IN_GAME})),
    "replay_info": Rule(ANY, of_game=False),
    "available_maps": Rule(ANY, of_game=False),
    "save_map": Rule(frozenset({LAUNCHED, INIT_GAME}), of_game=False),
    "ping": Rule(ANY, of_game=False),
    "debug": Rule(frozenset({IN_GAME})),
}
"""All requests of `sc2api.proto`. Beside it there is one transition: a game that is over turns PLAYING into ENDED."""

GAME_OVER_UNSUPPORTED = "Not supported if game has already ended"
"""The game's words; python-sc2 compares them."""

_log = logging.getLogger(__name__)


class Connection:
    """One client's connection to the game, from launch to quit. Safe to use from any thread, one request at a time."""

    def __init__(self, session: Session | None = None, handlers: Mapping[str, Handler] = HANDLERS) -> None:
        self.status: int = LAUNCHED
        self._session = Session() if session is None else session
        self._handlers = handlers
        self._lock = threading.Lock()
        self._session.welcome = lambda join_lobby: Connection(Session(invitation=join_lobby), handlers)

    @property
    def has_quit(self) -> bool:
        """Whether the client has told the game to quit; nothing is answered after that but refusals."""
        return bool(self.status == QUIT)

    @property
    def outcome(self) -> bytes:
        """A serialized ResponseObservation with nothing but the results of a game that is over; empty before."""
        if self.status != ENDED:
            return b""
        return bytes(sc_pb.ResponseObservation(player_result=self._session.client.results()).SerializeToString())

    def handle(self, request: bytes) -> bytes:
        """Return the serialized Response to a serialized Request; bytes that are none get an error reply."""
        try:
            message = sc_pb.Request.FromString(request)
        except DecodeError:
            return self._refusal(f"expected a serialized SC2APIProtocol.Request, found {len(request)} other bytes")
        return self.answer(message)

    def answer(self, request: sc_pb.Request) -> bytes:
        """Return the serialized Response to a Request, of which the game may keep parts: the caller is done with it."""
        with self._lock:
            return self._answer(request)

    def abandon(self) -> None:
        """Wait for nobody any longer, and leave a game that others play too. May be called while a request waits."""
        self._session.abandon()

    def resume(self) -> None:
        """Have a client again: the next one, after one that said goodbye."""
        self._session.resume()

    def close(self) -> None:
        """Forget the game. The connection refuses everything from now on."""
        self.abandon()
        with self._lock:
            self.status = QUIT
            self._session.leave()

    def _answer(self, request: sc_pb.Request) -> bytes:
        name = request.WhichOneof("request")
        try:
            body = self._perform(name, request)
        except LlmPysc2Error as error:
            return self._refusal(str(error), request)
        except Exception as error:  # noqa: BLE001 - the client's end of the wire: a fault of ours must not stop the server
            _log.exception("the request %s failed", name)
            return self._refusal(f"the game failed at {name}: {type(error).__name__}: {error}", request)
        return body + self._envelope(request)

    def _perform(self, name: str | None, request: sc_pb.Request) -> bytes:
        if name is None:
            raise GameRequestError("the request is empty, or of a kind that this game does not know")
        rule = STATUS_TABLE[name]
        if self.status not in rule.valid_in:
            raise GameRequestError(refusal_in_status(name, self.status))
        if rule.of_game and self._session.remote_peer is not None:
            return self._pass_on(name, self._session.remote_peer, request)
        with self._session.turn:
            return self._play(name, rule, request)

    def _pass_on(self, name: str, remote_peer: RemotePeer, request: sc_pb.Request) -> bytes:
        self.status, answer = remote_peer.ask(name, request)
        if self.status == LAUNCHED:
            self._session.leave()
        return answer

    def _play(self, name: str, rule: Rule, request: sc_pb.Request) -> bytes:
        if self.status in PLAYING:
            self._session.catch_up()
        result = self._handlers[name](self._session, getattr(request, name))
        body: bytes = result if isinstance(result, bytes) else result.SerializeToString()
        if name in _HAS_ERRORS and not isinstance(result, bytes) and getattr(result, name).HasField("error"):
            return body
        if rule.leads_to is not None:
            self.status = rule.leads_to
        if self.status in PLAYING and self._session.is_over:
            self.status = ENDED
        return body

    def _envelope(self, request: sc_pb.Request | None) -> bytes:
        # Serialized messages that follow one another are one message: a body is serialized, or cached, without these.
        if request is None or not request.HasField("id"):
            return _status_alone(self.status)
        return bytes(sc_pb.Response(status=self.status, id=request.id).SerializeToString())

    def _refusal(self, reason: str, request: sc_pb.Request | None = None) -> bytes:
        return bytes(sc_pb.Response(error=[reason]).SerializeToString()) + self._envelope(request)


def refusal_in_status(name: str, status: int) -> str:
    """Return the error string for a request that is not valid in a status.

    >>> refusal_in_status("step", ENDED)
    'Game has already ended'
    >>> refusal_in_status("observation", LAUNCHED)
    "'observation' is not valid in status launched; valid in: in_game, in_replay, ended"
    """
    valid_in = STATUS_TABLE[name].valid_in
    if status == ENDED and valid_in & PLAYING:
        return GAME_OVER if name in ("step", "action", "obs_action") else GAME_OVER_UNSUPPORTED
    valid = ", ".join(sc_pb.Status.Name(value) for value in sorted(valid_in))
    return f"{name!r} is not valid in status {sc_pb.Status.Name(status)}; valid in: {valid}"


def asks_to_quit(request: bytes) -> bool:
    """Return whether a serialized Request is the one to quit.

    >>> asks_to_quit(sc_pb.Request(quit=sc_pb.RequestQuit()).SerializeToString())
    True
    """
    try:
        return bool(sc_pb.Request.FromString(request).HasField("quit"))
    except DecodeError:
        return False


_HAS_ERRORS = frozenset(
    name
    for name in STATUS_TABLE
    if "error" in sc_pb.Response.DESCRIPTOR.fields_by_name[name].message_type.fields_by_name
)
"""Requests whose responses have errors with a number of their own."""


@cache
def _status_alone(status: int) -> bytes:
    return bytes(sc_pb.Response(status=status).SerializeToString())

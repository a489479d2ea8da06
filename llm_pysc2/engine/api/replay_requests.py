"""Replays of this game: save, describe, watch."""

from dataclasses import replace
from pathlib import Path

from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.build import BASE_BUILD, DATA_VERSION, GAME_VERSION
from llm_pysc2.engine.api.client import Client
from llm_pysc2.engine.api.client_text import as_text
from llm_pysc2.engine.api.game_setup import RACE_NUMBERS
from llm_pysc2.engine.api.hosted_game import HostedReplay
from llm_pysc2.engine.api.replay import MAX_REPLAY_BYTES, Replay, decode_replay, encode_replay, record
from llm_pysc2.engine.api.session import Session
from llm_pysc2.engine.observe.observation import RESULTS
from llm_pysc2.errors import GameRequestError, UsageError
from llm_pysc2.world.clock import loops_to_seconds

_START = sc_pb.ResponseStartReplay
_INFO = sc_pb.ResponseReplayInfo


def save_replay(session: Session, _request: sc_pb.RequestSaveReplay) -> sc_pb.Response:
    """Return the game so far as a replay file."""
    hosted = session.client.hosted
    if isinstance(hosted, HostedReplay):
        raise GameRequestError("a replay is not recorded while a replay is watched")
    content = encode_replay(record(hosted))
    return sc_pb.Response(save_replay=sc_pb.ResponseSaveReplay(data=content))


def start_replay(session: Session, request: sc_pb.RequestStartReplay) -> sc_pb.Response:
    """Watch a replay with the eyes of one of its players."""
    error, details = None, ""
    content = _content(session, request)
    if not content:
        error, details = _START.MissingReplay, "expected replay_data, or the replay_path of a file"
    elif not request.HasField("options"):
        error, details = _START.MissingOptions, "expected options"
    else:
        try:
            session.take(_client(session, decode_replay(content), request))
        except (GameRequestError, UsageError) as refused:
            error, details = _START.InvalidReplayData, str(refused)
    if error is not None:
        return sc_pb.Response(start_replay=_START(error=error, error_details=details))
    return sc_pb.Response(start_replay=_START())


def replay_info(session: Session, request: sc_pb.RequestReplayInfo) -> sc_pb.Response:
    """Describe a replay without playing it."""
    content = _content(session, request)
    if not content:
        details = "expected replay_data, or the replay_path of a file"
        return sc_pb.Response(replay_info=_INFO(error=_INFO.MissingReplay, error_details=details))
    try:
        return sc_pb.Response(replay_info=_describe(decode_replay(content)))
    except GameRequestError as refused:
        return sc_pb.Response(replay_info=_INFO(error=_INFO.ParsingError, error_details=str(refused)))


def _describe(replay: Replay) -> sc_pb.ResponseReplayInfo:
    info = _INFO(
        map_name=replay.setup.map_name,
        local_map_path=replay.setup.map_path,
        game_duration_loops=replay.loops,
        game_duration_seconds=loops_to_seconds(replay.loops),
        game_version=GAME_VERSION,
        data_version=DATA_VERSION,
        data_build=BASE_BUILD,
        base_build=BASE_BUILD,
    )
    for player_id, player in enumerate(replay.setup.players, start=1):
        extra = info.player_info.add()
        extra.player_info.player_id = player_id
        extra.player_info.race_requested = RACE_NUMBERS.get(player.race, RACE_NUMBERS["random"])
        extra.player_info.type = sc_pb.Participant if player.kind == "participant" else sc_pb.Computer
        extra.player_result.player_id = player_id
        extra.player_result.result = RESULTS.get(replay.results.get(player_id, ""), sc_pb.Undecided)
    return info


def _client(session: Session, replay: Replay, request: sc_pb.RequestStartReplay) -> Client:
    player_id = request.observed_player_id or 1
    if not 1 <= player_id <= len(replay.setup.players):
        raise GameRequestError(f"expected a player from 1 to {len(replay.setup.players)}, found {player_id}")
    setup = replace(replay.setup, realtime=request.realtime)
    hosted = HostedReplay(setup, replay.inputs, replay.loops, replay.results, session.clock)
    return Client(hosted, player_id, request.options, watches=True, reveal=request.disable_fog)


def _content(session: Session, request: "sc_pb.RequestStartReplay | sc_pb.RequestReplayInfo") -> bytes:
    """Return the content of the replay that a client means, empty if there is none."""
    if request.replay_data:
        return bytes(request.replay_data)
    if not request.replay_path:
        return b""
    folder = session.data_dir / "Replays" if session.data_dir else Path()
    try:
        with (folder / as_text(request.replay_path)).open("rb") as file:
            return bytes(file.read(MAX_REPLAY_BYTES))
    except (OSError, ValueError):
        return b""


HANDLERS = {"save_replay": save_replay, "start_replay": start_replay, "replay_info": replay_info}

"""Before and between games: maps, creating, joining, restarting and leaving a game."""

import random
from dataclasses import replace
from pathlib import Path

from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.build import BASE_BUILD, DATA_VERSION, GAME_VERSION
from llm_pysc2.engine.api.client import Client
from llm_pysc2.engine.api.client_text import as_text
from llm_pysc2.engine.api.game_setup import RACE_NAMES, GameSetup, decode_players
from llm_pysc2.engine.api.hosted_game import HostedGame
from llm_pysc2.engine.api.join_lobby import JOIN_PATIENCE_SECONDS, Arrival, JoinError, JoinLobby
from llm_pysc2.engine.api.lan import LOOPBACK, Host
from llm_pysc2.engine.api.session import Session
from llm_pysc2.engine.maps.definitions import known_maps, load_map, map_from_bytes, map_from_path
from llm_pysc2.engine.maps.map_file import MAGIC, MAX_NAME_BYTES
from llm_pysc2.errors import GameError, GameLostError, GameRequestError, LlmPysc2Error, UsageError

MAX_RESOLUTION_PX = 1024
MAX_CAMERA_WIDTH_CELLS = 1024

_CREATE = sc_pb.ResponseCreateGame
_JOIN = sc_pb.ResponseJoinGame


class _CreateError(LlmPysc2Error):
    """A request to create a game that cannot be met; `code` is the API's number for the reason."""

    def __init__(self, code: int, details: str) -> None:
        super().__init__(details)
        self.code = code


def create_game(session: Session, request: sc_pb.RequestCreateGame) -> sc_pb.Response:
    """Choose map and players; the game begins when the client joins it."""
    try:
        map_name, map_path = _find_map(session, request)
        setup = GameSetup(
            map_name=map_name,
            map_path=map_path,
            players=decode_players(list(request.player_setup)),
            seed=request.random_seed if request.HasField("random_seed") else random.getrandbits(31),
            disable_fog=request.disable_fog,
            realtime=request.realtime,
            assumptions=session.assumptions,
        )
        _check_players(setup, request)
    except _CreateError as error:
        return sc_pb.Response(create_game=_CREATE(error=error.code, error_details=str(error)))
    session.leave()
    session.created = setup
    return sc_pb.Response(create_game=_CREATE())


def join_game(session: Session, request: sc_pb.RequestJoinGame) -> sc_pb.Response:
    """Sit down in a game: the one that was created, or, over the join ports, one that another process plays."""
    try:
        player_id = _join(session, request)
    except JoinError as error:
        return sc_pb.Response(join_game=_JOIN(error=error.code, error_details=str(error)))
    return sc_pb.Response(join_game=_JOIN(player_id=player_id))


def restart_game(session: Session, _request: sc_pb.RequestRestartGame) -> sc_pb.Response:
    """Begin the game anew with the same players and the next seed, so that episodes differ but a run repeats itself."""
    old = session.client
    if old.hosted.is_shared:
        raise GameRequestError("restart_game: not in a game that others play, too; leave it and create another")
    setup = replace(old.hosted.setup, seed=old.hosted.setup.seed + 1)
    session.take(Client(HostedGame(setup, clock=session.clock), old.player_id, old.options, watches=old.watches))
    return sc_pb.Response(restart_game=sc_pb.ResponseRestartGame(need_hard_reset=False))


def leave_game(session: Session, _request: sc_pb.RequestLeaveGame) -> sc_pb.Response:
    """Leave the game; others who play it have won, unless it was over."""
    session.leave()
    return sc_pb.Response(leave_game=sc_pb.ResponseLeaveGame())


def quit_game(session: Session, _request: sc_pb.RequestQuit) -> sc_pb.Response:
    """Leave for good."""
    session.leave()
    return sc_pb.Response(quit=sc_pb.ResponseQuit())


def save_map(session: Session, request: sc_pb.RequestSaveMap) -> sc_pb.Response:
    """Keep a map file, so that a game can be created from its path."""
    if not request.map_data:
        return sc_pb.Response(save_map=sc_pb.ResponseSaveMap(error=sc_pb.ResponseSaveMap.InvalidMapData))
    session.save_map(as_text(request.map_path), request.map_data[: len(MAGIC) + MAX_NAME_BYTES])
    return sc_pb.Response(save_map=sc_pb.ResponseSaveMap())


def available_maps(session: Session, _request: sc_pb.RequestAvailableMaps) -> sc_pb.Response:
    """List the map files below the data folder, or the maps known where there is none."""
    folder = _maps_folder(session)
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.SC2Map")) if folder else []
    paths = paths or [f"{name}.SC2Map" for name in known_maps()]
    return sc_pb.Response(available_maps=sc_pb.ResponseAvailableMaps(local_map_paths=paths))


def ping(_session: Session, _request: sc_pb.RequestPing) -> sc_pb.Response:
    """Say which build this is."""
    return sc_pb.Response(
        ping=sc_pb.ResponsePing(
            game_version=GAME_VERSION, data_version=DATA_VERSION, data_build=BASE_BUILD, base_build=BASE_BUILD
        )
    )


def _check_players(setup: GameSetup, request: sc_pb.RequestCreateGame) -> None:
    if not request.player_setup:
        raise _CreateError(_CREATE.MissingPlayerSetup, "expected at least one player_setup")
    if not any(player.type in (sc_pb.Participant, sc_pb.Observer) for player in request.player_setup):
        raise _CreateError(_CREATE.InvalidPlayerSetup, "expected a participant or an observer")
    slots = len(load_map(setup.map_name).players)
    if len(setup.players) > slots:
        raise _CreateError(
            _CREATE.InvalidPlayerSetup, f"{setup.map_name} has {slots} players, found {len(setup.players)}"
        )


def _find_map(session: Session, request: sc_pb.RequestCreateGame) -> tuple[str, str]:
    """Return the name of the map that a client means, and the path it named it by."""
    if request.WhichOneof("Map") == "battlenet_map_name":
        name = as_text(request.battlenet_map_name)
        if name not in known_maps():
            raise _CreateError(_CREATE.InvalidMapName, f"no map named {name!r}; there is no battle.net here")
        return name, ""
    content, path = request.local_map.map_data, as_text(request.local_map.map_path)
    if not path and not content:
        raise _CreateError(_CREATE.MissingMap, "expected local_map.map_path, local_map.map_data or battlenet_map_name")
    content = content or session.saved_maps.get(path, b"")
    return (_name_in(content, path) if content else _find_path(session, path)), path


def _name_in(content: bytes, path: str) -> str:
    """Return the name of the map in a file of ours, or, for files of others, the map that is called as the file is."""
    try:
        return map_from_bytes(content)
    except UsageError as error:
        if not path:
            raise _CreateError(_CREATE.InvalidMapData, f"local_map.map_data: {error}") from error
    try:
        return map_from_path(path)
    except UsageError as error:
        reason = f"local_map: {path} is not a map file of llm-pysc2, and there is {error}"
        raise _CreateError(_CREATE.InvalidMapData, reason) from error


def _find_path(session: Session, path: str) -> str:
    folder = _maps_folder(session)
    places = [folder / path] if folder else [Path(path)] if path.startswith("/") else []
    for place in places:
        content = _read_map_file(place)
        if content is not None:
            return _name_in(content, path)
    try:
        return map_from_path(path)
    except UsageError as error:
        looked = ", ".join(["maps saved by the client", *map(str, places), "the maps of llm-pysc2"])
        raise _CreateError(_CREATE.InvalidMapPath, f"{error}; looked in: {looked}") from error


def _read_map_file(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC) + MAX_NAME_BYTES)
    except (OSError, ValueError):
        return None


def _maps_folder(session: Session) -> Path | None:
    folder = session.data_dir / "Maps" if session.data_dir else None
    return folder if folder and folder.is_dir() else None


def _join(session: Session, request: sc_pb.RequestJoinGame) -> int:
    """Sit down and return the player id."""
    if session.created is not None:
        return _join_here(session, session.created, request)
    if session.invitation is not None:
        number = session.invitation.arrive(_arrival(session.invitation.setup, request))
        return _sit_down(session, session.invitation.wait(number))
    if not request.HasField("server_ports"):
        raise GameRequestError("no game was created that could be joined")
    remote_peer = session.become_guest()
    try:
        return remote_peer.join(_address(request), request, JOIN_PATIENCE_SECONDS)
    except GameError as error:
        session.leave()
        if isinstance(error, GameLostError):
            raise JoinError(_JOIN.NetworkError, str(error)) from error
        raise


def _join_here(session: Session, setup: GameSetup, request: sc_pb.RequestJoinGame) -> int:
    if request.HasField("observed_player_id"):
        return _watch(session, setup, request)
    join_lobby = session.gather(setup)
    if len(setup.participants) > 1 and not request.HasField("server_ports"):
        raise JoinError(_JOIN.MissingPorts, "expected server_ports and client_ports, over which the others join")
    number = join_lobby.arrive(_arrival(setup, request))
    if len(setup.participants) > 1:
        with _opened(session, join_lobby, request):
            join_lobby.wait(number)
    return _sit_down(session, join_lobby.wait(number))


def _opened(session: Session, join_lobby: JoinLobby, request: sc_pb.RequestJoinGame) -> Host:
    """Return the host that lets the others in."""
    try:
        return Host(_address(request), lambda: session.welcome(join_lobby))
    except UsageError as error:
        raise JoinError(_JOIN.NetworkError, str(error)) from error


def _address(request: sc_pb.RequestJoinGame) -> tuple[str, int]:
    """Return where the one who created the game lets the others in: at the port that the game, too, uses for TCP."""
    return as_text(request.host_ip) or LOOPBACK, request.server_ports.base_port


def _watch(session: Session, setup: GameSetup, request: sc_pb.RequestJoinGame) -> int:
    """Look over a player's shoulder."""
    _check_options(request)
    player_id = request.observed_player_id
    if not 1 <= player_id <= len(setup.players):
        found = f"expected a player from 1 to {len(setup.players)}, found {player_id}"
        raise JoinError(_JOIN.InvalidObservedPlayerId, found)
    session.take(Client(HostedGame(setup, clock=session.clock), player_id, request.options, watches=True))
    return int(player_id)


def _arrival(setup: GameSetup, request: sc_pb.RequestJoinGame) -> Arrival:
    """Return what a participant says of itself."""
    _check_options(request)
    if request.race not in RACE_NAMES:
        raise JoinError(_JOIN.MissingParticipation, "expected a race to play or observed_player_id")
    if not setup.participants:
        raise JoinError(_JOIN.GameFull, "only computers play here; expected observed_player_id")
    return Arrival(RACE_NAMES[request.race], as_text(request.player_name), request.options)


def _sit_down(session: Session, client: Client) -> int:
    session.take(client)
    return client.player_id


def _check_options(request: sc_pb.RequestJoinGame) -> None:
    if not request.HasField("options"):
        raise JoinError(_JOIN.MissingOptions, "expected options")
    options = request.options
    for space in ("feature_layer", "render"):
        if options.HasField(space):
            _check_camera(space, getattr(options, space))


def _check_camera(space: str, setup: sc_pb.SpatialCameraSetup) -> None:
    for name in ("resolution", "minimap_resolution"):
        size = getattr(setup, name)
        if not (1 <= size.x <= MAX_RESOLUTION_PX and 1 <= size.y <= MAX_RESOLUTION_PX):
            expected = f"expected 1 to {MAX_RESOLUTION_PX} pixels to each side, found {size.x} x {size.y}"
            raise JoinError(_JOIN.FeatureUnsupported, f"options.{space}.{name}: {expected}")
    if not 0 <= setup.width <= MAX_CAMERA_WIDTH_CELLS:
        expected = f"expected a camera up to {MAX_CAMERA_WIDTH_CELLS} cells wide, found {setup.width}"
        raise JoinError(_JOIN.FeatureUnsupported, f"options.{space}.width: {expected}")


HANDLERS = {
    "create_game": create_game,
    "join_game": join_game,
    "restart_game": restart_game,
    "leave_game": leave_game,
    "quit": quit_game,
    "save_map": save_map,
    "available_maps": available_maps,
    "ping": ping,
}

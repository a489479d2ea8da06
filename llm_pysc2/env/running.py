"""A game that already runs, here or on another machine: it is joined, left, and goes on running."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any

import websocket
from pysc2.lib import protocol, remote_controller
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.env.installation import find_map
from llm_pysc2.errors import GameLaunchError, closest_names

_PATIENCE_SECONDS = 5.0
"""A game that runs listens; one that was started a moment ago, in a container perhaps, gets this long."""
_LOOK_SECONDS = 0.2


class RunningGame:
    """What PySC2 expects of a game's process, for one that is somebody else's."""

    def __init__(
        self, host: str, port: int, timeout_seconds: float, tell: Callable[["RunningGame"], None] = lambda _: None
    ) -> None:
        self.controller: GuestController | None = GuestController(host, port, timeout_seconds)
        tell(self)

    def close(self) -> None:
        """Leave the game. Once is enough; twice is fine."""
        controller, self.controller = self.controller, None
        if controller is not None:
            controller.quit()

    def abort(self) -> None:
        """Hang up at once, so that whoever waits for an answer in another thread waits no longer."""
        if self.controller is not None:
            self.controller.hang_up()

    def fate(self) -> str:
        """Return nothing: how it ended is not seen from here."""
        return ""


class GuestController(remote_controller.RemoteController):  # type: ignore[misc] # PySC2 publishes no types
    """PySC2's controller for a game that must not be told to quit, and whose files are not here."""

    _websocket: Any = None

    def __init__(self, host: str, port: int, timeout_seconds: float) -> None:
        try:
            super().__init__(host, port, None, timeout_seconds)
        except BaseException:
            if self._websocket is not None:
                self._websocket.shutdown()
            raise

    @property
    def headers(self) -> dict[str, str]:
        """What the game said of itself as it took the connection."""
        return self._websocket.getheaders() or {}

    def create_game(self, request: sc_pb.RequestCreateGame) -> Any:
        """Create a game on a map of the other machine's, which is found by its name."""
        if not request.local_map.map_data:
            request.local_map.ClearField("map_data")
            request.local_map.map_path = self._path_there(request.local_map.map_path)
        return super().create_game(request)

    def quit(self) -> None:
        """Leave the game that is played, if there is one, and hang up."""
        if self.status == protocol.Status.quit:
            return
        try:
            if self.status in (protocol.Status.in_game, protocol.Status.ended):
                self.leave()
        except (protocol.ConnectionError, protocol.ProtocolError):
            pass  # It is gone, or has left us.
        finally:
            self.close()

    def close(self) -> None:
        """Hang up. The websocket forgets to close its socket where it cannot say goodbye."""
        try:
            super().close()
        finally:
            self._websocket.shutdown()

    def hang_up(self) -> None:
        """Cut the connection, without goodbye."""
        with suppress(OSError, AttributeError):
            self._websocket.sock.shutdown(socket.SHUT_RDWR)

    def _path_there(self, path: str) -> str:
        """Return the path of a map as the game knows it. Raises GameLaunchError if it has no such map."""
        there: dict[str, str] = {known.replace("\\", "/"): known for known in self.available_maps().local_map_paths}
        found = find_map(path, tuple(sorted(there)))
        if found is None:
            names = {PurePosixPath(known).stem for known in there}
            advice = closest_names(PurePosixPath(path).stem, names)
            raise GameLaunchError(f"the running game has no map {path}; put it in a folder of its Maps; {advice}")
        return there[found]

    def _connect(self, host: str, port: int, _: None, timeout_seconds: float) -> Any:
        address = f"ws://[{host}]:{port}" if ":" in host else f"ws://{host}:{port}"
        deadline = time.monotonic() + min(_PATIENCE_SECONDS, timeout_seconds)
        while True:
            try:
                self._websocket = websocket.create_connection(f"{address}/sc2api", timeout=timeout_seconds)
                return self._websocket
            except websocket.WebSocketBadStatusException as error:
                raise GameLaunchError(f"{address} refused: HTTP {error.status_code}; has it a client?") from error
            except (OSError, websocket.WebSocketException) as error:
                if time.monotonic() > deadline:
                    raise GameLaunchError(
                        f"no game answers at {address}: {error}; start the embedded game with "
                        f"'llm-pysc2 engine serve --port {port}', or the real one with -listen {host} -port {port}"
                    ) from error
            time.sleep(_LOOK_SECONDS)

"""A game in a process of its own, started by PySC2's launcher, and noticed at once when it dies or falls silent.

PySC2's launcher waits 360 seconds for a game that does not answer, sleeps a second between looks at it, and lets the
game write to the terminal; this one has a time-out, looks twenty times a second, and keeps the game's last words.
"""

import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import websocket
from pysc2.lib import remote_controller, sc_process

from llm_pysc2.errors import GameLaunchError

_LOOK_SECONDS = 0.05
_DYING_SECONDS = 0.3
"""A dying process closes its connections a moment before it is dead."""
_WORDS_BYTES = 2000
_WORDS_LENGTH = 200
_MAX_DROPPED_CONNECTIONS = 3
_NOT_YET = 404
"""The game listens before its API is there."""


class GameProcess(sc_process.StarcraftProcess):  # type: ignore[misc] # PySC2 publishes no types
    """PySC2's game process, connected to within a time-out.

    Raises GameLaunchError if the game dies, refuses or does not answer in time; nothing is left of it then.
    """

    def __init__(
        self,
        run_config: Any,
        path: Path,
        timeout_seconds: float,
        arguments: list[str],
        tell: Callable[["GameProcess"], None] = lambda _: None,
    ) -> None:
        self._is_aborted = False
        self._proc: Any = None
        tell(self)
        # Closed by close(), which PySC2's class calls whatever happens.
        self._output = tempfile.TemporaryFile()  # noqa: SIM115
        self._exit_code: int | None = None
        try:
            super().__init__(run_config, str(path), version=run_config.version, extra_args=arguments, connect=False)
            self._controller = ProcessController(self, timeout_seconds)
        except BaseException:
            self.close()
            raise

    def abort(self) -> None:
        """End the process at once, so that whoever waits for it in another thread waits no longer."""
        self._is_aborted = True
        if self._proc is not None:
            self._proc.kill()

    @property
    def running(self) -> bool:
        """Whether there is a process, and nobody has given it up."""
        return bool(not self._is_aborted and super().running)

    def _launch(self, run_config: Any, args: list[str], **_: Any) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(  # noqa: S603 - the game that was asked for, with arguments of PySC2's
                args, cwd=run_config.cwd, env=run_config.env, stdout=self._output, stderr=subprocess.STDOUT
            )
        except OSError as error:
            raise GameLaunchError(f"{args[0]} cannot be started: {error.strerror or error}") from error

    def fate(self) -> str:
        """Return how the process ended, with its last words, as the end of a sentence; empty while it runs."""
        if self._proc is not None and self._exit_code is None:
            try:
                self._exit_code = self._proc.wait(_DYING_SECONDS)
            except subprocess.TimeoutExpired:
                return ""
        if self._exit_code is None:
            return ""
        words = self._last_words()
        said = f" and the words {words!r}" if words else ""
        return f"its process ended with {_describe_exit(self._exit_code)}{said}"

    def _last_words(self) -> str:
        if self._output.closed:
            return ""
        size = self._output.seek(0, 2)
        self._output.seek(max(0, size - _WORDS_BYTES))
        words = " ".join(self._output.read().decode(errors="replace").split())
        return words[-_WORDS_LENGTH:]

    def close(self) -> None:
        """End the game: it is told to quit, then to terminate, then killed. Twice is fine."""
        super().close()
        self._output.close()


class ProcessController(remote_controller.RemoteController):  # type: ignore[misc] # PySC2 publishes no types
    """PySC2's controller of a game that is starting."""

    _websocket: Any = None

    def __init__(self, process: GameProcess, timeout_seconds: float) -> None:
        try:
            super().__init__(process.host, process.port, process, timeout_seconds)
        except BaseException:
            if self._websocket is not None:
                self._websocket.shutdown()
            raise
        self._websocket.settimeout(timeout_seconds)

    @property
    def headers(self) -> dict[str, str]:
        """What the game said of itself as it took the connection."""
        return self._websocket.getheaders() or {}

    def close(self) -> None:
        """Hang up. The websocket forgets to close its socket where it cannot say goodbye."""
        try:
            super().close()
        finally:
            self._websocket.shutdown()

    def _connect(self, host: str, port: int, proc: GameProcess, timeout_seconds: float) -> Any:
        """Return a connection. Raises GameLaunchError as soon as it is certain that there will be none."""
        url = f"ws://[{host}]:{port}/sc2api" if ":" in host else f"ws://{host}:{port}/sc2api"
        deadline = time.monotonic() + timeout_seconds
        dropped = 0
        while (left := deadline - time.monotonic()) > 0:
            if not proc.running:
                raise GameLaunchError(f"the game died while starting: {proc.fate()}")
            try:
                self._websocket = websocket.create_connection(url, timeout=left)
                return self._websocket
            except (websocket.WebSocketConnectionClosedException, ConnectionResetError, BrokenPipeError) as error:
                dropped += 1
                if dropped > _MAX_DROPPED_CONNECTIONS and proc.running:
                    raise GameLaunchError(f"the game dropped the connection {dropped} times while starting") from error
            except websocket.WebSocketBadStatusException as error:
                if error.status_code != _NOT_YET:
                    raise GameLaunchError(f"the game refused the connection: HTTP {error.status_code}") from error
            except (OSError, websocket.WebSocketTimeoutException):
                pass  # It does not listen yet, or took the connection and said nothing.
            time.sleep(_LOOK_SECONDS)
        raise GameLaunchError(f"the game did not answer within {timeout_seconds:g} s of its start; it was ended")


def _describe_exit(code: int) -> str:
    """Return an exit code in words.

    >>> _describe_exit(3), _describe_exit(-11)
    ('exit code 3', 'signal SIGSEGV')
    """
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"

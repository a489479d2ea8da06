"""Where the game comes from: an installation, one that already runs, or a connector to one that plays in this process.

The only place that tells them apart; everything above speaks the SC2 API and cannot. PySC2 starts a game through a
`RunConfig`, which it finds as a subclass of its own class; ours count only where a source of theirs is selected.
"""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pysc2 import run_configs
from pysc2.lib import sc_process
from pysc2.run_configs import lib as run_config_lib
from pysc2.run_configs import platforms

from llm_pysc2.env.installation import (
    EMBEDDED_GAME,
    LLM_PYSC2_BUILD,
    MAP_SUFFIX,
    Installation,
    executable_name,
    find_map,
)
from llm_pysc2.env.link import Connector, InProcessGame
from llm_pysc2.env.options import DEFAULTS, EMBEDDED, WEBSOCKET, LaunchOptions, parse_address
from llm_pysc2.env.process import GameProcess
from llm_pysc2.env.rendering import render_arguments
from llm_pysc2.env.running import RunningGame
from llm_pysc2.errors import GameLaunchError, UsageError, closest_names

_WORKING_FOLDERS = {"Windows": "Support64"}
_ABOVE_INSTALLED_GAMES = 2


@dataclass(frozen=True, slots=True)
class GameSource:
    """A game that can be started or joined; exactly one of `connector`, `directory` and `address` is there."""

    connector: Connector | None = None
    directory: Path | None = None
    address: tuple[str, int] | None = None
    name: str = ""
    """What results call the game; empty = the game itself is asked."""
    options: LaunchOptions = DEFAULTS
    opened: list["GameProcess | RunningGame"] = field(default_factory=list, compare=False, repr=False)
    """The games that were started or joined, from the moment at which they may keep somebody waiting."""

    def abort(self) -> None:
        """Break off whatever these games are waited for; may be called from any thread."""
        for game in self.opened:
            game.abort()

    def map_path(self, name: str) -> str:
        """Return the path under `Maps` of a map given by name, or by folder and name, with or without its suffix.

        Where several folders have the map, the first in alphabetical order is meant, capital letters first. A game
        that is not installed here is asked by name. Raises GameLaunchError if an installed game does not have it.
        """
        if self.directory is None:
            return name if name.endswith(MAP_SUFFIX) else name + MAP_SUFFIX
        installation = Installation(self.directory)
        paths = installation.map_paths()
        found = find_map(name, paths)
        if found is None:
            advice = closest_names(name, {Path(path).stem for path in paths})
            raise GameLaunchError(
                f"the game in {self.directory} has no map {name}{MAP_SUFFIX}; put it in a folder of "
                f"{installation.maps_folder}, see 'llm-pysc2 maps install'; {advice}"
            )
        build = _build_of(installation, self.options.version) if self.options.version else None
        if installation.is_too_old_for(found, build):
            raise GameLaunchError(
                f"{found} was saved with build {LLM_PYSC2_BUILD}, which the game in {self.directory} is too old to "
                "load; play it on the embedded game: --game embedded"
            )
        return found

    @contextmanager
    def selected(self) -> Iterator[None]:
        """Within the block, an `SC2Env` that this thread makes plays this game; all others are left alone."""
        token = _SELECTED.set(self)
        try:
            yield
        finally:
            _SELECTED.reset(token)


def choose_game(connector: Connector | None = None, options: LaunchOptions = DEFAULTS) -> GameSource:
    """Return the game that the options name; by default the installed one, else the embedded behind the connector.

    Raises GameLaunchError if there is none, or none that can be started; UsageError if the options name nothing.
    """
    if options.game.startswith(WEBSOCKET):
        return GameSource(address=parse_address(options.game), options=options)
    if options.game and options.game != EMBEDDED:
        return _installed(_named_folder(options.game), options)
    directory = None if options.game == EMBEDDED else find_game()
    if directory is not None:
        return _installed(directory, options)
    if connector is None:
        raise GameLaunchError("no StarCraft II was found; install it or set SC2PATH to its folder")
    if options.version:
        raise GameLaunchError(f"the embedded game is {EMBEDDED_GAME} and has no version {options.version}")
    return GameSource(connector=connector, name=EMBEDDED_GAME, options=options)


def _named_folder(game: str) -> Path:
    directory = Path(game).expanduser().absolute()
    if not directory.is_dir():
        raise UsageError(f"--game {game}: expected embedded, ws://HOST:PORT, or the folder of an installed game")
    return directory


def _installed(directory: Path, options: LaunchOptions) -> GameSource:
    """Return the source of an installed game. Raises GameLaunchError with what is wrong and what mends it."""
    installation = Installation(directory)
    build = _build_of(installation, options.version) if options.version else None
    problem, advice = installation.find_problem(build)
    if problem:
        raise GameLaunchError(f"{problem}; {advice}")
    return GameSource(directory=directory, name=EMBEDDED_GAME if installation.is_stand_in else "", options=options)


def _build_of(installation: Installation, version: str) -> int:
    """Return the build of an installed version. Raises GameLaunchError that says which ones there are."""
    builds = installation.builds()
    known = {name: entry.build_version for name, entry in run_config_lib.VERSIONS.items()}
    full = version + ".0" if version.count(".") == 1 else version
    if known.get(full) not in builds:
        there = ", ".join(name for name, build in known.items() if build in builds) or "none that PySC2 knows"
        raise GameLaunchError(f"the game in {installation.directory} has no version {version}; it has {there}")
    return int(known[full])


def find_game() -> Path | None:
    """Return the folder of the installed game, or None: SC2PATH if set, else where PySC2 looks on this platform.

    Raises GameLaunchError if SC2PATH is set and no game is there.
    """
    try:
        return Path(run_configs.get().data_dir)
    except (OSError, ValueError, sc_process.SC2LaunchError) as error:
        named = os.environ.get("SC2PATH")
        if not named:
            return None
        problem, advice = Installation(Path(named).expanduser()).find_problem()
        raise GameLaunchError(
            f"SC2PATH names no game: {problem or error}; correct it, unset it to play the embedded game"
            + (f", or: {advice}" if advice else "")
        ) from error


_SELECTED: ContextVar[GameSource | None] = ContextVar("selected game", default=None)


def _selected() -> GameSource:
    source = _SELECTED.get()
    if source is None:
        raise GameLaunchError("a game is started inside GameSource.selected() only")
    return source


def _priority(part: str) -> int | None:
    """Return a number above those of PySC2's own ways to start a game if the selected source has that part."""
    return _ABOVE_INSTALLED_GAMES if getattr(_SELECTED.get(), part, None) is not None else None


class Elsewhere(run_config_lib.RunConfig):  # type: ignore[misc] # PySC2 publishes no types
    """PySC2's way to start a game that is not installed here. It has its maps and knows them by path or name."""

    def __init__(self, version: Any = None) -> None:
        self._source = _selected()
        here = str(Path.cwd())
        super().__init__(replay_dir=here, data_dir=here, tmp_dir=None, version=version or "4.10")

    def map_data(self, map_name: str, players: int | None = None) -> bytes:  # noqa: ARG002 - the signature is PySC2's
        """Return nothing: the path is sent along."""
        return b""


class InProcess(Elsewhere):
    """A game in this process."""

    @classmethod
    def priority(cls) -> int | None:
        """Return None, not valid, unless a connector is selected."""
        return _priority("connector")

    def start(self, version: Any = None, **options: Any) -> InProcessGame:  # noqa: ARG002 - the signature is PySC2's
        """Return a new game. What PySC2 wants to tell its process (ports, rendering) means nothing here."""
        assert self._source.connector is not None  # noqa: S101 - else this class is not valid
        return InProcessGame(self._source.connector)


class Running(Elsewhere):
    """A game that already runs, here or on another machine."""

    @classmethod
    def priority(cls) -> int | None:
        """Return None, not valid, unless an address is selected."""
        return _priority("address")

    def start(self, version: Any = None, **options: Any) -> RunningGame:  # noqa: ARG002 - the signature is PySC2's
        """Return the game, joined."""
        assert self._source.address is not None  # noqa: S101 - else this class is not valid
        return RunningGame(*self._source.address, self._source.options.timeout_seconds, self._source.opened.append)


class Installed(platforms.LocalBase):  # type: ignore[misc] # PySC2 publishes no types
    """An installed game, wherever it lies, with time-outs and rendering as asked."""

    def __init__(self, version: Any = None) -> None:
        self._source = source = _selected()
        super().__init__(
            str(source.directory),
            executable_name(),
            version=source.options.version or version,
            cwd=_WORKING_FOLDERS.get(platform.system()),
            env=_environment(source.directory) if platform.system() == "Linux" else None,
        )

    @classmethod
    def priority(cls) -> int | None:
        """Return None, not valid, unless a folder is selected."""
        return _priority("directory")

    def start(self, want_rgb: bool = True, **options: Any) -> GameProcess:  # noqa: ARG002 - the signature is PySC2's
        """Return the game in a process of its own, which listens and answers."""
        wanted = self._source.options
        path = Installation(Path(self.data_dir)).executable(self.version.build_version)
        arguments = render_arguments(wanted.rendering, wanted=want_rgb)
        return GameProcess(self, path, wanted.timeout_seconds, arguments, self._source.opened.append)


def _environment(directory: Path | None) -> dict[str, str]:
    """Return this process's environment with the libraries that come with the game on Linux."""
    folders = (os.environ.get("LD_LIBRARY_PATH"), f"{directory}/Libs/")
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(filter(None, folders))}

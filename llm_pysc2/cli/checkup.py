"""What `llm-pysc2 doctor` looks at, one part of the machine after the other; each gives its findings.

Nothing here raises for what it finds broken, and nothing prints.
"""

import os
import platform
import shutil
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from llm_pysc2.errors import LlmPysc2Error, PackError

if TYPE_CHECKING:
    from llm_pysc2.env.installation import Installation
    from llm_pysc2.env.options import LaunchOptions

OK, NOTE, BAD = "ok", "note", "bad"
NEWEST_PYTHON = (3, 13)
LITTLE_BYTES = 1_000_000_000
PLAY_EMBEDDED = "llm-pysc2 play 2s3z --game embedded"
BROKER_TIMEOUT_SECONDS = 3.0
KEY_VARIABLES = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY")
PACKAGES = {
    "SMAC_Maps": "smac",
    "Melee": "melee",
    "mini_games": "mini_games",
    "llm_pysc2": "llm_pysc2",
    "llm_smac": "llm_pysc2",
}
"""By folder of `Maps`, the group that `llm-pysc2 maps install` gets."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    topic: str
    status: str
    """"ok", "note" = one can play without it, "bad" = nothing can be played before it is mended."""
    what: str
    advice: str = ""
    """What mends it, a command where there is one."""


def check_python() -> Iterator[Finding]:
    """Check this Python, protobuf's speed, and that PySC2 can be imported."""
    here = platform.python_version()
    if sys.version_info[:2] > NEWEST_PYTHON:
        yield Finding("Python", NOTE, f"{here} is newer than what llm-pysc2 is tested with", "use Python 3.11 to 3.13")
    else:
        yield Finding("Python", OK, here)
    yield _check_protobuf()
    yield _check_pysc2()


def _check_protobuf() -> Finding:
    from google.protobuf.internal import api_implementation

    kind = api_implementation.Type()
    what = f"{_installed_version('protobuf')}, runtime {kind}"
    if kind != "python":
        return Finding("protobuf", OK, what)
    what += ": over 100 times slower than upb"
    if os.environ.get("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"):
        return Finding("protobuf", NOTE, what, "unset PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION")
    return Finding("protobuf", NOTE, what, "pip install --force-reinstall protobuf")


def _check_pysc2() -> Finding:
    try:
        import_module("llm_pysc2.env.compat")
        import_module("pysc2.env.sc2_env")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the report is for
        return Finding("PySC2", BAD, f"cannot be imported: {error}", "pip install --force-reinstall pysc2 protobuf")
    return Finding("PySC2", OK, _installed_version("pysc2"))


def _installed_version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "of unknown version"


def check_game(game: str, *, launch: bool) -> Iterator[Finding]:
    """Check the game that `play --game` would play with that option, and what belongs to it: maps, libraries.

    Args:
        game: The option; empty = the installed game if there is one, else the embedded.
        launch: Whether the real game is started and played for a moment, too; others always are.
    """
    from llm_pysc2.engine.api.link import connect
    from llm_pysc2.env.installation import Installation
    from llm_pysc2.env.launch import choose_game
    from llm_pysc2.env.options import LaunchOptions

    try:
        options = LaunchOptions(game)
        source = choose_game(connect, options)
    except LlmPysc2Error as error:
        what, _, advice = str(error).partition("; ")
        yield Finding("game", BAD, what, advice)
        yield from _check_embedded_instead(game)
        return
    if source.directory is not None:
        yield from _check_installation(source.directory)
    elif source.address is not None:
        yield Finding("game", OK, f"to be found running at {game}")
    else:
        advice = "llm-pysc2 game install" if platform.system() == "Linux" else "install it from Battle.net"
        yield Finding("game", OK, f"{source.name}; no StarCraft II is installed or asked for")
        yield Finding("StarCraft II", NOTE, "not installed", advice)
    is_stand_in = source.directory is not None and Installation(source.directory).is_stand_in
    if launch or is_stand_in or source.directory is None:
        mend = f"llm-pysc2 engine install {source.directory}" if is_stand_in else PLAY_EMBEDDED
        yield _play_a_moment(options, mend)


def _check_embedded_instead(game: str) -> Iterator[Finding]:
    """Say that the embedded game would play, where another is asked for and broken."""
    from llm_pysc2.env.options import LaunchOptions

    if game != "embedded":
        trial = _play_a_moment(LaunchOptions("embedded"), "")
        if trial.status == OK:
            yield Finding("embedded game", NOTE, trial.what, PLAY_EMBEDDED)


def _play_a_moment(options: "LaunchOptions", mend: str) -> Finding:
    from llm_pysc2.engine.api.link import connect
    from llm_pysc2.env.sc2_env import GameEnv

    started = time.monotonic()
    env: GameEnv | None = None
    try:
        env = GameEnv("3m", "terran", "terran", connect=connect, launch=options)
        env.reset()
        loop = env.step(loops=16).game_loop
    except LlmPysc2Error as error:
        return Finding("trial", BAD, f"a game of 3m cannot be played: {error}", mend)
    finally:
        if env is not None:
            env.close()
    return Finding("trial", OK, f"{env.name} played {loop} game loops of 3m in {time.monotonic() - started:.1f} s")


def _check_installation(directory: Path) -> Iterator[Finding]:
    from llm_pysc2.env.installation import BUILD, Installation

    installation = Installation(directory)
    builds = installation.builds()
    found_by = "SC2PATH" if os.environ.get("SC2PATH") else "looking where PySC2 does"
    if installation.is_stand_in:
        yield Finding("game", OK, f"{directory}: the embedded game in the dress of an installation ({found_by})")
    else:
        versions = ", ".join(_version_of(build) for build in builds)
        yield Finding("game", OK, f"{directory}: StarCraft II {versions} ({found_by})")
        if BUILD not in builds:
            what = f"scenarios and knowledge are those of 4.10.0; results on {_version_of(builds[-1])} may differ"
            yield Finding("version", NOTE, what, "llm-pysc2 game install --dir ANOTHER_FOLDER")
    yield from _check_maps(installation, builds[-1])
    yield from _check_libraries(installation)


def _version_of(build: int) -> str:
    from pysc2.run_configs.lib import VERSIONS

    names = [name for name, entry in VERSIONS.items() if entry.build_version == build]
    return f"{names[-1]} (build {build})" if names else f"build {build}"


def _check_maps(installation: "Installation", build: int) -> Iterator[Finding]:
    from llm_pysc2.engine.api.install import shipped_maps
    from llm_pysc2.env.installation import LLM_PYSC2_BUILD, find_map

    there = installation.map_paths()
    wanted = shipped_maps()
    missing = Counter(folder for name, folder in wanted.items() if find_map(name, there) is None)
    counts = Counter(wanted.values())
    for folder in sorted(counts):
        what = f"{counts[folder] - missing[folder]} of {counts[folder]} in {folder}"
        if not missing[folder]:
            yield Finding("maps", OK, what)
        elif installation.is_stand_in:
            yield Finding("maps", NOTE, what, f"llm-pysc2 engine install {installation.directory}")
        else:
            yield Finding("maps", NOTE, what, f"llm-pysc2 maps install {PACKAGES.get(folder, folder)}")
    if missing == counts:
        yield Finding("maps", BAD, f"no map that a scenario needs is in {installation.maps_folder}", "see above")
    if not installation.is_stand_in and build < LLM_PYSC2_BUILD:
        what = f"LLM-PySC2's task maps need build {LLM_PYSC2_BUILD}, this is {build}"
        yield Finding("maps", NOTE, what, "play its tasks on the embedded game: --game embedded")


def _check_libraries(installation: "Installation") -> Iterator[Finding]:
    from llm_pysc2.env.rendering import INSTALL_COMMAND, find_gl_libraries

    if installation.is_stand_in or platform.system() != "Linux":
        return
    libraries = find_gl_libraries()
    if libraries:
        yield Finding("GL", OK, f"{', '.join(libraries)}: the game can draw RGB pictures")
    else:
        yield Finding("GL", NOTE, "no EGL or OSMesa library: no RGB pictures; all else works", INSTALL_COMMAND)


def check_keys() -> Iterator[Finding]:
    """Say which models' keys are in the environment; never what they are."""
    for variable in _key_variables():
        if os.environ.get(variable, "").strip():
            yield Finding("key", OK, f"{variable} is set")
        else:
            yield Finding("key", NOTE, f"{variable} is not set", f"export {variable}=... (scripted models need none)")


def _key_variables() -> list[str]:
    from llm_pysc2.backends.presets import find_presets

    try:
        named = [preset.options.key_env for preset in find_presets().values()]
    except (LlmPysc2Error, OSError):
        named = []
    return list(dict.fromkeys([*KEY_VARIABLES, *filter(None, named)]))


def check_broker(url: str | None) -> Iterator[Finding]:
    """Check whether a broker for agents in other processes answers. None = nobody wants one."""
    from llm_pysc2.transport.address import read_address

    if url is None:
        return
    try:
        address = read_address(url if url.count("/") > 2 else f"{url}/doctor")
    except LlmPysc2Error as error:
        yield Finding("MQTT", NOTE, str(error))
        return
    where = f"{address.host}:{address.port}"
    try:
        import aiomqtt  # noqa: F401 - to see whether it is there

        socket.create_connection((address.host, address.port), BROKER_TIMEOUT_SECONDS).close()
    except ImportError:
        yield Finding("MQTT", NOTE, "aiomqtt is not installed", "pip install 'llm-pysc2[mqtt]'")
    except OSError as error:
        yield Finding("MQTT", NOTE, f"no broker answers at {where}: {error}", "start one, such as: mosquitto")
    else:
        yield Finding("MQTT", OK, f"a broker listens at {where}")


def check_disk() -> Iterator[Finding]:
    """Check the folder in which runs are kept, and the shipped data."""
    from llm_pysc2 import packs

    here = Path.cwd()
    free = shutil.disk_usage(here).free
    what = f"{free / 1e9:.1f} GB free in {here}"
    if not os.access(here, os.W_OK):
        yield Finding("disk", NOTE, f"{here} may not be written to", "change to another folder, or use --out FOLDER")
    elif free < LITTLE_BYTES:
        yield Finding("disk", NOTE, what, "make room: a trace takes about 1 MB an episode")
    else:
        yield Finding("disk", OK, what)
    try:
        yield Finding("data", OK, str(packs.shipped_root()))
    except PackError as error:
        yield Finding("data", BAD, str(error), "pip install --force-reinstall llm-pysc2")

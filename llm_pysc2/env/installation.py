"""A folder that holds StarCraft II, or something that passes for it: what is in it, and what is wrong with it.

Reads the file system only; starts nothing and imports no PySC2.
"""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

EMBEDDED_GAME = "embedded 1.1"
"""What results call the game that this package brings along, however it is reached."""

STAND_IN_MARKER = "llm-pysc2-engine.txt"
"""A folder that holds this file looks like an installation, but its executable is the embedded game."""

MAP_SUFFIX = ".SC2Map"
BUILD = 75689
"""Build of 4.10.0, the newest that Linux has and the one whose facts and maps are shipped."""
LLM_PYSC2_BUILD = 92440
"""Build with which LLM-PySC2's task maps were saved; older ones cannot load them, and Linux has none that new."""
LLM_PYSC2_FOLDER = "llm_pysc2"
FIRST_BUILD_WITH_API = 55958
"""Build of 3.16.1, before which the game does not answer programs."""

_EXECUTABLES = {"Windows": "SC2_x64.exe", "Darwin": "SC2.app/Contents/MacOS/SC2"}


def executable_name() -> str:
    """Return the path of the game's executable below `Versions/BaseNNNNN` on this platform."""
    return _EXECUTABLES.get(platform.system(), "SC2_x64")


@dataclass(frozen=True, slots=True)
class Installation:
    """An installed game, or a stand-in, as it lies in its folder."""

    directory: Path

    @property
    def is_stand_in(self) -> bool:
        """Whether it is the embedded game in the dress of an installation."""
        return (self.directory / STAND_IN_MARKER).is_file()

    @property
    def maps_folder(self) -> Path:
        """The folder in which the game and its clients look for maps."""
        return self.directory / "Maps"

    def builds(self) -> tuple[int, ...]:
        """Return the installed builds, the oldest first; those that have a folder, whether or not they can be run."""
        names = [path.name for path in (self.directory / "Versions").glob("Base*")]
        return tuple(sorted(int(name[4:]) for name in names if name[4:].isdecimal()))

    def executable(self, build: int) -> Path:
        """Return where the executable of a build should be."""
        return self.directory / "Versions" / f"Base{build:05d}" / executable_name()

    def map_paths(self) -> tuple[str, ...]:
        """Return the paths of all maps below `Maps`, with slashes, sorted: capital letters first."""
        folder = self.maps_folder
        found = folder.rglob(f"*{MAP_SUFFIX}") if folder.is_dir() else ()
        return tuple(sorted(path.relative_to(folder).as_posix() for path in found))

    def is_too_old_for(self, map_path: str, build: int | None = None) -> bool:
        """Whether a map was saved with a newer build than the one that is to be played (None = the newest)."""
        build = max(self.builds(), default=0) if build is None else build
        return not self.is_stand_in and map_path.startswith(f"{LLM_PYSC2_FOLDER}/") and build < LLM_PYSC2_BUILD

    def find_problem(self, build: int | None = None) -> tuple[str, str]:
        """Return what keeps a build from being started (None = the newest) and what to do; two empty texts if nothing.

        The second is a command where one mends it.
        """
        if not self.directory.is_dir():
            return f"{self.directory} is no folder", "llm-pysc2 game install"
        builds = self.builds()
        if not builds:
            return f"{self.directory} holds no StarCraft II: no Versions/BaseNNNNN in it", self._install_command()
        build = builds[-1] if build is None else build
        if build < FIRST_BUILD_WITH_API:
            return f"build {build} is too old: programs can play from 3.16.1 on", "llm-pysc2 game install"
        executable = self.executable(build)
        if not executable.is_file():
            return f"{executable} is missing", self._install_command()
        if not os.access(executable, os.X_OK):
            return f"{executable} may not be executed", f"chmod +x {executable}"
        return "", ""

    def _install_command(self) -> str:
        return f"llm-pysc2 engine install {self.directory}" if self.is_stand_in else "llm-pysc2 game install"


def find_map(name: str, paths: tuple[str, ...]) -> str | None:
    """Return the path of a map given by name, or by folder and name, with or without its suffix; None = not there.

    Where several folders have the map the first is meant. The copies of SMAC's maps that LLM-PySC2 ships have the
    names of the originals and lie in a folder of their own; ours have a prefix.

    >>> find_map("2s3z", ("SMAC_Maps/2s3z.SC2Map", "llm_smac/2s3z.SC2Map"))
    'SMAC_Maps/2s3z.SC2Map'
    >>> find_map("llm_2s3z", ("SMAC_Maps/2s3z.SC2Map", "llm_smac/2s3z.SC2Map"))
    'llm_smac/2s3z.SC2Map'
    """
    wanted = [name if name.endswith(MAP_SUFFIX) else name + MAP_SUFFIX]
    if name.startswith("llm_") and "/" not in name:
        wanted.append(f"llm_smac/{wanted[0].removeprefix('llm_')}")
    for ending in wanted:
        for path in paths:
            if path == ending or path.endswith("/" + ending):
                return path
    return None

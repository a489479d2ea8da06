"""Write a directory that StarCraft II clients accept as `SC2PATH`: an executable that starts this game, and map files.

What clients look for was read from PySC2 (`run_configs/platforms.py`), SMAC and python-sc2 (`sc2/paths.py`):
`Versions/Base75689/SC2_x64`, `Maps/FOLDER/NAME.SC2Map`, and a `Replays` folder they may write to.
"""

import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import llm_pysc2
from llm_pysc2.engine.maps.map_file import encode_map_file
from llm_pysc2.errors import UsageError
from llm_pysc2.packs import find_files

EXECUTABLE = "Versions/Base75689/SC2_x64"
MARKER = "llm-pysc2-engine.txt"
MARKER_TEXT = """\
This directory was written by 'llm-pysc2 engine install': a stand-in for a StarCraft II installation, whose game is
the embedded game of llm-pysc2. Set SC2PATH to it. It may be deleted and written again at any time.
"""

CLIENTS_FOLDERS = {"smac": "SMAC_Maps", "melee": "Melee", "pvz": "llm_pysc2", "pvz_open": "llm_pysc2"}
"""Where clients look for the maps of a group, if not in a folder of the group's own name."""

_LAUNCHER = """\
#!/bin/sh
# Starts the embedded game of llm-pysc2 as if it were StarCraft II. Python's environment variables belong to the
# client, which may run on another Python, so they are not heeded.
exec {python} -E -P -c {program} "$@"
"""


def shipped_maps() -> dict[str, str]:
    """Return the folder below `Maps` in which clients look for each map that is known."""
    files = find_files("scenarios/maps")
    return {name: CLIENTS_FOLDERS.get(path.parent.name, path.parent.name) for name, path in files.items()}


def install(directory: Path, maps: Mapping[str, str] | None = None) -> Path:
    """Write the installation, over an older one of ours if there is one, and return the absolute directory.

    Args:
        directory: Made if it does not exist. Raises UsageError in one line if it holds anything of somebody else's.
        maps: The folder below `Maps` by name of the map; None = all maps shipped.
    """
    root = directory.expanduser().absolute()
    _claim(root)
    try:
        write_launcher(root / EXECUTABLE)
        write_map_files(root / "Maps", shipped_maps() if maps is None else maps)
        (root / "Replays").mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f"{root}: cannot be written: {error}") from error
    return root


def write_launcher(path: Path) -> None:
    """Write the executable that starts this game with this Python."""
    path.parent.mkdir(parents=True, exist_ok=True)
    root = str(Path(llm_pysc2.__file__).absolute().parent.parent)
    program = (
        f"import sys; sys.path.append({root!r}); "
        "from llm_pysc2.engine.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    launcher = _LAUNCHER.format(python=shlex.quote(sys.executable), program=shlex.quote(program))
    path.write_text(launcher, encoding="utf-8")
    path.chmod(0o755)


def write_map_files(folder: Path, maps: Mapping[str, str]) -> None:
    """Write one file for each map, replacing what was there."""
    if folder.exists():
        shutil.rmtree(folder)
    for name, group in maps.items():
        path = folder / group / f"{name}.SC2Map"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_map_file(name))


def _claim(root: Path) -> None:
    """Make the directory and mark it as ours. Raises UsageError if it belongs to somebody else."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        if any(root.iterdir()) and not (root / MARKER).is_file():
            raise UsageError(f"{root}: the directory is not empty and not an installation of ours; choose another")
        (root / MARKER).write_text(MARKER_TEXT, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{root}: cannot be used: {error}") from error

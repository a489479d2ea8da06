"""Find data files: in a wheel, in a checkout, or in packs of the user's own.

A pack is a folder with any of `agents/`, `scenarios/`, `knowledge_base/`. Later packs win over earlier ones.
"""

import json
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import _lru_cache_wrapper, cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from llm_pysc2.errors import PackError, UsageError, closest_names

_user_packs: list[Path] = []


@cache
def shipped_root() -> Path:
    """Return the folder that holds the shipped `agents/`, `scenarios/` and `knowledge_base/`."""
    package = Path(__file__).parent
    for root in (package / "_data", package.parent):
        if (root / "scenarios").is_dir():
            return root
    raise PackError(f"the shipped data is missing: expected {package / '_data' / 'scenarios'}; reinstall llm-pysc2")


def add_pack(folder: Path) -> None:
    """Put a user's pack in front of the shipped data. Raises PackError if the folder is not a pack."""
    parts = ("agents", "scenarios", "knowledge_base")
    if not any((folder / part).is_dir() for part in parts):
        raise PackError(f"{folder}: not a pack, expected a folder with any of {', '.join(parts)}")
    _user_packs.append(folder)


def use_packs(folders: Iterable[Path]) -> None:
    """Put these packs of the user in front of the shipped data, in place of those before; the last one wins.

    Raises PackError if a folder is not a pack.
    """
    before = user_packs()
    _user_packs.clear()
    for folder in folders:
        add_pack(folder)
    if user_packs() != before:
        _forget_what_was_read()


def _forget_what_was_read() -> None:
    """Empty every cache of this package: what was read, and what was worked out of it, came from other packs."""
    modules = [module for name, module in sys.modules.items() if name.startswith("llm_pysc2.")]
    for value in [value for module in modules for value in vars(module).values()]:
        if isinstance(value, _lru_cache_wrapper):
            value.cache_clear()


def user_packs() -> list[Path]:
    """Return the user's packs, in the order in which they were added."""
    return list(_user_packs)


@cache
def _installed_packs() -> tuple[Path, ...]:
    return tuple(Path(str(entry.load())) for entry in entry_points(group="llm_pysc2.packs"))


def roots() -> Iterator[Path]:
    """Yield the folders to look in, the user's last pack first, the shipped data last."""
    yield from reversed(_user_packs)
    yield from _installed_packs()
    yield shipped_root()


def find_files(part: str, suffix: str = ".toml", without: tuple[str, ...] = ()) -> dict[str, Path]:
    """Return data files under a part such as "scenarios/smac", by stem, in sorted order.

    Args:
        part: Folder below each root.
        suffix: How the names end.
        without: Folders below the part whose files are no such data ("maps" below "scenarios").
    """
    found: dict[str, Path] = {}
    for root in roots():
        for path in sorted((root / part).rglob(f"*{suffix}")):
            if path.relative_to(root / part).parts[0] not in without:
                found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def find_file(part: str, name: str, suffix: str = ".toml") -> Path:
    """Return the data file of that name. Raises UsageError with the closest names."""
    files = find_files(part, suffix)
    if name not in files:
        raise UsageError(f"no {part} named {name!r}; {closest_names(name, files)}")
    return files[name]


def read_toml(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file. Raises PackError that names the file and the line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackError(f"{path}: cannot be read as TOML: {error}") from error


def read_json(path: Path) -> dict[str, Any]:
    """Return the content of a JSON table. Raises PackError that names the file."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise PackError(f"{path}: cannot be read as JSON: {error}") from error
    if not isinstance(content, dict):
        raise PackError(f"{path}: expected a JSON object, found {type(content).__name__}")
    return content


def facts_files(*names: str) -> list[Path]:
    """Return the files of tables of game facts, such as "units": the shipped ones first, the user's last pack last.

    Raises PackError if there is none.
    """
    folders = [root / "knowledge_base" / "facts" for root in roots()]
    paths = dict.fromkeys(folder / f"{name}.json" for folder in reversed(folders) for name in names)
    found = [path for path in paths if path.is_file()]
    if not found:
        raise PackError(f"knowledge_base/facts/{names[0]}.json is missing; reinstall llm-pysc2")
    return found


def facts_file(name: str) -> Path:
    """Return the path of a table of game facts that wins over the others. Raises PackError if it is missing."""
    return facts_files(name)[-1]

"""What can be downloaded, from where and under which license: `knowledge_base/downloads.toml`, typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from llm_pysc2 import packs
from llm_pysc2.errors import PackError, UsageError, closest_names

CATALOG = "downloads"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class License:
    """What must be agreed to before something is downloaded."""

    title: str
    url: str
    notice: str
    """What agreeing means, for a person to read."""
    password: str = ""
    """Of the archives; typing it is how one agrees."""


@dataclass(frozen=True, slots=True)
class Package:
    """One archive: a game or a group of maps."""

    name: str
    url: str
    title: str = ""
    home: str = ""
    """The page of whoever publishes it."""
    license: License | None = None
    """None = nothing that must be agreed to beforehand."""
    build: int = 0
    """Of a game."""
    take: tuple[str, ...] = ()
    """Of maps: patterns for the ends of the paths of the files that are wanted."""
    sha256: str = ""
    """Empty where the publisher names none."""

    def from_address(self, address: str) -> "Package":
        """Return the same package from somewhere else. Its checksum is unknown then."""
        return replace(self, url=address, sha256="")


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that can be downloaded, by name."""

    games: Mapping[str, Package]
    maps: Mapping[str, Package]

    def game(self, version: str) -> Package:
        """Return the package of a version. Raises UsageError with the versions there are."""
        return _find(self.games, version, "Linux package of version")

    def map_group(self, name: str) -> Package:
        """Return a group of maps. Raises UsageError with the groups there are."""
        return _find(self.maps, name, "group of maps named")


def _find(packages: Mapping[str, Package], name: str, what: str) -> Package:
    if name not in packages:
        raise UsageError(f"no {what} {name!r}; {closest_names(name, packages)}")
    return packages[name]


def load_catalog() -> Catalog:
    """Return the catalog of the last pack that has one. Raises PackError if it is missing or broken."""
    for root in packs.roots():
        path = root / "knowledge_base" / f"{CATALOG}.toml"
        if path.is_file():
            return read_catalog(path)
    raise PackError(f"knowledge_base/{CATALOG}.toml is missing; reinstall llm-pysc2")


def read_catalog(path: Path) -> Catalog:
    """Return the catalog in a file. Raises PackError that names the file, the key and what was expected."""
    table = packs.read_toml(path)
    for key in table.keys() - {"licenses", "games", "maps"}:
        raise PackError(f"{path}: unknown key {key!r}; known: licenses, games, maps")
    licenses = _read_tables(path, table, "licenses", lambda at, entry: _make(path, at, entry, License))

    def read_package(at: str, entry: dict[str, Any]) -> Package:
        entry = {**entry, "name": at.partition(".")[2]}
        if "license" in entry:
            if entry["license"] not in licenses:
                raise PackError(f"{path}: {at}.license: {closest_names(str(entry['license']), licenses)}")
            entry["license"] = licenses[entry["license"]]
        return _make(path, at, entry, Package)

    games = _read_tables(path, table, "games", read_package)
    return Catalog(games, _read_tables(path, table, "maps", read_package))


def _read_tables(path: Path, table: dict[str, Any], key: str, read: Callable[[str, dict[str, Any]], T]) -> dict[str, T]:
    entries = table.get(key, {})
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise PackError(f"{path}: {key}: expected tables, found {entries!r}")
    return {name: read(f"{key}.{name}", entry) for name, entry in entries.items()}


def _make(path: Path, at: str, entry: dict[str, Any], kind: type[T]) -> T:
    """Return an entry as a value of its kind; texts are texts, `build` is a number, `take` a list of texts."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type] # the two dataclasses above
    values: dict[str, Any] = {}
    for key, value in entry.items():
        if key not in known:
            raise PackError(f"{path}: unknown key '{at}.{key}'; {closest_names(key, known)}")
        expected: type[Any] = {"build": int, "take": list, "license": License}.get(key, str)
        if type(value) is not expected or (key == "take" and not all(isinstance(part, str) for part in value)):
            raise PackError(f"{path}: {at}.{key}: expected {expected.__name__}, found {value!r}")
        values[key] = tuple(value) if key == "take" else value
    try:
        return kind(**values)
    except TypeError as error:
        raise PackError(f"{path}: {at}: {error}") from error

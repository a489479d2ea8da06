"""Read tables of a map file key by key, so that a wrong or unknown key is named with its file. Knows no maps."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from llm_pysc2.errors import PackError, closest_names

Point: TypeAlias = tuple[float, float]
"""x and y in cells, origin at the lower left of the map."""


class MapTable:
    """One table of a TOML file; every key is taken once, and `finish` refuses what is left over."""

    def __init__(self, path: Path, content: Mapping[str, Any], where: str = "") -> None:
        self.path = path
        self.where = where
        self._content = dict(content)
        self._known: list[str] = []

    def error(self, key: str, message: str) -> PackError:
        """Return an error that names file and key."""
        return PackError(f"{self.path}: {self._name(key)}: {message}")

    def finish(self) -> None:
        """Raise PackError for the first key that nobody has taken."""
        for key in self._content:
            raise PackError(f"{self.path}: unknown key '{self._name(key)}'; {closest_names(key, self._known)}")

    def has(self, key: str) -> bool:
        """Return whether the key stands in the file and is not taken yet."""
        self._known.append(key)
        return key in self._content

    def names(self) -> list[str]:
        """Return the keys not taken yet, for tables whose keys are free."""
        return list(self._content)

    def rest(self, known: Iterable[str]) -> dict[str, Any]:
        """Return all keys not taken yet that are among the known ones, as they stand."""
        names = list(known)
        self._known += names
        return {key: self._content.pop(key) for key in list(self._content) if key in names}

    def text(self, key: str, default: str | None = None, among: Iterable[str] = ()) -> str:
        """Return a string, if given one of some."""
        value = self._take(key, default)
        allowed = list(among)
        if not isinstance(value, str) or (allowed and value not in allowed):
            raise self.error(key, f"expected {' or '.join(allowed) or 'text'}, found {value!r}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.error(key, f"expected true or false, found {value!r}")
        return value

    def whole(self, key: str, default: int | None = None, least: int = 0) -> int:
        """Return a whole number that is not below the least."""
        value = self._take(key, default)
        if type(value) is not int or value < least:
            raise self.error(key, f"expected a whole number from {least}, found {value!r}")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """Return a number."""
        return self._numbers(key, self._take(key, default if default is None else [default]), 1)[0]

    def numbers(self, key: str, count: int) -> tuple[float, ...]:
        """Return that many numbers."""
        return self._numbers(key, self._take(key, None), count)

    def point(self, key: str) -> Point:
        """Return a point [x, y] in cells."""
        x, y = self.numbers(key, 2)
        return x, y

    def rows(self, key: str, count: int) -> tuple[tuple[float, ...], ...]:
        """Return a list of that many numbers each, empty if the key is missing."""
        value = self._take(key, [])
        if not isinstance(value, list):
            raise self.error(key, f"expected a list, found {value!r}")
        return tuple(self._numbers(f"{key}[{index}]", row, count) for index, row in enumerate(value))

    def points(self, key: str) -> tuple[Point, ...]:
        """Return a list of points [x, y] in cells, empty if the key is missing."""
        return tuple((row[0], row[1]) for row in self.rows(key, 2))

    def texts(self, key: str, among: Iterable[str] = ()) -> tuple[str, ...]:
        """Return a list of strings, if given each one of some; empty if the key is missing."""
        value, allowed = self._take(key, []), list(among)
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise self.error(key, f"expected a list of texts, found {value!r}")
        for text in value:
            if allowed and text not in allowed:
                raise self.error(key, f"expected any of {', '.join(allowed)}, found {text!r}")
        return tuple(value)

    def raw(self, key: str, default: Any) -> Any:
        """Return what stands under a key, whatever it is; the caller checks it."""
        return self._take(key, default)

    def table(self, key: str) -> "MapTable":
        """Return the table under a key, an empty one if it is missing."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"expected a table, found {value!r}")
        return MapTable(self.path, value, self._name(key))

    def tables(self, key: str) -> list["MapTable"]:
        """Return the list of tables under a key, empty if it is missing."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, f"expected a list of tables, found {value!r}")
        return [MapTable(self.path, item, f"{self._name(key)}[{index}]") for index, item in enumerate(value)]

    def _name(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def _take(self, key: str, default: Any) -> Any:
        self._known.append(key)
        if key in self._content:
            return self._content.pop(key)
        if default is None:
            raise PackError(f"{self.path}: missing key '{self._name(key)}'")
        return default

    def _numbers(self, key: str, value: Any, count: int) -> tuple[float, ...]:
        row = value if isinstance(value, list) else [value]
        if len(row) != count or not all(type(item) in (int, float) for item in row):
            raise self.error(key, f"expected {count} {'number' if count == 1 else 'numbers'}, found {value!r}")
        return tuple(float(item) for item in row)

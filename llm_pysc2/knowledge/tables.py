"""Read a table of `knowledge_base/facts/` into values; errors name the file and the entry."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from llm_pysc2.errors import PackError, closest_names
from llm_pysc2.packs import facts_files, read_json, shipped_root

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def merged_rows(
    table: str, key: Callable[[dict[str, Any]], Key], part: str = ""
) -> Mapping[Key, tuple[Path, dict[str, Any]]]:
    """Return the entries of a table of facts by key, each with the last file that says something of it.

    A pack's entry of a key that is there changes what it names and leaves the rest, unless it is of another kind;
    one of a new key comes after the others. Raises PackError for a broken entry, and for a key twice in one file.

    Args:
        table: The file's stem.
        key: What tells entries apart.
        part: The list in the file; by default the one of the table's name.
    """
    merged: dict[Key, tuple[Path, dict[str, Any]]] = {}
    for path, row in _rows(table, part or table):
        try:
            name = key(row)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise PackError(f"{path}: {row!r:.60}: expected what tells it apart, found no {error}") from error
        before_path, before = merged.get(name, (None, {}))
        if before_path == path:
            raise PackError(f"{path}: {name!r} stands there twice")
        another = any(word in row and row[word] != before.get(word) for word in _KIND_KEYS)
        merged[name] = (path, row if another else {**before, **row})
    return MappingProxyType(merged)


def load_rows(
    table: str, key: Callable[[dict[str, Any]], Key], decode: Callable[[dict[str, Any]], Value]
) -> Mapping[Key, Value]:
    """Return the entries of a table of facts by key, as `merged_rows`. Raises PackError for a broken entry."""
    values: dict[Key, Value] = {}
    for name, (path, row) in merged_rows(table, key).items():
        try:
            values[name] = decode(row)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            named = f" ({row['name']})" if row.get("name", name) != name else ""
            raise PackError(f"{path}: {table} {name}{named}: {error}") from error
    return MappingProxyType(values)


def check_facts_file(path: Path) -> None:
    """Raise PackError if a pack's JSON file of facts is no table that we know, or holds a list that we do not read."""
    shipped = {one.stem: one for one in (shipped_root() / "knowledge_base" / "facts").glob("*.json")}
    if path.stem not in shipped:
        raise PackError(f"{path}: no table of facts named {path.stem!r}; {closest_names(path.stem, shipped)}")
    known = read_json(shipped[path.stem]).keys() | {table for table, others in _WITH.items() if path.stem in others}
    for key in read_json(path):
        if key not in known:
            raise PackError(f"{path}: unknown key {key!r}; {closest_names(key, known)}")


def refuse_unknown(row: Mapping[str, Any], kind: type[Any]) -> None:
    """Raise ValueError for the first key of an entry that is no field of a dataclass, with the closest that are."""
    refuse_unknown_keys(row, [field.name for field in fields(kind)])


def refuse_unknown_keys(row: Iterable[str], known: Collection[str], where: str = "") -> None:
    """Raise ValueError for the first key that is not known, with the closest that are; `where` comes before it."""
    for key in row:
        if key not in known:
            raise ValueError(f"unknown key '{where}{key}'; {closest_names(key, known)}")


def _rows(table: str, part: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the entries of a table with their file: what is shipped, then what packs add."""
    for path in facts_files(table, *_WITH.get(table, ())):
        rows = read_json(path).get(part, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise PackError(f"{path}: {part}: expected a list of tables")
        yield from ((path, row) for row in rows)


_KIND_KEYS = ("do", "test")
"""Keys that say of which kind an entry is, and with that what else it may say."""
_WITH = dict.fromkeys(("abilities", "behaviors", "units", "actions"), ("spells",))
"""Tables of which entries may stand in another file as well: a spell is whole in one."""


def row_id(row: dict[str, Any]) -> int:
    """Return the API id of an entry."""
    return int(row["id"])


def convert(row: Mapping[str, Any], sets: tuple[str, ...] = (), tuples: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a copy of an entry with its lists as frozen sets or tuples."""
    values = dict(row)
    for name in sets:
        if name in values:
            values[name] = frozenset(values[name])
    for name in tuples:
        if name in values:
            values[name] = tuple(values[name])
    return values

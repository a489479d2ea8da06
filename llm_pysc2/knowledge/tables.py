"""Read a table of `knowledge_base/facts/` into values; errors name the file and the entry."""

from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from llm_pysc2.errors import PackError
from llm_pysc2.packs import facts_file, read_json

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def load_rows(
    table: str, key: Callable[[dict[str, Any]], Key], decode: Callable[[dict[str, Any]], Value]
) -> Mapping[Key, Value]:
    """Return the entries of `facts/<table>.json` by key, in the file's order. Raises PackError for a broken entry."""
    path = facts_file(table)
    values: dict[Key, Value] = {}
    for row in read_json(path).get(table, ()):
        try:
            name = key(row)
            if name in values:
                raise ValueError(f"{name!r} stands there twice")
            values[name] = decode(row)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise PackError(f"{path}: {row!r:.60}: {error}") from error
    return MappingProxyType(values)


def row_id(row: dict[str, Any]) -> int:
    """Return the API id of an entry."""
    return int(row["id"])


def convert(row: dict[str, Any], sets: tuple[str, ...] = (), tuples: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a copy of an entry with its lists as frozen sets or tuples."""
    fields = dict(row)
    for name in sets:
        if name in fields:
            fields[name] = frozenset(fields[name])
    for name in tuples:
        if name in fields:
            fields[name] = tuple(fields[name])
    return fields

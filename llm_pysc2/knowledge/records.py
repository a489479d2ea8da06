"""Turns a row of a table into a frozen dataclass: what the fields say is what a row may hold.

A key is a field's name; where that is a word of Python's, the field ends in "_" (`while_`). What a row holds that no
field takes is an error that names file, row and key, and the closest that there is. Knows no table.
"""

import types
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from llm_pysc2.errors import PackError, closest_names

Record = TypeVar("Record")

EffectName = Annotated[str, "effect"]
ConditionName = Annotated[str, "condition"]
BehaviorName = Annotated[str, "behavior"]
"""Types of fields that name a row of another table; `references` finds them."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A name in a record that has to stand in another table."""

    table: str
    """"effect", "condition" or "behavior"."""
    key: str
    """Where it stands in the row, "cases.effect"."""
    name: str


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    wanted: Any
    required: bool


def read_record(kind: type[Record], row: object, where: str) -> Record:
    """Return a row as a record of that kind. Raises PackError that begins with `where`, its file and name."""
    if not isinstance(row, Mapping):
        raise PackError(f"{where}: expected a table, found {row!r}")
    known = _fields(cast(Hashable, kind))
    values = {}
    for key, value in row.items():
        if key not in known:
            raise PackError(f"{where}: unknown key {key!r}; {closest_names(str(key), known)}")
        values[known[key].name] = _convert(known[key].wanted, value, f"{where}: {key}")
    for key, field in known.items():
        if field.required and key not in row:
            raise PackError(f"{where}: {key!r} is missing")
    return kind(**values)


def references(record: object) -> Iterator[Reference]:
    """Yield the names of rows of other tables that a record holds, in the order of its fields."""
    for key, field in _fields(cast(Hashable, type(record))).items():
        yield from _named(field.wanted, getattr(record, field.name), key)


@cache
def _fields(kind: Hashable) -> Mapping[str, _Field]:
    """Return the fields of a record by the key of a row."""
    wanted = get_type_hints(cast(type, kind), include_extras=True)
    found = {}
    for one in fields(cast(Any, kind)):
        required = one.default is MISSING and one.default_factory is MISSING
        found[one.name.removesuffix("_")] = _Field(one.name, wanted[one.name], required)
    return found


def _convert(wanted: Any, value: Any, where: str) -> Any:
    """Return a value of a row as a field's type has it. Raises PackError if it is none of that type."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if wanted is Any:
        return value
    if origin is Annotated:
        return _convert(inner[0], value, where)
    if origin in (Union, types.UnionType):
        return _convert_to_one(inner, value, where)
    if origin is Literal:
        if value not in inner:
            raise PackError(f"{where}: unknown word {value!r}; {closest_names(str(value), inner)}")
        return value
    if isinstance(wanted, type) and is_dataclass(wanted):
        return read_record(wanted, value, where)
    if origin in _CONTAINERS:
        return _CONTAINERS[origin](inner, value, where)
    return _convert_scalar(wanted, value, where)


def _convert_to_one(choices: tuple[Any, ...], value: Any, where: str) -> Any:
    """Return a value as the first of some types that takes it; with one type besides None its error is told."""
    if value is None and type(None) in choices:
        return None
    rest = [one for one in choices if one is not type(None)]
    for one in rest[:-1]:
        try:
            return _convert(one, value, where)
        except PackError:
            continue
    return _convert(rest[-1], value, where)


def _convert_list(inner: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise PackError(f"{where}: expected a list, found {value!r}")
    return tuple(_convert(inner[0], one, where) for one in value)


def _convert_set(inner: tuple[Any, ...], value: Any, where: str) -> frozenset[Any]:
    return frozenset(_convert_list(inner, value, where))


def _convert_table(inner: tuple[Any, ...], value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise PackError(f"{where}: expected a table, found {value!r}")
    return MappingProxyType(
        {_convert(inner[0], key, where): _convert(inner[1], one, f"{where}.{key}") for key, one in value.items()}
    )


_CONTAINERS: Mapping[Any, Callable[[tuple[Any, ...], Any, str], Any]] = {
    tuple: _convert_list,
    frozenset: _convert_set,
    Mapping: _convert_table,
}


def _convert_scalar(wanted: type, value: Any, where: str) -> Any:
    """Return a text, a number or a truth; the catalog writes truths as 0 and 1."""
    if wanted is bool and (isinstance(value, bool) or value in (0, 1)):
        return bool(value)
    if wanted is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if wanted is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if wanted is str and isinstance(value, str):
        return value
    raise PackError(f"{where}: expected {_WORDS.get(wanted, wanted)}, found {value!r}")


_WORDS = {bool: "true or false", float: "a number", int: "a whole number", str: "a text"}


def _named(wanted: Any, value: Any, key: str) -> Iterator[Reference]:
    """Yield the references in a value of a field: itself, those in its entries, those in its fields."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        wanted = next((one for one in inner if get_origin(one) is Annotated), wanted)
        origin, inner = get_origin(wanted), get_args(wanted)
    if is_dataclass(value):
        for one in references(value):
            yield Reference(one.table, f"{key}.{one.key}", one.name)
    elif origin is Annotated and value:
        yield Reference(inner[1], key, value)
    elif origin in _CONTAINERS:
        for entry in value.values() if origin is Mapping else value:
            yield from _named(inner[-1] if origin is Mapping else inner[0], entry, key)

"""Write a JSON table with one entity per line, without what the loader fills in."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

BUILD = "StarCraft II 4.10.0.75689 (Linux), catalogs Core > Liberty > Swarm > Void > VoidMulti merged"
UNITS_OF_MEASURE = (
    "_loops: game loops, 16 to a game second, the game keeps 1/4096; _cells: map cells; "
    "speeds: cells per game second; accelerations: cells per game second squared; _deg: degrees"
)


def tidy(value: Any) -> Any:
    """Return the value with whole floats as integers, so that 6.0 is written 6."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: tidy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(item) for item in value]
    return value


def filters_text(filters: Mapping[str, Any] | None) -> str:
    """Return target filters as "required,...;excluded,...", empty if there are none."""
    return ",".join(filters["require"]) + ";" + ",".join(filters["exclude"]) if filters else ""


def without_defaults(row: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row without the entries that equal the default, order kept."""
    return {key: value for key, value in row.items() if key not in defaults or tidy(value) != tidy(defaults[key])}


def one_line(value: Any) -> str:
    """Return compact JSON on one line."""
    return json.dumps(tidy(value), ensure_ascii=False, separators=(",", ":"))


def write_table(path: Path, about: Mapping[str, Any], tables: Mapping[str, Any]) -> None:
    """Write `_about` and the tables; each entry of a list or an object stands on a line of its own."""
    parts = [f'"_about":{json.dumps(dict(about), ensure_ascii=False, indent=1)}']
    for name, table in tables.items():
        parts.append(f"{json.dumps(name)}:{_lines(table)}")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def _lines(table: Any) -> str:
    if isinstance(table, Mapping):
        return "{\n" + ",\n".join(f"{json.dumps(key)}:{one_line(value)}" for key, value in table.items()) + "\n}"
    if isinstance(table, list):
        return "[\n" + ",\n".join(one_line(value) for value in table) + "\n]"
    return one_line(table)


def group_changes(changes: Iterable[tuple[int, str, str, str, Any]]) -> list[list[Any]]:
    """Return rows [upgrade ids, subject, field, operation, value]: levels that do the same share a row."""
    grouped: dict[tuple[Any, ...], list[int]] = {}
    for upgrade, subject, field, operation, value in changes:
        if operation == "Add" and value == 0:
            continue
        grouped.setdefault((subject, field, operation, value), []).append(upgrade)
    return [[upgrades, *change] for change, upgrades in grouped.items()]

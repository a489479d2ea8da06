"""Write small TOML tables: what `build_maps` and `build_scenarios` need, no more."""

from collections.abc import Mapping
from typing import Any

WIDTH = 118


def number(text: str) -> Any:
    """Return the number in a text, whole if it is whole; other text as it is."""
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def point(text: str) -> list[float]:
    """Return the numbers of a text such as "(13,12), "."""
    return [number(part) for part in text.strip("() ,").split(",")]


def inline(value: Any) -> str:
    """Return a TOML value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {inline(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    return str(value)


def section(name: str, row: Mapping[str, Any]) -> list[str]:
    """Return the lines of one table of an array of tables; long lists are broken."""
    lines = ["", f"[[{name}]]"]
    for key, value in row.items():
        line = f"{key} = {inline(value)}"
        lines += [line] if len(line) <= WIDTH else _broken(key, value)
    return lines


def _broken(key: str, values: list[Any]) -> list[str]:
    lines, line = [f"{key} = ["], " "
    for value in values:
        part = f" {inline(value)},"
        if len(line) + len(part) > WIDTH:
            lines.append(line)
            line = " "
        line += part
    return [*lines, line, "]"]

"""Footprints: what a structure needs from the ground, marks on it and blocks; from `facts/footprints.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias

from llm_pysc2.errors import PackError
from llm_pysc2.packs import facts_file, read_json

Cell: TypeAlias = tuple[int, int]
"""Offset of a cell's lower left corner from the centre: whole cells, the centre on a corner for even sizes."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """One footprint; offsets in cells from the structure's cell (x and y rounded down)."""

    name: str
    needs: Mapping[Cell, frozenset[str]]
    """Flags that must be on a cell for placement: Creep."""
    forbids: Mapping[Cell, frozenset[str]]
    """Flags that must not: NoBuild, Creep, NearResources, DropOff, Masked, ..."""
    sets: Mapping[Cell, frozenset[str]]
    """Flags that are on a cell while the structure stands."""
    radius_cells: float
    outline: tuple[tuple[float, float], ...]
    """Corners of what ground units cannot enter, from the centre, not in order; empty = nothing is blocked."""


@cache
def load_footprints() -> Mapping[str, Footprint]:
    """Return the footprints by name. Raises PackError that names file and entry."""
    path = facts_file("footprints")
    footprints: dict[str, Footprint] = {}
    for name, row in read_json(path).get("footprints", {}).items():
        try:
            footprints[name] = decode_footprint(name, row)
        except (KeyError, TypeError, ValueError) as error:
            raise PackError(f"{path}: {name}: {error}") from error
    return MappingProxyType(footprints)


def closed_outline(name: str) -> tuple[tuple[float, float], ...]:
    """Return the corners of the ground that a footprint closes; none where it closes none, or is none."""
    footprints = load_footprints()
    return footprints[name].outline if name in footprints else ()


def decode_footprint(name: str, row: dict[str, Any]) -> Footprint:
    """Return a footprint from its JSON object. Raises ValueError for an unknown key."""
    unknown = row.keys() - {"check", "place", "radius_cells", "outline"}
    if unknown:
        raise ValueError(f"unknown key {sorted(unknown)[0]!r}; known: check, place, radius_cells, outline")
    asked = _cells(row.get("check"))
    outline = tuple((x, y) for x, y in row.get("outline", ()))
    return Footprint(
        name=name,
        needs=_marked(asked, "+"),
        forbids=_marked(asked, "-"),
        sets=_marked(_cells(row.get("place")), ""),
        radius_cells=row.get("radius_cells", 0.0),
        outline=outline,
    )


def _cells(mask: dict[str, Any] | None) -> dict[Cell, list[str]]:
    if mask is None:
        return {}
    cells: dict[Cell, list[str]] = {}
    for up, line in enumerate(reversed(mask["rows"])):
        for right, letter in enumerate(line):
            if letter in mask["legend"]:
                cells[mask["left"] + right, mask["bottom"] + up] = mask["legend"][letter]
    return cells


def _marked(cells: Mapping[Cell, list[str]], sign: str) -> Mapping[Cell, frozenset[str]]:
    marked = {
        cell: frozenset(m.removeprefix(sign) for m in marks if m.startswith(sign)) for cell, marks in cells.items()
    }
    return MappingProxyType({cell: flags for cell, flags in marked.items() if flags})

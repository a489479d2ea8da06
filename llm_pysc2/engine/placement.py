"""Where a structure can stand: the ground, its footprint, other structures and units, and what it needs nearby."""

from enum import IntEnum
from math import floor, hypot, isfinite

import numpy as np

from llm_pysc2.engine.game import Game
from llm_pysc2.knowledge.footprints import Cell, Footprint, load_footprints
from llm_pysc2.knowledge.units import UnitType


class Placement(IntEnum):
    """Why a structure cannot stand somewhere: those numbers of `ActionResult` (error.proto) that are given here."""

    SUCCESS = 1
    NOT_SUPPORTED = 2
    TOO_CLOSE_TO_DROP_OFF = 43
    LOCATION_INVALID = 44
    TOO_CLOSE_TO_CREEP = 46
    TOO_CLOSE_TO_RESOURCES = 47
    TOO_FAR_FROM_CREEP = 49
    TOO_FAR_FROM_POWER = 50
    MUST_TARGET_RESOURCES = 89


_NOTHING = Footprint("", {}, {}, {}, 0.0, ())
_REFUSALS = {
    "NearResources": Placement.TOO_CLOSE_TO_RESOURCES,
    "DropOff": Placement.TOO_CLOSE_TO_DROP_OFF,
    "Creep": Placement.TOO_CLOSE_TO_CREEP,
}
"""Why a cell that bears a forbidden flag is refused; else it is simply no place to build."""
_TERRAIN_FLAG = "NoBuild"


def check_placement(game: Game, player_id: int, ability_id: int, point: tuple[float, float]) -> Placement:
    """Return an `ActionResult`: Success if the structure that an ability builds could stand at a point in cells."""
    unit_type = _built_by(game, ability_id)
    if unit_type is None:
        return Placement.NOT_SUPPORTED
    if not (isfinite(point[0]) and isfinite(point[1])):
        return Placement.LOCATION_INVALID
    if unit_type.built_on:
        return _check_built_on(game, unit_type, point)
    result = _check_ground(game, unit_type, point)
    if result == Placement.SUCCESS and unit_type.needs_power and not _has_power(game, player_id, point):
        return Placement.TOO_FAR_FROM_POWER
    return result


def _built_by(game: Game, ability_id: int) -> UnitType | None:
    makers = (kind for kind in game.types.types if kind.made_by == ability_id and kind.structure)
    return next(makers, None)


def _check_built_on(game: Game, unit_type: UnitType, point: tuple[float, float]) -> Placement:
    """Gas buildings stand on a geyser that bears none yet."""
    units = game.units
    here = (np.abs(units.x - point[0]) < 1) & (np.abs(units.y - point[1]) < 1)
    on_it = set(units.type_id[here].tolist())
    if not on_it & set(unit_type.built_on):
        return Placement.MUST_TARGET_RESOURCES
    owned = here & (units.owner != 0) & units.structure
    return Placement.LOCATION_INVALID if owned.any() else Placement.SUCCESS


def _check_ground(game: Game, unit_type: UnitType, point: tuple[float, float]) -> Placement:
    wanted = _footprint(unit_type.placement_footprint or unit_type.footprint)
    flags = _flags(game)
    placement = game.terrain.placement
    for (right, up), forbidden in wanted.forbids.items():
        column, row = floor(point[0]) + right, floor(point[1]) + up
        if not (0 <= column < game.terrain.width and 0 <= row < game.terrain.height):
            return Placement.LOCATION_INVALID
        present = flags.get((column, row), frozenset()) | (frozenset() if placement[row, column] else {_TERRAIN_FLAG})
        for flag in sorted(present & forbidden):
            return _REFUSALS.get(flag, Placement.LOCATION_INVALID)
    if any("Creep" in needed for needed in wanted.needs.values()):
        # The embedded game has no creep yet, and shows none.
        return Placement.TOO_FAR_FROM_CREEP
    return Placement.SUCCESS


def _flags(game: Game) -> dict[Cell, frozenset[str]]:
    """Return the flags that the structures standing now put on cells."""
    flags: dict[Cell, frozenset[str]] = {}
    units = game.units
    for type_row, x, y in zip(units.row.tolist(), units.x.tolist(), units.y.tolist(), strict=True):
        for (right, up), marks in _footprint(game.types.types[type_row].footprint).sets.items():
            cell = floor(x) + right, floor(y) + up
            flags[cell] = flags.get(cell, frozenset()) | marks
    return flags


def _has_power(game: Game, player_id: int, point: tuple[float, float]) -> bool:
    """Return whether a power field of the player's reaches a point."""
    units = game.units
    return any(
        hypot(units.x[row] - point[0], units.y[row] - point[1]) <= game.types.types[int(units.row[row])].power_cells
        for row in np.flatnonzero((units.owner == player_id) & (units.build_progress >= 1.0))
    )


def _footprint(name: str) -> Footprint:
    return load_footprints().get(name, _NOTHING)

"""Where a structure can stand: the ground, its footprint, other structures and units, and what it needs nearby."""

from collections.abc import Mapping
from math import floor, isfinite

import numpy as np

from llm_pysc2.engine.economy import creep, power
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.unit_columns import Bools
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.footprints import Cell, Footprint, load_footprints
from llm_pysc2.knowledge.units import UnitType

_NOTHING = Footprint("", {}, {}, {}, 0.0, ())
_REFUSALS = {
    "NearResources": Result.CANT_BUILD_TOO_CLOSE_TO_RESOURCES,
    "DropOff": Result.CANT_BUILD_TOO_CLOSE_TO_DROP_OFF,
    "Fogged": Result.CANT_SEE_BUILD_LOCATION,
    "Creep": Result.CANT_BUILD_TOO_CLOSE_TO_CREEP_SOURCE,
}
"""Why a cell that bears a forbidden flag is refused; else it is simply no place to build."""
_LANDING = {
    Result.CANT_SEE_BUILD_LOCATION: Result.CANT_SEE_LAND_LOCATION,
    Result.CANT_BUILD_LOCATION_INVALID: Result.CANT_LAND_LOCATION_INVALID,
    Result.CANT_BUILD_TOO_CLOSE_TO_RESOURCES: Result.CANT_LAND_TOO_CLOSE_TO_RESOURCES,
    Result.CANT_BUILD_TOO_CLOSE_TO_CREEP_SOURCE: Result.CANT_LAND_TOO_CLOSE_TO_CREEP_SOURCE,
    Result.CANT_BUILD_TOO_FAR_FROM_CREEP_SOURCE: Result.CANT_LAND_TOO_FAR_FROM_CREEP_SOURCE,
}
"""What is said of a landing where it is said of a building."""
_TERRAIN_FLAG = "NoBuild"
_CREEP, _FOGGED = "Creep", "Fogged"
Spot = tuple[float, float]


def check_placement(match: Match, player_id: int, ability_id: int, point: Spot) -> Result:
    """Return whether what an ability builds, lands or warps in could stand at a point in cells."""
    ability = load_abilities().get(ability_id)
    if ability is None or not ability.unit or ability.kind not in ("build", "morph", "warp_in", "effect"):
        return Result.NOT_SUPPORTED
    unit_type = match.types.by_id(ability.unit)
    if ability.kind == "warp_in":
        return check_warp_in(match, player_id, unit_type, point)
    if not unit_type.structure:
        return Result.NOT_SUPPORTED
    return check_structure(match, player_id, unit_type, point)


def check_structure(match: Match, player_id: int, unit_type: UnitType, point: Spot, mover: int = -1) -> Result:
    """Return why a structure cannot stand at a point, or SUCCESS; the unit (row) that builds it is no hindrance."""
    if not (isfinite(point[0]) and isfinite(point[1])):
        return Result.CANT_BUILD_LOCATION_INVALID
    if unit_type.built_on:
        return _check_built_on(match, unit_type, point)
    result = _check_ground(match, player_id, unit_type, point)
    if result is Result.SUCCESS and unit_type.needs_power and not power.reaches(match, player_id, point):
        return Result.CANT_BUILD_TOO_FAR_FROM_BUILD_POWER_SOURCE
    if result is Result.SUCCESS and _is_stood_on(match, player_id, unit_type, point, mover):
        return Result.CANT_BUILD_LOCATION_INVALID
    return result


def check_landing(match: Match, row: int, unit_type: UnitType, point: Spot) -> Result:
    """Return why a unit (row) cannot come down, or take root, at a point as a structure of a type, or SUCCESS."""
    answer = check_structure(match, int(match.units.owner[row]), unit_type, snapped(unit_type, point), row)
    return _LANDING.get(answer, answer)


def check_warp_in(match: Match, player_id: int, unit_type: UnitType, point: Spot) -> Result:
    """Return why a unit cannot be warped in at a point, or SUCCESS."""
    if not (isfinite(point[0]) and isfinite(point[1])):
        return Result.CANT_WARP_IN_UNITS_THERE
    if not power.reaches(match, player_id, point):
        return Result.CANT_BUILD_TOO_FAR_FROM_BUILD_POWER_SOURCE
    units = match.units
    near = (units.aboard < 0) & (units.flying == unit_type.is_flying) & ~units.structure
    apart = units.inner_radius[near] + unit_type.inner_radius_cells
    if (np.hypot(units.x[near] - point[0], units.y[near] - point[1]) < apart).any():
        return Result.CANT_WARP_IN_UNITS_THERE
    open_ground = unit_type.is_flying or bool(match.ground.is_open(*point)[0])
    return Result.SUCCESS if open_ground else Result.CANT_WARP_IN_UNITS_THERE


def geyser_at(match: Match, unit_type: UnitType, point: Spot) -> int:
    """Return the row of the geyser at a point that a gas building of a type could stand on, -1 = there is none."""
    units = match.units
    here = (np.abs(units.x - point[0]) < 1) & (np.abs(units.y - point[1]) < 1)
    rows = (here & np.isin(units.type_id, unit_type.built_on)).nonzero()[0]
    return int(rows[0]) if rows.size else -1


def footprint_of(unit_type: UnitType) -> Footprint:
    """Return the footprint by which the placement of a type is checked."""
    return _footprint(unit_type.placement_footprint or unit_type.footprint)


def snapped(unit_type: UnitType, point: Spot) -> Spot:
    """Return the place on the grid of cells nearest to a point: structures of odd width stand on the middle of a cell.

    The footprint's own offsets say whether its width is odd.
    """
    cells = footprint_of(unit_type).forbids
    built = [cell for cell, flags in cells.items() if "NoBuild" in flags]
    if not built:
        return point
    odd = [(max(cell[axis] for cell in built) - min(cell[axis] for cell in built)) % 2 == 0 for axis in (0, 1)]
    x, y = (int(value) + 0.5 if is_odd else float(round(value)) for value, is_odd in zip(point, odd, strict=True))
    return x, y


def _check_built_on(match: Match, unit_type: UnitType, point: Spot) -> Result:
    """Gas buildings stand on a geyser that bears none yet."""
    geyser = geyser_at(match, unit_type, point)
    if geyser < 0:
        return Result.MUST_TARGET_RESOURCES
    taken = int(match.units.tag[geyser]) in match.industry.geysers.values()
    return Result.CANT_BUILD_LOCATION_INVALID if taken else Result.SUCCESS


def _check_ground(match: Match, player_id: int, unit_type: UnitType, point: Spot) -> Result:
    wanted, terrain, marks = footprint_of(unit_type), match.map.terrain, marked_cells(match)
    fog = match.fogs.get(player_id)
    for (right, up), forbidden in wanted.forbids.items():
        column, row = floor(point[0]) + right, floor(point[1]) + up
        if not (0 <= column < terrain.width and 0 <= row < terrain.height):
            return Result.CANT_BUILD_LOCATION_INVALID
        present = {flag for flag, grid in marks.items() if grid[row, column]}
        if not terrain.placement[row, column]:
            present.add(_TERRAIN_FLAG)
        if creep.covers(match, column, row):
            present.add(_CREEP)
        if fog is not None and not fog.watchers[row, column]:
            present.add(_FOGGED)
        for flag in sorted(present & forbidden):
            return _REFUSALS.get(flag, Result.CANT_BUILD_LOCATION_INVALID)
    bare = any(
        _CREEP in needed and not creep.covers(match, floor(point[0]) + right, floor(point[1]) + up)
        for (right, up), needed in wanted.needs.items()
    )
    return Result.CANT_BUILD_TOO_FAR_FROM_CREEP_SOURCE if bare else Result.SUCCESS


def _is_stood_on(match: Match, player_id: int, unit_type: UnitType, point: Spot, mover: int) -> bool:
    """Return whether units that will not make way stand in a footprint: others' units that are seen there."""
    units = match.units
    cells = footprint_of(unit_type).forbids
    walkers = units.on_ground & ~units.structure & (units.owner != player_id) & (units.aboard < 0) & ~units.burrowed
    if mover >= 0:
        walkers[mover] = False
    reach = 4.0
    near = walkers & (np.abs(units.x - point[0]) < reach) & (np.abs(units.y - point[1]) < reach)
    for row in near.nonzero()[0].tolist():
        cell: Cell = (floor(units.x[row]) - floor(point[0]), floor(units.y[row]) - floor(point[1]))
        if cell in cells and _TERRAIN_FLAG in cells[cell]:
            return True
    return False


def marked_cells(match: Match) -> Mapping[str, Bools]:
    """Return the cells that structures mark, by flag; worked out anew when structures came or went."""
    if match.marks is None:
        match.marks = {}
        shape = match.map.terrain.pathable.shape
        units = match.units
        for row in units.structure.nonzero()[0].tolist():
            x, y = floor(units.x[row]), floor(units.y[row])
            for (right, up), flags in _footprint(match.types.types[int(units.row[row])].footprint).sets.items():
                if 0 <= y + up < shape[0] and 0 <= x + right < shape[1]:
                    for flag in flags:
                        grid = match.marks.setdefault(flag, np.zeros(shape, dtype=np.bool_))
                        grid[y + up, x + right] = True
    return match.marks


def _footprint(name: str) -> Footprint:
    return load_footprints().get(name, _NOTHING)

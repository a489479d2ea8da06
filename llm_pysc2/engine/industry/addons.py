"""Add-ons: a Terran producer builds one at its side; it belongs to whoever stands there."""

from math import hypot

from llm_pysc2.engine.match import Match
from llm_pysc2.knowledge.units import UnitType

_AT_SIDE_CELLS = 0.3
_REACTOR = "Reactor"


def place_of(match: Match, row: int, addon: UnitType) -> tuple[float, float]:
    """Return where the add-on of a structure (row) stands."""
    right, up = addon.addon_offset_cells or (0.0, 0.0)
    return float(match.units.x[row]) + right, float(match.units.y[row]) + up


def addon_of(match: Match, row: int) -> int:
    """Return the row of the finished add-on of a structure (row), -1 = it has none."""
    other = match.units.row_of(match.industry.addons.get(int(match.units.tag[row]), 0))
    return other if other >= 0 and match.units.build_progress[other] >= 1 else -1


def has_reactor(match: Match, row: int) -> bool:
    """Return whether a structure (row) makes two things at a time."""
    other = addon_of(match, row)
    if other < 0:
        return False
    unit_type = match.types.types[int(match.units.row[other])]
    return match.types.id_by_name(_REACTOR) in (unit_type.id, *unit_type.tech_alias)


def demolish(match: Match, tag: int) -> None:
    """Take away an add-on whose construction was cancelled."""
    row = match.units.row_of(tag)
    if row >= 0:
        match.industry.consumed.add(tag)
        match.units.life[row] = 0.0


def free_at_side(match: Match, row: int, addon_types: tuple[int, ...]) -> int:
    """Return the row of an add-on without producer at the side of a structure (row), -1 = there is none."""
    units, taken = match.units, set(match.industry.addons.values())
    for other in range(len(units)):
        unit_type = match.types.types[int(units.row[other])]
        if units.type_id[other] not in addon_types or int(units.tag[other]) in taken:
            continue
        x, y = place_of(match, row, unit_type)
        if units.owner[other] == units.owner[row] and hypot(units.x[other] - x, units.y[other] - y) < _AT_SIDE_CELLS:
            return other
    return -1

"""Add-ons: a Terran producer builds one at its side; it belongs to whoever stands there."""

from math import hypot

from llm_pysc2.engine.economy import placement, transform
from llm_pysc2.engine.state.match import Match
from llm_pysc2.knowledge.units import UnitType

_AT_SIDE_CELLS = 0.3
_REACTOR = "Reactor"
KINDS = ("TechLab", _REACTOR)
"""Names of add-ons that belong to nobody; those of a producer begin with its name."""


def place_of(
    match: Match, row: int, addon: UnitType, landing: tuple[float, float] | int | None = None
) -> tuple[float, float] | None:
    """Return where the add-on of a structure (row) stands; of a flying one, where it would after a landing, if any."""
    x, y = float(match.units.x[row]), float(match.units.y[row])
    if match.units.flying[row]:
        if not isinstance(landing, tuple):
            return None
        grounded = match.types.types[int(match.units.row[row])].tech_alias
        x, y = placement.snapped(match.types.by_id(grounded[0]), landing)
    right, up = addon.addon_offset_cells or (0.0, 0.0)
    return x + right, y + up


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


def resettle(match: Match, row: int) -> None:
    """Let a structure (row) that took off leave its add-on, and one that came down take the one it finds."""
    if match.units.flying[row]:
        part(match, int(match.units.tag[row]))
    else:
        join(match, row)


def join(match: Match, row: int) -> None:
    """Let a structure (row) that came to stand somewhere take the add-on at its side, if one is free there."""
    units, tag = match.units, int(match.units.tag[row])
    if tag in match.industry.addons:
        return
    producer = match.types.types[int(units.row[row])].name
    forms = {kind: match.types.id_by_name(f"{producer}{kind}") for kind in KINDS}
    for kind, form in forms.items():
        other = _free_at_side(match, row, kind) if form is not None else -1
        if other >= 0 and form is not None:
            match.industry.addons[tag] = int(units.tag[other])
            transform.become(match, other, form)


def part(match: Match, tag: int) -> None:
    """Let the add-on of a structure (tag) that leaves its side belong to nobody."""
    other = match.units.row_of(match.industry.addons.pop(tag, 0))
    if other < 0 or match.units.build_progress[other] < 1 or match.units.life[other] <= 0:
        return
    unit_type = match.types.types[int(match.units.row[other])]
    free = next((match.types.id_by_name(kind) for kind in KINDS if unit_type.name.endswith(kind)), None)
    if free is not None:
        transform.become(match, other, free)


def _free_at_side(match: Match, row: int, kind: str) -> int:
    """Return the row of an add-on of a kind without producer at the side of a structure (row), -1 = there is none."""
    units, free = match.units, match.types.id_by_name(kind)
    for other in ((units.type_id == free) & (units.owner == units.owner[row])).nonzero()[0].tolist():
        x, y = place_of(match, row, match.types.types[int(units.row[other])]) or (0.0, 0.0)
        if hypot(units.x[other] - x, units.y[other] - y) < _AT_SIDE_CELLS:
            return int(other)
    return -1

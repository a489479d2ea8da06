"""Fog of war: what a player's units see of the map, what was explored, and what is remembered of structures.

A cell is seen if it lies within the sight of an own unit and no cliff higher than that unit looks over. Checked against
recorded games: at loop 0 exactly the cells that the game shows. Only games with fog have any of this.
"""

from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from llm_pysc2.engine.state.fog_grid import Eye, Fog, VisionSource
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.unit_columns import Bools, Columns, Floats, Units

UNDER_CONSTRUCTION_SIGHT_CELLS = 4.0
CELLS_PER_CLIFF_LEVEL = 2.0
"""Height of one level, to compare with the catalog's vision height."""
HIGHEST_LEVEL = 127
"""What looks down from above all cliffs."""
REVEAL_LOOPS = 48
"""How long an attacker out of the fog is shown to its victim: the catalog's AttackRevealTime, 3 seconds."""
FORGET_LOOPS = 16
"""How often it is looked whether what was remembered is still there."""
_CORNERS = np.array([(0.0, 0.0), (-0.7, -0.7), (-0.7, 0.7), (0.7, -0.7), (0.7, 0.7)])
"""Points of a structure, in its radius, one of which must be in sight for it to be seen."""
_SHOWN = ("type_id", "owner", "x", "y", "build_progress")
"""Columns by which a remembered unit is told from what it is now."""
_ALONE: dict[str, float] = {"target": -1, "follow": -1, "aboard": -1}
"""Columns that point at rows, which mean nothing in memory."""


def watch(match: Match, vision_sources: Sequence[VisionSource] = ()) -> None:
    """Let every player's units and vision sources look around, and keep what goes out of sight in memory."""
    eyes = _eyes(match)
    for number, source in enumerate(vision_sources, start=1):
        column, row = int(source.x), int(source.y)
        eyes.setdefault(source.owner, {})[-number] = column, row, source.radius_cells, HIGHEST_LEVEL
    for player_id, fog in match.fogs.items():
        own = eyes.get(player_id, {})
        if own != fog.eyes:
            _look(match, fog, own)
        if match.loop % FORGET_LOOPS == 0:
            _forget_what_is_gone(match, fog)
        _remember(match, player_id, fog)


def in_sight(match: Match, player_id: int) -> Bools:
    """Return which units lie within a player's sight, cloaked or not, shape (units,)."""
    units, fog = match.units, match.fogs.get(player_id)
    if fog is None:
        return np.ones(len(units), dtype=np.bool_)
    seen = fog.sees(units.x, units.y) | (units.owner == player_id)
    rows = (units.structure & ~seen).nonzero()[0]
    if rows.size:
        seen[rows] = _any_corner_seen(fog, units.x[rows], units.y[rows], units.radius[rows])
    if fog.revealed:
        shown = [units.row_of(tag) for tag, until in fog.revealed.items() if until > match.loop]
        seen[[row for row in shown if row >= 0]] = True
    return np.asarray(seen)


def reveal(match: Match, player_id: int, row: int) -> None:
    """Show an attacker (row) for a while to the player whom it attacked."""
    if player_id in match.fogs:
        match.fogs[player_id].revealed[int(match.units.tag[row])] = match.loop + REVEAL_LOOPS


def show_at_birth(match: Match, rows: range) -> None:
    """Let all players know of new units that the catalog creates visible: resources, rocks."""
    for row in rows:
        if match.types.created_visible[match.units.row[row]]:
            for fog in match.fogs.values():
                fog.memory[int(match.units.tag[row])] = _columns(match.units, row)


def snapshots(match: Match, fog: Fog) -> Units:
    """Return what a player remembers otherwise than it is now, or that is gone: a row each, as it was last seen."""
    units = match.units
    rows = [values for tag, values in fog.memory.items() if _has_changed(units, units.row_of(tag), values)]
    found = Units.empty()
    if rows:
        found.extend(rows, match.armament(int(rows[0]["row"]), int(rows[0]["owner"])))
    return found


def _eyes(match: Match) -> dict[int, dict[int, Eye]]:
    """Return what every unit on the map sees from where, by owner and tag."""
    units, types, level = match.units, match.types, match.map.terrain.cliff_level
    columns = np.clip(units.x.astype(np.intp), 0, level.shape[1] - 1)
    rows = np.clip(units.y.astype(np.intp), 0, level.shape[0] - 1)
    reach = types.sight_cells[units.row]
    unfinished = units.build_progress < 1.0
    if unfinished.any():
        reach = np.where(unfinished, np.minimum(reach, UNDER_CONSTRUCTION_SIGHT_CELLS), reach)
    over = level[rows, columns] + (types.vision_height[units.row] / CELLS_PER_CLIFF_LEVEL).astype(np.int64)
    looking = ((reach > 0) & (units.aboard < 0)).nonzero()[0]
    values = (column[looking].tolist() for column in (units.owner, units.tag, columns, rows, reach, over))
    found: dict[int, dict[int, Eye]] = {}
    for owner, tag, *eye in zip(*values, strict=True):
        found.setdefault(owner, {})[tag] = tuple(eye)
    return found


def _look(match: Match, fog: Fog, eyes: dict[int, Eye]) -> None:
    """Bring the cells in sight up to date with where the player's units are."""
    level = match.map.terrain.cliff_level
    for tag, eye in fog.eyes.items():
        if eyes.get(tag) != eye:
            _count(fog, level, eye, -1)
    for tag, eye in eyes.items():
        if fog.eyes.get(tag) != eye:
            _count(fog, level, eye, 1)
    fog.eyes = eyes


def _count(fog: Fog, level: NDArray[np.int8], eye: Eye, one: int) -> None:
    """Add or take away one watcher wherever a unit sees."""
    column, row, reach, over = eye
    disc = _disc(reach)
    half = disc.shape[0] // 2
    bottom, left = max(row - half, 0), max(column - half, 0)
    window = np.s_[bottom : row + half + 1, left : column + half + 1]
    cells = fog.watchers[window]
    stamp = disc[bottom - row + half :, left - column + half :][: cells.shape[0], : cells.shape[1]]
    seen = stamp & (level[window] <= over)
    cells[seen] += one
    if one > 0:
        fog.explored[window] |= seen


def _remember(match: Match, player_id: int, fog: Fog) -> None:
    """Keep landmarks that went out of sight as they are now, and forget the memory of those that came into sight."""
    units = match.units
    lasting = match.types.lasting[units.row] & (units.owner != player_id) & (units.aboard < 0)
    rows = lasting.nonzero()[0]
    if not (rows.size or fog.landmarks):
        return
    seen = set(units.tag[rows[in_sight(match, player_id)[rows]]].tolist())
    for tag in fog.landmarks - seen:
        row = units.row_of(tag)
        if row >= 0 and lasting[row]:
            fog.memory[tag] = _columns(units, row)
    for tag in seen - fog.landmarks:
        fog.memory.pop(tag, None)
    fog.landmarks = seen


def _forget_what_is_gone(match: Match, fog: Fog) -> None:
    """Forget what is not where it was last seen, now that this place is in sight, and attacks of long ago."""
    fog.revealed = {tag: until for tag, until in fog.revealed.items() if until > match.loop}
    if not fog.memory:
        return
    x, y, radius = np.array([[values[name] for values in fog.memory.values()] for name in ("x", "y", "radius")])
    seen = _any_corner_seen(fog, x, y, radius)
    for tag, values in [item for item, here in zip(fog.memory.items(), seen.tolist(), strict=True) if here]:
        row = match.units.row_of(tag)
        if row < 0 or (match.units.x[row], match.units.y[row]) != (values["x"], values["y"]):
            del fog.memory[tag]


def _any_corner_seen(fog: Fog, x: Floats, y: Floats, radius: Floats) -> Bools:
    """Return whether structures are in sight by one of their corners or their middle, of the shape of x."""
    right, up = (_CORNERS[:, axis, None] * radius for axis in (0, 1))
    return np.asarray(fog.sees(x + right, y + up).any(axis=0))


def _has_changed(units: Units, row: int, values: dict[str, float]) -> bool:
    return row < 0 or any(float(getattr(units, name)[row]) != values[name] for name in _SHOWN)


def _columns(units: Units, row: int) -> dict[str, float]:
    """Return what all columns hold of a unit."""
    return {column.name: getattr(units, column.name)[row].item() for column in fields(Columns)} | _ALONE


@lru_cache(maxsize=64)
def _disc(radius_cells: float) -> Bools:
    """Return the cells around a unit's own that lie within a radius: shape (2 n + 1, 2 n + 1), read-only."""
    half = int(radius_cells + 0.5)
    offsets = np.arange(-half, half + 1)
    disc = offsets[:, None] ** 2 + offsets[None, :] ** 2 < (radius_cells + 0.5) ** 2
    disc.setflags(write=False)
    return disc

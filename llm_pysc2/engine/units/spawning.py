"""Units come into the game: where they stand, what they are worth with their owner's upgrades, what the score says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi, radians, sin

import numpy as np

from llm_pysc2.engine.maps.filters import trait, traits_of
from llm_pysc2.engine.state import fog
from llm_pysc2.engine.state.match import TAG_STEP, Match
from llm_pysc2.engine.state.order import OrderKind
from llm_pysc2.engine.state.unit_columns import GRID, quantise
from llm_pysc2.engine.state.weapon_tables import Armament
from llm_pysc2.engine.units import accounts, structure_footprints
from llm_pysc2.knowledge.changes import changed
from llm_pysc2.knowledge.economy import load_economy
from llm_pysc2.knowledge.units import UnitType
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

_MOST_RINGS = 40
UNARMED = Armament()
_TOUCH_CELLS = 2 / GRID
"""Units nearer than this to touching still fit: positions are rounded to the grid."""

_PER_LOOP = LOOPS_PER_GAME_SECOND
_UNIT_FIELDS = {
    "LifeArmor": ("armor", 1),
    "ShieldArmor": ("shield_armor", 1),
    "LifeMax": ("life_max", 1),
    "Speed": ("speed", _PER_LOOP),
    "Acceleration": ("acceleration", _PER_LOOP * _PER_LOOP),
    "SpeedMultiplierCreep": ("creep_speed", 1),
    "EnergyStart": ("energy", 1),
    "CargoSlots": ("cargo_slots", 1),
}
"""Catalog fields that upgrades change -> our column, and by what the catalog's value is divided."""


@dataclass(frozen=True, slots=True)
class Birth:
    """A unit that is to come into the game."""

    type_id: int
    owner: int
    facing_deg: float | None = None
    """None = as the type says."""
    finished: bool = True
    """False: it has to be built, or warped in, and can do nothing before."""


def create(match: Match, type_id: int, owner: int, x: float, y: float, facing_deg: float | None = None) -> int:
    """Add a unit whose middle is at (x, y) in cells. Returns its tag."""
    return create_at(match, Birth(type_id, owner, facing_deg), [(x, y)])[0]


def create_group(
    match: Match, type_id: int, owner: int, point: tuple[float, float], count: int, *, from_west: bool = False
) -> list[int]:
    """Add several units around a point, each at the first free place; a structure stands where it is put.

    They come in the order in which places are filled, or, `from_west`, column of cells by column, each from the south.
    Returns their tags in order.
    """
    unit_type = match.types.by_id(type_id)
    is_put = unit_type.structure and count == 1
    places = [point] if is_put else free_places(match, unit_type, point, count)
    if from_west:
        places = sorted(places, key=lambda place: (int(place[0]), place[1]))
    return create_at(match, Birth(type_id, owner), places)


def create_at(match: Match, birth: Birth, places: Sequence[tuple[float, float]]) -> list[int]:
    """Add a unit at each of some places, cells. Returns their tags in order."""
    first = len(match.units)
    type_row = match.types.row_of(birth.type_id)
    unit_type = match.types.types[type_row]
    tags = [match.take_tag() for _ in places]
    common = _common_values(match, type_row, birth)
    period = match.assumptions.scan_period_loops
    rows = []
    for tag, place in zip(tags, places, strict=True):
        x, y = on_grid(*place)
        placed = {"tag": tag, "x": x, "y": y, "goal_x": x, "goal_y": y}
        rows.append(common | placed | {"scan_from": match.loop + tag // TAG_STEP % period})
    match.units.extend(rows, match.armament(type_row, birth.owner) if birth.finished else UNARMED)
    match.tracks = match.tracks.grown(len(places))
    for row in range(first, len(match.units)):
        refresh_looks(match, row)
        if unit_type.structure:
            structure_footprints.lay(match, row)
        if birth.finished:
            accounts.count_birth(match.players[birth.owner], unit_type)
    match.show_newborn(birth.owner, len(places))
    fog.show_at_birth(match, range(first, len(match.units)))
    if type_row in match.types.born:
        match.spells.newborn += tags
    match.population_changed()
    return tags


def on_grid(x: float, y: float) -> tuple[float, float]:
    """Return the position nearest to a point in cells."""
    return quantise(x), quantise(y)


def complete(match: Match, row: int) -> None:
    """Let a unit (row) that was being built be what its type is."""
    units = match.units
    type_row, owner = int(units.row[row]), int(units.owner[row])
    unit_type = match.types.types[type_row]
    kept = {"life", "shield"} | ({"energy"} if units.energy[row] > unit_type.energy_start else set())
    for column, value in nature(match, type_row, owner).items():
        if column not in kept:
            getattr(units, column)[row] = value
    units.arms[row] = match.armament(type_row, owner)
    units.build_progress[row] = 1.0
    refresh_looks(match, row)
    accounts.count_birth(match.players[owner], unit_type)
    match.population_changed()


def nature(match: Match, type_row: int, owner: int) -> dict[str, float]:
    """Return the columns that follow from what a unit is and whose: its type with the owner's upgrades."""
    unit_type = match.types.types[type_row]
    values = match.types.template(type_row)
    values |= _upgraded(match, unit_type, owner) | reach_columns(match.armament(type_row, owner))
    values["traits"] = traits_of(unit_type.attributes | unit_type.planes | unit_type.flags)
    return values


def _common_values(match: Match, type_row: int, birth: Birth) -> dict[str, float]:
    """Return the columns in which all units of a birth agree."""
    unit_type = match.types.types[type_row]
    values = nature(match, type_row, birth.owner)
    values["owner"] = birth.owner
    values["life"] = values["life_max"] - (unit_type.life_max - unit_type.life_start)
    values["facing"] = radians(unit_type.facing_deg if birth.facing_deg is None else birth.facing_deg) % (2 * pi)
    if unit_type.timed_life_loops:
        values["dies_at"] = match.loop + round(unit_type.timed_life_loops)
    return values if birth.finished else values | _unfinished(values)


def _unfinished(values: dict[str, float]) -> dict[str, float]:
    """Return the columns in which a unit under construction differs: a tenth of its life, and no abilities."""
    share = load_economy().numbers["construction_start_fraction"]
    return {
        "build_progress": 0.0,
        "life": quantise(values["life_max"] * share),
        "shield": quantise(values["shield_max"] * share),
        "energy": 0.0,
        "traits": int(values["traits"]) | trait("UnderConstruction"),
        **dict.fromkeys(("life_regen", "shield_regen", "energy_regen", "acquires", "responds", "heals", "turret"), 0),
    }


def free_places(
    match: Match,
    unit_type: UnitType,
    point: tuple[float, float],
    count: int,
    *,
    mover: int = -1,
) -> list[tuple[float, float]]:
    """Return the first free places around a point for some units of a type; the point itself when there is no room.

    A place is free where the unit touches no other of its plane and, if it walks, stands on open ground. A unit (row)
    that moves there is in nobody's way.
    """
    if match.assumptions.spawn_spread == "point":
        return [point] * count
    units, flies = match.units, unit_type.is_flying
    near = (units.flying == flies) & (units.aboard < 0)
    if mover >= 0:
        near[mover] = False
    x, y, apart = units.x[near], units.y[near], units.separation_radius[near] + unit_type.separation_radius_cells
    assumptions = match.assumptions
    spacing = 2 * unit_type.separation_radius_cells * assumptions.spawn_spacing
    apart = apart * assumptions.spawn_spacing
    left, bottom, right, top = match.map.playable
    found: list[tuple[float, float]] = []
    for place in spread(assumptions.spawn_spread, point, spacing, radians(assumptions.spawn_ring_deg)):
        if len(found) == count:
            break
        on_map = left <= place[0] < right and bottom <= place[1] < top
        if not on_map or not (flies or match.ground.is_open(*place)[0]):
            continue
        if not (np.hypot(x - place[0], y - place[1]) < apart - _TOUCH_CELLS).any():
            found.append(place)
    return found + [point] * (count - len(found))


def spread(
    pattern: str, point: tuple[float, float], spacing_cells: float, first_radians: float = 0.0
) -> Iterator[tuple[float, float]]:
    """Yield places around a point in the order in which they are filled: rings, or the borders of squares.

    A ring is filled counter-clockwise from the angle `first_radians`.

    >>> from itertools import islice
    >>> [(round(x, 2), round(y, 2)) for x, y in islice(spread("rings", (0.0, 0.0), 1.0), 4)]
    [(0.0, 0.0), (1.0, 0.0), (0.5, 0.87), (-0.5, 0.87)]
    """
    x, y = point
    yield point
    for ring in range(1, _MOST_RINGS):
        away = ring * spacing_cells
        if pattern == "rings":
            for step in range(6 * ring):
                angle = first_radians + 2 * pi * step / (6 * ring)
                yield x + away * cos(angle), y + away * sin(angle)
        else:
            side = range(-ring, ring + 1)
            for right, up in ((i, j) for j in side for i in side if max(abs(i), abs(j)) == ring):
                yield x + right * spacing_cells, y + up * spacing_cells


def _upgraded(match: Match, unit_type: UnitType, owner: int) -> dict[str, float]:
    """Return the columns that the owner's upgrades change."""
    upgrades = match.players[owner].upgrades
    columns: dict[str, float] = {"life_max": unit_type.life_max}
    for field, (column, divisor) in _UNIT_FIELDS.items():
        changes = [c for c in unit_type.changes if c.upgrade_id in upgrades and c.field == field]
        if changes:
            columns[column] = changed(_catalog_value(unit_type, field), changes) / divisor
    return columns


def _catalog_value(unit_type: UnitType, field: str) -> float:
    return {
        "LifeArmor": unit_type.armor,
        "ShieldArmor": unit_type.shield_armor,
        "LifeMax": unit_type.life_max,
        "Speed": unit_type.speed,
        "Acceleration": unit_type.acceleration,
        "SpeedMultiplierCreep": unit_type.creep_speed_multiplier,
        "EnergyStart": unit_type.energy_start,
        "CargoSlots": unit_type.cargo_slots,
    }[field]


def reach_columns(arms: Armament) -> dict[str, float]:
    """Return the columns that say what a unit's weapons reach."""
    return {
        "min_reach": arms.min_reach,
        "scan_cells": arms.scan_cells,
        "fires_moving": any(weapon.fires_moving for weapon in arms.weapons),
        "fires_in_any_order": any(weapon.fires_in_any_order for weapon in arms.weapons),
        "turret": arms.turret,
    }


def refresh_upgrades(match: Match, owner: int) -> None:
    """Bring all units of a player up to date with its upgrades."""
    units = match.units
    for row in np.flatnonzero(units.owner == owner).tolist():
        if units.build_progress[row] < 1:
            continue
        type_row = int(units.row[row])
        unit_type = match.types.types[type_row]
        values = match.types.template(type_row)
        kept = {column: values[column] for column, _ in _UNIT_FIELDS.values()}
        lost = units.life_max[row] - units.life[row]
        arms = match.armament(type_row, owner)
        for column, value in (kept | _upgraded(match, unit_type, owner) | reach_columns(arms)).items():
            if column != "energy":  # that of the first moment
                getattr(units, column)[row] = value
        units.life[row] = units.life_max[row] - lost
        units.arms[row] = arms
    match.population_changed()


def refresh_looks(match: Match, row: int) -> None:
    """Work out anew whether a unit looks for targets: by its order, its type and its weapons."""
    units = match.units
    armed = bool(units.arms[row].weapons) and not units.arms[row].passive
    mode = int(units.mode[row])
    units.tends[row] = units.heals[row] and units.autocast[row] and mode != OrderKind.MOVE
    if mode in (OrderKind.SCAN_MOVE, OrderKind.PATROL):
        units.looks[row] = armed and (bool(units.acquires[row]) or match.assumptions.passive_acquires_on_attack_move)
    elif mode in (OrderKind.IDLE, OrderKind.HOLD, OrderKind.PRODUCE):
        units.looks[row] = armed and bool(units.acquires[row])
    else:
        units.looks[row] = armed and bool(units.fires_in_any_order[row]) and bool(units.acquires[row])

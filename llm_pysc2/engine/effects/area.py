"""Searches: everybody whose edge lies within a circle, in order of age, each aimed at in turn."""

import numpy as np

from llm_pysc2.engine.behaviors.conditions import cliff_level, passes
from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.behaviors.places import aim_of, unit_of
from llm_pysc2.engine.state.effect_records import Cast, Point
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.unit_columns import Floats, Ints
from llm_pysc2.knowledge.effects import EnumArea, Search

_SAME_CLIFF = "SameCliff"


def run(match: Match, perform: Perform, effect: EnumArea, cast: Cast) -> None:
    """Carry out an effect on everybody in an area, or on as many of the nearest as the search takes."""
    units = match.units
    for ring in effect.areas:
        if not ring.effect:
            continue
        tags = [int(units.tag[row]) for row in found(match, effect, cast, ring.radius_cells)]
        if len(tags) < effect.min_count:
            continue
        for tag in tags:
            row = match.units.row_of(tag)
            point = (float(match.units.x[row]), float(match.units.y[row]))
            perform(match, ring.effect, cast.child(tag, point))


def found(match: Match, effect: Search, cast: Cast, radius_cells: float) -> list[int]:
    """Return the rows of the units that a search finds."""
    _, centre = aim_of(match, cast, effect.at)
    if "ExtendByUnitRadius" in effect.search_flags:
        holder = unit_of(match, cast, "Source")
        radius_cells += float(match.units.radius[holder]) if holder >= 0 else 0.0
    away, rows = _within(match, centre, radius_cells)
    if effect.max_count:
        rows = rows[np.argsort(away[rows], kind="stable")]
    filters = effect.filters.replace("-", "")
    left_out = {unit_of(match, cast, name) for name in effect.exclude if name != "Outer"}
    fit = [
        row
        for row in rows.tolist()
        if row not in left_out and match.units.life[row] > 0 and passes(match, filters, cast, row)
    ]
    if _stops_at_cliffs(match, effect):
        level = cliff_level(match, centre)
        fit = [row for row in fit if match.units.flying[row] or _level_of(match, row) == level]
    return fit[: effect.max_count or None]


def _stops_at_cliffs(match: Match, effect: Search) -> bool:
    """Return whether a search or an area of damage takes only those on the ground who stand on its own level."""
    if isinstance(effect, EnumArea) and match.assumptions.search_cliffs == "named":
        return _SAME_CLIFF in effect.search_flags
    return _SAME_CLIFF not in effect.search_flags_off


def _within(match: Match, centre: Point, radius_cells: float) -> tuple[Floats, Ints]:
    """Return the distances of all units from a point, cells, and the rows of those within a radius."""
    units = match.units
    away = np.hypot(units.x - centre[0], units.y - centre[1])
    if match.assumptions.splash_reach == "edge":
        away = away - units.radius
    return away, np.flatnonzero(away <= radius_cells)


def _level_of(match: Match, row: int) -> int:
    return cliff_level(match, (float(match.units.x[row]), float(match.units.y[row])))

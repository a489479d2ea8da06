"""Who can hit whom, how far, and how much they want to, worked out anew when units are born, die or change sides."""

import numpy as np

from llm_pysc2.engine.maps.filters import trait
from llm_pysc2.engine.state.heal_beam import heal_beam
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.targeting_tables import TargetingTables
from llm_pysc2.engine.state.unit_columns import NEVER, Bools, Floats, Ints, Units
from llm_pysc2.knowledge.abilities import Ability

RANK_STEP = 1024.0
"""Weight of one step of attack priority against cells of distance."""


_THREAT = 64 * RANK_STEP
"""Any threat comes before any priority; priorities end at 20."""


_HITTABLE = ("Invulnerable", "Hidden", "Stasis")


def make_targeting_tables(match: Match) -> TargetingTables:
    """Return the tables for the units that are alive now."""
    units = match.units
    owners = units.owner
    reach = _reach(units)
    sides = (owners[:, None] != owners) & (owners != NEUTRAL) & (owners != NEUTRAL)[:, None]
    healers = np.flatnonzero(units.heals)
    by_angle = np.array([arms.by_angle for arms in units.arms], dtype=np.bool_)
    attraction = np.where(sides & (reach >= 0) & _hittable(units), _rank(match, reach), -np.inf)
    reach[healers] = heal_beam().range_cells
    radius_sum = np.add.outer(units.radius, units.radius)
    limit = radius_sum + reach
    return TargetingTables(
        radius_sum=radius_sum,
        reach=reach,
        limit=limit,
        limit_square=limit**2,
        hostile=sides,
        attraction=attraction,
        top=attraction.max(axis=1, initial=-np.inf),
        healers=healers,
        autocasters=_autocasters(match),
        hangars=np.flatnonzero(np.isin(units.row, list(match.types.hangars))),
        cloaked=np.flatnonzero(units.cloaked),
        passengers=np.flatnonzero(units.aboard >= 0),
        by_angle=by_angle,
        any_by_angle=bool(by_angle.any()),
        has_min_reach=bool((units.min_reach > 0).any()),
        life_mends=bool((units.life_regen > 0).any()),
        shields_mend=bool((units.shield_regen > 0).any()),
        energy_mends=bool((units.energy_regen != 0).any()),
        timed_lives=bool((units.dies_at < NEVER).any()),
        everyone=np.arange(len(units)),
    )


def targeting_of(match: Match) -> TargetingTables:
    """Return the tables, worked out anew if somebody was born or died."""
    if match.targeting is None:
        match.targeting = make_targeting_tables(match)
    return match.targeting


def _reach(units: Units) -> Floats:
    """Return the longest range of each unit's weapons that can hit each other unit."""
    arms = list({id(armament): armament for armament in units.arms}.values())
    index_of = {id(armament): index for index, armament in enumerate(arms)}
    arm_of = np.array([index_of[id(armament)] for armament in units.arms], dtype=np.int64)
    traits, trait_of = np.unique(units.traits, return_inverse=True)
    table = np.full((len(arms), len(traits)), -1.0)
    for index, armament in enumerate(arms):
        for column, bits in enumerate(traits.tolist()):
            table[index, column] = armament.reach(bits)
    return np.asarray(table[arm_of[:, None], trait_of])


def _hittable(units: Units) -> Bools:
    shut = sum(trait(name) for name in _HITTABLE)
    return np.asarray(~units.invulnerable & (units.traits & shut == 0))


def _rank(match: Match, reach: Floats) -> Floats:
    """Return how each unit ranks each other as a target: threat before priority; 0 for weapons that ignore both."""
    units = match.units
    rank = _threat(match, reach) * _THREAT + match.types.attack_priority[units.row] * RANK_STEP
    rank[[row for row, arms in enumerate(units.arms) if not arms.ranks]] = 0.0
    return np.asarray(rank)


def _threat(match: Match, reach: Floats) -> Bools:
    """Return whether the other can hit back, or is a threat by nature."""
    units, types = match.units, match.types.types
    always = np.array(["AlwaysThreatens" in types[row].flags for row in units.row.tolist()], dtype=np.bool_)
    if match.assumptions.healers_threaten:
        always |= units.heals
    return (reach.T >= 0) | always


def _autocasters(match: Match) -> Ints:
    units, autocasts = match.units, match.types.autocasts
    rows = np.flatnonzero(np.isin(units.row, list(autocasts)))
    able = [
        row
        for row in rows.tolist()
        if not all(_lacks_upgrade(match, row, ability) for ability in autocasts[int(units.row[row])])
    ]
    return np.array(able, dtype=np.int64)


def _lacks_upgrade(match: Match, row: int, ability: Ability) -> bool:
    upgrades = match.players[int(match.units.owner[row])].upgrades
    return any(need.kind == "upgrade" and not set(need.ids) & set(upgrades) for need in ability.needs)

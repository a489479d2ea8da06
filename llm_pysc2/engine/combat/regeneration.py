"""What time does by itself: cooldowns run down, life, shields and energy come back, timed lives end."""

import numpy as np

from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.targeting import targeting_of
from llm_pysc2.engine.state.unit_columns import Bools, Floats, Units

_NONE, _ONE = np.array(0.0), np.array(1.0)


def run(match: Match) -> None:
    """Let one loop of time pass for all units."""
    units = match.units
    cooldown = units.cooldown
    units.cooldown = np.where(cooldown > _NONE, cooldown - _ONE, _NONE)
    targeting = targeting_of(match)
    if targeting.shields_mend:
        units.shield = _mend(
            units.shield, units.shield_max, units.shield_regen, np.array(match.loop) >= units.shield_regen_from
        )
    if targeting.life_mends:
        units.life = _mend(units.life, units.life_max, units.life_regen, np.array(match.loop) >= units.life_regen_from)
    if targeting.energy_mends:
        units.energy = np.minimum(units.energy + units.energy_regen, units.energy_max)
    if targeting.timed_lives:
        _end_lives(units, match.loop)


def _mend(value: Floats, most: Floats, per_loop: Floats, free: Bools) -> Floats:
    return np.asarray(np.minimum(value + per_loop * free, most))


def _end_lives(units: Units, loop: int) -> None:
    units.life[units.dies_at <= loop] = 0.0

"""Healing by beam: a healer near enough gives life for energy to one wounded ally at a time (Medivac)."""

import numpy as np

from llm_pysc2.engine.state.heal_beam import heal_beam
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import HOLD
from llm_pysc2.engine.state.targeting import targeting_of
from llm_pysc2.engine.state.targeting_tables import TargetingTables
from llm_pysc2.engine.state.unit_columns import Bools, quantise
from llm_pysc2.engine.units import order_queue


def look(match: Match) -> None:
    """Let healers without a patient look for one."""
    units, targeting = match.units, targeting_of(match)
    for row in targeting.healers.tolist():
        if units.tends[row] and units.target[row] < 0 and units.scan_from[row] <= match.loop:
            units.scan_from[row] = match.loop + match.assumptions.scan_period_loops
            patient = _choose(match, targeting, row) if units.energy[row] >= heal_beam().least_energy else -1
            if patient >= 0:
                order_queue.engage(match, row, patient)


def run(match: Match) -> None:
    """Let every healer heal its patient for one loop, and let go of those who are whole."""
    units, targeting, beam = match.units, targeting_of(match), heal_beam()
    for row in targeting.healers.tolist():
        patient = int(units.target[row])
        if patient < 0:
            continue
        if (
            not 0 < units.life[patient] < units.life_max[patient]
            or units.energy[row] < beam.life_per_loop * beam.energy_per_life
        ):
            order_queue.lose_target(match, row)
        elif _gap(match, targeting, row, patient) <= targeting.reach[row, patient] and not _healed_before(
            match, targeting, row
        ):
            _heal(match, row, patient)


def can_heal(match: Match, row: int) -> Bools:
    """Return which units a healer (row) may heal: those of its own side that the beam works on; shape (units,)."""
    units, patients = match.units, heal_beam().patients
    fit = (units.traits & patients.required == patients.required) & (units.traits & patients.excluded == 0)
    fit &= units.owner == units.owner[row]
    fit[row] = False
    return np.asarray(fit)


def _choose(match: Match, targeting: TargetingTables, row: int) -> int:
    """Return the wounded unit that a healer takes on, -1 if there is none in sight that nobody heals."""
    units = match.units
    gaps = np.sqrt(match.distances().square[row]) - targeting.radius_sum[row]
    sight = heal_beam().sight_cells if units.mode[row] != HOLD else float(targeting.reach[row, row])
    wounded = can_heal(match, row) & (units.life < units.life_max) & (units.life > 0) & (gaps <= sight)
    patients = units.target[targeting.healers]
    wounded[patients[patients >= 0]] = False
    rows = np.flatnonzero(wounded)
    if not rows.size:
        return -1
    order = units.life[rows] / units.life_max[rows] if match.assumptions.medivac_heals == "weakest" else gaps[rows]
    return int(rows[order.argmin()])


def _gap(match: Match, targeting: TargetingTables, row: int, other: int) -> float:
    return float(match.distances().square[row, other] ** 0.5 - targeting.radius_sum[row, other])


def _healed_before(match: Match, targeting: TargetingTables, row: int) -> bool:
    """Return whether an older healer within reach heals the same patient: one beam at a time (validator noMarkers)."""
    units = match.units
    patient = int(units.target[row])
    return any(
        units.target[other] == patient and _gap(match, targeting, other, patient) <= targeting.reach[other, patient]
        for other in targeting.healers.tolist()
        if other < row and units.owner[other] == units.owner[row]
    )


def _heal(match: Match, row: int, patient: int) -> None:
    units, beam = match.units, heal_beam()
    missing = float(units.life_max[patient] - units.life[patient])
    healed = min(beam.life_per_loop, missing)
    units.life[patient] += healed
    units.energy[row] = max(float(units.energy[row]) - quantise(healed * beam.energy_per_life), 0.0)
    match.players[int(units.owner[row])].score.total_healed.life += healed

"""Units without life leave the game at the end of a loop; whoever had to do with them turns to something else."""

import numpy as np

from llm_pysc2.engine.behaviors import lasting, vision
from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.combat import hangars
from llm_pysc2.engine.economy import harvest, production
from llm_pysc2.engine.effects.interpreter import perform
from llm_pysc2.engine.state import round_points
from llm_pysc2.engine.state.effect_records import Cast
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import GATHER, RETURN
from llm_pysc2.engine.state.unit_columns import Bools
from llm_pysc2.engine.units import accounts, order_queue, structure_footprints


def bury(match: Match) -> None:
    """Remove the units whose life has ended."""
    units = match.units
    if not len(units) or units.life[units.life.argmin()] > 0:
        return
    _answer_deaths(match)
    hangars.abandon(match)
    passengers.abandon(match)
    dead = units.life <= 0
    rows = dead.nonzero()[0].tolist()
    for row in rows:
        _report(match, row)
    bereft = (units.target >= 0) & dead[units.target]
    leaderless = (units.follow >= 0) & dead[units.follow]
    bereaved = [
        (int(units.tag[row]), _place(match, int(units.follow[row]))) for row in np.flatnonzero(leaderless & ~dead)
    ]
    _remove(match, ~dead)
    for row in np.flatnonzero(bereft[~dead]).tolist():
        order_queue.lose_target(match, row)
    for tag, place in bereaved:
        row = match.units.row_of(tag)
        if match.units.mode[row] in (GATHER, RETURN):
            harvest.bereave(match, row, place)
        else:
            order_queue.finish(match, row)
    match.killers.clear()
    match.industry.consumed.clear()
    match.respawn_due = True


def _answer_deaths(match: Match) -> None:
    """Let what happens where a unit was killed by somebody happen; one that ends itself has done what it does.

    What happens may bring new units, whose rows come after those of the dead.
    """
    effects = match.types.death_effects
    for row in np.flatnonzero(match.units.life <= 0).tolist():
        units = match.units
        effect = effects.get(int(units.row[row]))
        tag = int(units.tag[row])
        lasting.die(match, perform, tag)
        if effect and tag in match.killers and not units.hallucination[row] and units.build_progress[row] >= 1:
            here = (float(units.x[row]), float(units.y[row]))
            perform(match, effect, Cast(tag, int(units.owner[row]), tag, here, tag, here))


def _place(match: Match, row: int) -> tuple[float, float]:
    return float(match.units.x[row]), float(match.units.y[row])


def _report(match: Match, row: int) -> None:
    """Write a death down in events and accounts."""
    units = match.units
    tag, owner = int(units.tag[row]), int(units.owner[row])
    unit_type = match.types.types[int(units.row[row])]
    for player in match.players.values():
        if vision.can_see(match, player.id, row) or player.id == owner:
            player.events.dead_tags.append(tag)
    match.players[owner].food_cap -= lasting.extra_food(match, tag)
    match.call_loops.pop(tag, None)
    match.spells.forget(tag)
    round_points.count_death(match, owner)
    finished = bool(units.build_progress[row] >= 1)
    if tag in match.industry.consumed:
        if finished:
            accounts.count_leaving(match.players[owner], unit_type)
    else:
        killer = match.killers.get(tag)
        accounts.count_death(
            match.players[owner], None if killer is None else match.players[killer], unit_type, finished
        )
    production.abandon(match, row)


def _remove(match: Match, alive: Bools) -> None:
    units = match.units
    for row in np.flatnonzero(~alive & units.structure).tolist():
        structure_footprints.clear(match, row)
    units.keep(alive)
    if match.sight is not None:
        match.sight = match.sight[:, alive]
    match.tracks = match.tracks.kept(alive.nonzero()[0])
    targeting = match.targeting
    match.population_changed()
    match.targeting = None if targeting is None else targeting.kept(alive)

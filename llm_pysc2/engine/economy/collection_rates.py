"""What the score says of an economy: how fast resources come in, and how long workers and producers stood idle."""

from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import IDLE
from llm_pysc2.engine.state.unit_columns import Player
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND, LOOPS_PER_SECOND

WINDOW_LOOPS = 240
"""Rates are those of the last so many loops: recorded rates of build 75689 are multiples of 5 minerals in that time."""
_LOOPS_PER_MINUTE = LOOPS_PER_SECOND * 60


def run(match: Match) -> None:
    """Count idle times, and rates once a game second, where there are workers."""
    if not match.industry.jobs:
        return
    _count_idle(match)
    played = match.loop + 1
    if played % LOOPS_PER_GAME_SECOND == 0:
        _measure_rates(match, played)


def _count_idle(match: Match) -> None:
    units, types = match.units, match.types
    idle = (units.mode == IDLE) & (units.build_progress >= 1) & (units.aboard < 0)
    for kind, column in ((types.workers, "idle_worker_time"), (types.trainers, "idle_production_time")):
        for owner in units.owner[idle & kind[units.row]].tolist():
            score = match.players[owner].score
            setattr(score, column, getattr(score, column) + 1 / LOOPS_PER_GAME_SECOND)


def _measure_rates(match: Match, played: int) -> None:
    """Write down how much of each resource players bring home in a minute, after so many loops of the game."""
    industry = match.industry
    industry.deliveries = [one for one in industry.deliveries if one.loop >= played - WINDOW_LOOPS]
    per_minute = _LOOPS_PER_MINUTE / min(WINDOW_LOOPS, played)
    for player in match.players.values():
        if player.setup is not None:
            player.score.collection_rate_minerals = _brought(match, player, "minerals") * per_minute
            player.score.collection_rate_vespene = _brought(match, player, "vespene") * per_minute


def _brought(match: Match, player: Player, kind: str) -> int:
    return sum(one.amount for one in match.industry.deliveries if one.player == player.id and one.kind == kind)

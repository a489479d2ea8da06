"""Built-in computers think, each at its own pace, and give their orders."""

from functools import lru_cache
from typing import TYPE_CHECKING

from llm_pysc2.engine.computer import judgement, natives, phases, spells, task_base, task_front, waves, workers
from llm_pysc2.engine.computer.task_plan import load_plan
from llm_pysc2.engine.computer.view import look
from llm_pysc2.engine.state.computer_records import Mind
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.unit_columns import Player
from llm_pysc2.knowledge.computer import load_rules
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

if TYPE_CHECKING:
    from llm_pysc2.engine.maps.definitions import MapDefinition

THINK_LOOPS = 16
"""Of plans and waves; the build's own period is not visible, its clocks count seconds."""
TACTIC_LOOPS = 12


def run(match: Match) -> None:
    """Let the computers whose time it is give orders; only maps that begin with bases have any."""
    if not match.map.triggers.start.melee:
        return
    for player in match.players.values():
        if player.setup is None or player.setup.kind != "computer" or player.race not in load_rules().races:
            continue
        if has_placed_armies(match.map):
            _play_task(match, player)
            continue
        if player.id not in match.minds:
            match.minds[player.id] = phases.begin(match, player)
        _think(match, player, match.minds[player.id])


@lru_cache(maxsize=64)
def has_placed_armies(definition: "MapDefinition") -> bool:
    """Return whether a map sets up units of players, as tasks do, and not only what a melee game begins with."""
    return any(placed.owner != NEUTRAL for placed in definition.units) or bool(definition.triggers.created())


def _think(match: Match, player: Player, mind: Mind) -> None:
    phase = (match.loop + 5 * player.id) % THINK_LOOPS
    if phase == 0:
        view = look(match, player.id, mind)
        player.income = _income(mind.level, match.loop / LOOPS_PER_GAME_SECOND)
        workers.put_to_work(view)
        natives.run(view)
        phases.think(view)
    elif phase == THINK_LOOPS // 2:
        view = look(match, player.id, mind)
        judgement.watch(view)
        waves.command(view)
    if (match.loop + 5 * player.id) % TACTIC_LOOPS == 3:
        spells.cast(match, player.id, mind)


def _play_task(match: Match, player: Player) -> None:
    """Play a map whose armies are placed and led by its triggers: guard a base, and leave orders alone."""
    plan = load_plan()
    level = plan.level(player.setup.difficulty if player.setup is not None else 0)
    if (match.loop + player.id) % level.think_loops:
        return
    side = spells.look(match, player.id)
    task_front.command(match, player.id, level, side)
    if player.race in plan.races:
        task_base.command(match, player.id, level, plan.races[player.race])
    if level.casts:
        spells.cast_some(match, player.id)


def _income(level: int, seconds: float) -> float:
    """Return what a resource brought home counts for a level: 1 but for the two that cheat."""
    for row in load_rules().income:
        if row["level"] == level:
            share = (seconds - row["begins_seconds"]) / (row["ends_seconds"] - row["begins_seconds"])
            return float(row["begins"] + (row["ends"] - row["begins"]) * min(max(share, 0.0), 1.0))
    return 1.0

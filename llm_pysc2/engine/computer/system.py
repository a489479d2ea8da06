"""Built-in computers think, each at its own pace, and give their orders."""

from llm_pysc2.engine.computer import base, front, spells
from llm_pysc2.engine.computer.plan import load_plan
from llm_pysc2.engine.state.match import Match


def run(match: Match) -> None:
    """Let the computers whose time it is give orders; only maps that begin with bases have any."""
    if not match.map.triggers.start.melee:
        return
    for player in match.players.values():
        if player.setup is None or player.setup.kind != "computer":
            continue
        plan = load_plan()
        level = plan.level(player.setup.difficulty)
        if (match.loop + player.id) % level.think_loops == 0:
            side = front.look(match, player.id)
            front.command(match, player.id, level, side)
            if player.race in plan.races:
                base.command(match, player.id, level, plan.races[player.race])
            if level.casts:
                spells.cast(match, player.id, side)

"""Players get upgrades: all their units are brought up to date."""

from llm_pysc2.engine.behaviors import lasting
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.units import spawning


def grant(match: Match, player_id: int, upgrade_id: int) -> None:
    """Give a player an upgrade, if it has it not yet."""
    player = match.players[player_id]
    if upgrade_id not in player.upgrades:
        player.upgrades = (*player.upgrades, upgrade_id)
        spawning.refresh_upgrades(match, player_id)
        lasting.refresh_all(match)

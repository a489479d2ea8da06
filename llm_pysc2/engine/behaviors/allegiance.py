"""Units that change sides for a time: whoever put the behaviour there commands them, and gives them back."""

from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.units import order_queue, spawning


def hand_over(match: Match, row: int, owner: int) -> int:
    """Give a unit (row) to another player, with its upgrades there and without orders. Returns whose it was."""
    units = match.units
    before = int(units.owner[row])
    lost = float(units.life_max[row] - units.life[row])
    units.owner[row] = owner
    for column, value in spawning.nature(match, int(units.row[row]), owner).items():
        if column in ("life_max", "armor", "shield_armor"):
            getattr(units, column)[row] = value
    units.life[row] = max(float(units.life_max[row]) - lost, 1.0)
    for other in (units.target == row).nonzero()[0].tolist():
        order_queue.lose_target(match, other)
    order_queue.clear(match, row)
    match.population_changed()
    return before

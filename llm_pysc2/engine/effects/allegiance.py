"""Units that change sides for a time: whoever put the behaviour there commands them, and gives them back."""

from llm_pysc2.engine import births
from llm_pysc2.engine.match import Match
from llm_pysc2.engine.systems import orders


def hand_over(match: Match, row: int, owner: int) -> int:
    """Give a unit (row) to another player, with its upgrades there and without orders. Returns whose it was."""
    units = match.units
    before = int(units.owner[row])
    lost = float(units.life_max[row] - units.life[row])
    units.owner[row] = owner
    for column, value in births.nature(match, int(units.row[row]), owner).items():
        if column in ("life_max", "armor", "shield_armor"):
            getattr(units, column)[row] = value
    units.life[row] = max(float(units.life_max[row]) - lost, 1.0)
    for other in (units.target == row).nonzero()[0].tolist():
        orders.lose_target(match, other)
    orders.clear(match, row)
    match.population_changed()
    return before

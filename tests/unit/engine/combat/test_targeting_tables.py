"""The tables of who can hit whom: after deaths they are cut down, and equal those that would be worked out anew."""

from dataclasses import fields

import numpy as np
import pytest

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.state.targeting import make_targeting_tables
from llm_pysc2.engine.state.targeting_tables import TargetingTables
from llm_pysc2.engine.state.unit_columns import PlayerSetup

ATTACK = 23


def tables(targeting: TargetingTables) -> dict[str, object]:
    """Return the tables, without the flags that stay true of the dead."""
    values = {column.name: getattr(targeting, column.name) for column in fields(targeting)}
    return {name: value.tolist() for name, value in values.items() if isinstance(value, np.ndarray)}


@pytest.mark.parametrize("map_name", ["MMM", "bane_vs_bane"])
def test_after_deaths_the_tables_are_those_of_the_living(map_name: str) -> None:
    game = Game(load_map(map_name), [PlayerSetup(), PlayerSetup(kind="computer")], 1)
    middle = game.units.x[game.units.owner == 2].mean(), game.units.y[game.units.owner == 2].mean()
    game.order(1, ATTACK, game.units.tag[game.units.owner == 1].tolist(), middle)
    deaths = 0
    for _ in range(240):
        before = len(game.units)
        game.step()
        if len(game.units) < before:
            deaths += 1
            assert game.match.targeting is not None
            assert tables(game.match.targeting) == tables(make_targeting_tables(game.match))
    assert deaths > 3

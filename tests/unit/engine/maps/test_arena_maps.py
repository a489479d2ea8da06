"""The arena's maps are the same for both sides: what one player has, the other has mirrored at the middle."""

from collections import Counter

import pytest

from llm_pysc2.engine.maps.definitions import PlacedUnit, load_map
from llm_pysc2.evaluation.suite import expand
from llm_pysc2.scenario import load_scenario


def side(placed: PlacedUnit, width: int) -> tuple[int, float, float, float]:
    """Return type, place and facing of a unit as seen by its own player, who looks to the right."""
    facing = placed.facing_deg or 0.0
    mirrored = (width - placed.x, placed.y, 180.0 - facing)
    return (placed.type_id, *((placed.x, placed.y, facing) if placed.owner == 1 else mirrored))


@pytest.mark.parametrize("name", expand(["arena/*"]))
def test_both_sides_have_the_same(name: str) -> None:
    scenario = load_scenario(name)
    definition = load_map(scenario.map)
    first, second = (
        Counter(side(placed, definition.size_cells[0]) for placed in definition.units if placed.owner == owner)
        for owner in (1, 2)
    )
    assert first == second
    assert first
    assert scenario.race == scenario.enemy_race
    assert not definition.triggers.start.actions.order

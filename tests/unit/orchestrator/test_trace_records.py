"""What a trace keeps of a view."""

import json

from llm_pysc2.orchestrator.events import UNIT_COLUMNS, UNIT_DEFAULTS
from llm_pysc2.orchestrator.trace import event_to_line
from llm_pysc2.orchestrator.trace_records import observed
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import Alliance, EffectView, OrderView, ResourcesView, UnitView
from tests.worlds import enemy, unit, view


def seen(one: UnitView) -> dict[str, object]:
    """Return a unit's row by column, as it is read back from a line."""
    (row,) = json.loads(event_to_line(observed(0, view([one]))))["units"]
    return UNIT_DEFAULTS | dict(zip(UNIT_COLUMNS, row, strict=False))


def test_a_row_by_its_columns() -> None:
    fighting = unit(
        7, "Stalker", 8.256, 16.0, orders=(OrderView(23, 9),), engaged_tag=9, facing_radians=1.5708, shield=12.34
    )
    assert seen(fighting) == {
        "tag": 7, "type": "Stalker", "alliance": "s", "x": 8.26, "y": 16, "health": 80, "health_max": 80,
        "shield": 12.3, "shield_max": 80, "energy": 0, "order_ability": 23, "order_target": 9, "facing": 1.57,
        "engaged": 9, "progress": 1.0, "marks": "",
    }  # fmt: skip


def test_marks_progress_and_places() -> None:
    ghost = unit(7, "Medivac", 1, 1, is_hallucination=True, is_cloaked=True, build_progress=0.333)
    assert (seen(ghost)["marks"], seen(ghost)["progress"]) == ("fch", 0.33)
    moving = unit(7, "Zealot", 1, 1, orders=(OrderView(16, Point(3.125, 4.0)),))
    assert seen(moving)["order_target"] == [3.12, 4]


def test_a_row_ends_where_only_defaults_follow() -> None:
    (row,) = observed(0, view([enemy(7, "Zealot", 1, 1, facing_radians=3.0)])).units
    assert len(row) == UNIT_COLUMNS.index("facing") + 1


def test_resources_and_effects() -> None:
    storm = EffectView(1, (Point(3.0, 4.5),), 1.5, 1, Alliance.SELF)
    event = observed(0, view([], resources=ResourcesView(minerals=50, supply_cap=15), effects=(storm,)))
    assert event.resources == {"minerals": 50, "supply_cap": 15}
    assert event.effects == [[1, "s", 1.5, [[3, 4.5]]]]

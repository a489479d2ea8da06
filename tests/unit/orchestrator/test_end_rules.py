"""Who has won, by the scenario's end rule."""

import pytest

from llm_pysc2.conditions import parse_condition
from llm_pysc2.orchestrator.end_rules import Verdict, judge
from llm_pysc2.scenario import EndRule, Scenario
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import Alliance, MapView, UnitView, WorldView

COUNTS = EndRule(
    "counts",
    "tie",
    win=parse_condition([["p2 Drone < 2"], ["p2 Queen = 0", "p1 Adept > 1"]]),
    loss=parse_condition([["p1 units = 0"]]),
)


def scenario(end: EndRule) -> Scenario:
    return Scenario("mine", "pack", "Mine", "3m", "protoss", "zerg", "Win.", 960, end=end)


def view(own: str, enemy: str, loop: int = 8, result: str = "") -> WorldView:
    """A view with these units, such as "Adept Adept"; a name with a dash is still being built."""
    units = []
    for alliance, names in ((Alliance.SELF, own), (Alliance.ENEMY, enemy)):
        for name in names.split():
            progress = 0.5 if name.endswith("-") else 1.0
            units.append(
                UnitView(len(units) + 1, 1, name.rstrip("-"), alliance, 1, Point(1, 1), build_progress=progress)
            )
    return WorldView(loop, 1, MapView("3m", (32, 32), Rect(0, 0, 32, 32)), tuple(units), result=result)


@pytest.mark.parametrize(
    ("own", "enemy", "expected"),
    [
        ("Adept Adept", "Drone Drone Queen", None),
        ("Adept", "Drone Queen", Verdict("win", "p2 Drone < 2")),
        ("Adept", "Drone Drone- Queen", Verdict("win", "p2 Drone < 2")),
        ("Adept Adept", "Drone Drone", Verdict("win", "p2 Queen = 0 and p1 Adept > 1")),
        ("Adept", "Drone Drone", None),
        ("", "Drone Drone Queen", Verdict("loss", "p1 units = 0")),
        ("", "Queen", Verdict("win", "p2 Drone < 2")),
    ],
)
def test_counts_of_finished_units_decide(own: str, enemy: str, expected: Verdict | None) -> None:
    assert judge(scenario(COUNTS), view(own, enemy)) == expected


def test_counts_give_way_to_the_time_limit() -> None:
    assert judge(scenario(COUNTS), view("Adept", "Drone Drone", loop=960)) == Verdict("tie", "the time limit")
    without_loss = EndRule("counts", "win", win=parse_condition([["p2 units = 0"]]))
    assert judge(scenario(without_loss), view("", "Drone")) is None
    assert judge(scenario(without_loss), view("", "Drone", loop=960)) == Verdict("win", "the time limit")


def test_the_game_decides_where_it_is_asked() -> None:
    rule = scenario(EndRule("game"))
    assert judge(rule, view("", "Drone")) is None
    assert judge(rule, view("Adept", "", result="defeat")) == Verdict("loss", "the game says defeat")


def test_a_side_without_units_is_eliminated() -> None:
    rule = scenario(EndRule("elimination"))
    assert judge(rule, view("Adept", "Drone")) is None
    assert judge(rule, view("Adept", "")) == Verdict("win", "no enemy unit is left")

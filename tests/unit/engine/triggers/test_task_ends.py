"""Every way in which LLM-PySC2's tasks end is reached, by the rules of its maps: a win, a loss, and the time limit.

The rules stand here a second time on purpose: the maps are read from files, and these lines are what they are to say.
"""

import re
from typing import Any, NamedTuple

import pytest

from llm_pysc2.conditions import Count, render_condition
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import known_maps, load_map
from llm_pysc2.engine.maps.trigger_rules import EndCheck
from llm_pysc2.engine.snapshot import Snapshot
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.engine.units import spawning
from llm_pysc2.engine.units.spawning import Birth
from tests.counts import bring_to, met, missed

TASKS = [name for name in known_maps() if name.startswith("pvz_") and not name.endswith("_open")]
PLAYERS = (PlayerSetup(race="protoss"), PlayerSetup("computer", "zerg", "", 1))
LOOK_EVERY_LOOPS = 80
LIMIT_LOOPS = {3: 960, 8: 1920}
BASE_LOST = [["p1 Probe < 6"], ["p1 Nexus = 0"]]
WINS = {
    1: [["p2 Drone < 6"], ["p2 Zergling = 0", "p2 Queen = 0"]],
    2: [["p2 Drone < 6"], ["p2 Queen = 0"]],
    3: [],
    4: [["p2 Roach = 0", "p2 Ravager = 0", "p2 Queen = 0"]],
    5: [["p2 Roach = 0", "p2 Ravager = 0", "p2 Ultralisk = 0", "p2 SwarmHost = 0", "p2 Queen = 0"]],
    6: [["p2 Zergling = 0", "p2 Baneling = 0", "p2 Ultralisk = 0", "p2 Queen = 0"]],
    7: [["p2 Viper = 0", "p2 Hydralisk = 0", "p2 Corruptor = 0", "p2 BroodLord = 0", "p2 Queen = 0"]],
    8: [["p2 Hatchery = 0"], ["p2 Drone <= 6", "p2 Roach = 0", "p2 Ravager = 0", "p2 Queen = 0"]],
}
LOSSES = {
    1: [["p1 Probe < 6"], ["p1 Adept = 0", "p2 Drone > 6"]],
    2: [["p1 Probe < 6"], ["p1 Phoenix = 1", "p2 Drone > 6"]],
    3: [["p1 Probe < 6"]],
    4: [["p1 Nexus = 0"], ["p1 Probe < 6"], ["p1 Stalker = 0"]],
    5: [*BASE_LOST, ["p1 Sentry = 0", "p1 Stalker = 0", "p1 Colossus = 0", "p1 Disruptor = 0"]],
    6: [*BASE_LOST, ["p1 unfinished Archon = 0", "p1 HighTemplar = 0", "p1 Stalker = 0", "p1 Sentry = 0"]],
    7: [
        *BASE_LOST,
        ["p1 Carrier = 0", "p1 Stalker = 0", "p1 VoidRay = 0", "p1 Tempest = 0", "p1 Mothership = 0"],
    ],
    8: [*BASE_LOST, ["p1 Zealot = 0", "p1 Stalker = 0", "p1 WarpPrismPhasing = 0", "p1 WarpPrism = 0"]],
}


class Stage(NamedTuple):
    """A game that stands just before its first look at who has won."""

    game: Game
    saved: Snapshot


def number(name: str) -> int:
    return int(name[len("pvz_task")])


def wins(name: str) -> list[list[str]]:
    rows = WINS[number(name)]
    return [[*rows[0], "p2 Infestor = 0"]] if number(name) == 7 and not name.endswith("level1") else rows


def look(end: EndCheck) -> tuple[str, int, list[list[str]]]:
    return end.result, end.every_loops, render_condition(end.when)


@pytest.fixture(params=TASKS, scope="module")
def task(request: pytest.FixtureRequest) -> tuple[str, Stage]:
    game = Game(load_map(request.param), PLAYERS, seed=1)
    game.step(LOOK_EVERY_LOOPS - 1)
    assert not game.is_over
    return request.param, Stage(game, game.snapshot())


def result_of(stage: Stage, counts: list[Count], at_loop: int = LOOK_EVERY_LOOPS) -> str:
    """Return player 1's result, "" for none, when so many units are there at a loop."""
    game, saved = stage
    game.restore(saved)
    game.match.loop = at_loop - 1
    for count in counts:
        bring_to(game, count)
    game.step(1)
    assert game.loop == at_loop
    return game.players[1].result


def test_the_map_looks_for_these_ends_and_no_others(task: tuple[str, Stage]) -> None:
    name, stage = task
    limit, timeout = LIMIT_LOOPS.get(number(name), 1440), "victory" if number(name) == 3 else "tie"
    expected = [("victory", LOOK_EVERY_LOOPS, wins(name)), ("defeat", LOOK_EVERY_LOOPS, LOSSES[number(name)])]
    found = [look(end) for end in stage.game.map.triggers.ends]
    assert found == [*(end for end in expected if end[2]), (timeout, limit, [])]


def test_each_win_and_each_loss_is_reached_and_just_missed(task: tuple[str, Stage]) -> None:
    name, stage = task
    for result, rules in (("victory", wins(name)), ("defeat", LOSSES[number(name)])):
        for alternative in rules:
            assert result_of(stage, met(alternative)) == result, alternative
            assert stage.game.players[2].result == {"victory": "defeat", "defeat": "victory"}[result]
            for counts in missed(alternative):
                assert not result_of(stage, counts), counts


def test_the_game_ends_at_the_next_look_and_no_sooner(task: tuple[str, Stage]) -> None:
    name, stage = task
    lost = met(LOSSES[number(name)][0])
    assert not result_of(stage, lost, at_loop=LOOK_EVERY_LOOPS + 1)
    stage.game.step(LOOK_EVERY_LOOPS - 2)
    assert not stage.game.is_over
    stage.game.step(1)
    assert stage.game.players[1].result == "defeat"


def test_the_time_limit_is_a_tie_or_for_the_defender_of_the_drops_a_win(task: tuple[str, Stage]) -> None:
    name, stage = task
    limit = LIMIT_LOOPS.get(number(name), 1440)
    assert not result_of(stage, [], at_loop=limit - 1)
    assert result_of(stage, [], at_loop=limit) == ("victory" if number(name) == 3 else "tie")


def test_one_phoenix_left_loses_but_none_left_does_not_as_in_the_map(task: tuple[str, Stage]) -> None:
    name, stage = task
    if number(name) == 2:
        assert not result_of(stage, met(["p1 Phoenix = 0"]))


def test_an_archon_in_the_making_is_not_a_loss_but_an_unfinished_stalker_is(task: tuple[str, Stage]) -> None:
    name, stage = task
    if number(name) != 6:
        return
    for kind, result in (("Archon", ""), ("Stalker", "defeat")):
        stage.game.restore(stage.saved)
        for count in met(LOSSES[6][2]):
            bring_to(stage.game, count)
        begun = Birth(stage.game.map.unit_type(kind).id, 1, finished=False)
        spawning.create_at(stage.game.match, begun, [(26.0, 58.0)])
        stage.game.step(1)
        assert stage.game.players[1].result == result


def test_ends_are_those_in_the_map_itself(task: tuple[str, Stage], raw_maps: dict[str, Any]) -> None:
    name, stage = task
    raw = [
        (end["result"].lower(), end["every_loops"], raw_condition(end["condition"] or ""))
        for end in raw_maps["llm_pysc2"][name]["triggers_summary"]["end"]
    ]
    found = [look(end) for end in stage.game.map.triggers.ends]
    ordered = [(result, every, sorted(map(sorted, when))) for result, every, when in found]
    assert sorted(ordered) == sorted((result, every, sorted(map(sorted, when))) for result, every, when in raw)


def raw_condition(text: str) -> list[list[str]]:
    """Return a condition of the raw facts in our words; a type of unit that only previews show is left out."""
    counted = re.compile(r"count(_in_progress_or_better)?\(p(\d),(\w+)\) (==|<=|<|>) (\d+)")
    alternatives = []
    for alternative in text.split(" || ") if text else []:
        parts = [
            f"p{player} {'unfinished ' if unfinished else ''}{unit} {comparison.replace('==', '=')} {count}"
            for unfinished, player, unit, comparison, count in counted.findall(alternative.replace("MP)", ")"))
            if unit != "WarpPrismSkinPreview"
        ]
        alternatives.append(parts)
    return alternatives

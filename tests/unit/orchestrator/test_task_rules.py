"""LLM-PySC2's tasks judged by what its documents say: every win, loss and time limit is reached, through the door."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest

from llm_pysc2.conditions import Count, render_condition
from llm_pysc2.engine.api.link import Link
from llm_pysc2.engine.api.protocol import Connection
from llm_pysc2.engine.api.session import Session
from llm_pysc2.engine.snapshot import Snapshot
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.orchestrator.end_rules import Verdict, judge
from llm_pysc2.scenario import Scenario, load_scenario, scenario_files
from llm_pysc2.world.view import WorldView
from tests.counts import bring_to, met, missed

TASKS = sorted(name for name in scenario_files() if name.startswith("pvz_"))
WINS = {
    1: [["p2 Drone < 6"]],
    2: [["p2 Drone < 6"]],
    3: [],
    4: [["p2 Roach = 0", "p2 Ravager = 0", "p2 Queen = 0"]],
    5: [["p2 Roach = 0", "p2 Ravager = 0", "p2 Queen = 0", "p2 Ultralisk = 0", "p2 SwarmHost = 0"]],
    6: [["p2 Zergling = 0", "p2 Baneling = 0", "p2 Ultralisk = 0", "p2 Queen = 0"]],
    7: [
        ["p2 Hydralisk = 0", "p2 Corruptor = 0", "p2 BroodLord = 0", "p2 Viper = 0", "p2 Queen = 0", "p2 Infestor = 0"]
    ],
    8: [["p2 Hatchery = 0"], ["p2 Drone = 0", "p2 Roach = 0", "p2 Ravager = 0", "p2 Queen = 0"]],
}
LOSSES = {
    1: [["p1 Adept = 0", "p2 Drone >= 6"]],
    2: [["p1 Phoenix < 2", "p2 Drone >= 6"]],
    3: [["p1 Probe < 6"], ["p1 Nexus = 0"]],
    4: [["p1 Stalker = 0"]],
    5: [["p1 Colossus = 0", "p1 Disruptor = 0", "p1 Sentry = 0", "p1 Stalker = 0"]],
    6: [["p1 unfinished Archon = 0", "p1 HighTemplar = 0", "p1 Sentry = 0", "p1 Stalker = 0"]],
    7: [["p1 Mothership = 0", "p1 Carrier = 0", "p1 Tempest = 0", "p1 VoidRay = 0", "p1 Stalker = 0"]],
    8: [["p1 Zealot = 0", "p1 Stalker = 0", "p1 WarpPrism = 0", "p1 WarpPrismPhasing = 0"]],
}


class Stage(NamedTuple):
    """A game at its start, behind its door."""

    number: int
    scenario: Scenario
    session: Session
    env: GameEnv
    first: WorldView
    saved: Snapshot


@pytest.fixture(params=TASKS, scope="module")
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    scenario, session = load_scenario(f"{request.param}:documents"), Session()
    env = GameEnv(scenario.map, scenario.race, scenario.enemy_race, 0, lambda: Link(Connection(session)))
    first = env.reset()
    yield Stage(int(request.param[len("pvz_task")]), scenario, session, env, first, session.client.game.snapshot())
    env.close()


def verdict(stage: Stage, counts: list[Count]) -> Verdict | None:
    """Return the verdict on a game in which so many units are left."""
    game = stage.session.client.game
    loop = game.loop
    game.restore(stage.saved)
    game.match.loop = loop
    for count in counts:
        bring_to(game, count)
    return judge(stage.scenario, stage.env.step())


def test_the_rules_are_those_of_the_documents(stage: Stage) -> None:
    end = stage.scenario.end
    assert (end.rule, end.timeout) == ("counts", "win" if stage.number == 3 else "tie")
    assert render_condition(end.win) == WINS[stage.number]
    assert render_condition(end.loss) == LOSSES[stage.number]


def test_each_win_and_each_loss_is_reached_and_just_missed(stage: Stage) -> None:
    for result, rules in (("win", WINS[stage.number]), ("loss", LOSSES[stage.number])):
        for alternative in rules:
            assert verdict(stage, met(alternative)) == Verdict(result, " and ".join(alternative))
            for counts in missed(alternative):
                missing = verdict(stage, counts)
                assert missing is None or missing.result != result, counts


def test_the_time_limit_is_a_tie_or_for_the_defender_of_the_drops_a_win(stage: Stage) -> None:
    limit = stage.scenario.limit_loops
    assert limit == {3: 960, 8: 1920}.get(stage.number, 1440)
    assert judge(stage.scenario, replace(stage.first, game_loop=limit - 1)) is None
    at_limit = judge(stage.scenario, replace(stage.first, game_loop=limit))
    assert at_limit == Verdict("win" if stage.number == 3 else "tie", "the time limit")

"""Which game a batch is played on belongs to what makes its results comparable; how long it is waited for does not."""

from dataclasses import replace
from pathlib import Path

import pytest

from llm_pysc2.backends import ModelPool, RunOptions
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.evaluation.cell import PreparedCell
from llm_pysc2.evaluation.suite import Suite, read_suite
from llm_pysc2.orchestrator.staged.opening import open_map
from llm_pysc2.packs import use_packs
from llm_pysc2.scenario import load_scenario

SUITE = Suite(("3m",))


def test_the_game_of_a_suite_reaches_its_cells():
    (cell,) = replace(SUITE, game="ws://127.0.0.1:5000", game_version="4.10", game_timeout=7).cells()
    launch = cell.launch
    assert (launch.game, launch.version, launch.timeout_seconds) == ("ws://127.0.0.1:5000", "4.10", 7)


def test_results_on_different_games_are_not_comparable():
    assert replace(SUITE, game="embedded").identity() != SUITE.identity()
    assert replace(SUITE, game_timeout=9).identity() == SUITE.identity()


def test_a_suite_file_names_the_game(tmp_path: Path):
    path = tmp_path / "suite.toml"
    path.write_text('scenarios = ["3m"]\ngame = "embedded"\ngame_timeout = 30\n')
    assert (read_suite(path).game, read_suite(path).game_timeout) == ("embedded", 30)
    path.write_text('scenarios = ["3m"]\ngame = 3\n')
    with pytest.raises(PackError, match="game: expected text, found 3"):
        read_suite(path)


def test_the_interface_is_that_of_the_run_or_the_roster_or_the_scenario(tmp_path: Path, request):
    (tmp_path / "agents").mkdir()
    roster = '[[agents]]\nname = "A"\nprompt = "commander"\n[[agents.teams]]\nname = "T"\n'
    (tmp_path / "agents" / "by_hand.toml").write_text(f'title = "By hand"\ninterface = "camera"\n{roster}')
    request.addfinalizer(lambda: use_packs([]))
    use_packs([tmp_path])

    def interface(**options) -> str:
        (cell,) = replace(SUITE, **options).cells()
        return PreparedCell(cell, ModelPool(RunOptions())).interface

    assert interface() == "raw"
    assert interface(rosters=("by_hand",)) == "camera"
    assert interface(rosters=("by_hand",), interface="raw") == "raw"
    assert interface(interface="camera") == "camera"
    assert replace(SUITE, interface="camera").identity() != SUITE.identity()


def test_a_game_that_cannot_be_meant():
    with pytest.raises(UsageError, match="expected ws://HOST:PORT"):
        replace(SUITE, game="ws://nowhere").cells()


def test_guesses_are_set_by_name_and_belong_to_what_is_compared(tmp_path: Path):
    flipped = replace(SUITE, assumptions=("spawn_spread=grid", "movement.steer_loops=4"))
    (cell,) = flipped.cells()
    assert PreparedCell(cell, ModelPool(RunOptions())).cell.launch.assumptions == flipped.assumptions
    assert flipped.identity() != SUITE.identity()
    path = tmp_path / "suite.toml"
    path.write_text('scenarios = ["3m"]\nassumptions = ["idle_returns=false"]\n')
    assert read_suite(path).assumptions == ("idle_returns=false",)


@pytest.mark.parametrize(
    ("assumption", "message"),
    [
        ("spawn_spread", "'spawn_spread': expected NAME=VALUE"),
        ("spawn_spread=triangles", r"spawn_spread: expected one of \('rings', 'grid', 'point'\), found 'triangles'"),
        ("spawn_spred=grid", "no assumption named 'spawn_spred'; .*spawn_spread"),
        ("movement.steer_loops=often", "movement.steer_loops: expected a value like 2, found 'often'"),
        ("idle_returns=no", "idle_returns: expected a value like True, found 'no'"),
    ],
)
def test_a_guess_that_cannot_be_meant(assumption: str, message: str):
    (cell,) = replace(SUITE, assumptions=(assumption,)).cells()
    with pytest.raises(UsageError, match=message):
        PreparedCell(cell, ModelPool(RunOptions()))


def test_an_installed_game_makes_its_own_guesses():
    with pytest.raises(UsageError, match="guesses of the embedded game"):
        open_map(load_scenario("3m"), 0, LaunchOptions("ws://127.0.0.1:5000", assumptions=("spawn_spread=grid",)))

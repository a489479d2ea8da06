"""`make truth`: what it prints of games with known ends, and without the networks."""

import sys

import pytest

from llm_pysc2.env.installation import EMBEDDED_GAME
from tools import truth
from tools.truth import Tally, describe


def test_a_row_says_whether_the_rate_is_near_the_real_games():
    tally = Tally("3s5z", games=32, wins=8, timeouts=1, dead_agents=7.5, dead_enemies=6.25)
    assert describe(tally, 0.42) == "| 3s5z | 0.25 (0.13-0.42) | 7.5 / 6.2 | 1 | 0.42 | yes |"
    assert describe(tally, 0.51).endswith("| 0.51 | no |")
    assert describe(tally, None).endswith("| - | - |")


def test_without_networks_it_says_so_and_plays_the_scripted_agent(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(sys, "argv", ["truth", "--networks", str(tmp_path), "--games", "1", "--maps", "2s_vs_1sc"])
    assert truth.main() == 0
    told = capsys.readouterr().out
    assert f"no networks in {tmp_path}" in told
    assert f"{EMBEDDED_GAME} of build 4.10.0.75689" in told
    assert told.splitlines()[-1].startswith("| 2s_vs_1sc | ")


def test_the_status_of_networks_that_cannot_play_is_handed_on(tmp_path):
    (tmp_path / "probe.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    assert truth.run_probe(tmp_path, episodes=1, steps=0) == 3


def test_every_known_rate_is_of_a_map_that_there_is():
    rates = truth.read_toml(truth.RATES)["heuristic_win_rate"]
    assert set(rates) <= set(truth.map_names())
    assert all(0 <= rate <= 1 for rate in rates.values())


@pytest.mark.parametrize("map_name", ["3s5z_vs_3s6z"])
def test_a_game_of_the_scripted_agent_ends_and_is_counted_once(map_name):
    tally = truth.play_heuristic((map_name, 1))
    assert tally.games == 1
    assert tally.wins <= 1
    assert tally.dead_agents == 8 or tally.dead_enemies == 9 or tally.timeouts == 1

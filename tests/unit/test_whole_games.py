"""Whole games of scripted policies, through the door and in words: they end in time, and in the same state again."""

import pytest

from llm_pysc2.backends.scripted import POLICIES
from llm_pysc2.scenario import load_scenario
from tools.every_map import MARKS, mark
from tools.whole_game import Duel, play


@pytest.mark.parametrize("policy", sorted(POLICIES))
@pytest.mark.parametrize("name", ["3m", "2s_vs_1sc", "so_many_baneling"])
def test_a_game_ends_and_ends_alike(name: str, policy: str) -> None:
    assert mark(Duel(name, policy, seed=0)) in MARKS.values()


@pytest.mark.parametrize("number", range(1, 9))
def test_a_task_is_won_by_its_own_policy(number: int) -> None:
    name = f"pvz_task{number}_level1"
    assert play(Duel(name, load_scenario(name).policy, seed=0)).result == "win"


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("pvz_task1_level3", "attack_nearest"),
        ("pvz_task2_level1:documents", "attack_nearest"),
        ("pvz_task2_level3", "lift"),
    ],
)
def test_a_task_ends_and_ends_alike(name: str, policy: str) -> None:
    assert mark(Duel(name, policy, seed=0)) in MARKS.values()


def test_another_seed_ends_otherwise() -> None:
    assert play(Duel("3m", "focus_fire", seed=0)).digest != play(Duel("3m", "focus_fire", seed=1)).digest

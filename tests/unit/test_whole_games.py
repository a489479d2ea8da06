"""Whole games of scripted policies, through the door and in words: they end in time, and in the same state again."""

import pytest

from llm_pysc2.backends.scripted import policy_names
from tools.every_map import MARKS, mark
from tools.whole_game import Duel, play


@pytest.mark.parametrize("policy", policy_names())
@pytest.mark.parametrize("name", ["3m", "2s_vs_1sc", "so_many_baneling"])
def test_a_game_ends_and_ends_alike(name: str, policy: str) -> None:
    assert mark(Duel(name, policy, seed=0)) in MARKS.values()


def test_another_seed_ends_otherwise() -> None:
    assert play(Duel("3m", "focus_fire", seed=0)).digest != play(Duel("3m", "focus_fire", seed=1)).digest

"""How well the opponent plays is said by the scenario and told to the game."""

import pytest

from llm_pysc2.engine.api.link import Link
from llm_pysc2.engine.api.protocol import Connection
from llm_pysc2.engine.api.session import Session
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.errors import UsageError
from llm_pysc2.world.opponent import DIFFICULTIES


@pytest.mark.parametrize("number", [1, 5, 10])
def test_the_game_is_told_how_well_its_computer_is_to_play(number: int) -> None:
    session = Session()
    launch = LaunchOptions(difficulty=DIFFICULTIES[number - 1])
    env = GameEnv("pvz_task1_level1", "protoss", "zerg", 0, lambda: Link(Connection(session)), launch)
    env.reset()
    setup = session.client.game.players[2].setup
    assert setup is not None
    assert setup.difficulty == number
    env.close()


def test_a_difficulty_that_does_not_exist_names_the_closest() -> None:
    with pytest.raises(UsageError, match="no difficulty 'veryhard'; closest: very_hard"):
        LaunchOptions(difficulty="veryhard")

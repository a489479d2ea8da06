"""Our side of the door with the embedded game behind it, joined as a run joins them."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from llm_pysc2.engine.api.install import MARKER
from llm_pysc2.engine.api.link import connect
from llm_pysc2.env import installation
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.errors import GameError
from llm_pysc2.world.command import Command
from llm_pysc2.world.view import WorldView

ATTACK = 3674


@pytest.fixture
def make_env(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., GameEnv]]:
    monkeypatch.setenv("HOME", str(tmp_path))
    made: list[GameEnv] = []

    def make(map_name: str = "2s3z", **options: int) -> GameEnv:
        made.append(GameEnv(map_name, race="protoss", enemy_race="protoss", connect=connect, **options))
        return made[-1]

    yield make
    for env in made:
        env.close()


def attack_nearest(view: WorldView) -> list[Command]:
    """Return an attack order for every own unit on the enemy nearest to it."""
    return [
        Command(ATTACK, (unit.tag,), min(view.enemies, key=unit.distance_to).tag) for unit in view.own if view.enemies
    ]


def play(env: GameEnv, turns: int = 40) -> list[WorldView]:
    """Return the views of an episode of the nearest-enemy policy."""
    views = [env.reset()]
    while not views[-1].own and views[-1].game_loop < 16:
        views.append(env.step([], loops=1))
    for _ in range(turns):
        if views[-1].result or not views[-1].own or not views[-1].enemies:
            break
        views.append(env.step(attack_nearest(views[-1]), loops=8))
    return views


def test_2s3z_begins_as_the_map_says(make_env):
    env = make_env()
    view = next(view for view in play(env, turns=1) if view.own)
    assert env.name == "embedded 1.1"
    assert Counter(unit.type_name for unit in view.own) == {"Stalker": 2, "Zealot": 3}
    assert Counter(unit.type_name for unit in view.enemies) == {"Stalker": 2, "Zealot": 3}
    assert all(view.map.playable.contains(unit.position) for unit in view.units)
    width, height = view.map.size_cells
    assert len(view.map.pathing) == width * height
    assert all(view.map.pathing[int(unit.position.y) * width + int(unit.position.x)] for unit in view.own)


def test_a_fight_does_damage_to_both_sides(make_env):
    last = play(make_env())[-1]
    assert last.score.damage_dealt > 100
    assert last.score.damage_taken > 100
    assert len(last.own) < 5 or len(last.enemies) < 5


def test_the_same_seed_gives_the_same_game_and_another_another(make_env):
    first, second = play(make_env(seed=1)), play(make_env(seed=1))
    other = play(make_env(seed=2))
    assert first == second
    assert first != other


def test_a_later_episode_equals_a_first_with_its_seed(make_env):
    env = make_env(seed=1)
    play(env, turns=5)
    assert play(env) == play(make_env(seed=2))


def test_available_abilities_are_those_of_the_unit(make_env):
    env = make_env()
    view = next(view for view in play(env, turns=1) if view.own)
    answer = env.query_abilities([unit.tag for unit in view.own])
    assert set(answer) == {unit.tag for unit in view.own}
    assert all(any(ability in (23, ATTACK) for ability in abilities) for abilities in answer.values())


def test_many_games_in_as_many_threads(make_env):
    envs = [make_env(seed=seed % 2) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        games = list(pool.map(lambda env: play(env, turns=10), envs))
    assert games[0] == games[2]
    assert games[1] == games[3]


def test_a_replay_can_be_saved(make_env, tmp_path):
    env = make_env()
    play(env, turns=2)
    env.save_replay(tmp_path / "game.SC2Replay")
    assert (tmp_path / "game.SC2Replay").stat().st_size > 0


def test_a_map_that_does_not_exist_is_one_line(make_env):
    with pytest.raises(GameError, match="no_such_map") as error:
        make_env("no_such_map").reset()
    assert "\n" not in str(error.value)


def test_both_sides_agree_on_the_marker_of_a_stand_in():
    assert installation.STAND_IN_MARKER == MARKER

"""What holds in every game, whatever is ordered: health in range, the dead stay dead, equal orders give equal bytes."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.state.unit_columns import GRID, PlayerSetup

MAPS = ("2s3z", "MMM", "bane_vs_bane", "3s_vs_3z", "2s_vs_1sc", "6h_vs_8z")
ABILITIES = (1, 4, 16, 17, 18, 19, 23, 386, 3674, 1442, 0)

targets = st.one_of(
    st.none(),
    st.tuples(st.floats(-2, 34), st.floats(-2, 34)),
    st.integers(0, 12),  # the row of a unit, or past the last
)
commands = st.tuples(st.integers(1, 2), st.sampled_from(ABILITIES), st.integers(0, 12), targets, st.booleans())
scripts = st.lists(st.lists(commands, max_size=6), min_size=1, max_size=12)
bounded = settings(max_examples=25, deadline=None, derandomize=True)

Command = tuple[int, int, int, Any, bool]


def new_game(name: str, seed: int) -> Game:
    return Game(load_map(name), [PlayerSetup(), PlayerSetup(kind="computer")], seed)


def tag_at(game: Game, row: int) -> int:
    return int(game.units.tag[row]) if row < len(game.units) else 4242


def give(game: Game, commands: list[Command]) -> None:
    for player, ability, row, target, queued in commands:
        aim = tag_at(game, target) if isinstance(target, int) else target
        answers = game.order(player, ability, [tag_at(game, row)], aim, queued)
        assert len(answers) == 1
        assert answers[0] >= 1


def check(game: Game) -> None:
    units = game.units
    assert (units.life > 0).all()
    assert (units.life <= units.life_max).all()
    for value, most in ((units.shield, units.shield_max), (units.energy, units.energy_max)):
        assert (value >= 0).all()
        assert (value <= most).all()
    for column in (units.life, units.shield, units.energy, units.x, units.y):
        assert (column * GRID == np.round(column * GRID)).all()
    left, bottom, right, top = game.map.playable
    assert ((units.x >= left) & (units.x <= right) & (units.y >= bottom) & (units.y <= top)).all()
    walkers = ~units.flying & ~units.structure
    assert game.ground.is_open(units.x[walkers], units.y[walkers]).all()
    assert (np.diff(units.tag) > 0).all()
    assert (units.target < len(units)).all()
    assert len(units.orders) == len(units.buffs) == len(units.arms) == len(units)


@bounded
@given(name=st.sampled_from(MAPS), seed=st.integers(0, 99), script=scripts)
def test_invariants_and_the_dead_stay_dead(name: str, seed: int, script: list[list[Command]]) -> None:
    game = new_game(name, seed)
    dead: set[int] = set()
    for commands in script:
        give(game, commands)
        game.step(8)
        check(game)
        dead |= set(game.take_events(1).dead_tags)
        assert not dead & set(game.units.tag.tolist())


@bounded
@given(name=st.sampled_from(MAPS), seed=st.integers(0, 99), script=scripts)
def test_same_seed_and_orders_give_the_same_bytes_in_steps_of_any_size(
    name: str, seed: int, script: list[list[Command]]
) -> None:
    big, small = new_game(name, seed), new_game(name, seed)
    for commands in script:
        give(big, commands)
        give(small, commands)
        big.step(7)
        for _ in range(7):
            small.step(1)
        assert big.digest() == small.digest()


@bounded
@given(name=st.sampled_from(MAPS), seed=st.integers(0, 99), script=scripts, at=st.integers(0, 11))
def test_snapshot_and_restore_change_nothing(name: str, seed: int, script: list[list[Command]], at: int) -> None:
    straight, returned = new_game(name, seed), new_game(name, seed)
    for turn, commands in enumerate(script):
        if turn == min(at, len(script) - 1):
            saved = returned.snapshot()
            returned.step(37)
            give(returned, script[0])
            returned.step(11)
            returned.restore(saved)
            assert returned.digest() == straight.digest()
        for game in (straight, returned):
            give(game, commands)
            game.step(8)
    assert returned.digest() == straight.digest()


def test_another_seed_is_another_game() -> None:
    games = [new_game("2s3z", seed) for seed in (1, 2)]
    for game in games:
        game.order(1, 23, game.units.tag[game.units.owner == 1].tolist(), (23.0, 16.0))
        game.step(150)
    assert games[0].digest() != games[1].digest()

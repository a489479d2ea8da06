"""Groups with a known answer: a surround, a narrow place that is held, air over cliffs."""

import numpy as np

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from tests.arena import ATTACK, ENEMY, HOLD, MOVE, Arena


def test_zerglings_surround_a_stalker() -> None:
    # Around a Stalker (radius 0.625, inner 0.5) there is room for at least six Zerglings (0.375) in reach at a time.
    arena = Arena()
    stalker = arena.add_inert("Stalker", 45, 40, owner=1)
    arena.game.units.life_max[0] = arena.game.units.life[0] = 4000
    lings = [arena.add("Zergling", 25 + 0.8 * (index % 6), 38 + 0.8 * (index // 6), owner=ENEMY) for index in range(12)]
    for ling in lings:
        arena.order(ling, ATTACK, (60.0, 40.0))
    arena.step(240)
    assert sum(arena.gap(ling, stalker) <= 0.1 for ling in lings) >= 6


def test_a_choke_held_by_zealots_lets_nobody_through() -> None:
    # A wall with a gap of two cells; two Zealots of inner radius 0.375 fill it, and few Zerglings reach them.
    arena = Arena(seed=2)
    for y in (22.0, 58.0):
        arena.match.ground.block(45, y, np.ones((68, 2), dtype=bool))  # 34 cells high, up to 39 and from 41
    zealots = [arena.add("Zealot", 46, y) for y in (39.6, 40.4)]
    for zealot in zealots:
        arena.order(zealot, HOLD)
        arena.game.units.life_max[arena.row(zealot)] = arena.game.units.life[arena.row(zealot)] = 4000
    lings = [arena.add("Zergling", 25 + 0.8 * (index % 4), 37 + 0.8 * (index // 4), owner=ENEMY) for index in range(24)]
    for ling in lings:
        arena.order(ling, ATTACK, (60.0, 40.0))
    alive = lings
    while len(alive) > 4:
        arena.step(4)
        alive = [ling for ling in alive if arena.alive(ling)]
        assert all(arena.place(ling)[0] < 46.5 for ling in alive)
        assert sum(any(arena.gap(ling, zealot) <= 0.1 for zealot in zealots) for ling in alive) <= 6
        assert arena.game.loop < 1500


def test_air_units_fly_straight_over_cliffs_that_stop_walkers() -> None:
    game = Game(load_map("2c_vs_64zg"), [PlayerSetup(), PlayerSetup()], seed=1)
    game.kill_units(game.units.tag.tolist())
    blocked = np.argwhere(~game.terrain.pathable & (game.terrain.cliff_level > 0))
    y, x = blocked[len(blocked) // 2].tolist()
    (flyer,) = game.create_units(54, 1, x + 0.5, y - 3.5)
    game.order(1, MOVE, [flyer], (x + 0.5, y + 3.5))
    game.step(90)
    row = game.units.row_of(flyer)
    assert abs(game.units.y[row] - (y + 3.5)) < 0.2
    assert game.units.z[row] > 3


def test_splash_on_a_stack_and_on_a_spread_line() -> None:
    def killed(spacing: float) -> int:
        arena = Arena()
        marines = [arena.add_inert("Marine", 45, 40 + spacing * index) for index in range(5)]
        bane = arena.add("Baneling", 44.2, 40 + spacing * 2)
        arena.match.units.life[:5] = 20
        arena.order(bane, ATTACK, marines[2])
        arena.step(1)
        return sum(not arena.alive(marine) for marine in marines)

    assert killed(spacing=0.8) == 5
    assert killed(spacing=3.0) == 1

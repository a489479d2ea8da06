"""One unit, or a few that do not meet: speed, arrival, routes, layers."""

from math import pi

import numpy as np
import pytest

from llm_pysc2.engine.movement import Distances, MovementAssumptions, distances, move
from tests.crowds import KINDS, Crowd, drawn_ground, open_ground

MARINE_STEP = 2.25 / 16


def test_straight_line_speed_is_exact() -> None:
    crowd = Crowd(open_ground(), [("marine", 5, 5, 1)])
    crowd.send([0], 25, 5)
    crowd.step(100)
    assert crowd.bodies.x[0] == 5 + 100 * MARINE_STEP
    assert crowd.bodies.y[0] == 5


def test_oblique_speed_is_that_of_the_facts_within_the_fractions_of_the_game() -> None:
    crowd = Crowd(open_ground(), [("zergling", 5, 5, 1)])
    crowd.send([0], 25, 19)
    crowd.step(60)
    came = np.hypot(crowd.bodies.x[0] - 5, crowd.bodies.y[0] - 5)
    assert came == pytest.approx(60 * 2.9531 / 16, abs=60 / 4096)


def test_arrives_exactly_and_in_the_loops_that_the_way_takes() -> None:
    crowd = Crowd(open_ground(), [("marine", 5, 5, 1)])
    crowd.send([0], 15, 5)
    assert crowd.until_still(200) == 72  # 10 / 0.140625 = 71.1
    assert (crowd.bodies.x[0], crowd.bodies.y[0]) == (15, 5)


def test_who_would_all_but_arrive_goes_all_the_way() -> None:
    crowd = Crowd(open_ground(), [("marine", 5, 5, 1)])
    goal = 5 + 10 * MARINE_STEP + 1 / 1024
    crowd.send([0], goal, 5)
    assert crowd.until_still(200) == 10
    assert crowd.bodies.x[0] == goal


def test_stops_within() -> None:
    crowd = Crowd(open_ground(), [("marine", 5, 5, 1)])
    crowd.send([0], 15, 5, stop_within=6)
    crowd.until_still(200)
    assert crowd.bodies.x[0] == 9


def test_a_unit_that_is_near_enough_has_arrived_and_stays() -> None:
    crowd = Crowd(open_ground(), [("marine", 5, 5, 1)])
    crowd.send([0], 7, 5, stop_within=3)
    moved = crowd.step()
    assert moved.arrived[0]
    assert crowd.bodies.x[0] == 5


def test_workers_speed_up_and_brake_at_the_rate_of_the_facts() -> None:
    crowd = Crowd(open_ground(), [("probe", 5, 5, 1)])
    crowd.send([0], 25, 5)
    speeds = [float(crowd.step().vx[0]) for _ in range(18)]
    assert np.diff([0.0, *speeds]) == pytest.approx([2.5 / 256] * 18, abs=2 / 4096)
    assert crowd.step().vx[0] == pytest.approx(2.8125 / 16, abs=1 / 4096)
    while crowd.bodies.wants_move[0]:
        last = crowd.step().vx[0]
        assert crowd.loop < 200
    assert last < 0.03
    assert crowd.bodies.x[0] == pytest.approx(25, abs=1 / 64)


def test_with_another_order_waiting_nobody_brakes() -> None:
    crowd = Crowd(open_ground(), [("probe", 5, 5, 1)])
    crowd.bodies.brakes[:] = False
    crowd.send([0], 25, 5)
    crowd.step(115)
    assert crowd.bodies.wants_move[0]
    assert crowd.bodies.vx[0] == pytest.approx(2.8125 / 16, abs=1 / 4096)


def test_a_gradual_unit_that_turns_back_starts_from_rest() -> None:
    crowd = Crowd(open_ground(), [("phoenix", 5, 5, 1)])
    crowd.send([0], 25, 5)
    crowd.step(60)
    crowd.send([0], 5, 5)
    assert crowd.step().vx[0] == pytest.approx(-3.25 / 256, abs=1 / 4096)


def test_facing_turns_at_its_rate() -> None:
    crowd = Crowd(open_ground(), [("ultralisk", 16, 16, 1)])
    crowd.send([0], 16, 30)
    assert crowd.step().facing[0] == pytest.approx(pi / 8, abs=1e-4)  # 360 degrees a second: 22.5 a loop
    assert crowd.step(3).facing[0] == pytest.approx(pi / 2, abs=1e-4)


def test_facing_stays_below_a_full_turn() -> None:
    crowd = Crowd(open_ground(), [("marine", 16, 16, 1)])
    crowd.send([0], 16, 2)
    assert crowd.step(5).facing[0] == pytest.approx(1.5 * pi, abs=1e-4)


WALL = ["............"] * 5 + ["...####....."] * 4 + ["............"] * 3


def test_walks_around_a_wall_without_touching_it() -> None:
    crowd = Crowd(drawn_ground(WALL), [("marine", 1, 5, 1)])
    crowd.send([0], 11, 5)
    way = 0.0
    while crowd.bodies.wants_move[0] and crowd.loop < 200:
        moved = crowd.step()
        way += float(np.hypot(moved.vx[0], moved.vy[0]))
        assert crowd.ground.is_open(crowd.bodies.x, crowd.bodies.y).all()
    assert (crowd.bodies.x[0], crowd.bodies.y[0]) == (11, 5)
    assert 10.5 < way < 12.5


CLIFF = ["......^^......"] * 12


@pytest.mark.parametrize(
    ("kind", "passes"), [("marine", False), ("ultralisk", False), ("colossus", True), ("phoenix", True)]
)
def test_cliffs_stop_walkers_only(kind: str, passes: bool) -> None:
    crowd = Crowd(drawn_ground(CLIFF), [(kind, 2, 6, 1)])
    crowd.send([0], 12, 6)
    crowd.until_still(150)
    assert (crowd.bodies.x[0] > 11) == passes
    if not passes:
        assert not crowd.bodies.wants_move[0], "it has come as near as the ground allows"
        assert crowd.bodies.x[0] == pytest.approx(6 - KINDS[kind].inner, abs=0.5)


def test_a_ramp_is_the_way_up() -> None:
    crowd = Crowd(
        drawn_ground(["......^^......"] * 8 + ["..............."[:14]] * 2 + ["......^^......"] * 2),
        [("marine", 2, 10, 1)],
    )
    crowd.send([0], 12, 10)
    crowd.until_still(300)
    assert (crowd.bodies.x[0], crowd.bodies.y[0]) == (12, 10)


def test_climbers_do_not_leave_for_the_void() -> None:
    crowd = Crowd(drawn_ground(["......##......"] * 12), [("colossus", 2, 6, 1)])
    crowd.send([0], 12, 6)
    crowd.until_still(200)
    assert crowd.bodies.x[0] < 6


def test_nobody_leaves_the_map() -> None:
    crowd = Crowd(open_ground(16, 16), [("marine", 2, 2, 1), ("phoenix", 14, 14, 1)])
    crowd.send([0], -3, 2)
    crowd.send([1], 30, 14)
    crowd.step(150)
    assert crowd.bodies.x[0] == pytest.approx(0.375, abs=0.15)
    assert 15.5 < crowd.bodies.x[1] < 16


def test_a_moving_goal_is_followed() -> None:
    crowd = Crowd(drawn_ground(WALL), [("zergling", 1, 5, 1), ("marine", 9, 5, 2)])
    crowd.chase([0], 1, 0.85)
    crowd.send([1], 9, 11)
    crowd.step(120)
    assert crowd.bodies.holds[0]


def test_nothing_is_computed_while_everybody_rests() -> None:
    crowd = Crowd(open_ground(), [("marine", 5, 5, 1), ("marine", 5.5, 5, 1)])
    crowd.step(20)
    assert crowd.tracks.calm_at is not None
    assert crowd.deepest_overlap() < 0.06
    before = crowd.bodies.x.copy()
    crowd.step(3)
    assert (crowd.bodies.x == before).all()


def test_no_units_at_all() -> None:
    assert Crowd(open_ground(), []).step().x.shape == (0,)


def test_distances_given_by_the_caller_change_nothing() -> None:
    def play(given: bool) -> bytes:
        crowd = Crowd(open_ground(), [("marine", 5 + 0.8 * index, 5, 1) for index in range(8)])
        crowd.send(slice(None), 16, 16)
        for _ in range(60):
            bodies = crowd.bodies
            apart: Distances | None = distances(bodies.x, bodies.y) if given else None
            moved = move(bodies, crowd.tracks, crowd.ground, crowd.loop, MovementAssumptions(), apart)
            bodies.x, bodies.y, bodies.vx, bodies.vy = moved.x, moved.y, moved.vx, moved.vy
            crowd.loop += 1
        return bodies.x.tobytes() + bodies.y.tobytes()

    assert play(True) == play(False)

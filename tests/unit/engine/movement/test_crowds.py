"""Many units at once: clumps, corridors, surrounds, pushing."""

from math import asin, pi

import numpy as np
import pytest

from llm_pysc2.engine.movement import MovementAssumptions
from tests.crowds import KINDS, Crowd, block, drawn_ground, open_ground

SWITCHES = MovementAssumptions()
OVERLAP_CELLS = SWITCHES.contact_slop_cells + SWITCHES.overlap_limit_cells + 2 / 4096


@pytest.mark.parametrize("count", [5, 12, 30])
@pytest.mark.parametrize("kind", ["marine", "stalker", "phoenix"])
def test_a_group_sent_to_one_point_comes_to_rest_around_it(kind: str, count: int) -> None:
    crowd = Crowd(open_ground(48, 48), block(kind, count, 4, 10))
    crowd.send(slice(None), 30, 24)
    assert crowd.until_still(420) < 420
    tight = KINDS[kind].separation * (count / 0.9) ** 0.5
    away = np.hypot(crowd.bodies.x - 30, crowd.bodies.y - 24)
    assert away.mean() < tight + 0.3
    assert away.max() < 2 * tight + 1
    crowd.step(60)
    before = crowd.bodies.x.copy()
    crowd.step(60)
    assert np.abs(crowd.bodies.x - before).max() < 0.5, "those who have arrived stay"


def test_two_groups_from_both_sides_share_the_point() -> None:
    crowd = Crowd(open_ground(), block("marine", 10, 3, 14) + block("marine", 10, 25, 14))
    crowd.send(slice(None), 16, 16)
    assert crowd.until_still(300) < 300
    assert np.hypot(crowd.bodies.x - 16, crowd.bodies.y - 16).max() < 4


def test_units_side_by_side_march_without_turning() -> None:
    crowd = Crowd(open_ground(64, 32), block("marine", 20, 4, 10))
    crowd.bodies.goal_x[:], crowd.bodies.goal_y[:] = crowd.bodies.x + 30, crowd.bodies.y
    crowd.bodies.wants_move[:] = True
    start = crowd.bodies.y.copy()
    assert (crowd.step(100).facing == 0).all()
    assert (crowd.bodies.y == start).all()


def corridor(width: int, count: int, teams: tuple[int, int]) -> Crowd:
    """Two groups on both sides of a corridor 20 cells long, each sent to the other side."""
    low = 8 - width // 2
    open_row, closed = "." * 40, "." * 10 + "^" * 20 + "." * 10
    rows = [open_row if low <= row < low + width else closed for row in reversed(range(16))]
    there, here = block("zergling", count, 3, 6.5, 3, teams[0]), block("zergling", count, 34, 6.5, 3, teams[1])
    crowd = Crowd(drawn_ground(rows), there + here)
    crowd.send(slice(0, count), 36, 8)
    crowd.send(slice(count, None), 4, 8)
    return crowd


@pytest.mark.parametrize(
    ("width", "count", "teams"), [(2, 12, (1, 1)), (2, 3, (1, 2)), (3, 8, (1, 1)), (3, 8, (1, 2)), (4, 12, (1, 2))]
)
def test_two_groups_pass_each_other_in_a_corridor(width: int, count: int, teams: tuple[int, int]) -> None:
    crowd = corridor(width, count, teams)
    deepest = 0.0
    while crowd.bodies.wants_move.any() and crowd.loop < 2400:
        crowd.step()
        deepest = max(deepest, crowd.deepest_overlap())
    assert crowd.loop < 2400
    assert (crowd.bodies.x[:count] > 30).all()
    assert (crowd.bodies.x[count:] < 10).all()
    assert deepest <= OVERLAP_CELLS


def test_enemies_who_fill_a_corridor_do_not_push_each_other_through() -> None:
    crowd = corridor(2, 12, (1, 2))
    crowd.step(150)
    front = crowd.bodies.x[:12].max()
    crowd.step(100)
    assert abs(crowd.bodies.x[:12].max() - front) < 1.5


@pytest.mark.parametrize(("target", "radius", "missing"), [("marine", 0.375, 1), ("ultralisk", 1.0, 2)])
def test_zerglings_surround(target: str, radius: float, missing: int) -> None:
    crowd = Crowd(open_ground(), [(target, 20, 16, 2), *block("zergling", 30, 5, 13, 6)])
    crowd.bodies.holds[0] = True
    reach = radius + 0.375 + 0.1
    crowd.chase(slice(1, None), 0, reach - 1 / 64)
    crowd.step(180)
    touching = (np.hypot(crowd.bodies.x[1:] - 20, crowd.bodies.y[1:] - 16) <= reach).sum()
    assert touching >= int(pi / asin(0.375 / reach)) - missing
    assert (crowd.bodies.x[0], crowd.bodies.y[0]) == (20, 16)


def test_few_zerglings_find_the_far_side() -> None:
    crowd = Crowd(open_ground(), [("ultralisk", 20, 16, 2), *block("zergling", 10, 5, 13, 6)])
    crowd.bodies.holds[0] = True
    crowd.chase(slice(1, None), 0, 1.475 - 1 / 64)
    crowd.step(200)
    assert (np.hypot(crowd.bodies.x[1:] - 20, crowd.bodies.y[1:] - 16) <= 1.475).sum() >= 9
    assert (crowd.bodies.x[1:] > 20).sum() >= 3


IDLE = block("marine", 9, 12, 15.15, 3)


def idle_scene(team: int = 1) -> Crowd:
    crowd = Crowd(open_ground(), [("marine", 4, 16, 1), *[(kind, x, y, team) for kind, x, y, _ in IDLE]])
    crowd.send([0], 24, 16.1)
    return crowd


def test_idle_allies_are_pushed_aside_and_the_way_stays_straight() -> None:
    crowd = idle_scene()
    start = crowd.bodies.x.copy(), crowd.bodies.y.copy()
    assert crowd.until_still(300) <= 150  # 143 when nobody is there
    moved = np.hypot(crowd.bodies.x - start[0], crowd.bodies.y - start[1])[1:]
    assert (moved > 0.3).sum() >= 3
    assert moved.max() < 2


@pytest.mark.parametrize(("team", "holds"), [(1, True), (2, False), (2, True)])
def test_holders_and_enemies_are_gone_around(team: int, holds: bool) -> None:
    crowd = idle_scene(team)
    crowd.bodies.holds[1:] = holds
    start = crowd.bodies.x.copy(), crowd.bodies.y.copy()
    assert crowd.until_still(300) < 200
    assert (crowd.bodies.x[1:] == start[0][1:]).all()
    assert (crowd.bodies.y[1:] == start[1][1:]).all()


def test_units_of_higher_push_priority_are_not_pushed() -> None:
    crowd = idle_scene()
    crowd.bodies.push_priority[1:] = 20
    start = crowd.bodies.x.copy()
    crowd.until_still(300)
    assert (np.abs(crowd.bodies.x[1:] - start[1:]) < 0.25).all()


def test_force_fields_bar_the_way_but_not_to_those_of_other_layers() -> None:
    rows = ["^" * 20] * 4 + ["." * 20] * 2 + ["^" * 20] * 4
    crowd = Crowd(drawn_ground(rows), [("force_field", 10, 5, 1), ("marine", 3, 5, 1), ("colossus", 4, 5, 1)])
    crowd.send([1], 17, 5)
    crowd.send([2], 17, 5)
    crowd.step(200)
    assert crowd.bodies.x[1] < 9
    assert crowd.bodies.x[2] > 16
    assert crowd.bodies.x[0] == 10


def test_small_units_run_under_the_colossus() -> None:
    crowd = Crowd(open_ground(), [("colossus", 10, 16, 2), ("zergling", 4, 16, 1)])
    crowd.send([1], 20, 16)
    assert crowd.until_still(200) == 87  # 16 / 0.18457, straight through
    assert crowd.bodies.x[0] == 10


def test_air_units_drift_apart_slowly() -> None:
    crowd = Crowd(open_ground(), [("phoenix", 16, 16, 1), ("phoenix", 16.25, 16, 1)])
    crowd.step()
    assert 0.25 < crowd.bodies.x[1] - crowd.bodies.x[0] < 0.4
    crowd.step(200)
    assert crowd.bodies.x[1] - crowd.bodies.x[0] > 1.3


def test_units_born_on_one_spot_come_apart() -> None:
    crowd = Crowd(open_ground(), [("marine", 16, 16, 1)] * 6)
    crowd.step(60)
    assert crowd.deepest_overlap() <= OVERLAP_CELLS


def test_a_unit_under_a_new_structure_is_put_beside_it() -> None:
    crowd = Crowd(open_ground(), [("marine", 16.2, 16.1, 1)])
    crowd.ground.block(16, 16, np.ones((6, 6), dtype=bool))
    crowd.step()
    assert crowd.ground.is_open(crowd.bodies.x, crowd.bodies.y).all()


def test_more_units_than_fit_into_one_matrix_move_alike() -> None:
    few, many = (block("marine", count, 4, 10, 16) for count in (48, 48 + 160))
    near, far = (
        Crowd(open_ground(96, 96), units) for units in (few, few + [(k, x + 40, y + 40, t) for k, x, y, t in many[48:]])
    )
    for crowd in (near, far):
        crowd.send(slice(0, 48), 24, 24)
        crowd.step(100)
    assert (near.bodies.x == far.bodies.x[:48]).all()
    assert (near.bodies.y == far.bodies.y[:48]).all()


@pytest.mark.parametrize("teams", [(1, 1), (1, 2)])
def test_two_groups_that_meet_head_on_pass_through_each_other_in_lanes(teams: tuple[int, int]) -> None:
    there = block("marine", 20, 4, 14, 5, teams[0])
    crowd = Crowd(open_ground(), there + [(kind, 32 - x, y, teams[1]) for kind, x, y, _ in there])
    crowd.send(slice(0, 20), 27, 16)
    crowd.send(slice(20, None), 5, 16)
    assert crowd.until_still(330) < 330  # 23 cells are 164 loops for those who meet nobody

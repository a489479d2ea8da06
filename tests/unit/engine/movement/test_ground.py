"""Terrain, footprints, routes and places on the ground."""

from math import inf

import numpy as np
import pytest

from llm_pysc2.engine.movement import Ground, half_cell_mask
from llm_pysc2.engine.movement.routes import Net, RouteKey, Routes, width_class
from llm_pysc2.engine.movement.surface import Surface
from llm_pysc2.engine.movement.walls import keep_out
from tests.crowds import drawn_ground, open_ground

ROOMS = [
    "..........",
    "..........",
    "####.#####",
    "..........",
    "..........",
    "##########",
    "..........",
]
"""Two rooms joined by a door of one cell at x = 4..5, y = 4..5, and a third one without a door."""


def test_walking_distance_goes_through_the_door() -> None:
    ground = drawn_ground(ROOMS)
    assert ground.path_length_cells((1, 3), (3, 3), 0.375) == 2
    there = ground.path_length_cells((1, 3), (1, 6), 0.375)
    assert there == pytest.approx(2 * np.hypot(3.5, 0.5) + 2)  # to the middle before the door, through, and back


def test_there_is_no_way_into_a_closed_room_or_a_wall() -> None:
    ground = drawn_ground(ROOMS)
    assert ground.path_length_cells((1, 3), (1, 0.5), 0.375) == inf
    assert ground.path_length_cells((1, 3), (0.5, 4.5), 0.375) == inf


def test_wide_units_do_not_fit_through_a_narrow_door() -> None:
    ground = drawn_ground(ROOMS)
    assert ground.path_length_cells((1, 3), (1, 6), 0.5) < inf
    assert ground.path_length_cells((1, 3), (1, 6), 0.75) == inf


def test_climbers_walk_over_cliffs() -> None:
    ground = Ground(np.zeros((8, 8)), np.ones((8, 8)))
    assert ground.path_length_cells((1, 1), (6, 6), 0.5, climbs=True) == pytest.approx(np.hypot(5, 5))
    assert ground.path_length_cells((1, 1), (6, 6), 0.5) == inf


def test_footprints_block_until_they_are_taken_away() -> None:
    ground = open_ground(16, 16)
    nexus = np.ones((10, 10), dtype=bool)
    straight = ground.path_length_cells((2, 8), (14, 8), 0.375)
    ground.block(8, 8, nexus)
    assert not ground.is_open(8, 8)[0]
    assert ground.pathing_grid().sum() == 16 * 16 - 36  # five cells across, from half-cell to half-cell
    assert ground.path_length_cells((2, 8), (14, 8), 0.375) > straight + 1
    ground.unblock(8, 8, nexus)
    assert ground.pathing_grid().all()
    assert ground.path_length_cells((2, 8), (14, 8), 0.375) == straight


def test_overlapping_footprints_are_counted() -> None:
    ground = open_ground(16, 16)
    mask = np.ones((4, 4), dtype=bool)
    ground.block(8, 8, mask)
    ground.block(9, 8, mask)
    ground.unblock(8, 8, mask)
    assert ground.is_open([7.25, 8.75, 9.75], [8, 8, 8]).tolist() == [True, False, False]


def test_footprints_over_the_rim_are_cut() -> None:
    ground = open_ground(8, 8)
    ground.block(0, 0, np.ones((4, 4), dtype=bool))
    ground.block(-20, 3, np.ones((4, 4), dtype=bool))
    assert ground.pathing_grid().sum() == 63


def test_a_copy_is_independent() -> None:
    ground = open_ground(8, 8)
    twin = ground.copy()
    ground.block(4, 4, np.ones((2, 2), dtype=bool))
    assert twin.is_open(4, 4)[0]
    assert twin.path_length_cells((1, 4), (7, 4), 0.375) == 6


def test_the_playable_area_bounds_the_ground() -> None:
    ground = Ground(np.ones((10, 10)), playable=(2, 1, 8, 9))
    assert ground.is_open([1.9, 2.1, 7.9, 8.1], [5, 5, 5, 5]).tolist() == [False, True, True, False]


def test_nearest_open_place() -> None:
    ground = drawn_ground(ROOMS)
    assert ground.nearest_open(3, 3, 0.375) == (3, 3)
    x, y = ground.nearest_open(8.1, 1.4, 0.375)
    assert ground.is_open(x, y)[0]
    assert np.hypot(x - 8.1, y - 1.4) < 1.2


def test_half_cell_mask_takes_corners_in_any_order() -> None:
    square = [
        (-0.75, -1.5),
        (0.75, -1.5),
        (-0.75, 1.5),
        (0.75, 1.5),
        (-1.5, -0.75),
        (-1.5, 0.75),
        (1.5, -0.75),
        (1.5, 0.75),
    ]
    mask = half_cell_mask(square)
    assert mask.shape == (6, 6)
    assert mask.sum() == 36 - 4
    assert not mask[0, 0]


def test_room_is_the_distance_to_the_nearest_blocked_half_cell() -> None:
    chance = np.random.default_rng(5)
    blocked = chance.random((20, 24)) < 0.1
    surface = Surface(blocked)
    rows, columns = np.nonzero(blocked)
    for row in range(4, 17):
        for column in range(4, 21):
            away_x = np.maximum(np.maximum(columns - column, column - columns - 1), 0) / 2
            away_y = np.maximum(np.maximum(rows - row, row - rows - 1), 0) / 2
            expected = min(1.5, float(np.hypot(away_x, away_y).min()))
            assert surface.room[row + 1, column + 1] == pytest.approx(expected)


def test_changing_a_part_measures_the_same_as_building_anew() -> None:
    chance = np.random.default_rng(6)
    blocked = chance.random((30, 30)) < 0.05
    surface = Surface(blocked)
    blocked[8:12, 27:30] = True
    surface.change(8, 27, np.ones((4, 3), dtype=bool))
    anew = Surface(blocked)
    assert (surface.room == anew.room).all()
    assert (surface.walled == anew.walled).all()


def test_walls_push_by_the_radius() -> None:
    surface = Surface(np.zeros((8, 8), dtype=bool))
    kept = keep_out(surface, np.array([[0.1, 2.0, 3.9], [2.0, 2.0, 0.2]]), np.array([0.375, 0.375, 0.5]))
    assert kept == pytest.approx(np.array([[0.375, 2.0, 3.5], [2.0, 2.0, 0.5]]))


@pytest.mark.parametrize(
    ("radius", "number"), [(0.25, 0), (0.5, 0), (0.5625, 1), (0.75, 2), (1.0, 2), (1.25, 4), (2.0, 5)]
)
def test_units_that_fit_through_the_same_places_share_a_class(radius: float, number: int) -> None:
    assert width_class(radius) == number


def test_walking_distances_do_not_depend_on_who_asked_before() -> None:
    chance = np.random.default_rng(7)
    surface = Surface(np.repeat(np.repeat(chance.random((20, 20)) < 0.2, 2, axis=0), 2, axis=1))
    net = Net(surface, 0)
    free = np.flatnonzero(net.free)
    goal, near, far = free[len(free) // 2], free[len(free) // 2 + 3], free[-1]

    def distance(asked: list[int]) -> int:
        field = Routes(surface).field(RouteKey(int(goal), 0, 0, 0))
        for node in asked:
            field.reaches(np.array([node]))
        return int(field.distance[far])

    assert distance([far]) == distance([near, far])

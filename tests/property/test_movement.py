"""Invariants of movement in random scenes."""

from copy import deepcopy
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llm_pysc2.engine.movement import Ground, MovementAssumptions, step
from tests.crowds import KINDS, Crowd, open_ground

SWITCHES = MovementAssumptions()
OVERLAP_CELLS = SWITCHES.contact_slop_cells + SWITCHES.overlap_limit_cells + 2 / 4096
WIDTH = 24
FLIPPED = (
    MovementAssumptions(look_ahead_loops=1.0, sideways=0.0, loyalty=0.0, steer_loops=1),
    MovementAssumptions(look_ahead_cells=3.0, yield_loops=0.0, jam_loops=2, steer_loops=4),
    MovementAssumptions(idle_yields=0.1, yield_loops=24.0, sideways=1.0, wall_radius=0.5),
)
"""Guesses far from the defaults."""
WALKERS = ("marine", "zergling", "stalker", "ultralisk", "probe")

seeds = st.integers(0, 2**32 - 1)
bounded = settings(max_examples=12, deadline=None)


def random_crowd(seed: int, kinds: tuple[str, ...] = WALKERS, walls: float = 0.0) -> Crowd:
    """Return units that do not overlap, some idle, some holding, some sent to a few points."""
    chance = np.random.default_rng(seed)
    cells = chance.random((WIDTH, WIDTH)) >= walls
    ground = Ground(cells) if walls else open_ground(WIDTH, WIDTH)
    units: list[tuple[str, float, float, int]] = []
    for _ in range(int(chance.integers(4, 40))):
        kind = str(chance.choice(kinds))
        x, y = chance.uniform(1, WIDTH - 1, 2)
        room = [np.hypot(x - unit[1], y - unit[2]) - KINDS[unit[0]].inner - KINDS[kind].inner for unit in units]
        fits = KINDS[kind].flying or ground.nearest_open(x, y, KINDS[kind].inner) == (x, y)
        if fits and min(room, default=1.0) > 0:
            units.append((kind, x, y, int(chance.integers(1, 3))))
    crowd = Crowd(ground, units)
    goals = chance.uniform(0, WIDTH, (3, 2))
    for row in range(len(units)):
        lot = chance.random()
        crowd.bodies.holds[row] = lot < 0.15
        if lot > 0.3:
            crowd.send([row], *goals[int(chance.integers(3))])
    return crowd


def places(crowd: Crowd) -> bytes:
    return b"".join(column.tobytes() for column in (crowd.bodies.x, crowd.bodies.y, crowd.bodies.facing))


@given(seeds)
@bounded
def test_nobody_stands_in_anybody(seed: int) -> None:
    crowd = random_crowd(seed)
    for _ in range(10):
        crowd.step(20)
        assert crowd.deepest_overlap() <= OVERLAP_CELLS


@example(1_518_851_870)  # nobody is there at all
@given(seeds)
@bounded
def test_nobody_is_inside_a_wall_or_off_the_map(seed: int) -> None:
    crowd = random_crowd(seed, walls=0.12)
    for _ in range(40):
        crowd.step(5)
        assert crowd.ground.is_open(crowd.bodies.x, crowd.bodies.y).all()
        assert crowd.deepest_overlap() <= OVERLAP_CELLS


@given(seeds)
@bounded
def test_nobody_is_faster_than_its_speed_by_itself(seed: int) -> None:
    crowd = random_crowd(seed, (*WALKERS, "phoenix"))
    for _ in range(60):
        before = crowd.bodies.x.copy(), crowd.bodies.y.copy()
        crowd.step()
        came = np.hypot(crowd.bodies.x - before[0], crowd.bodies.y - before[1])
        assert came.max(initial=0) < 2.5 * crowd.bodies.speed.max(initial=1)
        assert np.isfinite(came).all()
        held = crowd.bodies.holds & ~crowd.bodies.wants_move & ~crowd.bodies.flying
        assert (came[held] == 0).all()
        assert (crowd.bodies.x * 4096 % 1 == 0).all()
        assert ((crowd.bodies.facing >= 0) & (crowd.bodies.facing < 2 * np.pi)).all()


@given(seeds)
@bounded
def test_same_scene_same_bytes_whatever_was_kept_or_laid_out(seed: int) -> None:
    first, second = random_crowd(seed, walls=0.08), random_crowd(seed, walls=0.08)
    for loop in range(80):
        first.step()
        if loop % 20 == 7:
            second.ground, second.tracks = second.ground.copy(), second.tracks.copy()
            strided = np.empty((len(second.bodies.x), 3))
            strided[:, 1] = second.bodies.x
            second.bodies.x = strided[:, 1]
        second.step()
        assert places(first) == places(second)


@given(seeds)
@bounded
def test_a_snapshot_goes_on_as_the_original(seed: int) -> None:
    crowd = random_crowd(seed)
    crowd.step(30)
    twin = deepcopy(crowd)
    twin.tracks = crowd.tracks.copy()
    crowd.step(30)
    for _ in range(30):
        twin.step()
    assert places(crowd) == places(twin)


@given(seeds)
@bounded
def test_a_mirrored_scene_moves_in_the_mirror(seed: int) -> None:
    crowd, mirrored = random_crowd(seed, (*WALKERS, "phoenix")), random_crowd(seed, (*WALKERS, "phoenix"))
    mirrored.bodies.x = WIDTH - mirrored.bodies.x
    mirrored.bodies.goal_x = WIDTH - mirrored.bodies.goal_x
    for _ in range(5):
        crowd.step(2)
        mirrored.step(2)
        assert WIDTH - mirrored.bodies.x == pytest.approx(crowd.bodies.x, abs=0.01)
        assert mirrored.bodies.y == pytest.approx(crowd.bodies.y, abs=0.01)


@given(seeds, st.integers(1, 20))
@bounded
def test_rows_that_die_and_are_born_leave_the_others_their_memory(seed: int, loops: int) -> None:
    crowd = random_crowd(seed)
    crowd.step(loops)
    tracks = crowd.tracks
    dead = np.zeros(tracks.side.size, dtype=bool)
    dead[::3] = True
    kept = tracks.grown(2).kept(np.concatenate((~dead, [True, True])))
    assert (kept.waypoint[:, :-2] == tracks.waypoint[:, ~dead]).all()
    assert (kept.plan_loop[:-2] == tracks.plan_loop[~dead]).all()
    assert np.isnan(kept.planned[:, -2:]).all()


def remembered(crowd: Crowd) -> bytes:
    tracks = crowd.tracks
    return b"".join(getattr(tracks, column.name).tobytes() for column in fields(tracks))


@given(seeds, st.sampled_from((0.0, 0.1)), st.sampled_from((MovementAssumptions(), *FLIPPED)))
@bounded
def test_few_units_in_plain_numbers_and_many_as_arrays_move_alike(
    seed: int, walls: float, assumptions: MovementAssumptions
) -> None:
    chance = np.random.default_rng(seed)
    few, many = random_crowd(seed, (*WALKERS, "colossus"), walls), random_crowd(seed, (*WALKERS, "colossus"), walls)
    for crowd in (few, many):
        crowd.assumptions = assumptions
    for _ in range(25):
        goal, rows = chance.uniform(0, WIDTH, 2), np.flatnonzero(chance.random(len(few.bodies.x)) < 0.2)
        for crowd, most in ((few, 10**6), (many, 0)):
            crowd.send(rows, *goal)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(step, "FEW_VIEWS", most)
                crowd.step(3)
        assert places(few) == places(many)
        assert remembered(few) == remembered(many)

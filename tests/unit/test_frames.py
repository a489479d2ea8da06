import math

from hypothesis import given
from hypothesis import strategies as st

from llm_pysc2.world.frames import MINIMAP_PX, SCREEN_PX, MinimapFrame, ScreenFrame, centre_of, px_middle, to_px
from llm_pysc2.world.geometry import Point

CELLS = st.floats(0, 256)
POINTS = st.builds(Point, CELLS, CELLS)
SIZES = st.tuples(st.integers(16, 256), st.integers(16, 256))


def close(a, b):
    return math.isclose(a.x, b.x, abs_tol=1e-6) and math.isclose(a.y, b.y, abs_tol=1e-6)


@given(POINTS, POINTS)
def test_screen_frames_invert(centre, point):
    frame = ScreenFrame(centre)
    assert close(frame.screen_to_world(frame.world_to_screen(point)), point)
    assert close(frame.world_to_screen(frame.screen_to_world(point)), point)


@given(SIZES, POINTS)
def test_minimap_frames_invert(size, point):
    frame = MinimapFrame(size)
    assert close(frame.minimap_to_world(frame.world_to_minimap(point)), point)


@given(POINTS, st.integers(0, SCREEN_PX - 1), st.integers(0, SCREEN_PX - 1))
def test_a_px_of_the_screen_names_a_place_in_itself(centre, x, y):
    frame = ScreenFrame(centre)
    place = frame.screen_to_world(px_middle(Point(x, y)))
    assert to_px(frame.world_to_screen(place), SCREEN_PX) == (x, y)


@given(SIZES, st.integers(0, MINIMAP_PX - 1), st.integers(0, MINIMAP_PX - 1))
def test_a_px_of_the_minimap_names_a_place_in_itself(size, x, y):
    frame = MinimapFrame(size)
    place = frame.minimap_to_world(px_middle(Point(x, y)))
    assert to_px(frame.world_to_minimap(place), MINIMAP_PX) == (x, y)


def test_the_screen_is_24_cells_wide_and_its_y_goes_down():
    frame = ScreenFrame(Point(50, 40))
    assert frame.world_to_screen(Point(50, 40)) == Point(64, 64)
    assert frame.world_to_screen(Point(38, 52)) == Point(0, 0)
    assert frame.world_to_screen(Point(62, 28)) == Point(128, 128)


def test_the_minimap_is_scaled_by_the_longer_side():
    frame = MinimapFrame((128, 64))
    assert frame.world_to_minimap(Point(128, 64)) == Point(64, 0)
    assert frame.world_to_minimap(Point(0, 0)) == Point(0, 32)


def test_the_middle_of_nothing_is_the_origin():
    assert centre_of([]) == Point(0, 0)

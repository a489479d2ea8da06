"""Terrain: the file format both ways, heights, placement, and errors that say what was expected."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_pysc2.engine.maps.terrain import (
    Terrain,
    decode_terrain,
    encode_terrain,
    load_terrain,
    make_terrain,
    read_terrain,
)
from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.packs import find_files

RAMP = """
ground
aaaa
1122
1122
height
191x4
191 191 199 207
191 191 199 207
"""


@st.composite
def terrains(draw: st.DrawFn) -> Terrain:
    shape = draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    cells = shape[0] * shape[1]
    heights = draw(st.lists(st.integers(0, 255), min_size=cells, max_size=cells))
    levels = np.array(draw(st.lists(st.integers(0, 9), min_size=cells, max_size=cells))).reshape(shape)
    walkable = np.array(draw(st.lists(st.booleans(), min_size=cells, max_size=cells))).reshape(shape)
    return make_terrain("drawn", np.array(heights).reshape(shape), walkable & (levels > 0), levels)


@given(terrains())
def test_a_terrain_survives_its_file(terrain: Terrain):
    again = decode_terrain("drawn", encode_terrain(terrain))
    for name in ("height_byte", "pathable", "cliff_level", "placement"):
        np.testing.assert_array_equal(getattr(again, name), getattr(terrain, name))


def test_row_0_is_in_the_south():
    terrain = decode_terrain("ramp", RAMP)
    assert (terrain.width, terrain.height) == (4, 3)
    assert terrain.pathable.tolist() == [[True] * 4, [True] * 4, [False] * 4]
    assert terrain.cliff_level[0].tolist() == [1, 1, 2, 2]
    assert terrain.height_byte[2].tolist() == [191] * 4


def test_nothing_is_built_on_slopes_and_cliffs():
    assert decode_terrain("ramp", RAMP).placement[0].tolist() == [True, False, False, True]


def test_heights_between_corners_are_between_theirs():
    terrain = decode_terrain("ramp", RAMP)
    low, high = (byte / 255 * 32 - 16 for byte in (191, 199))
    np.testing.assert_allclose(terrain.z_at([0.3, 2.0, 1.5], [0.5, 0.0, 0.0]), [low, high, (low + high) / 2])
    assert terrain.z_at(-5.0, 0.0) == pytest.approx(low)


def test_grids_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        decode_terrain("ramp", RAMP).pathable[0, 0] = False


@pytest.mark.parametrize("name", find_files("scenarios/maps/terrain", ".txt"))
def test_every_terrain_loads_and_its_file_is_as_we_write_it(name: str):
    path = find_files("scenarios/maps/terrain", ".txt")[name]
    assert encode_terrain(load_terrain(name)) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ground\n11\n", "expected the sections ground and height, found ground"),
        ("ground\n11\nheight\n191x3\n", "expected as many cells in every row"),
        ("ground\n1x\nheight\n191x2\n", "expected the characters"),
        ("ground\n11\nheight\n300x2\n", "bytes up to 255"),
        ("ground\n11 *two\nheight\n191x2\n", "expected a number of rows"),
    ],
)
def test_a_broken_file_is_an_error_that_names_it(tmp_path: Path, text: str, message: str):
    path = tmp_path / "broken.txt"
    path.write_text(text)
    with pytest.raises(PackError, match=rf"broken\.txt: .*{message}"):
        read_terrain(path)


def test_an_unknown_terrain_is_named_with_close_ones():
    with pytest.raises(UsageError, match="closest: corridor"):
        load_terrain("coridor")

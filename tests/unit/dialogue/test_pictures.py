"""Pictures: what stands where, what a change of them looks like, and that nothing breaks them."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from math import pi

import numpy as np
import pytest
from PIL import Image as PillowImage
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.dialogue.pictures import draw_pictures
from llm_pysc2.dialogue.pictures.ground import COLOURS
from llm_pysc2.dialogue.situation import Situation, Speaker
from llm_pysc2.env.decode import decode_observation
from llm_pysc2.env.names import TypeNames
from llm_pysc2.roster import IMAGES
from llm_pysc2.world.frames import ScreenFrame, centre_of
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import Alliance, CameraView, EffectView, MapView, OrderView, RasterView
from tests.conftest import GOLDEN
from tests.situations import SITUATIONS
from tests.unit.dialogue.test_recorded import MAP
from tests.worlds import enemy, situation, unit, view

RAVINE = MapView(
    "Ravine",
    (40, 32),
    Rect(2, 2, 38, 30),
    pathing=bytes(int(not 14 <= x < 17 or y >= 24) for y in range(32) for x in range(40)),
    terrain_height=bytes(190 if x >= 17 else 130 for y in range(32) for x in range(40)),
)
OFF_BY = 24
"""Of 255: letters come out a little differently from one release of Pillow to the next."""


def crowd() -> Situation:
    """Return fifty Marines beside fifty Zerglings, on two sides of a ravine."""
    own = [
        unit(n, "Marine", 9 + n % 5 * 0.9, 10 + n // 5 * 0.9, orders=(OrderView(23, 100 + n),), facing_radians=0.3)
        for n in range(50)
    ]
    foes = [enemy(100 + n, "Zergling", 18 + n % 5 * 0.8, 10 + n // 5 * 0.8, facing_radians=pi) for n in range(50)]
    return situation(view([*own, *foes], map_view=RAVINE))


def drawn_by_the_game() -> Situation:
    """Return a situation with layers of each depth, and RGB."""
    ramp = np.arange(64 * 64) % 251
    screen = (
        RasterView("height_map", (64, 64), 8, ramp.astype("<u1").tobytes()),
        RasterView("creep", (64, 64), 1, np.packbits(ramp % 9 == 0).tobytes()),
        RasterView("power", (64, 64), 1, bytes(512)),
        RasterView("unit_type", (64, 64), 32, (ramp // 60 * 700).astype("<i4").tobytes()),
        RasterView("player_relative", (64, 64), 8, (ramp // 60).astype("<u1").tobytes()),
        RasterView("rgb", (32, 24), 24, bytes(range(256)) * 9),
    )
    minimap = (RasterView("camera", (64, 32), 1, bytes(128) + b"\xff" * 128),)
    return situation(view([unit(1, "Stalker", 8, 8)], camera=CameraView(Point(20.26, 8), screen, minimap)))


PICTURES: dict[str, tuple[Callable[[], Situation], str]] = {
    "protoss_2s3z": (SITUATIONS["protoss_2s3z"], "screen"),
    "terran_drop": (SITUATIONS["terran_drop"], "screen"),
    "zerg_hatchery": (SITUATIONS["zerg_hatchery"], "screen"),
    "zerg_minimap": (SITUATIONS["zerg_hatchery"], "minimap"),
    "task4_px": (SITUATIONS["task4_screen"], "screen"),
    "task4_minimap_px": (SITUATIONS["task4_screen"], "minimap"),
    "crowd": (crowd, "screen"),
    "crowd_minimap": (crowd, "minimap"),
    "layers": (drawn_by_the_game, "layers"),
}


def pixels(png: bytes) -> np.ndarray:
    """Return a picture as int of shape (height, width, 3)."""
    return np.asarray(PillowImage.open(BytesIO(png)).convert("RGB")).astype(int)


def draw(here: Situation, kind: str) -> np.ndarray:
    """Return the first picture of a kind."""
    return pixels(draw_pictures(here, [kind])[0].png)


@pytest.mark.parametrize("name", PICTURES)
def test_golden_pictures(name, request):
    make, kind = PICTURES[name]
    png = draw_pictures(make(), [kind])[0].png
    path = GOLDEN / "pictures" / f"{name}.png"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png)
    assert path.is_file(), f"{path} does not exist; write it with --update-golden"
    now, before = pixels(png), pixels(path.read_bytes())
    assert now.shape == before.shape
    off = np.abs(now - before).max(axis=-1) > OFF_BY
    assert off.mean() < 0.002, f"differs from {path} in {off.sum()} px; if it should, use --update-golden"


@pytest.mark.parametrize("points", ["world", "screen"])
def test_every_unit_stands_where_the_text_says(points):
    here = replace(SITUATIONS["protoss_2s3z"](), speaker=Speaker("A", points=points))
    stalkers = [each for each in here.view.own if each.type_name == "Stalker"]
    frame = ScreenFrame(centre_of(each.position for each in stalkers))
    drawn = draw(here, "screen")
    for each in here.view.units:
        x, y = (place * 4 for place in frame.world_to_screen(each.position))
        radius = max(5.0, each.radius_cells * 512 / 24) - 0.5
        angles = np.linspace(0, 2 * pi, 48)
        rim = drawn[
            (y + radius * np.sin(angles)).round().astype(int), (x + radius * np.cos(angles)).round().astype(int)
        ]
        assert (np.abs(rim - COLOURS[each.alliance]).sum(axis=1) < 120).mean() > 0.4, each


def test_bars_show_what_is_left():
    def green(health: float) -> int:
        drawn = draw(situation(view([unit(1, "Marauder", 8, 8, health=health, orders=())])), "screen")
        return int((np.abs(drawn[225:244] - COLOURS[Alliance.SELF]).sum(axis=-1) < 30).sum())

    assert green(125.0) > green(60.0) > green(5.0)


def test_texts_make_room_for_one_another():
    here = crowd()
    alone = situation(view([here.view.units[0]], map_view=RAVINE))
    for other in (here, alone):
        assert draw_pictures(other, ["screen"]) == draw_pictures(other, ["screen"])
    written = (draw(here, "screen") == (16, 16, 20)).all(axis=-1).sum()
    assert written > 60 * 15 * 6, "most ids have a ground of their own"


def test_the_picture_is_the_same_each_time_and_changes_with_the_game():
    here = SITUATIONS["protoss_2s3z"]()
    first = draw_pictures(here, IMAGES)
    assert first == draw_pictures(here, IMAGES)
    moved = replace(here.view.units[0], position=Point(4, 4))
    assert first != draw_pictures(replace(here, view=replace(here.view, units=(moved, *here.view.units[1:]))), IMAGES)


def test_each_team_has_its_screen_and_says_so():
    captions = [image.caption for image in draw_pictures(SITUATIONS["zerg_hatchery"](), ["screen", "minimap"])]
    assert captions == [
        "Screen of team Base: 24 x 24 cells, in cells of the map.",
        "Screen of team Workers: 24 x 24 cells, in cells of the map.",
        "Screen of team Queens: 24 x 24 cells, in cells of the map.",
        "Minimap, in cells of the map; the rectangles are your teams' screens.",
    ]
    (px,) = draw_pictures(situation(view([unit(1, "Marine", 3, 3)]), speaker=Speaker("A", points="screen")), ["screen"])
    assert px.caption == "Screen of team Marine: 24 x 24 cells, in px of this screen."


def test_layers_in_which_nothing_differs_are_told_instead_of_shown():
    screen, minimap = draw_pictures(drawn_by_the_game(), ["layers"])
    assert screen.caption == (
        "Feature layers of the game's camera at 20.3,8, each with its least and greatest value; "
        "the same everywhere: power 0."
    )
    assert minimap.caption == "Feature layers of the minimap, each with its least and greatest value."
    (rgb,) = draw_pictures(drawn_by_the_game(), ["rgb"])
    assert pixels(rgb.png).shape == (24, 32, 3)
    assert pixels(rgb.png)[0, 1].tolist() == [3, 4, 5]


def test_without_a_game_that_draws_there_are_no_layers():
    assert draw_pictures(SITUATIONS["protoss_2s3z"](), ["layers", "rgb"]) == ()


@pytest.mark.parametrize(
    "world",
    [
        view([]),
        view([], map_view=MapView("", (0, 0), Rect(0, 0, 0, 0))),
        view([unit(1, "Marine", -50, 900)]),
        view([replace(unit(1, "Marine", 5, 5, health_max=0.0), type_name="Unheard", radius_cells=0.0)]),
        view([unit(1, "Marine", 5, 5)], effects=(EffectView(999, (), 0.0, 2, Alliance.ENEMY),)),
        view([unit(1, "Marine", 5, 5, orders=(OrderView(99999, 12345),))]),
        view([unit(1, "Marine", 5, 5)], map_view=replace(RAVINE, pathing=b"123", terrain_height=b"")),
    ],
)
def test_nothing_is_too_strange_to_be_drawn(world):
    for image in draw_pictures(situation(world), IMAGES):
        assert pixels(image.png).size


def test_an_observation_of_the_real_game_is_drawn(recorded):
    message = sc_pb.ResponseObservation.FromString(
        recorded("observation_loop849_all_layers_128px.ResponseObservation.pb.gz")
    )
    here = situation(decode_observation(message, MAP, TypeNames()))
    images = draw_pictures(here, IMAGES)
    teams = {each.type_name for each in here.view.own}
    assert len(images) == len(teams) + 1 + 2
    *_, screen, minimap = images
    assert screen.caption.startswith("Feature layers of the game's camera at 92.7,91.3")
    assert "creep 0, power 0" in screen.caption
    assert "camera" not in minimap.caption, "the minimap shows where the camera is"

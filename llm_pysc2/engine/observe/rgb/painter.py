"""Draws the pictures of one client: ground, effects, units from below to above, then marks and bars.

Drawn larger than asked for and made smaller at the end, so that edges are smooth. Only for clients that ask.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageDraw
from s2clientprotocol import common_pb2, spatial_pb2
from s2clientprotocol import raw_pb2 as raw

from llm_pysc2.engine.behaviors import vision
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.observe.frames import Frame, camera_window, minimap_frame, screen_frame
from llm_pysc2.engine.observe.rgb.figures import Figure, draw_bars, draw_body, draw_disc
from llm_pysc2.engine.observe.rgb.ground import brightness, creep_mask, ground_picture
from llm_pysc2.engine.observe.rgb.look import load_look, type_letters
from llm_pysc2.engine.observe.sight import CLOAKED, VISIBLE, View, seen_effects
from llm_pysc2.engine.state.unit_columns import Floats

ENLARGED = 2
"""Pixels drawn for each pixel shown, to each side."""
_CREEP_OPACITY = 0.62
_SMALLEST_MARK_PX = 1.0
"""Half of the side of a unit on the minimap at least, pixels shown."""

Picture = Image.Image


class RgbPainter:
    """Draws the screen and the minimap in colour for one client.

    Args:
        setup: `SpatialCameraSetup` of the client, with the camera's width.
    """

    def __init__(self, game: Game, player_id: int, setup: Any) -> None:
        self._game = game
        self._player_id = player_id
        self._setup = setup
        self._look = load_look()
        self._letters = type_letters(game.types.types)
        self._minimap = minimap_frame(setup, game.terrain, game.map.playable)
        self._ground: dict[Frame, Picture] = {}

    def encode(self, view: View) -> bytes:
        """Return a serialized `ObservationRender`."""
        return bytes(
            spatial_pb2.ObservationRender(
                map=_encode_picture(self.screen(view)), minimap=_encode_picture(self.minimap(view))
            ).SerializeToString()
        )

    def screen(self, view: View) -> Picture:
        """Return what lies around the camera."""
        frame = screen_frame(self._setup, self._game.players[self._player_id].camera)
        picture = self._lit_ground(frame, view)
        frame = _enlarge(frame)
        canvas = ImageDraw.Draw(picture, "RGBA")
        self._draw_fields(canvas, frame, view)
        figures = list(self._figures(frame, view))
        for figure in figures:
            draw_body(canvas, self._look, figure)
        self._draw_shots(canvas, frame, view)
        self._draw_blips(canvas, frame, view)
        for figure in figures:
            draw_bars(canvas, self._look, figure)
        return picture.reduce(ENLARGED)

    def minimap(self, view: View) -> Picture:
        """Return the whole map, or what is played on, with a mark for each unit and the edges of the screen."""
        frame = _enlarge(self._minimap)
        picture = self._lit_ground(self._minimap, view)
        canvas = ImageDraw.Draw(picture, "RGBA")
        units, types = view.units, self._game.types
        marked = (
            (view.sight.display > 0)
            & ~np.isin(view.sight.display, (raw.Hidden, raw.Placeholder))
            & ~types.unmarked[units.row]
        )
        for row in marked.nonzero()[0].tolist():
            self._draw_mark(canvas, frame, view, row)
        self._draw_alerts(canvas, frame)
        self._draw_blips(canvas, frame, view)
        camera = screen_frame(self._setup, self._game.players[self._player_id].camera)
        left, top, right, bottom = (edge * ENLARGED for edge in camera_window(camera, self._minimap))
        canvas.rectangle((left, top, right - 1, bottom - 1), outline=self._look.marks["camera"], width=ENLARGED)
        return picture.reduce(ENLARGED)

    def _draw_blips(self, canvas: Any, frame: Frame, view: View) -> None:
        """Draw a spot where a radar has noticed somebody."""
        for row in view.sight.blip.nonzero()[0].tolist():
            at = frame.world_to_px(float(view.units.x[row]), float(view.units.y[row]))
            draw_disc(canvas, at, max(0.5 / frame.cells_per_px, ENLARGED), self._look.sides["enemy"], 120, 255)

    def _draw_alerts(self, canvas: Any, frame: Frame) -> None:
        """Draw a ring where something has called for attention of late."""
        assumptions = self._game.assumptions
        for alarm in self._game.players[self._player_id].alarms:
            if alarm.loop > self._game.loop - assumptions.alert_shown_loops:
                at, radius = frame.world_to_px(alarm.x, alarm.y), assumptions.alert_cells / frame.cells_per_px
                draw_disc(canvas, at, radius, self._look.marks["alert"], 0, 255)

    def _lit_ground(self, frame: Frame, view: View) -> Picture:
        """Return the ground with creep, dark where the player sees nothing, in the size in which units are drawn."""
        picture = self._terrain(frame).copy()
        creep = creep_mask(frame, self._game.match.creep, view)
        if creep is not None:
            colour = Image.new("RGB", picture.size, tuple(self._look.ground["creep"]))
            covered = creep.point(lambda value: value * _CREEP_OPACITY)
            picture.paste(ImageChops.screen(ImageChops.multiply(picture, picture), colour), mask=covered)
        light = brightness(frame, view)
        if light is not None:
            picture = ImageChops.multiply(picture, Image.merge("RGB", (light, light, light)))
        size = frame.width_px * ENLARGED, frame.height_px * ENLARGED
        return picture.resize(size, Image.Resampling.NEAREST)

    def _terrain(self, frame: Frame) -> Picture:
        """Return the terrain in a frame; that of the screen is kept until the camera moves."""
        if frame not in self._ground:
            self._ground = {kept: picture for kept, picture in self._ground.items() if kept == self._minimap}
            self._ground[frame] = ground_picture(self._game.terrain, frame)
        return self._ground[frame]

    def _draw_fields(self, canvas: Any, frame: Frame, view: View) -> None:
        """Draw power fields of the player and effects in sight."""
        units, reach = self._game.units, self._game.types.power_cells
        for row in vision.reaching(self._game.match, self._player_id, reach).tolist():
            at = frame.world_to_px(float(units.x[row]), float(units.y[row]))
            radius = float(reach[units.row[row]]) / frame.cells_per_px
            draw_disc(canvas, at, radius, tuple(self._look.ground["power"]), 26, 70)
        for effect in seen_effects(self._game, self._player_id, view.visibility):
            colour = self._look.effects.get(str(effect.effect_id), self._look.effects["other"])
            at = frame.world_to_px(effect.x, effect.y)
            draw_disc(canvas, at, effect.radius_cells / frame.cells_per_px, colour, 80, 220)

    def _figures(self, frame: Frame, view: View) -> Iterator[Figure]:
        """Give the units in the frame, those on the ground first, of those buildings and resources first."""
        units, sight = view.units, view.sight
        column, line = frame.world_to_px(units.x, units.y)
        radius = units.radius / frame.cells_per_px
        inside = (column + radius >= 0) & (column - radius < frame.width_px)
        inside &= (line + radius >= 0) & (line - radius < frame.height_px)
        rows = (sight.drawn & inside).nonzero()[0]
        level = 2 * units.flying[rows] + ~(units.structure[rows] | (units.owner[rows] == 0))
        for row in rows[np.argsort(level, kind="stable")].tolist():
            kind = self._game.types.types[int(units.row[row])]
            yield Figure(
                kind=kind,
                letters=self._letters[kind.id],
                side=self._side(int(units.owner[row])),
                column=float(column[row]),
                row=float(line[row]),
                radius=float(radius[row]),
                facing_radians=float(units.facing[row]),
                life=_share(units.life, units.life_max, row),
                shield=_share(units.shield, units.shield_max, row),
                energy=_share(units.energy, units.energy_max, row),
                build_progress=float(units.build_progress[row]),
                snapshot=bool(sight.display[row] != raw.Visible and sight.display[row] != raw.Hidden),
                cloaked=bool(sight.cloak[row] in CLOAKED),
                hallucination=bool(sight.hallucination[row]),
                selected=bool(sight.selected[row]),
            )

    def _draw_shots(self, canvas: Any, frame: Frame, view: View) -> None:
        """Draw missiles in sight, and beams between units in sight."""
        units, width = view.units, max(0.06 / frame.cells_per_px, 2.0)
        shown = view.sight.display == raw.Visible
        beams = (units.beaming & shown & (units.target >= 0)).nonzero()[0]
        for row in beams[shown[units.target[beams]]].tolist():
            ends = [frame.world_to_px(float(units.x[end]), float(units.y[end])) for end in (row, units.target[row])]
            canvas.line(ends, fill=(*self._look.marks["beam"], 170), width=round(width))
        height_cells, width_cells = view.visibility.shape
        for missile in self._game.match.missiles:
            cell = min(max(int(missile.y), 0), height_cells - 1), min(max(int(missile.x), 0), width_cells - 1)
            if view.visibility[cell] == VISIBLE:
                draw_disc(
                    canvas, frame.world_to_px(missile.x, missile.y), width * 1.6, self._look.marks["missile"], 255, 0
                )

    def _draw_mark(self, canvas: Any, frame: Frame, view: View, row: int) -> None:
        """Draw the square of a unit on the minimap."""
        units, types = view.units, self._game.types
        side = self._side(int(units.owner[row]))
        kind = types.types[int(units.row[row])]
        colour = self._look.core_of(kind) if side == "neutral" else self._look.sides[side]
        column, line = frame.world_to_px(float(units.x[row]), float(units.y[row]))
        half = max(
            float(types.minimap_radius[units.row[row]]) / frame.cells_per_px * 0.85, _SMALLEST_MARK_PX * ENLARGED
        )
        edge = self._look.marks["selected"] if view.sight.selected[row] else self._look.marks["outline"]
        canvas.rectangle((column - half, line - half, column + half, line + half), fill=colour, outline=edge)

    def _side(self, owner: int) -> str:
        return "own" if owner == self._player_id else "neutral" if owner == 0 else "enemy"


def _share(value: Floats, most: Floats, row: int) -> float:
    """Return how much a unit has of what it can have, -1 where it can have none."""
    return float(value[row] / most[row]) if most[row] > 0 else -1.0


def _enlarge(frame: Frame) -> Frame:
    return Frame(
        frame.left, frame.top, frame.cells_per_px / ENLARGED, frame.width_px * ENLARGED, frame.height_px * ENLARGED
    )


def _encode_picture(picture: Picture) -> common_pb2.ImageData:
    """Return a picture of 24 bits a pixel: red, green, blue, row by row from the top."""
    size = common_pb2.Size2DI(x=picture.width, y=picture.height)
    return common_pb2.ImageData(bits_per_pixel=24, size=size, data=picture.tobytes())

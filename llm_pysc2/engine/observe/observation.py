"""`ResponseObservation`: what one player is shown now, and what happened since it last looked.

Puts the parts together as serialized pieces, because most of them are cached or written by columns (see `wire`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from s2clientprotocol import common_pb2, score_pb2
from s2clientprotocol import raw_pb2 as raw
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.behaviors import vision
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.observe.economy_fields import economy_of
from llm_pysc2.engine.observe.frames import camera_setup, screen_size_cells
from llm_pysc2.engine.observe.layers import LayerPainter
from llm_pysc2.engine.observe.panels import PanelEncoder
from llm_pysc2.engine.observe.player import PlayerEncoder
from llm_pysc2.engine.observe.score import ScoreEncoder
from llm_pysc2.engine.observe.sight import View, VisibilityGrid, Watch, known_creep, seen_effects
from llm_pysc2.engine.observe.units import Levels, UnitEncoder
from llm_pysc2.engine.observe.wire import nest
from llm_pysc2.engine.state.unit_columns import Bools, Events, Floats, Player, Units
from llm_pysc2.engine.units.selection import selected

if TYPE_CHECKING:
    from llm_pysc2.engine.observe.rgb.painter import RgbPainter

RESULTS = {"victory": sc_pb.Victory, "defeat": sc_pb.Defeat, "tie": sc_pb.Tie, "undecided": sc_pb.Undecided}

_RESPONSE = sc_pb.Response.DESCRIPTOR
_OBSERVATION = ("observation", "observation")
_RAW_DATA = (*_OBSERVATION, "raw_data")
_LAYERS = (*_OBSERVATION, "feature_layer_data")
_RENDER = (*_OBSERVATION, "render_data")
_SCORE = (*_OBSERVATION, "score")


@dataclass(slots=True)
class ActionLog:
    """What the client's own requests did, to be told back to it with the next observation."""

    actions: list[sc_pb.Action] = field(default_factory=list)
    chat: list[sc_pb.ChatReceived] = field(default_factory=list)

    def take(self, loop: int) -> "ActionLog":
        """Return what has been carried out when a loop has come, and keep the rest."""
        told = ActionLog([action for action in self.actions if action.game_loop < loop], self.chat)
        self.actions = [action for action in self.actions if action.game_loop >= loop]
        self.chat = []
        return told


class Observer:
    """Builds the observations of one player in one game."""

    def __init__(self, game: Game, player_id: int, options: sc_pb.InterfaceOptions, reveal: bool = False) -> None:
        self._game = game
        self._player_id = player_id
        self._options = options
        self._screen_cells = screen_size_cells(options)
        self._reveal = reveal
        self._watch = Watch(game, player_id, options)
        self._units = UnitEncoder(player_id, game.types)
        self._player = PlayerEncoder(player_id, game.types)
        self._painter: LayerPainter | None = None
        self._rgb: RgbPainter | None = None
        self._panels = PanelEncoder(game, player_id)
        self._score = ScoreEncoder(score_pb2.Score.Curriculum if game.map.triggers.rounds else score_pb2.Score.Melee)
        self._map_state: tuple[VisibilityGrid, Bools | None, bytes] | None = None
        height, width = game.terrain.pathable.shape
        self._size = common_pb2.Size2DI(x=width, y=height)

    def observe(self, action_log: ActionLog, disable_fog: bool = False) -> bytes:
        """Return a serialized Response with the observation; events are told once."""
        player = self._game.players[self._player_id]
        view = self._look(player, disable_fog)
        events = self._game.take_events(self._player_id)
        parts = [self._head(player, events, action_log)]
        if self._options.score:
            parts.append(nest(_RESPONSE, _SCORE, self._score.encode(player.score).SerializeToString()))
        if self._options.raw:
            parts.append(nest(_RESPONSE, _RAW_DATA, self._raw(player, events.dead_tags, view)))
        if self._options.HasField("feature_layer"):
            self._painter = self._painter or LayerPainter(self._game, self._player_id, self._options.feature_layer)
            parts.append(nest(_RESPONSE, (*_LAYERS, "renders"), self._painter.screen(view)))
            parts.append(nest(_RESPONSE, (*_LAYERS, "minimap_renders"), self._painter.minimap(view)))
        if self._options.HasField("render"):
            parts.append(nest(_RESPONSE, _RENDER, self._paint(view)))
        return b"".join(parts)

    def results(self) -> list[sc_pb.PlayerResult]:
        """Return how the game ended for each player, as far as it has."""
        return [
            sc_pb.PlayerResult(player_id=player.id, result=RESULTS[player.result])
            for player in self._game.players.values()
            if player.result
        ]

    def _paint(self, view: View) -> bytes:
        """Return the pictures in colour, serialized."""
        if self._rgb is None:
            from llm_pysc2.engine.observe.rgb.painter import RgbPainter  # Pillow is loaded for those who want pictures

            self._rgb = RgbPainter(self._game, self._player_id, camera_setup(self._options, "render"))
        return self._rgb.encode(view)

    def _look(self, player: Player, list_hidden: bool) -> View:
        view = self._watch.look(self._reveal or player.cheats.show_map, list_hidden)
        view.sight.on_screen = self._on_screen(player, view.units)
        if player.hand.selection:
            view.sight.selected[selected(self._game.match, self._player_id)] = True
        return view

    def _head(self, player: Player, events: Events, action_log: ActionLog) -> bytes:
        """Return what is neither score nor map nor units, serialized."""
        response = sc_pb.Response()
        told = response.observation
        told.actions.extend(action_log.actions)
        told.chat.extend(action_log.chat)
        for error in events.action_errors:
            told.action_errors.add(unit_tag=error.tag, ability_id=max(error.ability_id, 0), result=error.result)
        told.player_result.extend(self.results())
        observation = told.observation
        observation.game_loop = self._game.loop
        observation.player_common.MergeFrom(self._player.encode_common(player, self._game.units))
        observation.alerts.extend(events.alerts)
        observation.ui_data.SetInParent()
        if not self._panels.is_empty:
            observation.ui_data.MergeFrom(self._panels.encode(self._levels(self._game.units)))
            observation.abilities.extend(self._panels.abilities())
        return bytes(response.SerializeToString())

    def _raw(self, player: Player, dead_tags: Sequence[int], view: View) -> bytes:
        types = self._game.types
        power = [raw.PowerSource(tag=tag, **field) for tag, field in self._fields(types.power_cells)]
        rest = raw.ObservationRaw(
            player=raw.PlayerRaw(
                power_sources=power,
                camera=common_pb2.Point(x=player.camera[0], y=player.camera[1]),
                upgrade_ids=player.upgrades,
            ),
            radar=[raw.RadarRing(**field) for _, field in self._fields(types.radar_cells)],
        )
        for effect in seen_effects(self._game, self._player_id, view.visibility):
            alliance = raw.Self if effect.owner == self._player_id else raw.Enemy
            shown = rest.effects.add(
                effect_id=effect.effect_id, alliance=alliance, owner=effect.owner, radius=effect.radius_cells
            )
            shown.pos.add(x=effect.x, y=effect.y)
        if dead_tags:
            rest.event.dead_units.extend(dead_tags)
        economy = economy_of(self._game.match, self._player_id, view)
        shown = self._units.encode(view.units, view.sight, self._levels(view.units), economy)
        return shown + bytes(rest.SerializeToString()) + self._encode_map(view.visibility)

    def _levels(self, units: Units) -> Levels:
        return self._player.levels(self._game.players, units)

    def _encode_map(self, visibility: VisibilityGrid) -> bytes:
        grid = self._game.match.creep
        if self._map_state is None or self._map_state[0] is not visibility or self._map_state[1] is not grid:
            creep = np.packbits(known_creep(grid, visibility))
            state = raw.MapState(
                visibility=common_pb2.ImageData(bits_per_pixel=8, size=self._size, data=visibility.tobytes()),
                creep=common_pb2.ImageData(bits_per_pixel=1, size=self._size, data=creep.tobytes()),
            )
            self._map_state = visibility, grid, bytes(raw.ObservationRaw(map_state=state).SerializeToString())
        return self._map_state[2]

    def _on_screen(self, player: Player, units: Units) -> Bools:
        width, height = self._screen_cells
        x, y = player.camera
        return (np.abs(units.x - x) <= width / 2) & (np.abs(units.y - y) <= height / 2)

    def _fields(self, reach: Floats) -> list[tuple[int, dict[str, Any]]]:
        """Return tag, and middle and radius, of the fields around the player's units whose types have a reach."""
        units = self._game.units
        return [
            (
                int(units.tag[row]),
                {
                    "pos": common_pb2.Point(x=units.x[row], y=units.y[row], z=units.z[row]),
                    "radius": float(reach[units.row[row]]),
                },
            )
            for row in vision.reaching(self._game.match, self._player_id, reach).tolist()
        ]

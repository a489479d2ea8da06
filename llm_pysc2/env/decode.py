"""The game's messages to values: `ResponseObservation` to WorldView, `ResponseGameInfo` to MapView.

Exact: positions, times and ids are the proto's own. Pure functions; knows no connection and no language.
"""

from collections.abc import Iterator
from dataclasses import field, fields, make_dataclass
from typing import Any

import numpy as np

from llm_pysc2.env.names import TypeNames
from llm_pysc2.errors import GameRequestError
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import (
    ActionErrorView,
    Alliance,
    CameraView,
    EffectView,
    MapView,
    OrderView,
    RasterView,
    ResourcesView,
    ScoreView,
    UnitView,
    WorldView,
)

_ALLIANCES = {1: Alliance.SELF, 2: Alliance.ALLY, 3: Alliance.NEUTRAL, 4: Alliance.ENEMY}
_RESULTS = {1: "victory", 2: "defeat", 3: "tie"}
_SNAPSHOT = 2
_PLACEHOLDER = 4
_CLOAKED = frozenset({1, 2, 4})
"""CloakState: cloaked, cloaked but detected, cloaked by the own side."""

_UnitDraft: type[Any] = make_dataclass(
    "_UnitDraft",
    [(item.name, item.type, field(default=item.default)) for item in fields(UnitView)],
    slots=True,
    eq=False,
)
"""UnitView before it is frozen: the same slots, filled in 0.5 us where a frozen dataclass takes 4.3 us."""


def decode_observation(response: Any, map_view: MapView, type_names: TypeNames) -> WorldView:
    """Return the view of a `ResponseObservation`, units in the game's order, without available abilities.

    Placeholders (where a worker is going to build) are left out: they are no units.
    """
    observation = response.observation
    raw = observation.raw_data
    common = observation.player_common
    return WorldView(
        game_loop=observation.game_loop,
        player_id=common.player_id,
        map=map_view,
        units=tuple([_decode_unit(unit, type_names) for unit in raw.units if unit.display_type != _PLACEHOLDER]),
        resources=_decode_resources(common),
        score=_decode_score(observation.score.score_details),
        effects=tuple(_decode_effect(effect) for effect in raw.effects),
        upgrade_ids=tuple(raw.player.upgrade_ids),
        dead_tags=tuple(raw.event.dead_units),
        action_errors=tuple(
            ActionErrorView(unit_tag=error.unit_tag, ability_id=error.ability_id, code=error.result)
            for error in response.action_errors
        ),
        camera=_decode_camera(observation),
        result=_decode_result(response, common.player_id),
    )


def _decode_camera(observation: Any) -> CameraView | None:
    """Return what the game has drawn, None if it was not asked to."""
    drawn = {
        name: [
            *_decode_layers(getattr(observation.feature_layer_data, layers)),
            *_decode_rgb(getattr(observation.render_data, rgb)),
        ]
        for name, layers, rgb in (("screen", "renders", "map"), ("minimap", "minimap_renders", "minimap"))
    }
    if not any(drawn.values()):
        return None
    centre = observation.raw_data.player.camera
    return CameraView(Point(centre.x, centre.y), tuple(drawn["screen"]), tuple(drawn["minimap"]))


def _decode_layers(layers: Any) -> Iterator[RasterView]:
    for layer, image in layers.ListFields():
        yield _decode_raster(layer.name, image)


def _decode_rgb(image: Any) -> Iterator[RasterView]:
    if image.data:
        yield _decode_raster("rgb", image)


def _decode_raster(name: str, image: Any) -> RasterView:
    return RasterView(name, (image.size.x, image.size.y), image.bits_per_pixel, bytes(image.data))


def _decode_unit(unit: Any, type_names: TypeNames) -> UnitView:
    position = unit.pos
    type_id = unit.unit_type
    orders = unit.orders
    buffs = unit.buff_ids
    passengers = unit.passengers
    draft = _UnitDraft(
        tag=unit.tag,
        type_id=type_id,
        type_name=type_names[type_id],
        alliance=_ALLIANCES[unit.alliance],
        owner=unit.owner,
        position=Point(position.x, position.y),
        facing_radians=unit.facing,
        radius_cells=unit.radius,
        health=unit.health,
        health_max=unit.health_max,
        shield=unit.shield,
        shield_max=unit.shield_max,
        energy=unit.energy,
        energy_max=unit.energy_max,
        build_progress=unit.build_progress,
        weapon_cooldown_loops=unit.weapon_cooldown,
        orders=tuple([_decode_order(order) for order in orders]) if orders else (),
        buff_ids=tuple(buffs) if buffs else (),
        passenger_tags=tuple([passenger.tag for passenger in passengers]) if passengers else (),
        cargo_used=unit.cargo_space_taken,
        cargo_max=unit.cargo_space_max,
        engaged_tag=unit.engaged_target_tag,
        attack_upgrade_level=unit.attack_upgrade_level,
        armor_upgrade_level=unit.armor_upgrade_level,
        shield_upgrade_level=unit.shield_upgrade_level,
        is_flying=unit.is_flying,
        is_burrowed=unit.is_burrowed,
        is_hallucination=unit.is_hallucination,
        is_cloaked=unit.cloak in _CLOAKED,
        is_active=unit.is_active,
        is_powered=unit.is_powered,
        is_snapshot=unit.display_type == _SNAPSHOT,
        assigned_harvesters=unit.assigned_harvesters,
        ideal_harvesters=unit.ideal_harvesters,
        mineral_contents=unit.mineral_contents,
        vespene_contents=unit.vespene_contents,
        add_on_tag=unit.add_on_tag,
    )
    draft.__class__ = UnitView
    view: UnitView = draft
    return view


def _decode_order(order: Any) -> OrderView:
    target: Point | int | None = None
    if order.HasField("target_unit_tag"):
        target = order.target_unit_tag
    elif order.HasField("target_world_space_pos"):
        target = Point(order.target_world_space_pos.x, order.target_world_space_pos.y)
    return OrderView(ability_id=order.ability_id, target=target, progress=order.progress)


def _decode_effect(effect: Any) -> EffectView:
    return EffectView(
        effect_id=effect.effect_id,
        positions=tuple(Point(point.x, point.y) for point in effect.pos),
        radius_cells=effect.radius,
        owner=effect.owner,
        alliance=_ALLIANCES.get(effect.alliance, Alliance.NEUTRAL),
    )


def _decode_resources(common: Any) -> ResourcesView:
    return ResourcesView(
        minerals=common.minerals,
        vespene=common.vespene,
        supply_used=common.food_used,
        supply_cap=common.food_cap,
        supply_army=common.food_army,
        supply_workers=common.food_workers,
        idle_workers=common.idle_worker_count,
        army_count=common.army_count,
        warp_gates=common.warp_gate_count,
        larva=common.larva_count,
    )


def _decode_score(details: Any) -> ScoreView:
    return ScoreView(
        killed_minerals=_category_sum(details.killed_minerals),
        killed_vespene=_category_sum(details.killed_vespene),
        lost_minerals=_category_sum(details.lost_minerals),
        lost_vespene=_category_sum(details.lost_vespene),
        damage_dealt=_life_and_shields(details.total_damage_dealt),
        damage_taken=_life_and_shields(details.total_damage_taken),
        healed=_life_and_shields(details.total_healed),
    )


def _category_sum(categories: Any) -> float:
    """Return the sum over the five categories of a `CategoryScoreDetails`."""
    total = categories.none + categories.army + categories.economy + categories.technology + categories.upgrade
    return float(total)


def _life_and_shields(vitals: Any) -> float:
    """Return life and shields of a `VitalScoreDetails`; energy is no damage."""
    return float(vitals.life + vitals.shields)


def _decode_result(response: Any, player_id: int) -> str:
    for entry in response.player_result:
        if entry.player_id == player_id:
            return _RESULTS.get(entry.result, "")
    return ""


def decode_game_info(game_info: Any) -> MapView:
    """Return the map of a `ResponseGameInfo`.

    Grids come with row 0 at the bottom, as recorded messages of the real game show: the first cell is (0, 0).
    """
    start = game_info.start_raw
    width, height = start.map_size.x, start.map_size.y
    low, high = start.playable_area.p0, start.playable_area.p1
    return MapView(
        name=game_info.map_name,
        size_cells=(width, height),
        playable=Rect(low.x, low.y, high.x, high.y),
        start_locations=tuple(Point(point.x, point.y) for point in start.start_locations),
        pathing=decode_bit_grid(start.pathing_grid),
        terrain_height=bytes(start.terrain_height.data),
    )


def decode_bit_grid(image: Any) -> bytes:
    """Return an `ImageData` of yes or no as one byte a cell (0 or 1), `width * height` of them, row 0 at the bottom.

    The game sends one bit a cell, the highest bit of a byte first, rows not padded. Raises GameRequestError for the
    eight bits of old builds, whose meaning changed from build to build.
    """
    cells = image.size.x * image.size.y
    if cells and image.bits_per_pixel != 1:
        raise GameRequestError(f"expected a grid with 1 bit a cell, as since build 4.10, found {image.bits_per_pixel}")
    return np.unpackbits(np.frombuffer(image.data, dtype=np.uint8), count=cells).tobytes()

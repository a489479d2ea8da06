"""RequestData and the grids of game_info, against what the real game told a bot on a ladder map."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.game_info import encode_bits
from llm_pysc2.engine.api.response_data import encode_data
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.ids import load_ids
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.knowledge.upgrades import load_upgrades
from tests.api_client import ApiClient

TABLES = ("ability_id", "unit_type_id", "upgrade_id", "buff_id", "effect_id")
LAST_STABLE_UNIT, LAST_STABLE_ABILITY = 1942, 3796
LATER_UNITS = {
    # Changed by patches from 4.10.1 to 5.0.3; the values of 4.10 come from its own catalog.
    "movement_speed": {"Raven", "VoidRay", "Observer"},
    "mineral_cost": {"VoidRay", "WarpPrism", "WarpPrismPhasing", "NydusCanal"},
    "vespene_cost": {"NydusCanal"},
    "build_time": {"VoidRay", "LurkerMP", "LurkerDenMP"},
    "attributes": {"Mothership", "CreepTumor", "CreepTumorBurrowed", "CreepTumorQueen"},
    "weapons": {"InfestorTerran", "Queen", "Tempest", "LurkerMPBurrowed", "ThorAP"},
    # The recording names the Pylon twice.
    "tech_alias": {"PylonOvercharged"},
}
"""Catalog names of the units whose field differs from the recording of 5.0.3."""
LATER_ABILITIES = {
    # A research of 5.0 that 4.10 has no button for.
    "button_name": {"GhostAcademyResearch"},
    "friendly_name": {"GhostAcademyResearch"},
    # PySC2's table of 4.10 has them aimed at the minimap; 5.0 does not.
    "allow_minimap": {
        *("SprayTerran", "SprayZerg", "SprayProtoss", "Spray", "ScannerSweep", "Blink", "Effect Blink"),
        *("Hyperjump", "AdeptPhaseShift", "LiberatorAGTarget", "DarkTemplarBlink"),
    },
}
"""Links of the abilities whose field differs; how many general abilities were given since is counted apart."""
GENERAL_SINCE_4_10 = 45
LATER_UPGRADES = {
    "mineral_cost": {"HighCapacityBarrels"},
    "vespene_cost": {"HighCapacityBarrels"},
    "research_time": {"Stimpack", "DiggingClaws"},
    # Researched by another ability since.
    "ability_id": {
        *("CarrierLaunchSpeedUpgrade", "MedivacIncreaseSpeedBoost", "LiberatorAGRangeUpgrade"),
        *(f"TerranVehicleAndShipArmorsLevel{level}" for level in (1, 2, 3)),
    },
}


def data(map_name: str = "2s3z", tables=TABLES) -> sc_pb.ResponseData:
    return sc_pb.Response.FromString(encode_data(map_name, tables)).data


@pytest.fixture(scope="module")
def recorded_data(recorded) -> sc_pb.ResponseData:
    return sc_pb.Response.FromString(recorded("AcropolisLE.Response_data.pb.gz")).data


def test_only_the_tables_asked_for():
    assert [field.name for field, _ in data(tables=["buff_id"]).ListFields()] == ["buffs"]
    assert not data(tables=[]).ListFields()


def test_every_id_of_the_build_is_there_once_in_order():
    tables = data()
    for rows, key in (
        (tables.abilities, "ability_id"),
        (tables.units, "unit_id"),
        (tables.upgrades, "upgrade_id"),
        (tables.buffs, "buff_id"),
        (tables.effects, "effect_id"),
    ):
        ids = [getattr(row, key) for row in rows]
        assert ids == sorted(set(ids))
        assert ids[0] == 0
    assert [len(tables.abilities), len(tables.effects)] == [LAST_STABLE_ABILITY + 1, 13]


def test_a_maps_own_types_come_after_those_of_the_build():
    own = [(unit.unit_id, unit.name, unit.unit_alias) for unit in data().units if unit.unit_id >= 1970]
    assert own == [(1970, "Stalker_RL", 74), (1971, "Zealot_RL", 73)]
    assert max(unit.unit_id for unit in data("Simple64").units) < 1970


def differences(ours, theirs, key: str, known) -> dict[str, set[str]]:
    """Return by field the names, or links, of the known rows whose value differs from the recorded one."""
    mine = {getattr(row, key): row for row in ours}
    differ: dict[str, set[str]] = {}
    for row in theirs:
        if getattr(row, key) not in known:
            continue
        own = mine[getattr(row, key)]
        for field in row.DESCRIPTOR.fields:
            values = [getattr(one, field.name) for one in (own, row)]
            if isinstance(values[0], Sequence) and not isinstance(values[0], str):
                values = [sorted(map(str, value)) for value in values]
            if values[0] != values[1]:
                name = own.link_name if key == "ability_id" else own.name
                differ.setdefault(field.name, set()).add(name)
    return differ


def test_every_field_of_the_unit_types_equals_the_recorded_one_but_for_later_patches(recorded_data):
    known = {unit_id for unit_id in load_units() if unit_id <= LAST_STABLE_UNIT}
    assert len(known) == 280
    assert differences(data().units, recorded_data.units, "unit_id", known) == LATER_UNITS


def test_every_field_of_the_abilities_equals_the_recorded_one_but_for_later_patches(recorded_data):
    differ = differences(data().abilities, recorded_data.abilities, "ability_id", load_abilities())
    differ.pop("remaps_to_ability_id")
    assert differ == LATER_ABILITIES
    mine = {ability.ability_id: ability.remaps_to_ability_id for ability in data().abilities}
    since = [ability for ability in recorded_data.abilities if ability.ability_id in load_abilities()]
    since = [ability for ability in since if ability.remaps_to_ability_id != mine[ability.ability_id]]
    assert len(since) == GENERAL_SINCE_4_10
    assert not any(mine[ability.ability_id] for ability in since)


def test_every_field_of_the_upgrades_equals_the_recorded_one_but_for_later_patches(recorded_data):
    known = load_upgrades().keys() & load_ids().upgrades.keys()
    assert differences(data().upgrades, recorded_data.upgrades, "upgrade_id", known) == LATER_UPGRADES


@pytest.mark.parametrize(("table", "key"), [("buffs", "buff_id"), ("effects", "effect_id"), ("upgrades", "upgrade_id")])
def test_what_the_recording_names_has_the_same_name_here(recorded_data, table, key):
    mine = {getattr(row, key): row.name for row in getattr(data(), table)}
    named = {getattr(row, key): row.name for row in getattr(recorded_data, table) if row.name}
    assert {row_id: mine[row_id] for row_id in named if row_id in mine} == {
        row_id: name for row_id, name in named.items() if row_id in mine
    }
    assert len(named.keys() - mine.keys()) <= 10  # ids that came after the build


def test_abilities_that_no_melee_unit_carries_have_their_names_and_targets(recorded_data):
    ours = {ability.ability_id: ability for ability in data().abilities}
    equal = Counter()
    for ability in recorded_data.abilities:
        if ability.ability_id <= LAST_STABLE_ABILITY:
            mine = ours[ability.ability_id]
            equal["link"] += (mine.link_name, mine.link_index) == (ability.link_name, ability.link_index)
            equal["target"] += mine.target == ability.target
    assert equal == {"link": LAST_STABLE_ABILITY + 1, "target": LAST_STABLE_ABILITY + 1}


def decode_bits(image) -> np.ndarray:
    """Return a one-bit image as the note in `game_info` says: row 0 = y 0, highest bit first."""
    bits = np.unpackbits(np.frombuffer(image.data, np.uint8))
    return bits[: image.size.x * image.size.y].reshape(image.size.y, image.size.x).astype(bool)


def test_the_recorded_grids_are_read_as_ours_are_written(recorded):
    info = sc_pb.Response.FromString(recorded("AcropolisLE.Response_game_info.pb.gz")).game_info
    observation = sc_pb.ResponseObservation.FromString(
        recorded("AcropolisLE.ResponseObservation_loop0.pb.gz")
    ).observation
    pathing, placement = decode_bits(info.start_raw.pathing_grid), decode_bits(info.start_raw.placement_grid)
    size = info.start_raw.terrain_height.size
    height = np.frombuffer(info.start_raw.terrain_height.data, np.uint8).reshape(size.y, size.x)
    workers = [unit for unit in observation.raw_data.units if unit.unit_type == 45]
    assert len(workers) == 12
    for unit in workers:
        column, row = int(unit.pos.x), int(unit.pos.y)
        assert pathing[row, column]
        assert height[row, column] / 255 * 32 - 16 == pytest.approx(unit.pos.z, abs=0.1)
    (hall,) = [unit for unit in observation.raw_data.units if unit.unit_type == 18]
    column, row = int(hall.pos.x), int(hall.pos.y)
    assert placement[row - 2 : row + 3, column - 2 : column + 3].all(), "what stands there does not count"
    assert not pathing[row, column]
    assert placement.sum() < pathing.sum()
    assert encode_bits(pathing) == info.start_raw.pathing_grid


def test_the_grids_of_a_game():
    client = ApiClient()
    client.play("Simple64")
    start = client.ask("game_info").start_raw
    terrain = load_map("Simple64").terrain
    pathing, placement = decode_bits(start.pathing_grid), decode_bits(start.placement_grid)
    assert (placement[12:76, 12:76] == terrain.placement[12:76, 12:76]).all(), "the town hall does not count"
    assert not placement[:, :12].any()
    assert not (pathing & ~terrain.pathable).any()
    assert start.terrain_height.data == terrain.height_byte.tobytes()
    assert (start.playable_area.p0.x, start.playable_area.p1.y) == (12, 76)
    assert len(start.start_locations) in (1, 2)


def test_the_pathing_grid_follows_what_is_built():
    client = ApiClient()
    client.play("Flat64")
    before = decode_bits(client.ask("game_info").start_raw.pathing_grid)
    client.debug(create_unit={"unit_type": 21, "owner": 1, "pos": {"x": 44.5, "y": 48.5}})
    client.step()
    after = decode_bits(client.ask("game_info").start_raw.pathing_grid)
    assert before[48, 44]
    assert not after[48, 44]


def test_the_grids_are_read_by_smacs_formula():
    client = ApiClient()
    client.play()
    image = client.ask("game_info").start_raw.pathing_grid
    rows = np.array(list(image.data)).reshape(image.size.x, image.size.y // 8)
    grid = np.transpose(np.array([[(byte >> bit) & 1 for byte in row for bit in range(7, -1, -1)] for row in rows]))
    for unit in client.units():
        assert grid[int(unit.pos.x), int(unit.pos.y)]

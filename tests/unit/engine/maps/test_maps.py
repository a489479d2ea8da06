"""Maps: every shipped one loads and holds the facts; wrong files are errors that name file and key."""

from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

from llm_pysc2 import packs
from llm_pysc2.conditions import render_condition
from llm_pysc2.engine.maps.definitions import (
    Region,
    known_maps,
    load_map,
    map_from_bytes,
    map_from_path,
    read_map,
)
from llm_pysc2.engine.maps.map_file import encode_map_file
from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.knowledge.units import unit_by_name
from llm_pysc2.packs import find_files
from llm_pysc2.scenario import load_scenario

# Walkable cells, own side, enemy side, enemy's first order; from the maps of SMAC themselves.
SMAC = {
    "3m": (576, [("Marine_RL", 3)], [("Marine", 3)], (9, 16)),
    "8m": (576, [("Marine_RL", 8)], [("Marine", 8)], (9, 16)),
    "25m": (576, [("Marine_RL", 25)], [("Marine", 25)], (9, 16)),
    "5m_vs_6m": (576, [("Marine_RL", 5)], [("Marine", 6)], (9, 16)),
    "8m_vs_9m": (576, [("Marine_RL", 8)], [("Marine", 9)], (9, 16)),
    "10m_vs_11m": (576, [("Marine_RL", 10)], [("Marine", 11)], (9, 16)),
    "27m_vs_30m": (576, [("Marine_RL", 27)], [("Marine", 30)], (9, 16)),
    "MMM": (
        576,
        [("Marine_RL", 7), ("Marauder_RL", 2), ("Medivac_RL", 1)],
        [("Marine", 7), ("Marauder", 2), ("Medivac", 1)],
        (9, 16),
    ),
    "MMM2": (
        576,
        [("Marine_RL", 7), ("Marauder_RL", 2), ("Medivac_RL", 1)],
        [("Marine", 8), ("Marauder", 3), ("Medivac", 1)],
        (9, 16),
    ),
    "2s3z": (576, [("Stalker_RL", 2), ("Zealot_RL", 3)], [("Stalker", 2), ("Zealot", 3)], (9, 16)),
    "3s5z": (576, [("Stalker_RL", 3), ("Zealot_RL", 5)], [("Stalker", 3), ("Zealot", 5)], (9, 16)),
    "3s5z_vs_3s6z": (576, [("Stalker_RL", 3), ("Zealot_RL", 5)], [("Stalker", 3), ("Zealot", 6)], (9, 16)),
    "1c3s5z": (
        576,
        [("Colosus_RL", 1), ("Stalker_RL", 3), ("Zealot_RL", 5)],
        [("Colossus", 1), ("Stalker", 3), ("Zealot", 5)],
        (9, 16),
    ),
    "3s_vs_3z": (1024, [("Stalker_RL", 3)], [("Zealot", 3)], (9, 16)),
    "3s_vs_4z": (1024, [("Stalker_RL", 3)], [("Zealot", 4)], (9, 16)),
    "3s_vs_5z": (1024, [("Stalker_RL", 3)], [("Zealot", 5)], (9, 16)),
    "2s_vs_1sc": (220, [("Stalker_RL", 1), ("Stalker_RL", 1)], [("SpineCrawler", 1)], None),
    "2m_vs_1z": (424, [("Marine_RL", 1), ("Marine_RL", 1)], [("Zealot", 1)], ((13, 12), (19, 12))),
    "2c_vs_64zg": (444, [("Colossus_RL", 1), ("Colossus_RL", 1)], [("Zergling", 64)], 1),
    "6h_vs_8z": (200, [("Hydralisk_RL", 6)], [("Zealot", 8)], (14.5998, 9.49)),
    "bane_vs_bane": (
        424,
        [("Zergling_RL", 20), ("Baneling_RL", 4)],
        [("Zergling", 20), ("Baneling", 4)],
        (16, 8),
    ),
    "corridor": (440, [("Zealot_RL", 6)], [("Zergling", 24)], (4.47, 4.3298)),
    "so_many_baneling": (400, [("Zealot_RL", 7)], [("Baneling", 32)], (4.47, 4.3298)),
}
OWN_IDS = {
    "MMM": {"Marauder_RL": 1970, "Marine_RL": 1971, "Medivac_RL": 1972},
    "1c3s5z": {"Colosus_RL": 1970, "Stalker_RL": 1971, "Zealot_RL": 1972},
    "bane_vs_bane": {"Baneling_RL": 1970, "Zergling_RL": 1971},
    "2s3z": {"Stalker_RL": 1970, "Zealot_RL": 1971},
}
MINIMAL = """
size_cells = [32, 32]
playable = [0, 0, 32, 32]
terrain = "flat32"
"""


def side(name: str, owner: int) -> list[tuple[str, int]]:
    found = load_map(name)
    own = {kind.id: kind.name for kind in found.unit_types}
    names = {unit_by_name(kind).id: kind for kind in ("Marine", "Marauder", "Medivac", "Stalker", "Zealot", "Colossus")}
    names |= {unit_by_name(kind).id: kind for kind in ("SpineCrawler", "Zergling", "Baneling", "Hydralisk")}
    creates = [action for action in found.triggers.start.actions.create if action.owner == owner]
    return [((own | names)[action.type_id], action.count) for action in creates]


def test_known_maps_hold_all_of_smac_and_more():
    assert set(SMAC) < set(known_maps())
    assert {"Flat64", "Simple64", "Empty128", "MoveToBeacon", "llm_2s3z"} < set(known_maps())


@pytest.mark.parametrize("name", known_maps())
def test_every_map_loads_and_fits_its_terrain(name: str):
    found = load_map(name)
    left, bottom, right, top = found.playable
    width, height = found.size_cells
    assert (found.terrain.width, found.terrain.height) == (width, height)
    assert 0 <= left < right <= width
    assert 0 <= bottom < top <= height
    assert [player.slot for player in found.players] == list(range(1, len(found.players) + 1))
    places = [(unit.x, unit.y) for unit in found.units] + [
        action.point for action in found.triggers.start.actions.create
    ]
    assert all(left <= x <= right and bottom <= y <= top for x, y in places)


@pytest.mark.parametrize("name", SMAC)
def test_smac_maps_are_as_published(name: str):
    cells, own, enemy, target = SMAC[name]
    found = load_map(name)
    assert int(found.terrain.pathable.sum()) == cells
    assert (side(name, 1), side(name, 2)) == (own, enemy)
    targets = [order.point or order.between or order.units_of for order in found.triggers.start.actions.order]
    assert targets == ([] if target is None else [target])
    triggers = found.triggers
    assert (triggers.start.fog, triggers.respawn, triggers.ends) == (False, True, ())


@pytest.mark.parametrize("name", OWN_IDS)
def test_own_types_have_the_ids_that_smac_computes(name: str):
    assert {kind.name: kind.id for kind in load_map(name).unit_types if kind.id >= 1970} == OWN_IDS[name]


@pytest.mark.parametrize("name", SMAC)
def test_own_types_of_smac_are_passive_and_otherwise_as_their_base(name: str):
    added = [kind for kind in load_map(name).unit_types if kind.id >= 1970]
    assert [kind.id for kind in added] == list(range(1970, 1970 + len(added)))
    for kind in added:
        assert (kind.acquire_level, kind.response, kind.food_used) == ("Passive", "Nothing", 0)
        base = unit_by_name("Colossus" if kind.name == "Colosus_RL" else kind.name.removesuffix("_RL"))
        assert kind.unit_alias == base.id
        assert set(kind.weapons) <= set(base.weapons) if kind.weapons == () else kind.weapons[0] == base.weapons[0]


def test_two_own_types_differ_in_more():
    (hydralisk,) = load_map("6h_vs_8z").unit_types
    assert (hydralisk.life_max, hydralisk.life_start, unit_by_name("Hydralisk").life_max) == (80, 80, 90)
    medivac = load_map("MMM").unit_type("Medivac_RL")
    assert (medivac.speed, medivac.acceleration) == (2.75, 2.3125)
    assert load_map("3m").unit_type("Marine").food_used == 0


def test_llm_variants_use_standard_units_and_end_by_themselves():
    found = load_map("llm_2s3z")
    assert found.unit_types == ()
    assert side("llm_2s3z", 1) == side("llm_2s3z", 2) == [("Stalker", 2), ("Zealot", 3)]
    assert [(end.result, end.every_loops, render_condition(end.when)) for end in found.triggers.ends] == [
        ("victory", 80, [["p1 units > 0", "p2 units = 0"]]),
        ("defeat", 80, [["p1 units = 0", "p2 units > 0"]]),
        ("tie", 1440, []),
    ]


def test_melee_maps_have_start_locations_and_resources():
    found = load_map("Simple64")
    assert found.triggers.start.melee
    assert set(found.start_locations) == {(28.5, 60.5), (59.5, 27.5)}
    assert len(found.units) == 42
    assert [player.kind for player in found.players] == ["user", "user"]


def test_a_map_may_build_upon_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "scenarios" / "maps" / "mine").mkdir(parents=True)
    path = tmp_path / "scenarios" / "maps" / "mine" / "endless.toml"
    path.write_text('base = "llm_2s3z"\nend = []\n')
    monkeypatch.setattr(packs, "_user_packs", [tmp_path])
    base, found = load_map("llm_2s3z"), read_map(path)
    assert (found.name, found.group, found.triggers.ends) == ("endless", "mine", ())
    assert found.triggers.start == base.triggers.start
    path.write_text('base = "endless"\n')
    with pytest.raises(PackError, match="base: no map named 'endless' in another folder"):
        read_map(path)


def test_regions_know_what_lies_in_them():
    ring = Region("ring", rects=((0, 0, 10, 10),), circles=(), without_circles=((5, 5, 2),))
    assert ring.contains(1, 1)
    assert not ring.contains(5, 6)
    assert not ring.contains(11, 1)


def test_maps_are_values():
    with pytest.raises(FrozenInstanceError):
        load_map("2s3z").name = "other"  # type: ignore[misc]
    assert load_map("2s3z") is load_map("2s3z")


def test_clients_name_a_map_by_bytes_or_path():
    assert map_from_bytes(encode_map_file("2s3z")) == "2s3z"
    assert map_from_path("SMAC_Maps/2s3z.SC2Map") == "2s3z"
    assert map_from_path(r"C:\Maps\Melee\(2)Simple64.SC2Map") == "Simple64"
    with pytest.raises(UsageError, match="not a map file of llm-pysc2"):
        map_from_bytes(b"MPQ\x1b")
    with pytest.raises(UsageError, match="no map named '2s3x'; closest: 2s3z"):
        map_from_path("Maps/2s3x.SC2Map")
    with pytest.raises(UsageError, match="no map named"):
        load_map("nowhere")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "missing key 'size_cells'"),
        (MINIMAL + "colour = 3", "unknown key 'colour'"),
        (MINIMAL + "respawn = 1", "respawn: expected true or false, found 1"),
        (MINIMAL + "[start]\nfogg = false", r"unknown key 'start\.fogg'; closest: fog"),
        (MINIMAL + "[[players]]\nslot = 1\nkind = 'robot'", r"players\[0\]\.kind: expected user or computer"),
        (MINIMAL + "[[unit_types]]\nname = 'A'\nbase = 'Zealott'", r"unit_types\[0\]\.base: no unit named 'Zealott'"),
        (MINIMAL + "[[unit_types]]\nname = 'A'\nbase = 'Zealot'\nid = 7", r"unit_types\[0\]\.id: expected 1970"),
        (MINIMAL + "[[unit_types]]\nname = 'A'\nbase = 'Zealot'\nlife = 7", r"unknown key 'unit_types\[0\]\.life'"),
        (MINIMAL + "[[unit_types]]\nname = 'A'\nbase = 'Zealot'\nspeed = 'x'", r"unit_types\[0\]\.speed: expected"),
        (MINIMAL + "[[unit_types]]\nname = 'A'\nbase = 'Zealot'\nweapons = ['x']", r"\.weapons: expected some of Psi"),
        (MINIMAL + "[[units]]\ntype = 'Zealot'\nat = [[1]]", r"units\[0\]\.at\[0\]: expected 2 numbers"),
        (MINIMAL + "[start]\ncreate = [{ type = 'Zealot', owner = 1 }]", r"missing key 'start\.create\[0\]\.point'"),
        (
            MINIMAL + "[start]\norder = [{ owner = 1, ability = 'attack' }]",
            r"start\.order\[0\]\.point: expected one of",
        ),
        (MINIMAL + "[[end]]\nresult = 'draw'\nevery_loops = 1", r"end\[0\]\.result: expected victory or defeat or tie"),
    ],
)
def test_a_wrong_map_file_is_an_error_that_names_file_and_key(tmp_path: Path, text: str, message: str):
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(PackError, match=rf"wrong\.toml: .*{message}"):
        read_map(path)


@pytest.mark.parametrize("name", [*SMAC, *(name for name in known_maps() if name.startswith("llm_"))])
def test_every_smac_map_has_its_scenario(name: str):
    scenario, found = load_scenario(name), load_map(name)
    assert (scenario.map, scenario.race) == (name, found.players[0].race)
    assert scenario.enemy_race == found.players[1].race


def test_terrains_and_resources_equal_the_raw_facts(raw_maps: dict[str, Any]):
    for group in ("smac", "melee", "mini_games", "llm_pysc2"):
        for name, raw in raw_maps[group].items():
            if name == "debug_map":
                continue
            found = load_map(name)
            area, terrain = raw["playable"], raw_maps["terrains"][raw["terrain"]]
            assert found.size_cells == tuple(raw["map_size"])
            assert found.playable == (area["left"], area["bottom"], area["right"], area["top"])
            for grid, key in (
                (found.terrain.height_byte, "terrain_height_byte_rle"),
                (found.terrain.pathable, "pathable_rle"),
                (found.terrain.cliff_level, "cliff_level_div64_rle"),
            ):
                rows = [[value for value, count in row for _ in range(count)] for row in terrain[key]]
                assert grid.astype(int).tolist() == rows, (name, key)
            by_triggers = {1} if group == "mini_games" else set()
            placed = {(unit.x, unit.y) for unit in found.units if unit.owner not in by_triggers}
            assert placed == {(unit["x"], unit["y"]) for unit in raw.get("preplaced_units", ())}


def test_time_limits_and_positions_of_smac_equal_the_raw_facts(raw_maps: dict[str, Any]):
    for name, raw in raw_maps["smac"].items():
        creates = [action for action in raw["triggers_summary"]["map_init"] if action["do"] == "create_units"]
        found = [(*action.point, action.count, action.owner) for action in load_map(name).triggers.start.actions.create]
        assert found == [(action["x"], action["y"], action["count"], action["owner"]) for action in creates]
        assert load_scenario(name).limit_loops == raw["smac_registry"]["limit"] * 8


def test_map_files_are_found_once_by_name():
    assert len(find_files("scenarios/maps")) == len(known_maps()) == 98

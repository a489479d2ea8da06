"""SMAC's own sequence of requests, on all of its maps: what its environment needs to start, to reset and to end.

Written from its source (`smac/env/starcraft2/starcraft2.py`): a wrong number of units would hang it, a changed order of
units would mix its agents up.
"""

import numpy as np
import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.maps.definitions import known_maps, load_map
from llm_pysc2.engine.maps.map_file import encode_map_file
from llm_pysc2.knowledge.units import unit_by_name
from tests.api_client import ApiClient

MAPS = sorted(name for name in known_maps() if load_map(name).group == "smac")
FIRST_OWN_TYPE = 1970
STEP_MUL = 8
SPINE_CRAWLER = unit_by_name("SpineCrawler").id
MAX_COOLDOWN = {
    "Marine": 15,
    "Marauder": 25,
    "Stalker": 35,
    "Zealot": 22,
    "Colossus": 24,
    "Zergling": 11,
    "Hydralisk": 10,
}
"""What SMAC divides `weapon_cooldown` by; the number must be of that size, in loops."""
MAP_WITH = {
    "Marine": "3m",
    "Marauder": "MMM",
    "Stalker": "3s_vs_3z",
    "Zealot": "2s3z",
    "Zergling": "bane_vs_bane",
    "Hydralisk": "6h_vs_8z",
    "Colossus": "2c_vs_64zg",
}
PATCHED_LOOPS = 6
"""How far they may differ: SMAC's numbers are of an older patch, and every shot has a random delay."""


def launch(map_name: str) -> ApiClient:
    client = ApiClient()
    path = f"SMAC_Maps/{map_name}.SC2Map"
    create = sc_pb.RequestCreateGame(
        local_map={"map_path": path, "map_data": encode_map_file(map_name)}, realtime=False, random_seed=1
    )
    create.player_setup.add(type=sc_pb.Participant)
    create.player_setup.add(type=sc_pb.Computer, race=2, difficulty=sc_pb.VeryHard)
    client.ask("create_game", create)
    client.ask("join_game", sc_pb.RequestJoinGame(race=1, options=sc_pb.InterfaceOptions(raw=True, score=False)))
    return client


def counts(map_name: str) -> tuple[int, int]:
    """Return how many agents and enemies the map creates."""
    groups = load_map(map_name).triggers.start.actions.create
    own, enemies = (sum(group.count for group in groups if group.owner == owner) for owner in (1, 2))
    placed = [unit.owner for unit in load_map(map_name).units]
    return own + placed.count(1), enemies + placed.count(2)


def init_units(client: ApiClient, n_agents: int, n_enemies: int) -> tuple[list, list]:
    """Wait for all units, but not for ever; return agents sorted SMAC's way, and enemies in the game's order."""
    for _ in range(5):
        units = client.observe().observation.raw_data.units
        own = sorted((u for u in units if u.owner == 1), key=lambda u: (u.unit_type, u.pos.x, u.pos.y))
        enemies = [unit for unit in units if unit.owner == 2]
        if (len(own), len(enemies)) == (n_agents, n_enemies):
            return own, enemies
        client.step(1)
    raise AssertionError(f"expected {n_agents} agents and {n_enemies} enemies, found {len(own)} and {len(enemies)}")


def fight(client: ApiClient, loops: int = 60) -> float:
    """Let every agent attack, and return the highest cooldown seen."""
    highest = 0.0
    for _ in range(loops // STEP_MUL):
        units = client.observe().observation.raw_data.units
        enemies = [unit for unit in units if unit.owner == 2]
        if not enemies:
            break
        for unit in (unit for unit in units if unit.owner == 1):
            highest = max(highest, unit.weapon_cooldown)
            nearest = min(enemies, key=lambda e: (e.pos.x - unit.pos.x) ** 2 + (e.pos.y - unit.pos.y) ** 2)
            client.order(23, [unit.tag], target_unit_tag=nearest.tag)
        client.step(STEP_MUL)
        if client.status == "ended":
            break
    return highest


@pytest.mark.parametrize("map_name", MAPS)
def test_a_map_starts_fights_and_resets_as_smac_needs(map_name):
    client = launch(map_name)
    info = client.ask("game_info").start_raw
    n_agents, n_enemies = counts(map_name)
    own, enemies = init_units(client, n_agents, n_enemies)
    own_types = sorted({unit.unit_type for unit in own})
    assert own_types == list(range(FIRST_OWN_TYPE, FIRST_OWN_TYPE + len(own_types)))
    assert all(unit.unit_type < FIRST_OWN_TYPE for unit in enemies)
    _check_grids(info, own + enemies)
    order = [unit.tag for unit in enemies]
    highest = fight(client)
    assert highest <= 40
    remaining = [unit.tag for unit in client.observe().observation.raw_data.units if unit.owner == 2]
    assert remaining == [tag for tag in order if tag in remaining]
    client.debug(kill_unit={"tag": [unit.tag for unit in client.units()]})
    client.step(2)
    again = init_units(client, n_agents, n_enemies)
    assert [unit.unit_type for unit in again[0]] == [unit.unit_type for unit in own]
    assert [unit.unit_type for unit in again[1]] == [unit.unit_type for unit in enemies]
    assert all(unit.health == unit.health_max and unit.shield == unit.shield_max for unit in again[0] + again[1])


def _check_grids(start, units) -> None:
    """Read the grids with SMAC's own formulas, and find every ground unit on walkable ground."""
    map_x, map_y = start.map_size.x, start.map_size.y
    assert start.pathing_grid.bits_per_pixel == 1
    rows = np.array(list(start.pathing_grid.data)).reshape(map_x, int(map_y / 8))
    pathing = np.transpose(
        np.array([[(b >> i) & 1 for b in row for i in range(7, -1, -1)] for row in rows], dtype=bool)
    )
    assert np.array(list(start.terrain_height.data)).reshape(map_x, map_y).shape == (map_x, map_y)
    walkers = [unit for unit in units if not unit.is_flying and unit.unit_type != SPINE_CRAWLER]
    assert all(pathing[int(unit.pos.x), int(unit.pos.y)] for unit in walkers)


@pytest.mark.parametrize("name", MAX_COOLDOWN)
def test_cooldowns_count_in_loops(name):
    map_name = MAP_WITH[name]
    kinds = {kind.id: kind for kind in load_map(map_name).unit_types}
    client = launch(map_name)
    highest = 0.0
    for _ in range(40):
        units = client.observe().observation.raw_data.units
        enemies = [unit for unit in units if unit.owner == 2]
        for unit in (unit for unit in units if unit.unit_type in kinds and kinds[unit.unit_type].name == f"{name}_RL"):
            highest = max(highest, unit.weapon_cooldown)
            client.order(23, [unit.tag], target_world_space_pos={"x": enemies[0].pos.x, "y": enemies[0].pos.y})
        client.step(2)
        if client.status == "ended":
            break
    assert highest == pytest.approx(MAX_COOLDOWN[name], abs=PATCHED_LOOPS)

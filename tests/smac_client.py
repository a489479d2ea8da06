"""A client of SMAC's maps that encodes raw observations unit by unit, as SMAC's interface is described.

Shares nothing with `llm_pysc2.marl`: what it sees came through the door as protobuf.
"""

import math
from typing import Any

import numpy as np
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.scenario import load_scenario
from tests.api_client import ApiClient

MAP_SIZE, SIGHT, REACH = 32, 9, 6
RACES = {"terran": 1, "zerg": 2, "protoss": 3}
STOP, MOVE, ATTACK, HEAL = 4, 16, 23, 386
MARINE, MARAUDER, MEDIVAC, ZEALOT, STALKER, COLOSSUS, BANELING, ZERGLING = 48, 51, 54, 73, 74, 4, 9, 105
FIRST_OWN_TYPE = 1970
COOLDOWNS = {
    "marines": [15],
    "stalkers": [35],
    "zealots": [22],
    "colossi": [24],
    "hydralisks": [10],
    "stalkers and zealots": [35, 22],
    "colossi, stalkers and zealots": [24, 35, 22],
    "banelings and zerglings": [1, 11],
    "MMM": [25, 15, 200],
}
"""By what the agents are; a number for each of their types, in order of the types' ids."""
ENEMY_BITS = {
    "stalkers and zealots": [ZEALOT, STALKER],
    "colossi, stalkers and zealots": [COLOSSUS, STALKER, ZEALOT],
    "banelings and zerglings": [BANELING, ZERGLING],
    "MMM": [MARAUDER, MARINE, MEDIVAC],
}
KINDS = {
    "2s3z": "stalkers and zealots", "3s5z": "stalkers and zealots", "3s5z_vs_3s6z": "stalkers and zealots",
    "1c3s5z": "colossi, stalkers and zealots", "bane_vs_bane": "banelings and zerglings", "MMM": "MMM", "MMM2": "MMM",
    "2s_vs_1sc": "stalkers", "3s_vs_3z": "stalkers", "3s_vs_4z": "stalkers", "3s_vs_5z": "stalkers",
    "corridor": "zealots", "so_many_baneling": "zealots", "2c_vs_64zg": "colossi", "6h_vs_8z": "hydralisks",
}  # fmt: skip
"""What the agents of a map are; marines where nothing is said."""
POINTS = [(0, 4), (0, -4), (4, 0), (-4, 0), (2, 2), (-2, -2), (2, -2), (-2, 2), (0, 0)]


class SmacClient:
    """One of SMAC's maps, played through the door; every episode is a game of its own.

    Args:
        everything: Whether observations and state have all of SMAC's optional parts.
    """

    def __init__(self, map_name: str, *, everything: bool = False) -> None:
        self.scenario = load_scenario(map_name)
        self.kind = KINDS.get(map_name, "marines")
        self.everything = everything
        self.client = ApiClient()
        self.limit = self.scenario.limit_loops // 8

    def begin(self, seed: int) -> None:
        create = sc_pb.RequestCreateGame(
            local_map={"map_path": f"SMAC_Maps/{self.scenario.map}.SC2Map"}, realtime=False, random_seed=seed
        )
        create.player_setup.add(type=sc_pb.Participant)
        create.player_setup.add(type=sc_pb.Computer, race=RACES[self.scenario.enemy_race], difficulty=sc_pb.VeryHard)
        self.client.ask("create_game", create)
        options = sc_pb.InterfaceOptions(raw=True, score=False)
        self.client.ask("join_game", sc_pb.RequestJoinGame(race=RACES[self.scenario.race], options=options))
        start = self.client.ask("game_info").start_raw
        self.walkable = [int(bit) for byte in start.pathing_grid.data for bit in f"{byte:08b}"]
        self.heights = list(start.terrain_height.data)
        units = self.client.units()
        own = [unit for unit in units if unit.owner == 1]
        self.agents = sorted(own, key=lambda unit: (unit.unit_type, unit.pos.x, unit.pos.y))
        self.enemies = [unit for unit in units if unit.owner == 2]
        self.bits = len(COOLDOWNS[self.kind]) if len(COOLDOWNS[self.kind]) > 1 else 0
        self.actions = 6 + max(len(self.enemies), len(self.agents) if self.kind == "MMM" else 0)
        self.last = [[0] * self.actions for _ in self.agents]
        self.highest = 200 + sum(10 + unit.health_max + unit.shield_max for unit in self.enemies)
        self.steps = 0

    def step(self, actions: list[int]) -> tuple[float, bool, dict[str, Any]]:
        orders = [self._action(agent, action) for agent, action in enumerate(actions) if action]
        self.client.ask("action", sc_pb.RequestAction(actions=orders))
        self.client.step(8)
        self.last = [[int(chosen == action) for action in range(self.actions)] for chosen in actions]
        self.steps += 1
        before = [vitals(unit) for unit in self.enemies]
        now = {unit.tag: unit for unit in self.client.units()}
        for side in (self.agents, self.enemies):
            for place, unit in enumerate(side):
                if unit.tag in now:
                    side[place] = now[unit.tag]
                elif unit.health > 0:
                    unit.health = unit.shield = 0
        reward = 0.0
        for vital, unit in zip(before, self.enemies, strict=True):
            reward += vital - vitals(unit) + (10 if vital > 0 and unit.health == 0 else 0)
        reward = abs(reward)
        own, others = self._fighters(self.agents), self._fighters(self.enemies)
        won = own > 0 and others == 0
        info = {"battle_won": won, "dead_allies": dead(self.agents), "dead_enemies": dead(self.enemies)}
        over = own == 0 or others == 0 or self.steps >= self.limit
        return (reward + 200 * won) * 20 / self.highest, over, info

    def masks(self) -> list[list[int]]:
        return [self._mask(agent) for agent in range(len(self.agents))]

    def observations(self) -> list[list[float]]:
        return [self._observe(agent) for agent in range(len(self.agents))]

    def state(self) -> list[float]:
        found: list[float] = []
        cooldowns = COOLDOWNS[self.kind]
        for unit in self.agents:
            kind = unit.unit_type - FIRST_OWN_TYPE
            ready = unit.energy if self._heals(unit) else unit.weapon_cooldown
            row = [unit.health / unit.health_max, ready / cooldowns[kind], *place(unit), *self._shield(unit, True)]
            found += [*row, *self._type(unit, True)] if unit.health > 0 else [0.0] * (len(row) + self.bits)
        for unit in self.enemies:
            row = [unit.health / unit.health_max, *place(unit), *self._shield(unit, False)]
            found += [*row, *self._type(unit, False)] if unit.health > 0 else [0.0] * (len(row) + self.bits)
        found += [number for row in self.last for number in row]
        return [*found, self.steps / self.limit] if self.everything else found

    def _mask(self, agent: int) -> list[int]:
        unit, mask = self.agents[agent], [0] * self.actions
        if unit.health == 0:
            return [1, *mask[1:]]
        mask[1] = 1
        for number, (dx, dy) in enumerate(((0, 1), (0, -1), (1, 0), (-1, 0)), 2):
            x, y = int(unit.pos.x + dx), int(unit.pos.y + dy)
            mask[number] = int(0 <= x < MAP_SIZE and 0 <= y < MAP_SIZE and self.walkable[y * MAP_SIZE + x])
        for number, other in enumerate(self.agents if self._heals(unit) else self.enemies, 6):
            heals_it = self._heals(unit) and self._heals(other)
            mask[number] = int(other.health > 0 and not heals_it and distance(unit, other) <= REACH)
        return mask

    def _observe(self, agent: int) -> list[float]:
        unit, mask = self.agents[agent], self._mask(agent)
        moves: list[float] = [*mask[2:6], *self._around(unit)]
        enemies, allies = [], []
        for number, other in enumerate(self.enemies):
            looks = [mask[6 + number], *self._looks(unit, other, False)]
            enemies += looks if self._sees(unit, other) else [0.0] * len(looks)
        for number, other in enumerate(self.agents):
            if number != agent:
                last = self.last[number] if self.everything else []
                looks = [1, *self._looks(unit, other, True), *last]
                allies += looks if self._sees(unit, other) else [0.0] * len(looks)
        own = [unit.health / unit.health_max, *self._shield(unit, True), *self._type(unit, True)]
        found = [*moves, *enemies, *allies, *own]
        found = found if unit.health > 0 else [0.0] * len(found)
        return [*found, self.steps / self.limit] if self.everything else found

    def _looks(self, unit: Any, other: Any, ally: bool) -> list[float]:
        far = [distance(unit, other), other.pos.x - unit.pos.x, other.pos.y - unit.pos.y]
        health = [other.health / other.health_max, *self._shield(other, ally)]
        return [*(one / SIGHT for one in far), *health, *self._type(other, ally)]

    def _around(self, unit: Any) -> list[float]:
        """Return where one can walk at eight points around a unit, and how high nine points are, north down."""
        if not self.everything:
            return []
        walkable, heights = [], []
        for dx, dy in POINTS:
            x, y = int(unit.pos.x) + dx, int(unit.pos.y) + dy
            inside = 0 <= x < MAP_SIZE and 0 <= y < MAP_SIZE
            walkable.append(self.walkable[y * MAP_SIZE + x] if inside else 1)
            heights.append(self.heights[(MAP_SIZE - 1 - y) * MAP_SIZE + x] / 255 if inside else 1)
        return [*walkable[:8], *heights]

    def _sees(self, unit: Any, other: Any) -> bool:
        return other.health > 0 and distance(unit, other) < SIGHT

    def _shield(self, unit: Any, ally: bool) -> list[float]:
        race = self.scenario.race if ally else self.scenario.enemy_race
        return [unit.shield / unit.shield_max] if race == "protoss" else []

    def _type(self, unit: Any, ally: bool) -> list[float]:
        if not self.bits:
            return []
        bit = unit.unit_type - FIRST_OWN_TYPE if ally else ENEMY_BITS[self.kind].index(unit.unit_type)
        return [float(number == bit) for number in range(self.bits)]

    def _heals(self, unit: Any) -> bool:
        return self.kind == "MMM" and unit.unit_type in (FIRST_OWN_TYPE + 2, MEDIVAC)

    def _fighters(self, side: list[Any]) -> int:
        return sum(unit.health > 0 and not self._heals(unit) for unit in side)

    def _action(self, agent: int, action: int) -> sc_pb.Action:
        unit = self.agents[agent]
        command: dict[str, Any] = {"ability_id": STOP, "unit_tags": [unit.tag]}
        if 2 <= action <= 5:
            dx, dy = ((0, 2), (0, -2), (2, 0), (-2, 0))[action - 2]
            command["ability_id"] = MOVE
            command["target_world_space_pos"] = {"x": unit.pos.x + dx, "y": unit.pos.y + dy}
        elif action > 5:
            heals = self._heals(unit)
            command["ability_id"] = HEAL if heals else ATTACK
            command["target_unit_tag"] = (self.agents if heals else self.enemies)[action - 6].tag
        return sc_pb.Action(action_raw={"unit_command": command})


def vitals(unit: Any) -> float:
    return float(unit.health + unit.shield)


def dead(side: list[Any]) -> int:
    return sum(unit.health == 0 for unit in side)


def distance(unit: Any, other: Any) -> float:
    return math.hypot(other.pos.x - unit.pos.x, other.pos.y - unit.pos.y)


def place(unit: Any) -> list[float]:
    return [(unit.pos.x - MAP_SIZE / 2) / MAP_SIZE, (unit.pos.y - MAP_SIZE / 2) / MAP_SIZE]


def float32s(rows: Any) -> np.ndarray:
    return np.array(rows, dtype=np.float32)

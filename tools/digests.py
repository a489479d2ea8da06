"""Digests of games, to see whether a change kept them to the byte: `python -m tools.digests > before.txt`.

Every map is played with random orders out of all that the game offers, through the door. A line a game: map, seed, and
a digest of all that the player was shown. Run it on two checkouts and compare the two with `diff`.
"""

import argparse
import hashlib
import os
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import llm_pysc2.protos  # noqa: F401 - makes the next import work

# isort: split
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.link import Link, connect
from llm_pysc2.packs import find_files

STEP_LOOPS, QUERIED = 8, 12
"""Loops a step, and how many units a step are given orders out of all that they can do."""


def ask(door: Link, **request: Any) -> sc_pb.Response:
    """Return the game's response to a request."""
    door.send(sc_pb.Request(**request).SerializeToString())
    return sc_pb.Response.FromString(door.recv())


def orders(door: Link, observation: Any, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield an action for some of the own units: anything they can do, at a unit, a place, or at nothing."""
    units = observation.raw_data.units
    own = [unit for unit in units if unit.alliance == 1]
    some = chance.sample(own, min(len(own), QUERIED))
    asked = {"abilities": [{"unit_tag": unit.tag} for unit in some]}
    for unit, offered in zip(some, ask(door, query=asked).query.abilities, strict=True):
        if not offered.abilities:
            continue
        command: dict[str, Any] = {"unit_tags": [unit.tag], "ability_id": chance.choice(offered.abilities).ability_id}
        aim = chance.random()
        if aim < 0.4:
            command["target_unit_tag"] = chance.choice(units).tag
        elif aim < 0.8:
            x, y = unit.pos.x + chance.uniform(-9, 9), unit.pos.y + chance.uniform(-9, 9)
            command["target_world_space_pos"] = {"x": x, "y": y}
        yield {"action_raw": {"unit_command": command | {"queue_command": chance.random() < 0.2}}}


def digest(name: str, seed: int, steps: int) -> str:
    """Play a game and return the digest of all its observations."""
    door, chance = connect(), random.Random(f"{name}/{seed}")
    players = [{"type": 1}, {"type": 2, "race": 1 + seed % 3, "difficulty": 1 + seed % 7}]
    setup = {"local_map": {"map_path": f"{name}.SC2Map"}, "random_seed": seed, "realtime": False}
    if ask(door, create_game=setup | {"player_setup": players}).create_game.HasField("error"):
        ask(door, create_game=setup | {"player_setup": players[:1]})
    ask(door, join_game={"race": 1 + seed % 3, "options": {"raw": True, "score": True}})
    seen = hashlib.sha256()
    for _ in range(steps):
        door.send(sc_pb.Request(observation={}).SerializeToString())
        shown = door.recv()
        seen.update(shown)
        response = sc_pb.Response.FromString(shown)
        if response.status != sc_pb.in_game:
            break
        actions = list(orders(door, response.observation.observation, chance))
        seen.update(repr(list(ask(door, action={"actions": actions}).action.result)).encode())
        ask(door, step={"count": STEP_LOOPS})
    door.close()
    return f"{name} {seed} {seen.hexdigest()[:24]}"


def main() -> int:
    """Print a line for each game."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("maps", nargs="*", help="names of maps; all by default")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    maps = options.maps or sorted(find_files("scenarios/maps"))
    games = [(name, seed) for name in maps for seed in range(1, options.seeds + 1)]
    with ProcessPoolExecutor(options.workers) as pool:
        for line in pool.map(partial(_digest, steps=options.steps), games):
            print(line, flush=True)
    return 0


def _digest(game: tuple[str, int], steps: int) -> str:
    return digest(*game, steps)


if __name__ == "__main__":
    sys.exit(main())

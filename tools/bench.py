"""How fast the embedded game is: `python tools/bench.py [MAP ...]`.

Prints for each map, on one core: the engine alone, the door in process and over a websocket (an 8-loop step with raw
actions and a raw observation as protobuf), the same through PySC2's `SC2Env`, and the engine's share of the door. Side
1 acts at random so that fights last: every 8 loops each unit gets a move or an attack.
"""

import argparse
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import llm_pysc2.protos  # noqa: F401 - makes the next import work

# isort: split
from s2clientprotocol import sc2api_pb2 as sc_pb

MAPS = ("2s3z", "MMM2", "27m_vs_30m", "2c_vs_64zg", "corridor", "pvz_task6_level3")
"""The last is the largest fight of all tasks, with both bases."""
STEP_LOOPS = 8
EPISODE_STEPS = 120
MOVE, ATTACK = 16, 23
Ask = Callable[[sc_pb.Request], sc_pb.Response]


@dataclass(frozen=True)
class Speed:
    """What was measured on one map, in steps of 8 loops a second."""

    engine: float
    in_process: float
    websocket: float
    sc2_env: float


def random_actions(observation: sc_pb.ResponseObservation, chance: random.Random) -> list[sc_pb.Action]:
    """Return an action for each own unit: half of them move, half attack somebody."""
    units = observation.observation.raw_data.units
    enemies = [unit.tag for unit in units if unit.alliance == 4]
    actions = []
    for unit in units:
        if unit.alliance != 1:
            continue
        action = sc_pb.Action()
        command = action.action_raw.unit_command
        command.unit_tags.append(unit.tag)
        if enemies and chance.random() < 0.5:
            command.ability_id, command.target_unit_tag = ATTACK, chance.choice(enemies)
        else:
            command.ability_id = MOVE
            command.target_world_space_pos.x = unit.pos.x + chance.uniform(-4, 4)
            command.target_world_space_pos.y = unit.pos.y + chance.uniform(-4, 4)
        actions.append(action)
    return actions


def play_door(ask: Ask, map_name: str, seconds: float) -> float:
    """Return steps a second through a door that answers requests."""
    chance = random.Random(0)
    setup = [sc_pb.PlayerSetup(type=sc_pb.Participant), sc_pb.PlayerSetup(type=sc_pb.Computer, race=1)]
    create = sc_pb.RequestCreateGame(local_map=sc_pb.LocalMap(map_path=map_name), player_setup=setup, random_seed=1)
    ask(sc_pb.Request(create_game=create))
    ask(sc_pb.Request(join_game=sc_pb.RequestJoinGame(race=1, options=sc_pb.InterfaceOptions(raw=True, score=True))))
    steps, since_start, started = 0, 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        observation = ask(sc_pb.Request(observation=sc_pb.RequestObservation())).observation
        actions = [] if observation.player_result else random_actions(observation, chance)
        if not actions or since_start == EPISODE_STEPS:
            ask(sc_pb.Request(restart_game=sc_pb.RequestRestartGame()))
            since_start = 0
            continue
        ask(sc_pb.Request(action=sc_pb.RequestAction(actions=actions)))
        ask(sc_pb.Request(step=sc_pb.RequestStep(count=STEP_LOOPS)))
        steps, since_start = steps + 1, since_start + 1
    return steps / (time.perf_counter() - started)


def in_process() -> Ask:
    """Return the door in process."""
    from llm_pysc2.engine.api.link import connect

    link = connect()

    def ask(request: sc_pb.Request) -> sc_pb.Response:
        link.send(request.SerializeToString())
        response = sc_pb.Response.FromString(link.recv())
        if response.error:
            raise RuntimeError(f"{request.WhichOneof('request')}: {list(response.error)}")
        return response

    return ask


@contextmanager
def serving(port: int) -> Iterator[str]:
    """Yield the address of a server in a process of its own, which listens."""
    server = subprocess.Popen([sys.executable, "-m", "llm_pysc2", "engine", "serve", "--port", str(port)])
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError("the server does not listen")
        yield f"ws://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def over_websocket(port: int = 5677) -> Iterator[Ask]:
    """Yield the door over a websocket, to a server in a process of its own."""
    from websockets.sync.client import connect

    with serving(port) as address, connect(f"{address}/sc2api", max_size=None, compression=None) as connection:

        def ask(request: sc_pb.Request) -> sc_pb.Response:
            connection.send(request.SerializeToString())
            return sc_pb.Response.FromString(connection.recv(decode=False))

        yield ask


def play_engine(map_name: str, seconds: float) -> float:
    """Return loops a second of the engine alone, with the same random orders."""
    from llm_pysc2.engine.game import Game
    from llm_pysc2.engine.maps.definitions import load_map
    from llm_pysc2.engine.state.unit_columns import PlayerSetup

    players = [PlayerSetup(kind="participant"), PlayerSetup(kind="computer")]
    chance, spent, loops = random.Random(0), 0.0, 0
    while spent < seconds:
        game = Game(load_map(map_name), players, 1)
        while game.loop < EPISODE_STEPS * STEP_LOOPS and not game.is_over:
            units = game.units
            own, foes = units.tag[units.owner == 1].tolist(), units.tag[units.owner == 2].tolist()
            if not own or not foes:
                break
            for row in (units.owner == 1).nonzero()[0].tolist():
                tag = int(units.tag[row])
                if chance.random() < 0.5:
                    game.order(1, ATTACK, [tag], chance.choice(foes))
                else:
                    x, y = float(units.x[row]), float(units.y[row])
                    game.order(1, MOVE, [tag], (x + chance.uniform(-4, 4), y + chance.uniform(-4, 4)))
            started = time.perf_counter()
            game.step(STEP_LOOPS)
            spent += time.perf_counter() - started
            loops += STEP_LOOPS
    return loops / spent


def play_sc2_env(map_name: str, seconds: float) -> float:
    """Return steps a second through PySC2's SC2Env, with commands in and typed views out."""
    from llm_pysc2.engine.api.link import connect
    from llm_pysc2.env.sc2_env import GameEnv
    from llm_pysc2.world.command import Command
    from llm_pysc2.world.geometry import Point

    env = GameEnv(map_name, "protoss", "protoss", 1, connect)
    chance, steps = random.Random(0), 0
    view = env.reset()
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        if view.result or not (view.own and view.enemies) or steps % EPISODE_STEPS == EPISODE_STEPS - 1:
            view = env.reset()
            steps += 1
            continue
        commands = []
        for unit in view.own:
            if chance.random() < 0.5:
                commands.append(Command(ATTACK, (unit.tag,), chance.choice(view.enemies).tag))
            else:
                x, y = unit.position
                commands.append(Command(MOVE, (unit.tag,), Point(x + chance.uniform(-4, 4), y + chance.uniform(-4, 4))))
        view = env.step(commands, STEP_LOOPS)
        steps += 1
    rate = steps / (time.perf_counter() - started)
    env.close()
    return rate


def measure(map_name: str, seconds: float) -> Speed:
    """Return all figures of one map, each measured for so many seconds."""
    with over_websocket() as ask:
        websocket = play_door(ask, map_name, seconds)
    return Speed(
        engine=play_engine(map_name, seconds),
        in_process=play_door(in_process(), map_name, seconds),
        websocket=websocket,
        sc2_env=play_sc2_env(map_name, seconds),
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("maps", nargs="*", default=MAPS)
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each figure is measured")
    options = parser.parse_args()
    print("loops a second of the engine; steps of 8 loops a second through the door; the engine's share of the door")
    print(f"{'map':14s} {'engine':>8s} {'in process':>11s} {'websocket':>10s} {'SC2Env':>7s} {'share':>6s}")
    for map_name in options.maps:
        speed = measure(map_name, options.seconds)
        share = speed.in_process / (speed.engine / STEP_LOOPS)
        doors = f"{speed.in_process:11.0f} {speed.websocket:10.0f} {speed.sc2_env:7.0f}"
        print(f"{map_name:14s} {speed.engine:8.0f} {doors} {share:6.0%}", flush=True)


if __name__ == "__main__":
    main()

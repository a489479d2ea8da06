"""How long feature layers and pictures take, with a fight on the screen: `python tools/bench_layers.py [UNITS]`."""

import sys
from statistics import median
from time import perf_counter

import llm_pysc2.protos  # noqa: F401 - makes the next import work

# isort: split
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.protocol import Connection
from llm_pysc2.engine.api.session import Session

ROUNDS = 300


def main() -> None:
    """Print the median time of an observation alone, and what 38 layers and RGB pictures add to it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    layers = {"width": 24, "resolution": {"x": 64, "y": 64}, "minimap_resolution": {"x": 64, "y": 64}}
    pictures = {"width": 24, "resolution": {"x": 256, "y": 256}, "minimap_resolution": {"x": 128, "y": 128}}
    plain = observation_ms(sc_pb.InterfaceOptions(raw=True, score=True), count)
    print(f"{count} units: observation {plain:.3f} ms")
    for name, asked in (
        ("38 layers, 64 and 64 px", {"feature_layer": layers}),
        ("RGB pictures, 256 and 128 px", {"render": pictures}),
    ):
        drawn = observation_ms(sc_pb.InterfaceOptions(raw=True, score=True, **asked), count)
        print(f"{name}: {drawn - plain:.3f} ms more")


def observation_ms(options: sc_pb.InterfaceOptions, count: int) -> float:
    """Return the median time of an observation in a crowd on the screen."""
    connection = Connection(Session())

    def ask(**request: object) -> sc_pb.Response:
        return sc_pb.Response.FromString(connection.handle(sc_pb.Request(**request).SerializeToString()))

    setups = [{"type": sc_pb.Participant}, {"type": sc_pb.Computer, "race": 3, "difficulty": 1}]
    ask(create_game={"local_map": {"map_path": "3m.SC2Map"}, "player_setup": setups, "random_seed": 1})
    ask(join_game=sc_pb.RequestJoinGame(race=1, options=options))
    crowds = [{"create_unit": {"unit_type": 48, "owner": owner, "quantity": (count - 6) // 2}} for owner in (1, 2)]
    for crowd, x in zip(crowds, (10, 22), strict=True):
        crowd["create_unit"]["pos"] = {"x": x, "y": 16}
    ask(debug={"debug": [*crowds, {"game_state": 6}]})
    ask(action={"actions": [{"action_raw": {"camera_move": {"center_world_space": {"x": 16, "y": 16}}}}]})
    times = []
    for _ in range(ROUNDS):
        ask(step={"count": 1})
        request = sc_pb.Request(observation={}).SerializeToString()
        began = perf_counter()
        connection.handle(request)
        times.append((perf_counter() - began) * 1000)
    return median(times)


if __name__ == "__main__":
    main()

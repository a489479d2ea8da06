"""Whether memory stays flat: `python tools/memory.py [--resets 1000]`.

Resets games through the door in process, map after map, with some steps in between, and prints the memory of the
process (resident set) as it goes. The first resets fill caches of maps and routes.
"""

import argparse
import gc
import sys
from pathlib import Path

import llm_pysc2.protos  # noqa: F401 - makes the next import work

# isort: split
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.link import Link, connect

MAPS = ("2s3z", "MMM2", "27m_vs_30m", "corridor")
STEPS, STEP_LOOPS = 3, 40


def resident_mib() -> float:
    """Return the memory of this process in MiB, from Linux's /proc."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def ask(link: Link, **request: object) -> sc_pb.Response:
    """Return the answer to one request."""
    link.send(sc_pb.Request(**request).SerializeToString())
    return sc_pb.Response.FromString(link.recv())


def open_game(map_name: str) -> Link:
    """Return a link to a game that has begun."""
    link = connect()
    setup = [sc_pb.PlayerSetup(type=sc_pb.Participant), sc_pb.PlayerSetup(type=sc_pb.Computer, race=1)]
    create = sc_pb.RequestCreateGame(local_map=sc_pb.LocalMap(map_path=map_name), player_setup=setup, random_seed=1)
    ask(link, create_game=create)
    ask(link, join_game=sc_pb.RequestJoinGame(race=1, options=sc_pb.InterfaceOptions(raw=True, score=True)))
    return link


def play_on(link: Link) -> None:
    """Reset a game and play its beginning."""
    ask(link, restart_game=sc_pb.RequestRestartGame())
    for _ in range(STEPS):
        ask(link, observation=sc_pb.RequestObservation())
        ask(link, step=sc_pb.RequestStep(count=STEP_LOOPS))


def main() -> int:
    """Print the memory every tenth of the resets; return 1 if it grew by more than a tenth after the first fifth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resets", type=int, default=1000)
    resets = parser.parse_args().resets
    links = [open_game(name) for name in MAPS]
    settled = 0.0
    for number in range(1, resets + 1):
        play_on(links[number % len(links)])
        if number % max(resets // 10, 1) == 0:
            gc.collect()
            print(f"{number:6d} resets {resident_mib():8.1f} MiB", flush=True)
        if number == max(resets // 5, 1):
            settled = resident_mib()
    growth = resident_mib() / settled - 1
    print(f"growth after the first fifth: {growth:+.1%}")
    return int(growth > 0.1)


if __name__ == "__main__":
    sys.exit(main())

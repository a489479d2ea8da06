"""Let built-in computers play by themselves and print what they have, beside what the build's own tables expect.

Usage: python -m tools.computers [--map Simple64] [--races protoss,terran,zerg] [--levels 1,2,3]
                                 [--builds rush,timing] [--seeds 1] [--minutes 12] [--versus LEVEL] [--quiet]

Without --versus the other side does nothing, and a row a minute shows workers, towns, supply, value of the army and
what the attack does; then come the waves that set out and, for levels 1 to 5, the first that the tables expect. With
--versus LEVEL the game goes on until somebody has won, against a computer of that level.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from time import perf_counter

from llm_pysc2.engine.computer.view import look
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.knowledge.computer import load_expected
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

BUILDS = {"random": 1, "rush": 2, "timing": 3, "power": 4, "macro": 5, "air": 6}
LOOPS_PER_MINUTE = 1344
"""At the speed "faster"."""
MOST_LOOPS = 40 * LOOPS_PER_MINUTE
WORKERS = ("Probe", "SCV", "Drone")
RACES = ("protoss", "terran", "zerg")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a computer has at one time."""

    workers: int
    towns: int
    supply: int
    army: int
    """Minerals and vespene that its fighters cost."""
    minerals: int
    vespene: int
    attack: str
    phase: str


def main(arguments: Sequence[str]) -> int:
    """Play what is asked for."""
    options = _parser().parse_args(arguments)
    rows = list(product(options.races.split(","), map(int, options.levels.split(",")), options.builds.split(",")))
    good = 0
    timed = 0
    for race, level, build in rows:
        for seed in map(int, options.seeds.split(",")):
            if options.versus:
                _play_out(options.map, race, (level, options.versus), seed)
            else:
                answer = _watch(options, race, level, build, seed)
                timed += answer is not None
                good += answer is True
    if timed:
        print(f"first waves as expected: {good} of {timed}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--map", default="Simple64")
    parser.add_argument("--races", default="protoss,terran,zerg")
    parser.add_argument("--levels", default="1,2,3,4,5,6,7,8,9,10")
    parser.add_argument("--builds", default="rush,timing,power,macro,air")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--minutes", type=int, default=12)
    parser.add_argument("--versus", type=int, default=0)
    parser.add_argument("--quiet", action="store_true", help="only the summary of each game")
    return parser


def shape_of(game: Game, player_id: int) -> Shape:
    """Return what a computer has now."""
    mind, player = game.match.minds[player_id], game.players[player_id]
    view = look(game.match, player_id, mind)
    kinds = [game.types.types[int(game.units.row[game.units.row_of(tag)])] for tag in mind.waves]
    return Shape(
        sum(view.have[name] for name in WORKERS),
        len(view.towns),
        int(player.food_used),
        sum(kind.minerals + kind.vespene for kind in kinds),
        int(player.minerals),
        int(player.vespene),
        mind.attack,
        f"{mind.phase} {mind.build}",
    )


def _watch(options: argparse.Namespace, race: str, level: int, build: str, seed: int) -> bool | None:
    """Play against nobody. Returns whether the first wave was as expected, None where nothing is expected."""
    other = PlayerSetup(race=race)
    game = Game(load_map(options.map), (PlayerSetup("computer", race, "", level, BUILDS[build]), other), seed=seed)
    print(f"{race} level {level} {build} seed {seed} on {options.map}")
    for minute in range(1, options.minutes + 1):
        game.step(LOOPS_PER_MINUTE)
        if 1 not in game.match.minds:
            continue
        if not options.quiet:
            now = shape_of(game, 1)
            print(
                f"  {minute:2} min: workers {now.workers:3} towns {now.towns} supply {now.supply:3} army {now.army:5} "
                f"minerals {now.minerals:5} gas {now.vespene:5} {now.attack:7} {now.phase}"
            )
        if game.players[1].result or (options.quiet and game.match.minds[1].departures):
            break
    for wave in game.match.minds[1].departures:
        seconds = wave.loop / LOOPS_PER_GAME_SECOND
        print(f"  wave at {seconds:5.0f} s: {wave.units} units, food {wave.food:g}, resources {wave.resources:g}")
    return _compare(game, race, level, build)


def _compare(game: Game, race: str, level: int, build: str) -> bool | None:
    """Print the first wave that is expected, and return whether it came: in time, and with most of its supply."""
    wanted = [one for one in load_expected() if (one.race, one.level, one.build) == (race, level, build)]
    opening = [one for one in wanted if one.phase == "open"]
    if not opening:
        return None
    first, seconds = opening[0], opening[0].seconds
    if build == "macro":
        first = next(one for one in wanted if one.phase == "mid")
        seconds += first.seconds
    departures = game.match.minds[1].departures
    came = departures[0].loop / LOOPS_PER_GAME_SECOND if departures else 0.0
    in_time = abs(came - seconds) <= 0.15 * seconds
    fed = bool(departures) and departures[0].food >= 0.85 * first.food
    verdict = "as expected" if in_time and fed else "late or early" if not in_time else "too small"
    print(f"  expected at {seconds} s: food {first.food}, resources {first.resources}: {verdict}")
    return in_time and fed


def _play_out(map_name: str, race: str, levels: tuple[int, int], seed: int) -> None:
    """Play two computers until one has won, and print how it went."""
    races = (race, race) if race in RACES else tuple(race.split("-"))
    players = tuple(PlayerSetup("computer", one, "", level) for one, level in zip(races, levels, strict=True))
    game, began = Game(load_map(map_name), players, seed=seed), perf_counter()
    while game.loop < MOST_LOOPS and not game.players[1].result:
        game.step(LOOPS_PER_MINUTE)
    shapes = [shape_of(game, player_id) for player_id in (1, 2)]
    results = [game.players[player_id].result or "none" for player_id in (1, 2)]
    print(
        f"{'-'.join(races)} levels {levels[0]}-{levels[1]} seed {seed} on {map_name}: {results[0]} - {results[1]} "
        f"after {game.loop / LOOPS_PER_MINUTE:.0f} min; supply {shapes[0].supply}-{shapes[1].supply}, "
        f"towns {shapes[0].towns}-{shapes[1].towns}, {perf_counter() - began:.0f} s of computing"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

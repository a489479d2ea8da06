"""The way of one order and of one observation: `python -m tools.way [--list]`.

Counts the calls of this project's functions, the files they stand in, and how often the way leaves a file for another:
from a reply's text to the engine's order, and from the engine's columns to the view. What the game plays in between is
left out. On 3m in this process, after a turn that filled all caches.
"""

import argparse
import sys
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import llm_pysc2.protos

# isort: split
from llm_pysc2.chat import Completion
from llm_pysc2.dialogue.short_ids import ShortIds
from llm_pysc2.dialogue.situation import Situation, speaker_of
from llm_pysc2.dialogue.structured import parse_completion
from llm_pysc2.engine.api.link import connect
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.orchestrator.table import load_book
from llm_pysc2.orchestrator.team_assignment import TeamAssignment
from llm_pysc2.roster import load_roster
from llm_pysc2.scenario import load_scenario

HOME = str(Path(llm_pysc2.protos.__file__).parent)
ORDER, PLAY, OBSERVATION = "order", "play", "observation"


class Way:
    """Counts, as a profile function of the interpreter."""

    def __init__(self) -> None:
        self.steps: dict[str, list[tuple[str, str]]] = {ORDER: [], PLAY: [], OBSERVATION: []}
        self.phase = ORDER

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        """Note a call of a function of ours; handlers of requests say where one way ends and the next begins."""
        file = frame.f_code.co_filename
        if not file.startswith(HOME):
            return
        name = frame.f_code.co_name
        if file.endswith("game_requests.py"):
            if event == "call" and name in ("step", "_step"):
                self.phase = PLAY
            elif event == "call" and name in ("observation", "_observation", "observe", "_observe"):
                self.phase = OBSERVATION
        if event == "call":
            self.steps[self.phase].append((file.removeprefix(HOME + "/"), name))


def walk() -> Way:
    """Play a turn to fill the caches, then return the way of the next turn's order and observation."""
    scenario = load_scenario("3m")
    roster, book = load_roster(scenario.roster), load_book()
    game = GameEnv(scenario.map, scenario.race, scenario.enemy_race, 1, connect)
    view = game.reset()
    role = roster.agents[0]
    way = Way()
    for turn in range(2):
        short_ids = ShortIds().update(view)
        teams = TeamAssignment(role).assign(list(view.own), ())
        situation = Situation(speaker=speaker_of(role, []), view=view, teams=teams, short_ids=short_ids, book=book)
        completion = Completion(
            f"Team {teams[0].name}:\n<Attack_Unit({short_ids.name(view.enemies[0].tag)})>", "scripted/way"
        )
        if turn:
            sys.setprofile(way)
        commands = parse_completion(completion, situation).commands
        view = game.step(commands, 8)
    sys.setprofile(None)
    game.close()
    return way


def main() -> int:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="print every call")
    options = parser.parse_args()
    way = walk()
    for name in (ORDER, OBSERVATION):
        steps = way.steps[name]
        changes = sum(before[0] != after[0] for before, after in pairwise(steps))
        print(f"{name}: {len(steps)} calls, {len({file for file, _ in steps})} files, {changes} changes of file")
        if options.list:
            print(*(f"  {file} {function}" for file, function in steps), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

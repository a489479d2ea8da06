"""Print what the texts cost: tokens by part against LLM-PySC2's for the same situation, and the time to write them.

    python -m tools.bench_dialogue

Needs mistral-common (its Tekken vocabulary works offline) and the facts of the reference situation beside the
repository, or where LLM_PYSC2_SHARED says.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import mistral_common
from mistral_common.tokens.tokenizers.tekken import Tekkenizer

from llm_pysc2.dialogue.as_json import describe_json
from llm_pysc2.dialogue.describe import describe, describe_parts
from llm_pysc2.dialogue.prompt import system_text
from llm_pysc2.dialogue.unit_facts import describe_type
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.world.view import OrderView
from tests.task4 import task4
from tests.worlds import BOOK, enemy, situation, unit, view

REFERENCE_TOKENS = 2133
"""LLM-PySC2's text for the situation, in tokens of the same vocabulary."""
TYPES = {each.name: each for each in load_units().values()}
REPEATS = 50


def main() -> None:
    """Print tokens, then times."""
    vocabulary = Path(mistral_common.__file__).parent / "data" / "tekken_240911.json"
    tokenizer = Tekkenizer.from_file(str(vocabulary))

    def count(text: str) -> int:
        return len(tokenizer.encode(text, bos=False, eos=False))

    print_tokens(count)
    print_times()


def print_tokens(count: Callable[[str], int]) -> None:
    """Print the tokens of the reference situation, part by part."""
    known = [TYPES[name] for name in ("Stalker", "Roach", "Hatchery")]
    for points in ("world", "screen"):
        here = task4(points)
        names = dict.fromkeys(each.type_name for each in here.view.units)
        observation = count(describe(here))
        facts = count("\n".join(describe_type(each, BOOK, here.speaker.points) for each in known))
        system = system_text("commander", here, names)
        rules = sum(count(part) for part in system.split("\n# ")[1:3])  # letters, notes and lookups it does not have
        total = observation + facts + rules
        print(f"{points}: observation {observation}, unit types {facts}, how to read and answer {rules}")
        print(f"  together {total}, {total / REFERENCE_TOKENS:.0%} of LLM-PySC2's {REFERENCE_TOKENS}")
        stays = count(system)
        print(f"  whole prompt {stays + observation}, of it {stays / (stays + observation):.0%} the same every turn")
        parts = ", ".join(f"{part.name} {count(part.text)}" for part in describe_parts(here))
        print(f"  by part: {parts}; as JSON {count(describe_json(here))}")


def print_times() -> None:
    """Print how long the observation text of a hundred units takes."""
    own = [unit(tag, "Marine", 10 + tag % 10, 10 + tag // 10, orders=(OrderView(23, 101),)) for tag in range(1, 51)]
    foes = [enemy(100 + tag, "Zergling", 20 + tag % 10, 10 + tag // 10) for tag in range(1, 51)]
    before = view([*own, *foes], 100)
    here = situation(view([replace(each, health=each.health - 5) for each in before.units], 108), previous=before)
    describe(here)
    start = perf_counter()
    for _ in range(REPEATS):
        describe(here)
    print(f"observation text of 100 units: {(perf_counter() - start) / REPEATS * 1000:.2f} ms")


if __name__ == "__main__":
    main()

"""Print what texts and pictures cost: tokens by part against LLM-PySC2's for the same situation, and times.

    make bench-words

Needs mistral-common, whose Tekken vocabulary works offline.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import process_time

import mistral_common
from mistral_common.tokens.tokenizers.tekken import Tekkenizer

from llm_pysc2.dialogue.as_json import describe_json
from llm_pysc2.dialogue.describe import describe, describe_parts
from llm_pysc2.dialogue.pictures import draw_pictures
from llm_pysc2.dialogue.prompt import system_text
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.dialogue.unit_facts import describe_type
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.roster import ImageKind
from llm_pysc2.world.view import OrderView
from tests.task4 import REFERENCE_TOKENS, task4
from tests.worlds import BOOK, enemy, situation, unit, view

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
        print(f"  together {total}, {total / REFERENCE_TOKENS:.1%} of LLM-PySC2's {REFERENCE_TOKENS}")
        stays = count(system)
        print(f"  whole prompt {stays + observation}, of it {stays / (stays + observation):.0%} the same every turn")
        parts = ", ".join(f"{part.name} {count(part.text)}" for part in describe_parts(here))
        print(f"  by part: {parts}; as JSON {count(describe_json(here))}")


def print_times() -> None:
    """Print how long the text of a hundred units takes, and each kind of picture of them."""
    here = a_hundred_units()
    print(f"observation text of 100 units: {milliseconds(lambda: describe(here)):.2f} ms of CPU")
    kinds: tuple[ImageKind, ...] = ("screen", "minimap")
    for kind in kinds:
        took = milliseconds(lambda kind=kind: draw_pictures(here, [kind]))
        size = sum(len(image.png) for image in draw_pictures(here, [kind]))
        print(f"picture of 100 units, {kind}, one team: {took:.1f} ms of CPU, {size / 1000:.0f} kB")


def a_hundred_units() -> Situation:
    """Return fifty Marines of one team in a fight with fifty Zerglings."""
    own = [unit(tag, "Marine", 10 + tag % 10, 10 + tag // 10, orders=(OrderView(23, 101),)) for tag in range(1, 51)]
    foes = [enemy(100 + tag, "Zergling", 20 + tag % 10, 10 + tag // 10) for tag in range(1, 51)]
    before = view([*own, *foes], 100)
    return situation(view([replace(each, health=each.health - 5) for each in before.units], 108), previous=before)


def milliseconds(call: Callable[[], object]) -> float:
    """Return how much time of a processor a call takes, the median of many after a first one."""
    call()
    took = []
    for _ in range(REPEATS):
        start = process_time()
        call()
        took.append(process_time() - start)
    return median(took) * 1000


if __name__ == "__main__":
    main()

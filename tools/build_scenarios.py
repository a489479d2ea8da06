"""Build scenarios/smac/, llm_smac/ and pvz/ from the map files, a folder of raw facts, and tools/pvz_tasks.toml.

Usage: python -m tools.build_scenarios FACTS_DIR
"""

import json
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from llm_pysc2.engine.maps.definitions import MapDefinition, load_map
from llm_pysc2.knowledge.units import unit_type
from tools.map_tables import inline

OUTPUT = Path(__file__).parent.parent / "scenarios"
TASKS = Path(__file__).parent / "pvz_tasks.toml"
LEVELS = (1, 2, 3)
OPEN_MAP = """\
# {name} without ends of its own, to be judged by other rules.
base = "{name}"
end = []
"""
LOOPS_PER_STEP = 8
"""SMAC's limits are in steps of this many game loops."""
LLM_LIMIT_LOOPS = 1440
"""LLM-PySC2's variants end as a tie at this loop."""
TASK = "Destroy all enemy units before the time limit."
DIFFICULTY = {
    "easy": "2s_vs_1sc 2s3z 3s5z 1c3s5z 10m_vs_11m",
    "hard": "2c_vs_64zg bane_vs_bane 5m_vs_6m 3s_vs_5z",
    "super_hard": "3s5z_vs_3s6z 6h_vs_8z 27m_vs_30m MMM2 corridor",
}
"""As published with the Multi-Agent Challenge (Rashid et al. 2020); the other maps have no class."""
PLURALS = {"Colossus": "Colossi", "SpineCrawler": "Spine Crawlers"}


def main(arguments: list[str]) -> int:
    """Write one file for each map."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    raw = json.loads((Path(arguments[0]) / "maps.json").read_text(encoding="utf-8"))["smac"]
    for name, facts in raw.items():
        limit_loops = facts["smac_registry"]["limit"] * LOOPS_PER_STEP
        write("smac", name, scenario(load_map(name), ["smac", *difficulty(name)], limit_loops))
    for name in sorted(path.stem for path in (OUTPUT / "maps" / "llm_smac").glob("*.toml")):
        write("llm_smac", name, scenario(load_map(name), ["smac", "llm_pysc2"], LLM_LIMIT_LOOPS))
    tasks = tomllib.loads(TASKS.read_text(encoding="utf-8"))
    for number, task in tasks.items():
        for level in LEVELS:
            name = f"pvz_task{number}_level{level}"
            write("pvz", name, task_scenario(name, number, level, task))
            write("maps/pvz_open", f"{name}_open", OPEN_MAP.format(name=name))
    return 0


def task_scenario(name: str, number: str, level: int, task: dict[str, Any]) -> str:
    """Return the text of a scenario that is judged by its map, or by what the documents say."""
    rows = {
        "title": f"{task['title']}, level {level}",
        "map": name,
        "race": "protoss",
        "enemy_race": "zerg",
        "task": " ".join(task["task"].split()),
        "step_mul": LOOPS_PER_STEP,
        "limit_loops": task["limit_loops"],
        "roster": f"pvz_task{number}",
        "policy": task["policy"],
        "tags": ["pvz", "llm_pysc2", f"task{number}", f"level{level}"],
    }
    lines = [f"{key} = {inline(value)}" for key, value in rows.items()]
    lines += ["", "[end]", 'rule = "game"', f"timeout = {inline(task.get('timeout', 'tie'))}"]
    lines += [
        "",
        "[rules.documents]",
        f"map = {inline(f'{name}_open')}",
        "",
        "[rules.documents.end]",
        'rule = "counts"',
    ]
    lines += [f"{key} = {inline(value)}" for key, value in task["documents"].items()]
    return "\n".join(lines) + "\n"


def write(pack: str, name: str, text: str) -> None:
    """Write a scenario file."""
    path = OUTPUT / pack / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def scenario(definition: MapDefinition, tags: list[str], limit_loops: int) -> str:
    """Return the text of a scenario that is played on a map until one side has no units left."""
    race, enemy_race = (player.race for player in definition.players)
    own, enemy = side(definition, 1), side(definition, 2)
    rows = {
        "title": f"{own} against {'the same' if own == enemy else enemy}",
        "map": definition.name,
        "race": race,
        "enemy_race": enemy_race,
        "task": TASK,
        "step_mul": LOOPS_PER_STEP,
        "limit_loops": limit_loops,
        "roster": "commander",
        "tags": [*tags, "same_sides" if own == enemy else "unequal_sides"],
    }
    lines = [f"{key} = {inline(value)}" for key, value in rows.items()]
    return "\n".join([*lines, "", "[end]", 'rule = "elimination"', 'timeout = "tie"']) + "\n"


def side(definition: MapDefinition, owner: int) -> str:
    """Return who stands on one side, such as "2 Stalkers and 3 Zealots"."""
    standard = {kind.id: kind.unit_alias or kind.id for kind in definition.unit_types}
    counts: Counter[str] = Counter()
    for action in definition.triggers.start.actions.create:
        if action.owner == owner:
            counts[unit_type(standard.get(action.type_id, action.type_id)).name] += action.count
    *first, last = [counted(name, count) for name, count in counts.items()]
    return f"{', '.join(first)} and {last}" if first else last


def counted(name: str, count: int) -> str:
    """Return a count and a name in the right number.

    >>> counted("Colossus", 2)
    '2 Colossi'
    """
    plural = PLURALS.get(name, f"{name}s")
    return f"{count} {plural}" if count > 1 else f"{count} {name.replace('SpineCrawler', 'Spine Crawler')}"


def difficulty(name: str) -> list[str]:
    """Return the published class of a SMAC map, if it has one."""
    return [kind for kind, names in DIFFICULTY.items() if name in names.split()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

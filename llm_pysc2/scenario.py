"""What is played: a scenario, read from `scenarios/<pack>/NAME.toml`.

Between the data files and whoever sets up a game. Knows no game and no agent.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from llm_pysc2 import packs
from llm_pysc2.errors import PackError, UsageError, closest_names

RACES = ("protoss", "terran", "zerg", "random")
END_RULES = ("elimination", "game")
TIMEOUTS = ("tie", "loss", "win")


@dataclass(frozen=True, slots=True)
class EndRule:
    """When an episode is over, and what then counts."""

    rule: str = "elimination"
    """"elimination": a side without units has lost; "game": the game's own result."""
    timeout: str = "tie"
    """The result when the time limit comes first: "tie", "loss" or "win"."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario, as its file describes it."""

    name: str
    """The file's stem; unique over all packs."""
    pack: str
    """The folder it lies in, such as "smac"."""
    title: str
    map: str
    race: str
    enemy_race: str
    task: str
    """What the agents are told to do, in one or two sentences."""
    limit_loops: int
    """Game loops after which the episode ends."""
    step_mul: int = 8
    """Game loops from one turn to the next."""
    roster: str = "commander"
    """The roster that plays it when none is named."""
    end: EndRule = EndRule()
    tags: tuple[str, ...] = ()


def load_scenario(name: str) -> Scenario:
    """Return the scenario of that name. Raises UsageError with the closest names, PackError if the file is broken."""
    files = scenario_files()
    if name not in files:
        raise UsageError(f"no scenario named {name!r}; {closest_names(name, files)}; see 'llm-pysc2 list'")
    return read_scenario(files[name])


def list_scenarios() -> list[Scenario]:
    """Return all scenarios of all packs, sorted by pack and name."""
    return sorted((read_scenario(path) for path in scenario_files().values()), key=lambda s: (s.pack, s.name))


def scenario_files() -> dict[str, Path]:
    """Return the paths of all scenario files by name; `scenarios/maps` holds maps, not scenarios."""
    return packs.find_files("scenarios", without="maps")


def read_scenario(path: Path) -> Scenario:
    """Return the scenario in a file. Raises PackError that names the file, the key and what was expected."""
    table = packs.read_toml(path)
    values: dict[str, Any] = {"name": path.stem, "pack": path.parent.name}
    for key, value in table.items():
        values[key] = _checked(path, key, value)
    missing = {"title", "map", "race", "enemy_race", "task", "limit_loops"} - values.keys()
    if missing:
        raise PackError(f"{path}: missing {', '.join(sorted(missing))}")
    return Scenario(**values)


def _checked(path: Path, key: str, value: Any) -> Any:
    if key == "end":
        return _read_end(path, value)
    if key == "tags":
        _expect(path, key, value, isinstance(value, list) and all(isinstance(tag, str) for tag in value), "strings")
        return tuple(value)
    if key in ("race", "enemy_race"):
        _expect(path, key, value, value in RACES, " or ".join(RACES))
    elif key in ("limit_loops", "step_mul"):
        _expect(path, key, value, type(value) is int and value > 0, "a whole number of game loops above 0")
    elif key in ("title", "map", "task", "roster"):
        _expect(path, key, value, isinstance(value, str) and value.strip() != "", "text")
    else:
        known = [field.name for field in fields(Scenario) if field.name not in ("name", "pack")]
        raise PackError(f"{path}: unknown key {key!r}; {closest_names(key, known)}")
    return value


def _read_end(path: Path, table: Any) -> EndRule:
    _expect(path, "end", table, isinstance(table, dict), "a table")
    for key, value in table.items():
        allowed = {"rule": END_RULES, "timeout": TIMEOUTS}.get(key)
        if allowed is None:
            raise PackError(f"{path}: unknown key 'end.{key}'; known: rule, timeout")
        _expect(path, f"end.{key}", value, value in allowed, " or ".join(allowed))
    return EndRule(**table)


def _expect(path: Path, key: str, value: Any, holds: bool, expected: str) -> None:
    if not holds:
        raise PackError(f"{path}: {key}: expected {expected}, found {value!r}")

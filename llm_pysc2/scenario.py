"""What is played: a scenario, read from `scenarios/<pack>/NAME.toml`.

Between the data files and whoever sets up a game. Knows no game and no agent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from llm_pysc2 import packs
from llm_pysc2.conditions import Condition, parse_condition
from llm_pysc2.errors import PackError, UsageError, closest_names
from llm_pysc2.world.command import INTERFACES, Interface
from llm_pysc2.world.opponent import DIFFICULTIES, VERY_HARD

RACES = ("protoss", "terran", "zerg", "random")
END_RULES = ("elimination", "game", "counts")
TIMEOUTS = ("tie", "loss", "win")
RULES_MARK = ":"
"""Between the name of a scenario and that of its rules: "pvz_task1_level1:documents"."""


@dataclass(frozen=True, slots=True)
class EndRule:
    """When an episode is over, and what then counts."""

    rule: str = "elimination"
    """"elimination": a side without units has lost; "game": the game's own result; "counts": `win` and `loss`, looked
    at each turn, where the player is p1 and the enemy p2."""
    timeout: str = "tie"
    """The result when the time limit comes first: "tie", "loss" or "win"."""
    win: Condition = ()
    """For "counts"; goes before `loss`."""
    loss: Condition = ()
    """For "counts"; without alternatives nothing is lost before the time limit."""

    def from_the_other_side(self) -> "EndRule":
        """Return the rule as it is for the enemy: what one wins, the other loses."""
        timeout = {"win": "loss", "loss": "win"}.get(self.timeout, self.timeout)
        return replace(self, timeout=timeout, win=_swapped(self.loss), loss=_swapped(self.win))


def _swapped(condition: Condition) -> Condition:
    """Return a condition with what it says of p1 said of p2, and the other way round."""
    return tuple(tuple(replace(part, player={1: 2, 2: 1}[part.player]) for part in parts) for parts in condition)


@dataclass(frozen=True, slots=True)
class Rules:
    """Another way to judge the same scenario."""

    map: str
    """The map without ends of its own that would come first."""
    end: EndRule


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
    difficulty: str = VERY_HARD
    """How well the game's own computer plays the enemy, where the map starts it."""
    policy: str = ""
    """The scripted policy that was made for it, by its name after "scripted/"."""
    roster: str = "commander"
    """The roster that plays it when none is named."""
    interface: Interface = "raw"
    """By which actions it is played where neither the run nor the roster says."""
    end: EndRule = EndRule()
    rules: Mapping[str, Rules] = field(default_factory=lambda: MappingProxyType({}))
    """Other ways to judge it, by name."""
    tags: tuple[str, ...] = ()

    def under(self, rules: str) -> "Scenario":
        """Return the scenario judged by other rules of its file. Raises UsageError with those it has."""
        if rules not in self.rules:
            known = f"it has: {', '.join(self.rules)}" if self.rules else "it has its own only"
            raise UsageError(f"scenario {self.name} has no rules named {rules!r}; {known}")
        chosen = self.rules[rules]
        return replace(self, name=f"{self.name}{RULES_MARK}{rules}", map=chosen.map, end=chosen.end)


def load_scenario(name: str) -> Scenario:
    """Return the scenario of that name, or under other rules of its file as "NAME:RULES".

    Raises UsageError with the closest names, PackError if the file is broken.
    """
    files = scenario_files()
    name, marked, rules = name.partition(RULES_MARK)
    if name not in files:
        raise UsageError(f"no scenario named {name!r}; {closest_names(name, files)}; see 'llm-pysc2 list'")
    scenario = read_scenario(files[name])
    return scenario.under(rules) if marked else scenario


def list_scenarios() -> list[Scenario]:
    """Return all scenarios of all packs, sorted by pack and name."""
    return sorted((read_scenario(path) for path in scenario_files().values()), key=lambda s: (s.pack, s.name))


def scenario_files() -> dict[str, Path]:
    """Return the paths of all scenario files by name; `scenarios/maps` holds maps, not scenarios."""
    return packs.find_files("scenarios", without=("maps",))


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
        return _read_end(path, "end", value)
    if key == "rules":
        return _read_rules(path, value)
    if key == "tags":
        _expect(path, key, value, isinstance(value, list) and all(isinstance(tag, str) for tag in value), "strings")
        return tuple(value)
    if key in ("race", "enemy_race"):
        _expect(path, key, value, value in RACES, " or ".join(RACES))
    elif key == "interface":
        _expect(path, key, value, value in INTERFACES, " or ".join(INTERFACES))
    elif key in ("limit_loops", "step_mul"):
        _expect(path, key, value, type(value) is int and value > 0, "a whole number of game loops above 0")
    elif key == "difficulty":
        _expect(path, key, value, value in DIFFICULTIES, " or ".join(DIFFICULTIES))
    elif key in ("title", "map", "task", "roster", "policy"):
        _expect(path, key, value, isinstance(value, str) and value.strip() != "", "text")
    else:
        known = [field.name for field in fields(Scenario) if field.name not in ("name", "pack")]
        raise PackError(f"{path}: unknown key {key!r}; {closest_names(key, known)}")
    return value


def _read_rules(path: Path, table: Any) -> Mapping[str, Rules]:
    _expect(path, "rules", table, isinstance(table, dict), "a table")
    rules = {}
    for name, row in table.items():
        where = f"rules.{name}"
        _expect(path, where, row, isinstance(row, dict) and row.keys() == {"map", "end"}, "a table with map and end")
        _expect(path, f"{where}.map", row["map"], isinstance(row["map"], str), "text")
        rules[name] = Rules(row["map"], _read_end(path, f"{where}.end", row["end"]))
    return MappingProxyType(rules)


def _read_end(path: Path, where: str, table: Any) -> EndRule:
    _expect(path, where, table, isinstance(table, dict), "a table")
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key in ("win", "loss"):
            values[key] = _read_condition(path, f"{where}.{key}", value)
            continue
        allowed = {"rule": END_RULES, "timeout": TIMEOUTS}.get(key)
        if allowed is None:
            raise PackError(f"{path}: unknown key '{where}.{key}'; known: rule, timeout, win, loss")
        _expect(path, f"{where}.{key}", value, value in allowed, " or ".join(allowed))
        values[key] = value
    end = EndRule(**values)
    if (end.rule == "counts") != bool(end.win or end.loss):
        raise PackError(f'{path}: {where}: win and loss go with rule = "counts", and it needs one of them')
    return end


def _read_condition(path: Path, where: str, value: Any) -> Condition:
    try:
        return parse_condition(value)
    except ValueError as error:
        raise PackError(f"{path}: {where}: {error}") from error


def _expect(path: Path, key: str, value: Any, holds: bool, expected: str) -> None:
    if not holds:
        raise PackError(f"{path}: {key}: expected {expected}, found {value!r}")

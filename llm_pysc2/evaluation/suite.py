"""A suite: scenarios x rosters x models x seeds, from a TOML file or from the command line."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from llm_pysc2 import packs
from llm_pysc2.backends import BudgetLimits, ModelOptions, RunOptions
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.errors import PackError, UsageError, closest_names
from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.orchestrator.lessons import Lessons, open_lessons
from llm_pysc2.roster import on_preset, read_overrides
from llm_pysc2.scenario import RULES_MARK, scenario_files

NO_LIMITS = BudgetLimits()


@dataclass(frozen=True, slots=True)
class Suite:
    """What is played, by whom, how often, and with what means."""

    scenarios: tuple[str, ...]
    """Names, packs ("smac/*") and patterns ("3s*")."""
    models: tuple[str, ...] = ("scripted/focus_fire",)
    agent: str | None = None
    rosters: tuple[str, ...] = ()
    """Empty = each scenario's own."""
    episodes: int = 8
    """Of each cell; episode k is played with seed + k."""
    seed: int = 0
    pace: str = "wait"
    step_mul: int | None = None
    base_url: str | None = None
    game: str = ""
    """Which game is played, see `env.options`; empty = the installed one if there is one, else the embedded."""
    game_version: str = ""
    game_timeout: int = 120
    """Seconds to wait for the game to start, and for each of its answers."""
    interface: str = ""
    """"raw" or "camera"; empty = as the roster or the scenario says."""
    staging: str = "auto"
    """Whether scenarios are built on a stock map, see `env.options`."""
    assumptions: tuple[str, ...] = ()
    """Guesses that the embedded game makes otherwise, "NAME=VALUE" each."""
    workers: int = 2
    """Processes that compute."""
    in_flight: int = 0
    """Episodes at the same time in each worker; 0 = what suits the models and the memory, see `evaluation.means`."""
    calls_in_flight: int = 0
    """Calls to a model at the same time, all workers together; 0 = as its preset says, else 50."""
    budget_tokens: int = 0
    """The batch stops before more tokens are used, those of earlier starts included; 0 = no limit."""
    budget_usd: float = 0.0
    """The batch stops before more money is spent, that of earlier starts included; 0 = no limit."""
    preset: str = ""
    """A whole protocol by its name, as in `--preset`; empty = none."""
    points: str = ""
    """Frame of the places that agents are shown; empty = as the roster says."""
    protocol: str = ""
    """In which form they answer; empty = as the roster says."""
    lessons: str = ""
    """Folder of lessons that agents read, such as `play --reflect` has written; nobody rewrites them in a batch."""
    token_budget: int = 0
    """About how many tokens an observation may take; 0 = as the roster says."""
    style: str = ""
    """Who writes the prompts; empty = as the roster says."""
    observations: str = ""
    """In which form they are told what they see, text or json; empty = as the roster says."""
    images: str = ""
    """Pictures that they are shown, as in `--images`; empty = as the roster says."""
    save_images: bool = False
    """Whether these are kept beside the traces."""
    trace_loops: int = 0
    """At most one observation of the map in so many game loops goes into a trace; 0 = one each turn."""
    attempts: int = 3
    """How often an episode is tried whose game or worker breaks."""

    def cells(self) -> list[Cell]:
        """Return all cells, in a fixed order. Raises UsageError for scenarios and games that do not exist."""
        launch = self.launch
        options = read_overrides(
            self.points, self.protocol, self.token_budget, self.images, self.observations, self.style
        )
        overrides = on_preset(self.preset, options)
        return [
            Cell(
                scenario,
                model,
                self.agent,
                roster,
                self.step_mul,
                self.pace,
                launch,
                overrides,
                self.trace_loops,
                self.save_images,
            )
            for scenario in expand(self.scenarios)
            for roster in self.rosters or (None,)
            for model in self.models
        ]

    @property
    def launch(self) -> LaunchOptions:
        """Which game it is played on. Raises UsageError for one that cannot be meant."""
        return LaunchOptions(
            self.game,
            self.game_version,
            interface=self.interface,
            timeout_seconds=self.game_timeout,
            staging=self.staging,
            assumptions=self.assumptions,
        )

    @property
    def budget(self) -> BudgetLimits:
        """The most that all workers together may use up."""
        return BudgetLimits(self.budget_tokens or None, self.budget_usd or None)

    @property
    def waits_for_models(self) -> bool:
        """Whether somebody thinks elsewhere while the game stands still."""
        return self.agent is None and not all(model.startswith("scripted/") for model in self.models)

    def models_options(self, budget: BudgetLimits = NO_LIMITS) -> RunOptions:
        """Return what holds for all models in one of the workers, with its part of the budget."""
        options = ModelOptions(base_url=self.base_url or "")
        if self.calls_in_flight:
            options = replace(options, max_in_flight=self.calls_in_flight)
        return RunOptions(options=options, budget=budget, workers=self.workers)

    def identity(self) -> dict[str, Any]:
        """Return what makes results comparable: everything but the means. Raises UsageError for unreadable lessons."""
        known = {key: value for key, value in asdict(self).items() if key not in _MEANS}
        lessons = self.open_lessons()
        return known if lessons is None else known | {"lessons": lessons.digest()}

    def open_lessons(self) -> Lessons | None:
        """Return the lessons that agents read, None without. Raises UsageError if there is no such folder."""
        return open_lessons(Path(self.lessons)) if self.lessons else None


_MEANS = (
    "workers", "in_flight", "calls_in_flight", "budget_tokens", "budget_usd", "attempts", "game_timeout", "trace_loops",
    "save_images",
)  # fmt: skip


def expand(patterns: Sequence[str]) -> list[str]:
    """Return the scenario names that patterns mean, each once, in order. Raises UsageError with the closest names."""
    files = scenario_files()
    names: dict[str, None] = {}
    for pattern in patterns:
        wanted, marked, rules = pattern.partition(RULES_MARK)
        found = [name for name, path in files.items() if _means(wanted, name, path)]
        if not found:
            raise UsageError(f"no scenario fits {pattern!r}; {closest_names(pattern, files)}; see 'llm-pysc2 list'")
        names.update(dict.fromkeys(f"{name}{marked}{rules}" for name in found))
    return list(names)


def _means(pattern: str, name: str, path: Path) -> bool:
    return fnmatchcase(name, pattern) or fnmatchcase(f"{path.parent.name}/{name}", pattern)


def read_suite(path: Path) -> Suite:
    """Return the suite in a TOML file. Raises PackError that names the file, the key and what was expected."""
    table = packs.read_toml(path)
    if "scenarios" not in table:
        raise PackError(f"{path}: missing scenarios, expected a list of names")
    return replace(Suite(scenarios=()), **dict(_checked(path, table)))


_LISTS = ("scenarios", "models", "rosters", "assumptions")
_FROM_ZERO = ("seed", "in_flight", "calls_in_flight", "budget_tokens", "trace_loops", "token_budget")
_TEXTS = (
    "agent", "pace", "lessons", "preset", "points", "protocol", "observations", "images", "base_url", "game",
    "game_version", "style",
    "interface", "staging",
)  # fmt: skip


def _checked(path: Path, table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    known = [field.name for field in fields(Suite)]
    for key, value in table.items():
        if key not in known:
            raise PackError(f"{path}: unknown key {key!r}; {closest_names(key, known)}")
        expected, fits = _expectation(key, value)
        if not fits:
            raise PackError(f"{path}: {key}: expected {expected}, found {value!r}")
        yield key, tuple(value) if key in _LISTS else float(value) if key == "budget_usd" else value


def _expectation(key: str, value: Any) -> tuple[str, bool]:
    """Return what is expected of a key, in words, and whether a value is that."""
    if key in _LISTS:
        is_list = isinstance(value, list) and bool(value) and all(isinstance(entry, str) for entry in value)
        return "a list of names", is_list
    if key in _TEXTS:
        return "text", isinstance(value, str)
    if key == "save_images":
        return "true or false", isinstance(value, bool)
    if key == "budget_usd":
        return "a number from 0", type(value) in (int, float) and 0 <= value < math.inf
    least = 0 if key in _FROM_ZERO else 1
    return f"a whole number from {least}", type(value) is int and value >= least

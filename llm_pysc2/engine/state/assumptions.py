"""Guesses about the rules, by name: what `knowledge_base/facts/assumptions.toml` holds, as one typed value.

The file says of each its default, what it may be, and why it is a guess (the defaults of movement stand with
its fields). Code reads the fields below.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from llm_pysc2.engine.movement.assumptions import MovementAssumptions
from llm_pysc2.errors import PackError, UsageError, closest_names
from llm_pysc2.packs import find_file, read_toml

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Guess:
    """One assumption as the file describes it."""

    name: str
    default: Value
    allowed: tuple[Value, ...]
    """The values it may take; for a number with `between`, examples to try."""
    between: tuple[float, float] | None
    """Least and most, for numbers on a scale."""
    why: str

    def accepts(self, value: Value) -> bool:
        """Return whether the assumption may be set to a value."""
        if self.between is not None:
            return not isinstance(value, bool | str) and self.between[0] <= value <= self.between[1]
        return any(type(value) is type(choice) and value == choice for choice in self.allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """The guesses of one game. The meaning of each field stands in the data file."""

    scan_period_loops: int
    target_ties: str
    retarget: str
    threat: str
    healers_threaten: bool
    passive_acquires_on_attack_move: bool
    idle_returns: bool
    helpless_flee: bool
    flee_cells: float
    random_delay: str
    cooldown_remainder: str
    simultaneous_fire: bool
    missile_path: str
    splash_reach: str
    search_cliffs: str
    bursts_need_reach: bool
    fighters_stand: str
    spawn_spread: str
    spawn_order: str
    spawn_ring_deg: float
    spawn_spacing: float
    medivac_heals: str
    alert_quiet_loops: int
    alert_shown_loops: int
    alert_cells: float
    bunker_range: str
    painted_creep: bool
    creep_grows: str
    creep_wanes: str
    creep_wane_loops: float
    tumor_spore_cells_per_loop: float
    tumor_waits: bool
    movement: MovementAssumptions = field(default_factory=MovementAssumptions)

    def changed(self) -> dict[str, Value]:
        """Return the assumptions that differ from their defaults, for the record of a result."""
        default = make_assumptions()
        changes: dict[str, Value] = {}
        for name in guesses():
            value = _read(self, name)
            if value != _read(default, name):
                changes[name] = value
        return changes


def _read(assumptions: Assumptions, name: str) -> Value:
    part, _, key = name.rpartition(".")
    value: Value = getattr(assumptions.movement if part else assumptions, key)
    return value


@cache
def guesses() -> Mapping[str, Guess]:
    """Return all assumptions by name, those of movement as "movement.NAME". Raises PackError for a broken file."""
    path = find_file("knowledge_base/facts", "assumptions")
    content = read_toml(path)
    movement = content.pop("movement", {})
    tables = content | {f"movement.{name}": table for name, table in movement.items()}
    return {name: _guess(str(path), name, table) for name, table in tables.items()}


_MOVEMENT_DEFAULTS = {column.name: column.default for column in fields(MovementAssumptions)}


def _guess(path: str, name: str, table: Any) -> Guess:
    own = _MOVEMENT_DEFAULTS.get(name.removeprefix("movement."))
    default = table.get("default", own) if isinstance(table, dict) else None
    if default is None or "why" not in table or table.keys() - {"default", "allowed", "between", "why"}:
        raise PackError(f"{path}: {name}: expected a table with default, allowed or between, and why")
    between = table.get("between")
    guess = Guess(
        name=name,
        default=default,
        allowed=tuple(table.get("allowed", ())),
        between=(float(between[0]), float(between[1])) if between else None,
        why=table["why"],
    )
    if not guess.accepts(guess.default):
        raise PackError(f"{path}: {name}: the default {guess.default!r} is not among the values it may take")
    return guess


def read_assumptions(texts: Iterable[str]) -> dict[str, Value]:
    """Return assumptions as they are written on a command line, "NAME=VALUE" each, by name.

    Raises UsageError for an unknown name or a value that the assumption cannot take.

    >>> read_assumptions(["spawn_spread=grid", "movement.steer_loops=4", "idle_returns=false"])
    {'spawn_spread': 'grid', 'movement.steer_loops': 4, 'idle_returns': False}
    """
    values: dict[str, Value] = {}
    for text in texts:
        name, equals, written = text.partition("=")
        if not equals:
            raise UsageError(f"assumption {text!r}: expected NAME=VALUE, such as spawn_spread=grid")
        default = guesses()[name].default if name in guesses() else ""
        try:
            values[name] = _READERS[type(default)](written)
        except (KeyError, ValueError):
            raise UsageError(f"assumption {name}: expected a value like {default!r}, found {written!r}") from None
    make_assumptions(**values)
    return values


_READERS: Mapping[type, Callable[[str], Value]] = {
    bool: {"true": True, "false": False}.__getitem__,
    int: int,
    float: float,
    str: str,
}


def make_assumptions(**changes: Value) -> Assumptions:
    """Return the defaults with some assumptions set; those of movement are named "movement.NAME".

    Raises UsageError for an unknown name or a value that the assumption cannot take.
    """
    known = guesses()
    for name, value in changes.items():
        if name not in known:
            raise UsageError(f"no assumption named {name!r}; {closest_names(name, known)}")
        if not known[name].accepts(value):
            choices = known[name].between or known[name].allowed
            raise UsageError(f"assumption {name}: expected one of {choices}, found {value!r}")
    values: dict[str, Any] = {name: changes.get(name, guess.default) for name, guess in known.items()}
    movement = {name.partition(".")[2]: values.pop(name) for name in list(values) if name.startswith("movement.")}
    expected = {column.name for column in fields(Assumptions)} - {"movement"}
    if values.keys() != expected:
        raise PackError(f"assumptions.toml: expected exactly the assumptions {', '.join(sorted(expected))}")
    return Assumptions(**values, movement=MovementAssumptions(**movement))

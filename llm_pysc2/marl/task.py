"""What SMAC counts and divides by on a map: how many there are of whom, how long an episode is, cooldowns."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.marl.games import AGENTS, ENEMIES
from llm_pysc2.packs import find_file, find_files, read_toml
from llm_pysc2.scenario import load_scenario

MEDIVAC = "Medivac"


@dataclass(frozen=True, slots=True)
class Task:
    """One of SMAC's maps."""

    map_name: str
    races: tuple[str, str]
    """Of agents and enemies."""
    limit_steps: int
    n_agents: int
    n_enemies: int
    type_bits: int
    """How many numbers tell the type of a unit; none where each side has one type."""
    bit_of: dict[int, int]
    """Which of them, by type id, the agents' own types and the enemies'."""
    cooldown_max: dict[int, float]
    """By the agents' type ids."""
    medivacs: frozenset[int]
    """Type ids of Medivacs, of both sides."""

    @property
    def n_actions(self) -> int:
        """Six that need no other unit, then one for each unit that can be aimed at."""
        return 6 + (max(self.n_agents, self.n_enemies) if self.medivacs else self.n_enemies)

    @property
    def has_shields(self) -> tuple[bool, bool]:
        """Whether agents and enemies have shields."""
        return self.races[0] == "protoss", self.races[1] == "protoss"


@cache
def constants() -> dict[str, Any]:
    """Return what SMAC counts and divides by, from `knowledge_base/facts/smac.toml`."""
    return read_toml(find_file("knowledge_base/facts", "smac"))


def number(name: str) -> float:
    """Return one number of `constants`."""
    return float(constants()[name])


def map_names() -> list[str]:
    """Return the names of SMAC's maps."""
    return sorted(find_files("scenarios/smac"))


@cache
def load_task(map_name: str) -> Task:
    """Return the task of a map. Raises UsageError with all names if there is none of that name."""
    names = map_names()
    if map_name not in names:
        raise UsageError(f"no SMAC map named {map_name!r}; {closest_names(map_name, names)}; all: {', '.join(names)}")
    scenario, definition = load_scenario(map_name), load_map(map_name)
    kinds = {unit.id: unit.name for unit in (*load_units().values(), *definition.unit_types)}
    created = [(group.owner, group.type_id, group.count) for group in definition.triggers.start.actions.create]
    created += [(unit.owner, unit.type_id, 1) for unit in definition.units]
    own = sorted({type_id for owner, type_id, _ in created if owner == AGENTS})
    everybody = {type_id: _standard_name(kinds[type_id]) for _, type_id, _ in created}
    cooldowns = constants()["cooldown_max"]
    return Task(
        map_name=map_name,
        races=(scenario.race, scenario.enemy_race),
        limit_steps=scenario.limit_loops // int(number("step_loops")),
        n_agents=sum(count for owner, _, count in created if owner == AGENTS),
        n_enemies=sum(count for owner, _, count in created if owner == ENEMIES),
        type_bits=len(own) if len(own) > 1 else 0,
        bit_of=_bits(everybody, own),
        cooldown_max={type_id: float(cooldowns[everybody[type_id]]) for type_id in own},
        medivacs=frozenset(type_id for type_id, base in everybody.items() if base == MEDIVAC),
    )


def _standard_name(name: str) -> str:
    """Return what the game calls a type of a map's own agents."""
    standard = name.removesuffix("_RL")
    return str(constants()["spellings"].get(standard, standard))


def _bits(names: dict[int, str], own: list[int]) -> dict[int, int]:
    """Return by type id which number tells the type: agents' by their ids, enemies' as SMAC orders them.

    Args:
        names: Standard names of the types of both sides.
        own: The agents' types, in order.
    """
    agents = [names[type_id] for type_id in own]
    orders = (row["enemies"] for row in constants()["enemy_type_order"] if row["agents"] == agents)
    enemies = next(orders, agents)
    return {
        type_id: (agents if type_id in own else enemies).index(name)
        for type_id, name in names.items()
        if name in agents
    }

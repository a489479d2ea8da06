"""Whether a roster leads the units that the player has in a scenario; known before any game starts."""

from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.knowledge.units import unit_type
from llm_pysc2.orchestrator.team_assignment import kind_of
from llm_pysc2.roster import Roster, list_rosters
from llm_pysc2.scenario import Scenario

PLAYER = 1
"""The map's slot of whoever plays a scenario."""


def check_fit(roster: Roster, scenario: Scenario, player: int = PLAYER) -> None:
    """Raise UsageError if nobody in the roster leads some of the army that a player has at the start of the map.

    Names the types of unit that nobody leads, and rosters that fit.
    """
    army = army_of(scenario.map, player)
    missing = unled(roster, army)
    if missing:
        others = (other for other in list_rosters() if other.name != scenario.roster)
        fitting = [other.name for other in others if not unled(other, army)]
        raise UsageError(
            f"roster {roster.name} does not fit {scenario.name}: nobody in it leads {', '.join(missing)}; "
            f"its own is {scenario.roster}, of others that fit, {closest_names(roster.name, fitting)}"
        )


def unled(roster: Roster, army: tuple[str, ...]) -> list[str]:
    """Return the types of an army that no agent of a roster takes."""
    led = {name for role in roster.agents for rule in role.teams for name in rule.units}
    return [name for name in army if led.isdisjoint({"*", name, kind_of(name)})]


def army_of(map_name: str, player: int = PLAYER) -> tuple[str, ...]:
    """Return the types of a player's units at the start of a map, without workers and buildings.

    Empty for a map that only the real game knows.
    """
    from llm_pysc2.engine.maps.definitions import known_maps, load_map

    if map_name not in known_maps():
        return ()
    definition = load_map(map_name)
    placed = [unit.type_id for unit in definition.units if unit.owner == player]
    created = [group.type_id for group in definition.triggers.start.actions.create if group.owner == player]
    standard = {kind.id: kind.unit_alias or kind.id for kind in definition.unit_types}
    types = [unit_type(standard.get(type_id, type_id)) for type_id in dict.fromkeys([*placed, *created])]
    return tuple(dict.fromkeys(kind.name for kind in types if not kind.structure and "Worker" not in kind.flags))

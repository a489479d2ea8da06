"""`llm-pysc2 show agents NAME`: who plays in a roster, what each sees and may do, and an example of its prompt."""

import sys

from llm_pysc2.agent import LanguageAgent
from llm_pysc2.dialogue.outline import unit_types_by_name
from llm_pysc2.dialogue.short_ids import ShortIds
from llm_pysc2.dialogue.situation import Situation, speaker_of
from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.knowledge.units import UnitType
from llm_pysc2.orchestrator.table import check_roster, load_book
from llm_pysc2.orchestrator.team_assignment import TeamAssignment
from llm_pysc2.roster import Role, Roster, TeamRule, load_roster
from llm_pysc2.world.clock import loops_to_seconds
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import Alliance, MapView, UnitView, WorldView

SIZE_CELLS = 32
EVERYTHING = ("Stalker", "Zealot")
"""What stands for all types where a team takes any."""


def show(what: str, name: str) -> None:
    """Print a roster. Raises UsageError for anything else, or if there is no such roster."""
    if what != "agents":
        raise UsageError(f"nothing named {what!r} to show; {closest_names(what, ['agents'])}")
    roster = load_roster(name)
    check_roster(roster)
    sys.stdout.write(describe_roster(roster) + "\n")


def describe_roster(roster: Roster) -> str:
    """Return a roster in words: each agent's teams, channels and limits, then the prompt it would be sent."""
    parts = [f"{roster.name}: {roster.title}", *(_role_lines(role) for role in roster.agents)]
    parts += [_example(roster, role) for role in roster.agents]
    return "\n\n".join(parts)


def _role_lines(role: Role) -> str:
    teams = ", ".join(_team_words(rule) for rule in role.teams)
    tokens = f", {role.history_tokens} tokens at most" if role.history_tokens else ""
    lines = [
        f"{role.name} (prompt {role.prompt}{', model ' + role.model if role.model else ''})",
        f"  teams: {teams}",
        f"  may give: {role.actions_per_team} actions a turn to each team, of {', '.join(role.actions) or 'all'}",
        f"  remembers: {role.history_turns} turns{tokens}",
        f"  is told: {role.knowledge} on the units in play",
        f"  may look up: {role.lookups} questions a turn",
        f"  answers in: {role.protocol}",
        f"  is told what it sees in: {role.observations}",
        f"  is shown pictures: {', '.join(role.images) or 'none'}",
        f"  sees resources: {'yes' if role.sees_resources else 'no'}",
        f"  channels: {', '.join(role.channels) or 'none'}",
    ]
    if role.agent_per_team:
        lines.append("  one agent like this for each team")
    if role.always_asked:
        lines.append("  asked while it has no units as well")
    if role.interval_loops:
        lines.append(f"  decides every {loops_to_seconds(role.interval_loops):.1f} s")
    return "\n".join(lines)


def _team_words(rule: TeamRule) -> str:
    units = "all units" if "*" in rule.units else "/".join(rule.units)
    how = {
        "all": "one team",
        "by_type": "a team for each type",
        "each": "a team for each unit",
        "groups": f"teams of {rule.size}",
        "nearest": f"teams of {rule.size} that stand together",
    }[rule.assign]
    return f"{rule.name + ' = ' if rule.name else ''}{units} ({how})"


def _example(roster: Roster, role: Role) -> str:
    view = _example_view(role)
    partners = tuple(other.name for other in roster.agents if other is not role)
    situation = Situation(
        speaker=speaker_of(role, partners),
        view=view,
        teams=TeamAssignment(role).assign(view.own),
        short_ids=ShortIds().update(view),
        book=load_book(),
        task="Destroy all enemy units before the time limit.",
        loops_left=960,
    )
    chat = LanguageAgent(role).prompt(situation)
    texts = "\n".join(f"--- {message.role}\n{message.text}" for message in chat.messages)
    texts += "".join(f"\n--- tool {tool.name}: {tool.description}\n{tool.schema}" for tool in chat.tools)
    texts += f"\n--- answer as\n{chat.answer_schema}" if chat.answer_schema else ""
    return f"===== Example of a prompt for {role.name}\n{texts}"


def _example_view(role: Role) -> WorldView:
    types = unit_types_by_name()
    wanted = [name for rule in role.teams for name in (EVERYTHING if "*" in rule.units else rule.units[:2])]
    own = [_unit(100 + number, types[name], Alliance.SELF, 8.0 + 2 * number) for number, name in enumerate(wanted[:6])]
    enemy = _unit(200, types["Roach"], Alliance.ENEMY, 24.0)
    area = MapView("example", (SIZE_CELLS,) * 2, Rect(0, 0, SIZE_CELLS, SIZE_CELLS), pathing=bytes([1]) * SIZE_CELLS**2)
    return WorldView(0, 1, area, (*own, enemy))


def _unit(tag: int, kind: UnitType, alliance: Alliance, x: float) -> UnitView:
    return UnitView(
        tag=tag, type_id=kind.id, type_name=kind.name, alliance=alliance, owner=1 if alliance is Alliance.SELF else 2,
        position=Point(x, 16.0), health=kind.life_max, health_max=kind.life_max,
        shield=kind.shield_max, shield_max=kind.shield_max,
    )  # fmt: skip

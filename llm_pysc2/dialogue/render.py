"""Commands in words: the inverse of `parse`, exact to the last bit."""

from collections.abc import Iterable

from llm_pysc2.dialogue.grammar import NO_OPERATION, Action
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point


def render(commands: Iterable[Command], situation: Situation) -> str:
    """Return an answer that means these commands, actions under the headings of their teams.

    A command to all units of a team is written as one to the team; any other as one to the units that it names, as is
    that for which a team would choose one of its units. Raises KeyError for an ability that has no action with such a
    target, ValueError for units that are in no team.
    """
    lines: list[str] = ["Actions:"]
    heading = ""
    for command in commands:
        team, is_whole = _team_of(command, situation)
        if team != heading:
            lines.append(f"Team {team}:")
            heading = team
        lines.append(f"<{render_command(command, situation, is_whole=is_whole)}>")
    return "\n".join(lines)


def render_command(command: Command, situation: Situation, *, is_whole: bool) -> str:
    """Return one command as an action, without its brackets: to the whole team, or to the units it names."""
    action = find_action(command, situation)
    parts = [] if is_whole else [situation.short_ids.name(tag) for tag in command.unit_tags]
    if isinstance(command.target, Point):
        parts.append(f"[{command.target.x!r}, {command.target.y!r}]")
    elif command.target is not None:
        parts.append(situation.short_ids.name(command.target))
    if command.queued:
        parts.append("queued")
    return f"{'' if is_whole else 'Select_Unit_'}{action.name}({', '.join(parts)})"


def find_action(command: Command, situation: Situation) -> Action:
    """Return the action of a command. Raises KeyError if there is none with such a target."""
    wanted = "none" if command.target is None else "world" if isinstance(command.target, Point) else "unit"
    for action in situation.book.by_ability[command.ability_id]:
        if action.argument == wanted and action.is_autocast == command.is_autocast:
            return action
    raise KeyError(f"no action for {command}")


def _team_of(command: Command, situation: Situation) -> tuple[str, bool]:
    """Return the team that gets a command, and whether all of it does."""
    for team in situation.teams:
        if command.unit_tags[0] in team.unit_tags:
            is_whole = command.unit_tags == team.unit_tags and command.ability_id != NO_OPERATION
            return team.name, is_whole and not find_action(command, situation).by_one
    raise ValueError(f"unit {command.unit_tags[0]:#x} is in no team")

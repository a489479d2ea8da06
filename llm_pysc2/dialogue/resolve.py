"""One action as it was written, against a situation: which action, which units, which target, or why not."""

import re
from collections.abc import Sequence

from llm_pysc2.dialogue import words
from llm_pysc2.dialogue.arguments import Arguments, read_arguments
from llm_pysc2.dialogue.dispatch import Dispatcher
from llm_pysc2.dialogue.grammar import GROUP_ARGUMENTS, POINT_FRAMES, Action, Argument
from llm_pysc2.dialogue.group_targets import destination, fighters
from llm_pysc2.dialogue.orders import Order
from llm_pysc2.dialogue.refusal import Refusal
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.world.frames import MINIMAP_PX, SCREEN_PX, MinimapFrame, ScreenFrame, centre_of, px_middle
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import Alliance, UnitView

SUGGESTION_LIMIT = 20
"""Names looked up by likeness in one answer; it is slow."""
_WHO = re.compile(r"select_(?:two_)?units?_|(?P<all>all_units_)", re.IGNORECASE)
_SELECT_UNIT, _ALL_UNITS = "Select_Unit_", "All_Units_"
_OPTIONAL = ("", "Ability_", "Effect_")
"""Beginnings that are often left out."""
_ATTACK_IDS = frozenset({23, 3674})
_MERGES = frozenset({1766, 1767})
"""Abilities by which two units become one."""
_WHOSE = {Alliance.ENEMY: "an enemy", Alliance.NEUTRAL: "neutral", Alliance.ALLY: "an ally"}


class Resolver:
    """Reads the actions of one answer against one situation."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._units = situation.view.by_tag
        self._dead = frozenset(situation.view.dead_tags)
        self._team_of = {tag: team.name for team in situation.teams for tag in team.unit_tags}
        self._members = {
            team.name: [self._units[tag] for tag in team.unit_tags if tag in self._units] for team in situation.teams
        }
        self._suggestions = 0
        self._dispatcher = Dispatcher(situation)

    def resolve(self, name: str, body: str, team: str) -> Order:
        """Return the order that an action gives. Raises Refusal with the reason why it gives none.

        Args:
            name: Name of the action, with or without "Select_Unit_".
            body: Its arguments with their brackets.
            team: Team that it stands under; empty if it stands under none.
        """
        action, prefix = self._find_action(name)
        if not self._situation.speaker.may_give(action):
            raise Refusal(f"{action.name} is not among the actions that you may give", "forbidden")
        arguments = read_arguments(body)
        if arguments.trouble:
            raise Refusal(f"{arguments.trouble}; write {action.signature}", "argument")
        chosen, target_name = self._split_names(action, arguments, prefix == _SELECT_UNIT)
        selected = [self._own_unit(unit_name) for unit_name in chosen]
        text = self._canonical(action, arguments, selected, target_name, _ALL_UNITS if prefix == _ALL_UNITS else "")
        if prefix == _ALL_UNITS or action.argument in GROUP_ARGUMENTS:
            return self._order_of_all(action, arguments, target_name, text)
        if action.argument in ("near", "found") or (action.by_one and action.argument == "none" and not selected):
            return self._production_request(action, arguments, target_name, team, selected, text)
        team = self._find_team(team, selected)
        able = self._able(action, selected or self._members[team], team, is_individual=bool(selected))
        target = self._target(action, arguments, target_name, team)
        tags = tuple(unit.tag for unit in able)
        return Order(team, text, action, tags, target, arguments.queued, is_individual=bool(selected))

    def _order_of_all(self, action: Action, arguments: Arguments, target_name: str, text: str) -> Order:
        """Return the order for all units of all teams that fight."""
        units = fighters(unit for team in self._members.values() for unit in team)
        able = [unit for unit in units if self._situation.can(unit, action)]
        if not able:
            raise Refusal(f"none of your units can do {action.name} now", "unable")
        if action.argument in GROUP_ARGUMENTS:
            target: Point | int | None = destination(action.argument, able, self._situation.view)
        else:
            target = self._target(action, arguments, target_name, self._team_of[able[0].tag])
        tags = tuple(unit.tag for unit in able)
        return Order("", text, action, tags, target, arguments.queued, is_individual=False)

    def _production_request(
        self,
        action: Action,
        arguments: Arguments,
        target_name: str,
        team: str,
        selected: Sequence[UnitView],
        text: str,
    ) -> Order:
        """Return the order for one unit of which the game is to say which, and where."""
        team = self._find_team(team, selected) if team or selected else ""
        near = self._unit(target_name) if target_name else None
        pool = selected or self._pool(team)
        production_request = self._dispatcher.send(action, pool, near, queued=arguments.queued)
        tags = tuple(unit.tag for unit in selected)
        return Order(
            team,
            text,
            action,
            tags,
            None,
            arguments.queued,
            is_individual=bool(selected),
            production_request=production_request,
        )

    def _pool(self, team: str) -> list[UnitView]:
        """Return the units that may do what one unit does: those of the team, the agent's others, nobody's."""
        own = [unit for members in self._members.values() for unit in members]
        first = self._members.get(team, [])
        free = [unit for unit in self._situation.view.own if unit.tag not in self._situation.led_by_others]
        return list({unit.tag: unit for unit in (*first, *own, *free)}.values())

    def _find_action(self, name: str) -> tuple[Action, str]:
        """Return the action of that name, and the beginning that says who does it, empty for the team."""
        book = self._situation.book
        found = _WHO.match(name)
        prefix = "" if found is None else _ALL_UNITS if found["all"] else _SELECT_UNIT
        stem = name[found.end() :] if found else name
        for whole in dict.fromkeys((name, stem)):
            for beginning in _OPTIONAL:
                action = book.find(beginning + whole)
                if action is not None:
                    return action, prefix
        self._suggestions += 1
        close = book.suggest(stem) if self._suggestions <= SUGGESTION_LIMIT else ""
        hint = f", did you mean {prefix}{close}?" if close else ""
        raise Refusal(f"unknown action {name[:60]}{hint}", "action")

    def _split_names(self, action: Action, arguments: Arguments, selects: bool) -> tuple[tuple[str, ...], str]:
        """Return the names of the units that are chosen, and that of the target ("" if it takes none)."""
        names = arguments.names
        wants_unit = action.argument in ("unit", "at_unit", "near")
        wants_point = action.argument in POINT_FRAMES
        if wants_unit and (not names or arguments.points):
            raise Refusal(self._wrong_kind(action, "a unit", POINT_FRAMES, found=bool(arguments.points)), "argument")
        if wants_point and len(arguments.points) != 1:
            raise Refusal(self._wrong_kind(action, "one point [x, y]", ("unit",), found=bool(names)), "argument")
        if not wants_point and not wants_unit and arguments.points:
            raise Refusal(f"{action.name} takes no point", "argument")
        chosen, target = (names[:-1], names[-1]) if wants_unit else (names, "")
        if selects and not chosen:
            raise Refusal(f"{_SELECT_UNIT}{action.name} needs one of your units first", "argument")
        return chosen, target

    def _wrong_kind(self, action: Action, wanted: str, others: Sequence[Argument], *, found: bool) -> str:
        """Return what an action takes, and what to use for the kind of argument that it was given."""
        siblings = self._situation.book.by_ability.get(action.ability_id, ())
        other = next((sibling.signature for sibling in siblings if sibling.argument in others), "") if found else ""
        return f"{action.name} needs {wanted}" + (f"; or use {other}" if other else "")

    def _own_unit(self, name: str) -> UnitView:
        unit = self._unit(name)
        if unit.tag in self._team_of:
            return unit
        if unit.alliance is Alliance.SELF:
            raise Refusal(f"{name} is in none of your teams", "foreign")
        raise Refusal(f"{name} is {_WHOSE[unit.alliance]}, you cannot order it", "foreign")

    def _unit(self, name: str) -> UnitView:
        """Return the unit of that name, as it is seen now. Raises Refusal."""
        tag = self._situation.short_ids.tag(name)
        if tag is None:
            raise Refusal(self._no_such_unit(name), "unit")
        if tag in self._dead:
            raise Refusal(f"{name} is dead", "dead")
        unit = self._units.get(tag)
        if unit is None:
            raise Refusal(f"{name} is no longer visible", "unseen")
        return unit

    def _no_such_unit(self, name: str) -> str:
        meant = [unit for unit in self._units.values() if unit.type_name.lower() == name.lower()]
        seen = ", ".join(self._situation.short_ids.name(unit.tag) for unit in meant[:8])
        return f"there is no unit {name[:40]}" + (f"; units of that type: {seen}" if seen else "")

    def _find_team(self, team: str, selected: Sequence[UnitView]) -> str:
        """Return the team that is ordered: that of the first unit chosen, or else the one of the heading."""
        if selected:
            return self._team_of[selected[0].tag]
        if team in self._members:
            return team
        names = ", ".join(self._members)
        if team:
            raise Refusal(f"there is no team {team[:40]}; your teams: {names or 'none'}", "team")
        raise Refusal(f"say for which team: put it under a line 'Team NAME:'; your teams: {names or 'none'}", "team")

    def _able(self, action: Action, units: Sequence[UnitView], team: str, *, is_individual: bool) -> list[UnitView]:
        able = [unit for unit in units if self._situation.can(unit, action)]
        if len(able) == 1 and action.ability_id in _MERGES:
            alone = self._situation.short_ids.name(able[0].tag)
            raise Refusal(f"{action.name} takes two units, {alone} is alone", "unable")
        if able:
            return able
        if is_individual:
            who = ", ".join(self._situation.short_ids.name(unit.tag) for unit in units[:8])
            raise Refusal(f"{who} cannot do {action.name} now", "unable")
        raise Refusal(f"no unit of {team} can do {action.name} now", "unable")

    def _target(self, action: Action, arguments: Arguments, name: str, team: str) -> Point | int | None:
        if action.argument == "none":
            return None
        if action.argument in POINT_FRAMES:
            point = self._point(action, arguments.points[0], team)
            return self._dispatcher.ground.place_for(action.ability_id, point) if action.sited else point
        unit = self._unit(name)
        if action.ability_id in _ATTACK_IDS and unit.alliance in (Alliance.SELF, Alliance.ALLY):
            raise Refusal(f"{name} is on your side", "target")
        return unit.tag if action.argument == "unit" else unit.position

    def _point(self, action: Action, point: Point, team: str) -> Point:
        """Return the world point that is meant, inside the playable part of the map. Raises Refusal."""
        if action.argument == "world":
            return self._on_map(point, point)
        size = SCREEN_PX if action.argument == "screen" else MINIMAP_PX
        if not (0 <= point.x <= size and 0 <= point.y <= size):
            raise Refusal(f"{_shown(point)} is off the {action.argument}, which goes from 0 to {size - 1}", "point")
        if action.argument == "minimap":
            minimap = MinimapFrame(self._situation.view.map.size_cells)
            return self._clamped(minimap.minimap_to_world(px_middle(point)))
        centre = centre_of(unit.position for unit in self._members[team])
        return self._clamped(ScreenFrame(centre).screen_to_world(px_middle(point)))

    def _on_map(self, point: Point, written: Point) -> Point:
        width, height = self._situation.view.map.size_cells
        if not (0 <= point.x <= width and 0 <= point.y <= height):
            raise Refusal(f"{_shown(written)} is off the map, x goes to {width} and y to {height}", "point")
        return self._clamped(point)

    def _clamped(self, point: Point) -> Point:
        area = self._situation.view.map.playable
        return Point(min(max(point.x, area.left), area.right), min(max(point.y, area.bottom), area.top))

    def _canonical(
        self, action: Action, arguments: Arguments, selected: Sequence[UnitView], target: str, prefix: str
    ) -> str:
        """Return the action as it should be written."""
        name = self._situation.short_ids.name
        parts = [name(unit.tag) for unit in selected]
        if target:
            tag = self._situation.short_ids.tag(target)
            parts.append(target if tag is None else name(tag))
        parts.extend(_shown(point) for point in arguments.points)
        if arguments.queued is not None:
            parts.append("queued" if arguments.queued else "now")
        who = _SELECT_UNIT if selected else prefix
        return f"{who if not action.name.startswith(who) else ''}{action.name}({', '.join(parts)})"


def _shown(point: Point) -> str:
    return f"[{words.format_number(point.x)}, {words.format_number(point.y)}]"

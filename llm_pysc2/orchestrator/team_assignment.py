"""Which own units stand in which team of an agent, from turn to turn: a unit stays where it is until it dies.

Follows births, deaths, warp-ins and morphs: a mode of the same unit (sieged, burrowed, landed) changes nothing, and
what becomes another unit is assigned anew.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from llm_pysc2.knowledge.entries import entries_named
from llm_pysc2.roster import SIZED, Role, Team, TeamRule
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import UnitView


@cache
def kind_of(type_name: str) -> str:
    """Return the unit that a type is a mode of, or the type itself.

    >>> kind_of("SiegeTankSieged"), kind_of("Marine"), kind_of("WarpPrismPhasing")
    ('SiegeTank', 'Marine', 'WarpPrism')
    """
    found = [entry.name for entry in entries_named(type_name) if entry.kind in ("unit", "structure")]
    return found[0] if found else type_name


class TeamAssignment:
    """The teams of one agent."""

    def __init__(self, role: Role) -> None:
        self._rules = role.teams
        self._rule_for: dict[str, TeamRule | None] = {}
        """The first rule that takes a type of unit, by its name."""
        self._team_of: dict[int, str] = {}
        self._kind_of: dict[int, str] = {}
        self._rule_of: dict[str, TeamRule] = {}
        """Rule of each team there has been, in the order in which they came up."""
        self._numbers: Counter[str] = Counter()
        """Teams made so far, by the part of their names before the number."""

    def assign(self, units: Iterable[UnitView], dead_tags: Iterable[int] = ()) -> tuple[Team, ...]:
        """Return the teams over these units, without empty ones; units that no rule takes are left out."""
        for tag in dead_tags:
            self._team_of.pop(tag, None)
        taken = [unit for unit in units if self._rule(unit)]
        for unit in taken:
            if self._kind_of.get(unit.tag, "") != kind_of(unit.type_name):
                self._kind_of[unit.tag] = kind_of(unit.type_name)
                self._release(unit)
        for rule in self._rules:
            fresh = [unit for unit in taken if unit.tag not in self._team_of and self._rule(unit) is rule]
            self._place(fresh, rule, taken)
        members: dict[str, list[int]] = {name: [] for name in self._rule_of}
        for unit in taken:
            members[self._team_of[unit.tag]].append(unit.tag)
        return tuple(Team(name, tuple(tags)) for name, tags in members.items() if tags)

    def _rule(self, unit: UnitView) -> TeamRule | None:
        if unit.type_name not in self._rule_for:
            names = {"*", unit.type_name, kind_of(unit.type_name)}
            found = (rule for rule in self._rules if not names.isdisjoint(rule.units))
            self._rule_for[unit.type_name] = next(found, None)
        return self._rule_for[unit.type_name]

    def _release(self, unit: UnitView) -> None:
        """Take a unit that has become another one out of its team, unless it belongs there all the same."""
        team = self._team_of.get(unit.tag)
        if team is None:
            return
        rule = self._rule_of[team]
        is_by_kind = rule.assign == "by_type" or (rule.assign in SIZED and not rule.name)
        if rule is not self._rule(unit) or is_by_kind:
            del self._team_of[unit.tag]

    def _place(self, units: Sequence[UnitView], rule: TeamRule, all_units: Sequence[UnitView]) -> None:
        """Put units without a team into one, by their rule."""
        if rule.assign == "nearest":
            self._gather(list(units), rule, all_units)
            return
        for unit in units:
            stem = self._stem(unit, rule)
            if rule.assign == "each":
                self._join(unit, self._new_team(stem, rule))
            elif rule.assign == "groups":
                self._join(unit, next(iter(self._with_room(stem, rule)), "") or self._new_team(stem, rule))
            else:
                self._rule_of.setdefault(stem, rule)
                self._join(unit, stem)

    def _gather(self, units: list[UnitView], rule: TeamRule, all_units: Sequence[UnitView]) -> None:
        """Put each unit into the nearest team with room, the nearest pair first; where none has, begin a team."""
        places = {unit.tag: unit.position for unit in all_units}
        while units:
            pairs = [
                (unit.position.distance_to(self._middle(team, places) or unit.position), number, team)
                for number, unit in enumerate(units)
                for team in self._with_room(self._stem(unit, rule), rule)
            ]
            _, number, team = min(pairs) if pairs else (0.0, 0, "")
            unit = units.pop(number)
            self._join(unit, team or self._new_team(self._stem(unit, rule), rule))

    def _middle(self, team: str, places: dict[int, Point]) -> Point | None:
        members = [places[tag] for tag, name in self._team_of.items() if name == team and tag in places]
        if not members:
            return None
        return Point(sum(p.x for p in members) / len(members), sum(p.y for p in members) / len(members))

    def _with_room(self, stem: str, rule: TeamRule) -> list[str]:
        sizes = Counter(self._team_of.values())
        numbered = (f"{stem}-{number}" for number in range(1, self._numbers[stem] + 1))
        return [name for name in numbered if self._rule_of[name] is rule and sizes[name] < rule.size]

    def _new_team(self, stem: str, rule: TeamRule) -> str:
        self._numbers[stem] += 1
        name = f"{stem}-{self._numbers[stem]}"
        self._rule_of[name] = rule
        return name

    def _join(self, unit: UnitView, team: str) -> None:
        self._team_of[unit.tag] = team

    @staticmethod
    def _stem(unit: UnitView, rule: TeamRule) -> str:
        """Return the name of the team that a unit belongs to, without its number."""
        kind = kind_of(unit.type_name)
        if rule.assign in ("by_type", "each"):
            return f"{rule.name}-{kind}" if rule.name else kind
        return rule.name or kind

"""What is worth saying about a situation: typed rows that `describe` writes down as text or as JSON."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from llm_pysc2.dialogue import words
from llm_pysc2.dialogue.choices import ActionChoice, choices_of
from llm_pysc2.dialogue.events import Events, find_events, losses
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.knowledge.units import UnitType, load_units
from llm_pysc2.knowledge.upgrades import load_upgrades
from llm_pysc2.roster import Team
from llm_pysc2.world.clock import loops_to_seconds
from llm_pysc2.world.frames import ScreenFrame, centre_of
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import Alliance, OrderView, UnitView, WorldView

NEAR_CELLS = 12.0
"""A unit is in view of a team that has it on its screen, or a unit nearer than this."""
ORDERS_SHOWN = 2
UNLISTED_TYPES = frozenset({"Larva", "Interceptor", "Broodling", "KD8Charge"})
"""Of no use as targets, and many."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order that a unit is carrying out, or will."""

    verb: str
    place: Point | None = None
    rest: str = ""
    """The short id of its target, or how much of it is done."""

    def describe(self, write: Callable[[Point], str]) -> str:
        """Return the order in words; `write` writes a place."""
        target = write(self.place) if self.place else self.rest
        return f"{self.verb} {target}" if target else self.verb


class UnitRow(NamedTuple):
    """One unit as an agent is told of it. Every agent gets rows of its own, so they are of the kind made fastest."""

    name: str
    """Short id."""
    unit: UnitView
    weapon_seconds: float | None = None
    """Until its weapon can fire again, 0 = ready; None for a unit without weapons or of another player."""
    orders: tuple[OrderRow, ...] = ()
    """The first orders, the one being carried out first."""
    buffs: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    """What is special about it: "burrowed", "cloaked", "hallucination", "built 40%", "remembered", ..."""
    distances_cells: tuple[float, ...] = ()
    """To the middle of each of the agent's teams; empty for the team's own units."""

    def with_distance(self, team: int) -> "UnitRow":
        """Return the row with the distance to one of the teams alone."""
        return self._replace(distances_cells=self.distances_cells[team : team + 1])


@dataclass(frozen=True, slots=True)
class TeamPart:
    """One team with what it has in view."""

    name: str
    frame: ScreenFrame
    task: str
    units: tuple[UnitRow, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many units of a type there are."""

    done: int = 0
    unfinished: int = 0


@dataclass(frozen=True, slots=True)
class GroupPart:
    """A team of another agent."""

    agent: str
    team: str
    centre: Point
    health: float
    """Share of health and shield that is left."""
    types: tuple[tuple[str, int], ...]
    damage: float = 0.0
    """What its living units have lost in health and shield since the last turn."""


@dataclass(frozen=True, slots=True)
class FarGroup:
    """Enemy units that stand together, or all there are where an agent is not told of places."""

    types: tuple[tuple[str, int], ...]
    centre: Point | None = None
    """For those who see the teams of other agents: it is for them to say where to go."""


@dataclass(frozen=True, slots=True)
class Outline:
    """Everything that is said in one turn."""

    teams: tuple[TeamPart, ...]
    allies: tuple[UnitRow, ...]
    """Own units of other agents, and those of allies."""
    enemies: tuple[UnitRow, ...]
    resources: tuple[UnitRow, ...]
    """Minerals and geysers, where a team can harvest."""
    far_enemies: tuple[FarGroup, ...]
    """Enemy units in the view of none of the agent's teams that are seen all the same."""
    events: Events
    choices: tuple[tuple[tuple[str, ...], tuple[ActionChoice, ...]], ...]
    """Unit types that have the same choice of actions, and the actions."""
    holdings: tuple[tuple[str, Count], ...] = ()
    """All units of the player by type, for those who see its resources."""
    upgrades: tuple[str, ...] = ()
    groups: tuple[GroupPart, ...] = ()
    """The teams of other agents, for those who see them."""
    left_out: tuple[str, ...] = ()
    """What a budget of tokens left no room for."""


def outline_situation(situation: Situation) -> Outline:
    """Return what is worth saying about a situation."""
    view = situation.view
    units = view.by_tag
    members = [[units[tag] for tag in team.unit_tags if tag in units] for team in situation.teams]
    frames = [ScreenFrame(centre_of(unit.position for unit in team)) for team in members]
    mine = frozenset(tag for team in situation.teams for tag in team.unit_tags)
    sight = _Sight(frames, [unit.position for team in members for unit in team], situation.speaker.points == "screen")
    seen = [unit for unit in sight.of(view) if unit.tag not in mine and unit.type_name not in UNLISTED_TYPES]
    seen_tags = {unit.tag for unit in seen}
    far = [unit for unit in view.enemies if unit.tag not in seen_tags and unit.type_name not in UNLISTED_TYPES]
    rows = _Rows(situation, [frame.centre for frame in frames])
    return Outline(
        teams=tuple(
            TeamPart(team.name, frame, _task_of(team, situation), tuple(rows.own(unit) for unit in units_))
            for team, frame, units_ in zip(situation.teams, frames, members, strict=True)
        ),
        allies=tuple(rows.other(unit) for unit in seen if unit.alliance in (Alliance.SELF, Alliance.ALLY)),
        enemies=tuple(rows.other(unit) for unit in seen if unit.alliance is Alliance.ENEMY),
        resources=tuple(rows.other(unit) for unit in _resources(seen, members, situation)),
        far_enemies=tuple(_far_groups(far, situation)),
        events=find_events(situation.previous, view, mine, sight.covers) if situation.previous else Events(),
        choices=choices_of([unit for team in members for unit in team], situation),
        holdings=_holdings(view.own) if situation.speaker.sees_resources else (),
        upgrades=_upgrade_names(view.upgrade_ids) if situation.speaker.sees_resources else (),
        groups=tuple(_groups(situation, units)),
    )


def team_frames(situation: Situation) -> tuple[tuple[str, ScreenFrame], ...]:
    """Return the name and the screen of each team that has units in view."""
    places = {unit.tag: unit.position for unit in situation.view.units}
    teams = [(team.name, [places[tag] for tag in team.unit_tags if tag in places]) for team in situation.teams]
    return tuple((name, ScreenFrame(centre_of(members))) for name, members in teams if members)


class _Sight:
    """What the agent's teams have in view."""

    def __init__(self, frames: Iterable[ScreenFrame], positions: Sequence[Point], screen_only: bool) -> None:
        self._screens = [frame.view for frame in frames]
        self._positions = () if screen_only else tuple(positions)
        near = [Rect(x - NEAR_CELLS, y - NEAR_CELLS, x + NEAR_CELLS, y + NEAR_CELLS) for x, y in self._positions]
        areas = [*self._screens, *near]
        self._around = Rect(
            min((area.left for area in areas), default=0.0),
            min((area.bottom for area in areas), default=0.0),
            max((area.right for area in areas), default=-1.0),
            max((area.top for area in areas), default=-1.0),
        )
        """Everything that can be in view: most units of a large game are not."""

    def of(self, view: WorldView) -> list[UnitView]:
        """Return the units that are in view of a team."""
        return [unit for unit in view.within(self._around) if self.covers(unit.position)]

    def covers(self, point: Point) -> bool:
        """Return whether a point is in view of a team."""
        x, y = point
        left, bottom, right, top = self._around
        if not (left <= x <= right and bottom <= y <= top):
            return False
        if any(screen.contains(point) for screen in self._screens):
            return True
        return any((x - p.x) ** 2 + (y - p.y) ** 2 <= NEAR_CELLS**2 for p in self._positions)


class _Rows:
    """Makes the rows of units."""

    def __init__(self, situation: Situation, centres: Sequence[Point]) -> None:
        self._situation = situation
        self._centres = centres
        self._types = unit_types_by_name()

    def own(self, unit: UnitView) -> UnitRow:
        """Return the row of a unit of one of the agent's teams."""
        situation = self._situation
        facts = self._types.get(unit.type_name)
        armed = facts is None or any(weapon.enabled for weapon in facts.weapons)
        return UnitRow(
            name=situation.short_ids.name(unit.tag),
            unit=unit,
            weapon_seconds=loops_to_seconds(unit.weapon_cooldown_loops) if armed and unit.is_complete else None,
            orders=tuple(self._order(order) for order in unit.orders[:ORDERS_SHOWN]),
            buffs=tuple(map(words.buff, unit.buff_ids)),
            marks=tuple(_marks(unit)),
        )

    def other(self, unit: UnitView) -> UnitRow:
        """Return the row of any other unit, with its distances."""
        return UnitRow(
            name=self._situation.short_ids.name(unit.tag),
            unit=unit,
            buffs=tuple(map(words.buff, unit.buff_ids)),
            marks=tuple(_marks(unit)),
            distances_cells=tuple(unit.position.distance_to(centre) for centre in self._centres),
        )

    def _order(self, order: OrderView) -> OrderRow:
        verb = self._situation.book.verb(order.ability_id)
        if isinstance(order.target, Point):
            return OrderRow(verb, order.target)
        if order.target:
            return OrderRow(verb, rest=self._situation.short_ids.name(order.target))
        return OrderRow(verb, rest=f"{order.progress:.0%}" if order.progress else "")


@cache
def unit_types_by_name() -> Mapping[str, UnitType]:
    """Return the unit types by name."""
    return {unit.name: unit for unit in load_units().values()}


def can_harvest(type_name: str, situation: Situation) -> bool:
    """Return whether a unit type gathers minerals and gas."""
    action = situation.book.find("Harvest_Gather_Unit")
    card = situation.book.cards.get(type_name, ())
    return action is not None and any(ability in action.ability_ids for ability in card)


def _marks(unit: UnitView) -> Iterator[str]:
    if not unit.is_complete:
        yield f"built {unit.build_progress:.0%}"
    if unit.is_burrowed:
        yield "burrowed"
    if unit.is_cloaked:
        yield "cloaked"
    if unit.is_hallucination:
        yield "hallucination"
    if unit.is_snapshot:
        yield "remembered"
    if unit.cargo_max:
        yield f"cargo {unit.cargo_used}/{unit.cargo_max}"
    if unit.ideal_harvesters:
        yield f"workers {unit.assigned_harvesters}/{unit.ideal_harvesters}"
    if contents := unit.mineral_contents or unit.vespene_contents:
        yield f"holds {contents}"


def common_task(situation: Situation) -> str:
    """Return the task that all teams have of their own, or nothing where they differ; it is told once."""
    tasks = {dict(situation.team_tasks).get(team.name, "") for team in situation.teams}
    return tasks.pop() if len(tasks) == 1 else ""


def _task_of(team: Team, situation: Situation) -> str:
    return "" if common_task(situation) else dict(situation.team_tasks).get(team.name, "")


def _resources(seen: Iterable[UnitView], teams: Iterable[Iterable[UnitView]], situation: Situation) -> list[UnitView]:
    types = {unit.type_name for team in teams for unit in team}
    if not any(can_harvest(name, situation) for name in types):
        return []
    return [unit for unit in seen if unit.alliance is Alliance.NEUTRAL and _is_resource(unit)]


def _is_resource(unit: UnitView) -> bool:
    return unit.mineral_contents > 0 or unit.vespene_contents > 0 or "Geyser" in unit.type_name


def _far_groups(units: Sequence[UnitView], situation: Situation) -> Iterator[FarGroup]:
    """Yield enemy units that nobody has in view, those that are only remembered left out."""
    left = [unit for unit in units if not unit.is_snapshot]
    if left and not situation.fellows:
        yield FarGroup(_count_types(left))
        return
    while left:
        first = left[0].position
        near = [unit for unit in left if unit.position.distance_to(first) <= NEAR_CELLS]
        left = [unit for unit in left if unit.position.distance_to(first) > NEAR_CELLS]
        yield FarGroup(_count_types(near), centre_of(unit.position for unit in near))


def _count_types(units: Iterable[UnitView]) -> tuple[tuple[str, int], ...]:
    counts = Counter(unit.type_name for unit in units if not unit.is_snapshot)
    return tuple(sorted(counts.items()))


def _holdings(units: Iterable[UnitView]) -> tuple[tuple[str, Count], ...]:
    counts: dict[str, Count] = {}
    for unit in units:
        had = counts.get(unit.type_name, Count())
        done = unit.is_complete
        counts[unit.type_name] = Count(had.done + done, had.unfinished + (not done))
    return tuple(sorted(counts.items()))


def _upgrade_names(ids: Iterable[int]) -> tuple[str, ...]:
    known = load_upgrades()
    return tuple(known[number].name if number in known else f"Upgrade{number}" for number in ids)


def _groups(situation: Situation, units: Mapping[int, UnitView]) -> Iterator[GroupPart]:
    before = {unit.tag: unit for unit in situation.previous.own} if situation.previous and situation.fellows else {}
    for fellow in situation.fellows:
        for team in fellow.teams:
            members = [units[tag] for tag in team.unit_tags if tag in units]
            if members:
                most = sum(unit.health_max + unit.shield_max for unit in members)
                left = sum(unit.health + unit.shield for unit in members)
                centre = centre_of(unit.position for unit in members)
                hurt = sum(change.amount for change in losses((before.get(unit.tag, unit), unit) for unit in members))
                types = _count_types(members)
                yield GroupPart(fellow.name, team.name, centre, left / most if most else 1.0, types, hurt)

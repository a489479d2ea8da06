"""A situation in words: the observation text of one turn.

Compact, since tokens are money: a unit is one line of its id, place, health and shield, and what is special about it;
its type and the most it can have stand once above it. What the signs mean is said in the system prompt.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import floor

from llm_pysc2.dialogue import words
from llm_pysc2.dialogue.budget import CUTS, count_tokens
from llm_pysc2.dialogue.choices import ActionChoice
from llm_pysc2.dialogue.events import Change
from llm_pysc2.dialogue.grammar import action_results
from llm_pysc2.dialogue.outline import (
    FarGroup,
    Outline,
    TeamPart,
    UnitRow,
    common_task,
    outline_situation,
)
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.world.clock import loops_to_clock
from llm_pysc2.world.frames import MINIMAP_PX, MinimapFrame, ScreenFrame, to_px
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import Alliance, EffectView, UnitView

REJECTED_SHOWN = 12
"""A model that wrote nonsense all over is not shown all of it again."""
Place = Callable[[Point], str]
"""How the place of a unit is written."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an observation text."""

    name: str
    """What it is about: "game", "mail", "actions", ...; several parts may be about the same."""
    text: str

    @property
    def tokens(self) -> int:
        """About how many tokens it takes, with its line end."""
        return count_tokens(self.text) + 1


def describe(situation: Situation) -> str:
    """Return the observation text of one turn."""
    return "\n".join(part.text for part in describe_parts(situation))


def describe_parts(situation: Situation) -> tuple[Part, ...]:
    """Return the observation text of one turn in its parts; joined by line ends they are the text.

    Where the speaker has a budget of tokens, what matters least is left out until the text keeps to it, and the last
    part says what that was. One's own units, the task and the actions are never left out.
    """
    outline = outline_situation(situation)
    parts = _parts(situation, outline)
    budget = situation.speaker.token_budget
    for cut in CUTS if budget else ():
        while sum(part.tokens for part in parts) > budget:
            shorter = cut(outline)
            if shorter is outline:
                break
            outline = shorter
            parts = _parts(situation, outline)
    return parts


def _parts(situation: Situation, outline: Outline) -> tuple[Part, ...]:
    on_screen = situation.speaker.points == "screen"
    sections: tuple[tuple[str, Iterable[str]], ...] = (
        ("game", _head(situation)),
        ("holdings", _holdings(situation, outline)),
        ("notes", _notes(situation)),
        ("mail", _mail(situation)),
        ("findings", _findings(situation)),
        ("last actions", _last_actions(situation)),
        ("events", _events(situation, outline)),
        ("groups", _groups(situation, outline)),
        ("units", _screens(situation, outline) if on_screen else _world(situation, outline)),
        ("actions", _actions(outline)),
        ("left out", [f"Left out to save tokens: {'; '.join(outline.left_out)}"] if outline.left_out else ()),
    )
    told = ((name, "\n".join(lines)) for name, lines in sections)
    return tuple(Part(name, text) for name, text in told if text)


def _head(situation: Situation) -> Iterator[str]:
    left = "" if situation.loops_left is None else f", {loops_to_clock(max(0, situation.loops_left))} left"
    yield f"Time {loops_to_clock(situation.view.game_loop)}{left}"
    if situation.speaker.sees_resources:
        has = situation.view.resources
        yield f"Minerals {has.minerals}, vespene {has.vespene}, supply {has.supply_used}/{has.supply_cap}"
    for task in dict.fromkeys(filter(None, (situation.task, common_task(situation)))):
        yield f"Task: {_indented(task)}"


def _holdings(situation: Situation, outline: Outline) -> Iterator[str]:
    """Yield what the player has in all, for those who see its resources."""
    if situation.speaker.sees_resources:
        yield "You have: " + ", ".join(
            f"{name} x{count.done}" + (f" (+{count.unfinished} being built)" if count.unfinished else "")
            for name, count in outline.holdings
        )
        if outline.upgrades:
            yield f"Researched: {', '.join(outline.upgrades)}"


def _groups(situation: Situation, outline: Outline) -> Iterator[str]:
    """Yield the other agents' teams, for those who see them."""
    if outline.groups:
        yield "Other agents:"
    place = _on_minimap(situation) if situation.speaker.points == "screen" else words.format_point
    for group in outline.groups:
        units = ", ".join(f"{name} x{count}" for name, count in group.types)
        attacked = f", attacked -{group.damage:.0f}" if group.damage else ""
        yield f" {group.agent} {group.team} at {place(group.centre)} health {group.health:.0%}{attacked}: {units}"


def _mail(situation: Situation) -> Iterator[str]:
    if situation.letters:
        dropped = f" ({situation.dropped_letters} older letters are left out)" if situation.dropped_letters else ""
        yield f"Mail{dropped}:"
    for letter in situation.letters:
        place = "" if letter.receiver == situation.speaker.name else f" in {letter.receiver}"
        yield f" From {letter.sender}{place}: {_indented(letter.text)}"


def _notes(situation: Situation) -> Iterator[str]:
    if situation.notes:
        yield "Your notes:"
    for note in situation.notes:
        yield f" {_indented(note)}"


def _findings(situation: Situation) -> Iterator[str]:
    for finding in situation.findings:
        yield f"Lookup {_indented(finding.question)}:"
        yield f"  {_indented(finding.text)}"


def _last_actions(situation: Situation) -> Iterator[str]:
    rejected = [outcome for outcome in situation.outcomes if outcome.reason]
    shown = [outcome for outcome in situation.outcomes if not outcome.reason] + rejected[:REJECTED_SHOWN]
    if shown:
        yield "Your last actions:"
    for team, accepted in groupby((o for o in shown if not o.reason), key=lambda outcome: outcome.team):
        yield " " + " ".join(filter(None, (team, ", ".join(_indented(outcome.action) for outcome in accepted))))
    for outcome in shown:
        if outcome.reason:
            team = f"{outcome.team} " if outcome.team else ""
            yield f" {team}{_indented(outcome.action)} REJECTED: {_indented(outcome.reason)}"
    if len(rejected) > REJECTED_SHOWN:
        yield f" {len(rejected) - REJECTED_SHOWN} more were rejected"


def _events(situation: Situation, outline: Outline) -> Iterator[str]:
    events, name = outline.events, situation.short_ids.name
    parts = {
        "hurt": _changes(events.hurt, "-", name),
        "healed": _changes(events.healed, "+", name),
        "enemy hurt": _changes(events.enemy_hurt, "-", name),
        "enemy healed": _changes(events.enemy_healed, "+", name),
        "lost": " ".join(map(name, events.lost)),
        "killed": " ".join(map(name, events.killed)),
        "enemy sighted": " ".join(map(name, events.sighted)),
        "enemy out of sight": " ".join(map(name, events.vanished)),
        "finished": " ".join(map(name, events.finished)),
        "refused by the game": ", ".join(refusals(situation)),
    }
    told = "; ".join(f"{what} {who}" for what, who in parts.items() if who)
    if told:
        yield f"Since last turn: {told}"


def _changes(changes: Iterable[Change], sign: str, name: Callable[[int], str]) -> str:
    return " ".join(f"{name(change.tag)} {sign}{round(change.amount)}" for change in changes)


def refusals(situation: Situation) -> Iterator[str]:
    """Yield the orders that the game refused, with its reason."""
    mine = {tag for team in situation.teams for tag in team.unit_tags}
    for error in situation.view.action_errors:
        if error.unit_tag in mine or not error.unit_tag:
            who = situation.short_ids.name(error.unit_tag) if error.unit_tag else ""
            reason = action_results().get(error.code, f"result {error.code}")
            yield f"{who} {situation.book.verb(error.ability_id)}: {reason}".strip()


def _world(situation: Situation, outline: Outline) -> Iterator[str]:
    """Yield the teams and, once for all of them, what they have in view; places in world cells."""
    for part in outline.teams:
        yield f"Team {part.name} at {words.format_point(part.frame.centre)}{_team_task(part)}"
        yield from _table(part.units, words.format_point)
    yield from _seen("Allies in view", outline.allies, outline.teams, words.format_point)
    yield from _seen("Enemies in view", outline.enemies, outline.teams, words.format_point)
    yield from _seen("Resources in view", outline.resources, outline.teams, words.format_point)
    yield from _far_enemies(outline, words.format_point)
    for effect in situation.view.effects:
        yield _effect(effect, effect.positions, words.format_point)


def _screens(situation: Situation, outline: Outline) -> Iterator[str]:
    """Yield each team with what is on its screen; places in px of that screen.

    Each unit is told in full once, one's own with their team; on other screens only by its place and distance.
    """
    on_minimap = _on_minimap(situation)
    told: set[str] = set()
    for number, part in enumerate(outline.teams):
        place = _on_screen(part.frame)
        yield f"Team {part.name} at {on_minimap(part.frame.centre)}{_team_task(part)}"
        yield from _table(part.units, place)
        fellows = [row for other in outline.teams if other is not part for row in other.units]
        again = [row for row in fellows if _shows(part.frame, row)]
        for title, rows in (
            ("Allies in view", outline.allies),
            ("Enemies in view", outline.enemies),
            ("Resources in view", outline.resources),
        ):
            near = [row.with_distance(number) for row in rows if _shows(part.frame, row)]
            yield from _seen(title, [row for row in near if row.name not in told], (part,), place)
            again += [row for row in near if row.name in told]
            told.update(row.name for row in near)
        if again:
            yield f"Also in view: {'; '.join(_again(row, place) for row in again)}"
        for effect in situation.view.effects:
            spots = [point for point in effect.positions if part.frame.view.contains(point)]
            if spots:
                yield _effect(effect, spots, place)
    yield from _far_enemies(outline, on_minimap)


def _again(row: UnitRow, place: Place) -> str:
    far = " ".join(f"{distance:.0f}" for distance in row.distances_cells)
    return f"{row.name} {place(row.unit.position)} {far}".rstrip()


def _shows(frame: ScreenFrame, row: UnitRow) -> bool:
    return frame.view.contains(row.unit.position)


def _on_minimap(situation: Situation) -> Place:
    minimap = MinimapFrame(situation.view.map.size_cells)

    def place(point: Point) -> str:
        x, y = to_px(minimap.world_to_minimap(point), MINIMAP_PX)
        return f"minimap {x},{y}"

    return place


def _on_screen(frame: ScreenFrame) -> Place:
    def place(point: Point) -> str:
        x, y = frame.world_to_screen(point)
        return f"{floor(x)},{floor(y)}"

    return place


def _far_enemies(outline: Outline, place: Place) -> Iterator[str]:
    if outline.far_enemies:
        yield f"Enemies farther away: {'; '.join(_far(group, place) for group in outline.far_enemies)}"


def _effect(effect: EffectView, positions: Iterable[Point], place: Place) -> str:
    spots = " ".join(map(place, positions))
    radius = words.format_number(effect.radius_cells)
    return f"Effect {words.effect(effect.effect_id)} ({effect.alliance}) at {spots} radius {radius}"


def _far(group: FarGroup, place: Place) -> str:
    units = ", ".join(f"{name} x{count}" for name, count in group.types)
    return f"at {place(group.centre)} {units}" if group.centre else units


def _team_task(part: TeamPart) -> str:
    return f", task: {_indented(part.task)}" if part.task else ""


def _seen(title: str, rows: Sequence[UnitRow], teams: Sequence[TeamPart], place: Place) -> Iterator[str]:
    if rows:
        yield f"{title}, cells to {'/'.join(part.name for part in teams)}" if teams else title
        yield from _table(rows, place)


def _table(rows: Iterable[UnitRow], place: Place) -> Iterator[str]:
    """Yield the rows under headings with the type and the most that units of it can have."""
    groups: dict[str, list[UnitRow]] = {}
    for row in rows:
        groups.setdefault(_heading(row.unit), []).append(row)
    for heading, members in groups.items():
        yield heading
        for row in members:
            yield _line(row, place)


def _heading(unit: UnitView) -> str:
    most = f"{unit.health_max:.0f}" if _has_health(unit) else ""
    if unit.shield_max:
        most += f"+{unit.shield_max:.0f}"
    if unit.energy_max:
        most += f" e{unit.energy_max:.0f}"
    return f"{unit.type_name} {most}".strip() + ":"


def _has_health(unit: UnitView) -> bool:
    """Return whether the health of a unit is worth telling; minerals and geysers have some that nobody can hurt."""
    is_resource = unit.alliance is Alliance.NEUTRAL and (unit.mineral_contents or unit.vespene_contents)
    return unit.health_max > 0 and not is_resource


def _line(row: UnitRow, place: Place) -> str:
    unit = row.unit
    parts = [row.name, place(unit.position)]
    if _has_health(unit):
        parts.append(f"{unit.health:.0f}+{unit.shield:.0f}" if unit.shield_max else f"{unit.health:.0f}")
    if unit.energy_max:
        parts.append(f"e{unit.energy:.0f}")
    if row.distances_cells:
        parts.append("/".join([f"{distance:.0f}" for distance in row.distances_cells]))
    if row.weapon_seconds is not None:
        parts.append(f"{row.weapon_seconds:.1f}s" if row.weapon_seconds > 0 else "ready")
    if row.buffs or row.marks:
        parts += [*(f"+{buff}" for buff in row.buffs), *(f"({mark})" for mark in row.marks)]
    text = " ".join(parts)
    return f"{text} {', '.join(order.describe(place) for order in row.orders)}" if row.orders else text


def _actions(outline: Outline) -> Iterator[str]:
    for type_names, choices in outline.choices:
        yield f"Actions {', '.join(type_names)}: {' '.join(map(_choice, choices))}"


def _choice(choice: ActionChoice) -> str:
    price = f"{{{choice.price}}}" if choice.price else ""
    return choice.action.name + price + (f"[{','.join(choice.only)}]" if choice.only else "")


def _indented(text: str) -> str:
    """Return the text so that no line of it can be taken for a line of ours."""
    return "\n  ".join(text.splitlines())

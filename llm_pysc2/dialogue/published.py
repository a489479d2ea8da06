"""A situation in the sections of LLM-PySC2's published protocol: team by team, in px of its screen.

For comparison with published results (`agents/presets/llm_pysc2.toml`): everything anew each turn, and what LLM-PySC2
did not tell stays untold, such as refused lines and events. `describe` says more in fewer tokens.
"""

from collections.abc import Iterable, Iterator

from llm_pysc2.chat import Chat, Image, Message
from llm_pysc2.dialogue import words
from llm_pysc2.dialogue.describe import Part
from llm_pysc2.dialogue.outline import Outline, TeamPart, UnitRow, outline_situation, unit_types_by_name
from llm_pysc2.dialogue.prompt import fill
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.dialogue.unit_facts import describe_type
from llm_pysc2.world.clock import loops_to_clock
from llm_pysc2.world.frames import MINIMAP_PX, SCREEN_PX, MinimapFrame, ScreenFrame, to_px
from llm_pysc2.world.view import UnitView

UNTAGGED = frozenset({"Interceptor", "Broodling", "Locust", "LocustFlying", "Larva"})
"""Types of which units are told without a tag, and without their distance."""
NEARBY = frozenset({"Zergling", "Baneling", *UNTAGGED})
"""Types of which units are told without their distance."""
BUFFS_TOLD = 2
ARGUMENTS = {
    "tag": "tag: the tag of a unit that is told above, written in full, such as 0x100040001",
    "screen": f"screen: [x, y], a place on the team's screen in px, 0 to {SCREEN_PX} from its upper left corner",
    "minimap": f"minimap: [x, y], a place on the minimap in px, 0 to {MINIMAP_PX} from its upper left corner",
}


def published_chat(prompt: str, situation: Situation, observation: str, images: tuple[Image, ...] = ()) -> Chat:
    """Return the chat of one turn: who the agent is, the rules, a worked example, and the observation; no past turns.

    `prompt` names the file `agents/prompts/NAME.md` that tells an agent who it is.
    """
    speaker = situation.speaker
    values = {"name": speaker.name, "actions_per_team": str(speaker.actions_per_team), "own_point": "X_Screen"}
    identity = fill(prompt, values)
    mail = "\n" + fill("published_mail", values) if speaker.partners or speaker.channels else ""
    system = fill("published_system", {**values, "identity": identity, "mail": mail})
    question, answer = fill("published_example", values).split("\nAnswer:\n")
    example = (Message("user", question), Message("assistant", answer))
    return Chat((Message("system", system), *example, Message("user", observation, images)))


def describe_published(situation: Situation) -> tuple[Part, ...]:
    """Return the observation of one turn in its sections; joined by line ends they are the text."""
    outline = outline_situation(situation)
    sections: tuple[tuple[str, Iterable[str]], ...] = (
        ("game", _game(situation)),
        ("groups", _groups(outline, situation)),
        *(("units", _team(part, number, outline, situation)) for number, part in enumerate(outline.teams)),
        ("knowledge", _knowledge(outline, situation)),
        ("actions", _actions(outline)),
        ("last actions", _last(situation)),
        ("task", _tasks(outline, situation)),
        ("mail", _mail(situation)),
        ("answer", [f"Give each team no more than {situation.speaker.actions_per_team} actions."]),
    )
    told = ((name, "\n".join(lines)) for name, lines in sections)
    return tuple(Part(name, text) for name, text in told if text)


def _game(situation: Situation) -> Iterator[str]:
    yield "Game Info:"
    yield f"\tTime: {loops_to_clock(situation.view.game_loop)}"
    if situation.speaker.sees_resources:
        has = situation.view.resources
        yield f"\tMinerals: {has.minerals}"
        yield f"\tVespene: {has.vespene}"
        yield f"\tSupply Total: {has.supply_cap}, Left: {has.supply_cap - has.supply_used}, Used: {has.supply_used}"


def _groups(outline: Outline, situation: Situation) -> Iterator[str]:
    minimap = MinimapFrame(situation.view.map.size_cells)
    if outline.groups:
        yield "Global Agent Info:"
    for group in outline.groups:
        units = ", ".join(f"{name} x{count}" for name, count in group.types)
        yield f"\t{group.agent}, Team {group.team}: {units}, minimap position {_px(minimap, group.centre)}"


def _team(part: TeamPart, number: int, outline: Outline, situation: Situation) -> Iterator[str]:
    minimap = MinimapFrame(situation.view.map.size_cells)
    fellows = [row for other in outline.teams if other is not part for row in other.units]
    near = {
        "Nearby Ally Units": [
            row for row in (*fellows, *outline.allies) if part.frame.view.contains(row.unit.position)
        ],
        "Nearby Enemy Units": [row for row in outline.enemies if part.frame.view.contains(row.unit.position)],
    }
    yield f"Team {part.name} Info:"
    yield f"\tTeam minimap position: {_px(minimap, part.frame.centre)}"
    yield "\tControlled Team Units:"
    yield from (f"\t\t{_unit(row, part.frame)}" for row in part.units)
    for title, rows in near.items():
        if rows:
            yield f"\t{title}:"
        for row in rows:
            yield f"\t\t{_unit(row, part.frame, number if title.endswith('Enemy Units') else None)}"


def _px(minimap: MinimapFrame, point: tuple[float, float]) -> str:
    x, y = to_px(minimap.world_to_minimap(point), MINIMAP_PX)  # type: ignore[arg-type]  # a Point is such a pair
    return f"[{x}, {y}]"


def _unit(row: UnitRow, frame: ScreenFrame, team: int | None = None) -> str:
    """Return the line of a unit, with its distance to a team if it is given by number."""
    unit = row.unit
    x, y = to_px(frame.world_to_screen(unit.position), SCREEN_PX)
    parts = [
        f"Unit: {unit.type_name}",
        "" if unit.type_name in UNTAGGED else f"Tag: {unit.tag:#x}",
        f"ScreenPos: [{x}, {y}]",
        "" if team is None or unit.type_name in NEARBY else f"Distance: {row.distances_cells[team]:.0f}",
        _health(unit),
        f"Energy: {unit.energy:.0f}" if unit.energy >= 1 else "",
        "" if unit.is_complete else f"Build_progress: {unit.build_progress:.0%}",
        _weapon(row),
        f"Buff: {', '.join(row.buffs[:BUFFS_TOLD])}" if row.buffs else "",
    ]
    return "  ".join(part for part in parts if part)


def _health(unit: UnitView) -> str:
    most = unit.health_max + unit.shield_max
    if not most:
        return ""
    left = unit.health + unit.shield
    return f"Health: {left:.0f}({left / most:.0%})"


def _weapon(row: UnitRow) -> str:
    if row.weapon_seconds is None:
        return ""
    return f"Weapon Cooldown Time: {row.weapon_seconds:.2f}s" if row.weapon_seconds > 0 else "Weapon Ready"


def _knowledge(outline: Outline, situation: Situation) -> Iterator[str]:
    """Yield what is known of the types in view: it was told anew each turn."""
    rows = [*(row for part in outline.teams for row in part.units), *outline.allies, *outline.enemies]
    names = [name for name in dict.fromkeys(row.unit.type_name for row in rows) if name in unit_types_by_name()]
    if names:
        yield "Relevant Knowledge:"
    for name in names:
        yield f"\t{describe_type(unit_types_by_name()[name], situation.book, 'screen')}"


def _actions(outline: Outline) -> Iterator[str]:
    kinds: dict[str, None] = {}
    yield "Valid Actions:"
    for part in outline.teams:
        types = {row.unit.type_name for row in part.units}
        able = [choice.action for names, choices in outline.choices if types & {*names} for choice in choices]
        signatures = dict.fromkeys(action.signature for action in able)
        yield f"\tTeam {part.name} Valid Actions:"
        yield from (f"\t\t<{signature}>" for signature in signatures)
        kinds.update(dict.fromkeys(kind for kind in ARGUMENTS if any(f"({kind})" in one for one in signatures)))
    if kinds:
        yield "Action Args:"
        yield from (f"\t{ARGUMENTS[kind]}" for kind in kinds)


def _last(situation: Situation) -> Iterator[str]:
    """Yield what was ordered last turn; what was refused is not told."""
    accepted = [outcome for outcome in situation.outcomes if not outcome.reason]
    if accepted:
        yield "Actions of the last step:"
        yield from (f"\tTeam {outcome.team}: <{words.one_line(outcome.action)}>" for outcome in accepted)
        yield "\tSee for yourself whether they are done."


def _tasks(outline: Outline, situation: Situation) -> Iterator[str]:
    tasks = dict(situation.team_tasks)
    yield "Tasks:"
    for part in outline.teams:
        yield f"\tTeam {part.name}: {words.one_line(tasks.get(part.name) or situation.task)}"


def _mail(situation: Situation) -> Iterator[str]:
    speaker = situation.speaker
    if situation.letters:
        yield "Communication information:"
    for letter in situation.letters:
        place = "" if letter.receiver == speaker.name else f" in {letter.receiver}"
        yield f"\tFrom {letter.sender}{place}: {words.one_line(letter.text)}"
    if speaker.partners or speaker.channels:
        yield f"Communication targets: {', '.join((*speaker.partners, *speaker.channels))}"

"""What a trace keeps of a view: enough to draw the game and to score it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from llm_pysc2.dialogue.parse import Reply
from llm_pysc2.orchestrator.events import (
    UNIT_DEFAULTS,
    UNIT_MARKS,
    AgentIntroduced,
    Answered,
    Asked,
    Decided,
    Event,
    Observed,
    Reflected,
)
from llm_pysc2.orchestrator.pace import Thought
from llm_pysc2.orchestrator.seat import Answer, Seat
from llm_pysc2.orchestrator.trace_images import enclose
from llm_pysc2.world.view import MapView, UnitView, WorldView


def observed(turn: int, view: WorldView) -> Observed:
    """Return the event for a view at the start of a turn; numbers are rounded to what can be seen."""
    return Observed(
        turn=turn,
        game_loop=view.game_loop,
        units=[_row(unit) for unit in view.units],
        dead=list(view.dead_tags),
        score=asdict(view.score),
        action_errors=[[error.unit_tag, error.ability_id, error.code] for error in view.action_errors],
        resources={name: amount for name, amount in asdict(view.resources).items() if amount},
        effects=[
            [
                effect.effect_id,
                effect.alliance.value[0],
                round(effect.radius_cells, 2),
                [_rounded(place) for place in effect.positions],
            ]
            for effect in view.effects
        ],
    )


def _row(unit: UnitView) -> list[Any]:
    order = unit.orders[0] if unit.orders else None
    target = order.target if order else None
    row: list[Any] = [
        unit.tag,
        unit.type_name,
        unit.alliance.value[0],
        _short(unit.position.x, 2),
        _short(unit.position.y, 2),
        _short(unit.health, 1),
        _short(unit.health_max, 1),
        _short(unit.shield, 1),
        _short(unit.shield_max, 1),
        _short(unit.energy, 1),
        order.ability_id if order else 0,
        _rounded(target) if isinstance(target, tuple) else target,
        _short(unit.facing_radians, 2),
        unit.engaged_tag,
        _short(unit.build_progress, 2),
        "".join(letter for letter, name in UNIT_MARKS.items() if getattr(unit, name)),
    ]
    for default in reversed(UNIT_DEFAULTS.values()):
        if row[-1] != default:
            break
        row.pop()
    return row


def _rounded(point: tuple[float, float]) -> list[float]:
    return [_short(point[0], 2), _short(point[1], 2)]


def _short(value: float, digits: int) -> float:
    """Return a number rounded, whole numbers as such: "80" is half of "80.0", and there are many of them."""
    rounded = round(float(value), digits)
    return int(rounded) if rounded.is_integer() else rounded


def answered_events(
    thought: Thought, answer: Answer, reply: Reply, introduction: AgentIntroduced | None = None, post: str = ""
) -> Iterator[Event]:
    """Yield what a trace keeps of an answer: the prompt if it is new, question, answer, and what was understood.

    `post` is the entry of the roster of an agent that came up during the game.
    """
    agent, turn, completion = thought.seat.role.name, thought.turn, answer.completion
    if introduction:
        yield introduction
    yield Asked(
        turn=turn,
        agent=agent,
        text=answer.asked,
        pictures=enclose(answer.pictures),
        tokens=dict(answer.tokens),
        game_loop=thought.asked_loop,
        history=answer.history,
        past_pictures=answer.past_pictures,
    )
    yield Answered(
        turn=turn,
        agent=agent,
        text=completion.text,
        effect_loop=thought.effect_loop or 0,
        stop_reason=completion.stop_reason,
        calls=[[call.name, call.arguments] for call in completion.calls],
        post=post,
        **_call(answer),
    )
    accepted = [[action.team, action.text] for action in reply.accepted]
    rejected = [[line.team, line.line, line.reason, line.cause] for line in reply.rejected]
    yield Decided(
        turn=turn,
        agent=agent,
        accepted=accepted,
        rejected=rejected,
        letters=[[letter.receiver, letter.text] for letter in reply.letters],
        channels=list(reply.channels),
        notes=list(reply.notes),
        lookups=list(reply.lookups),
    )


def reflected(post: str, seat: Seat, answer: Answer) -> Reflected:
    """Return the event for the lessons that the agent of an entry of the roster wrote after an episode."""
    return Reflected(
        agent=seat.role.name,
        text=answer.completion.text,
        post=post,
        **_call(answer),
    )


def _call(answer: Answer) -> dict[str, Any]:
    """Return what is kept of any call of a model: who answered or why nobody did, and what it took."""
    completion = answer.completion
    return {
        "model": completion.model,
        "failure": answer.failure,
        "failure_reason": answer.reason,
        **asdict(completion.usage),
        "latency_seconds": completion.latency_seconds,
        "retries": completion.retries,
        "faults": dict(sorted(Counter(answer.faults or completion.faults).items())),
    }


def terrain_rows(map_view: MapView) -> list[str]:
    """Return the map as rows of "." (walkable) and "#", top row first.

    >>> from llm_pysc2.world.geometry import Rect
    >>> terrain_rows(MapView("m", (3, 2), Rect(0, 0, 3, 2), pathing=bytes([1, 1, 0, 0, 0, 1])))
    ['##.', '..#']
    """
    width, height = map_view.size_cells
    rows = [map_view.pathing[row * width : (row + 1) * width] for row in range(height)]
    return ["".join("." if cell else "#" for cell in row) for row in reversed(rows)]

"""Traces made by hand, for tests of what is made from traces: a few lines each, no game needed."""

from collections.abc import Iterable, Iterator
from math import cos, hypot, pi, sin
from pathlib import Path
from typing import Any

from llm_pysc2 import __version__
from llm_pysc2.orchestrator.events import (
    AgentIntroduced,
    Answered,
    Asked,
    Decided,
    EpisodeEnded,
    EpisodeStarted,
    Event,
    Observed,
)
from llm_pysc2.orchestrator.trace import event_to_line

SCORE = dict.fromkeys(
    ("killed_minerals", "killed_vespene", "lost_minerals", "lost_vespene", "damage_dealt", "damage_taken", "healed"),
    0.0,
)
LOOPS_PER_TURN = 8

HOSTILE = (
    "</script><script>document.title = 'owned'; alert(1)</script>",
    "<img src=x onerror=\"document.title = 'owned'\"><b>bold",
    "<!--<script>",
    "]]> ${document.title = 'owned'} `backticks` {{data}}",
    "line\u2028separator\u2029paragraph \x00 \x1b[31m \ud800 \u202e",
    "javascript:alert(1)",
)
"""Texts that would do harm if a page took them for more than text."""


def started(size: int = 32, models: dict[str, str] | None = None, **values: Any) -> EpisodeStarted:
    """Return the header of an episode on a square map with a wall around it."""
    inside = "#" + "." * (size - 2) + "#"
    fields: dict[str, Any] = {
        "scenario": "2s3z",
        "pack": "smac",
        "map": "2s3z",
        "episode": 0,
        "seed": 7,
        "game": "embedded 1.1",
        "roster": "commander",
        "models": models or {"Commander": "scripted/focus_fire"},
        "limit_loops": 960,
        "step_mul": LOOPS_PER_TURN,
        "pace": "wait",
        "end": {"rule": "elimination", "timeout": "tie"},
        "map_size_cells": (size, size),
        "playable": (0, 0, size, size),
        "terrain": ["#" * size, *[inside] * (size - 2), "#" * size],
        "version": __version__,
        "started_at": "2026-11-01T12:00:00+00:00",
    }
    return EpisodeStarted(**(fields | values))


def row(tag: int, type_name: str, side: str, x: float, y: float, health: float = 100.0, **values: Any) -> list[Any]:
    """Return a unit's row; values may give order_ability, order_target, facing and engaged."""
    order = values.get("order_ability", 0), values.get("order_target")
    return [
        tag, type_name, side, round(x, 2), round(y, 2), health, 100.0, 50.0, 50.0, 0.0, *order,
        round(values.get("facing", 1.0), 2), values.get("engaged", 0),
    ]  # fmt: skip


def observed(turn: int, rows: list[list[Any]], **values: Any) -> Observed:
    """Return what is seen at the start of a turn."""
    fields: dict[str, Any] = {"dead": [], "score": SCORE, "action_errors": []} | values
    return Observed(turn=turn, game_loop=turn * LOOPS_PER_TURN, units=rows, **fields)


def words(turn: int, agent: str = "Commander", answer: str = "Attack.", **values: Any) -> list[Event]:
    """Return what an agent was shown, answered and did in a turn; values replace fields of the events by name."""
    usage = {name: values.pop(name, 0) for name in ("input_tokens", "cached_tokens", "output_tokens")}
    failure = values.pop("failure", "")
    asked = Asked(turn, agent, values.pop("asked", f"Time 0:0{turn}"), values.pop("pictures", []))
    fields: dict[str, Any] = {"accepted": [], "rejected": [], "letters": []} | values
    reason = "asked too often" if failure else ""
    answered = Answered(turn, agent, answer, failure=failure, failure_reason=reason, **usage)
    return [asked, answered, Decided(turn, agent, **fields)]


def ended(turn: int, result: str = "win", **values: Any) -> EpisodeEnded:
    """Return the result of an episode."""
    fields: dict[str, Any] = {"reason": "no enemy unit is left", "score": SCORE, "own_units": 1, "enemy_units": 0}
    return EpisodeEnded(result=result, game_loop=turn * LOOPS_PER_TURN, turns=turn, **(fields | values))


def duel(model: str = "scripted/focus_fire", result: str = "win", **header: Any) -> list[Event]:
    """Return an episode of 6 turns: a Stalker walks up to a Zealot and kills it; one action is rejected in turn 2."""
    events: list[Event] = [
        started(models={"Commander": model}, **header),
        AgentIntroduced("Commander", model, "You lead."),
    ]
    for turn in range(5):
        hurt = max(0.0, 100.0 - 25.0 * turn)
        stalker = row(1, "Stalker", "s", 8.0 + turn, 16.0, order_ability=3674, order_target=2, engaged=2)
        events.append(observed(turn, [stalker, row(2, "Zealot", "e", 20.0 - turn, 16.0, hurt, facing=3.14)]))
        rejected = [["Stalker", "<Fly()>", "unknown action Fly", "action"]] if turn == 2 else []
        events += words(
            turn, answer=f"Turn {turn}: I attack.", accepted=[["Stalker", "Attack_Unit(eZ1)"]], rejected=rejected
        )
    score = SCORE | {"killed_minerals": 100.0, "damage_dealt": 150.0}
    events.append(observed(5, [row(1, "Stalker", "s", 13.0, 16.0)], dead=[2], score=score))
    return [*events, ended(5, result, score=score)]


def hostile() -> list[Event]:
    """Return an episode in which every text from a model or an agent tries to be more than text."""
    all_of_it = "\n".join(HOSTILE)
    agent = HOSTILE[0][:40]
    events: list[Event] = [
        started(models={agent: HOSTILE[1]}, scenario=HOSTILE[0], game=HOSTILE[2]),
        AgentIntroduced(agent, HOSTILE[1], all_of_it),
        observed(0, [row(1, HOSTILE[1], "s", 8.0, 16.0), row(2, "Zealot", "e", 20.0, 16.0)]),
        *words(
            0,
            agent,
            all_of_it,
            asked=all_of_it,
            rejected=[[text] * 4 for text in HOSTILE],
            pictures=[[HOSTILE[0], HOSTILE[1]], ["####", "../../secret.png"], ["x", "javascript:alert(1)"]],
        ),
        observed(1, [row(1, HOSTILE[1], "s", 9.0, 16.0)], dead=[2]),
        *words(
            1,
            agent,
            "x" * 1_000_000,
            accepted=[[text] * 2 for text in HOSTILE],
            letters=[[text] * 2 for text in HOSTILE],
        ),
    ]
    return [*events, ended(2, reason=all_of_it)]


def long_battle(units: int = 60, minutes: float = 10.0, agents: int = 2) -> Iterator[Event]:
    """Yield an episode of two armies that circle one another, each turn with prompts of 3,000 characters."""
    names = [f"CombatGroup{number}" for number in range(agents)]
    yield started(64, dict.fromkeys(names, "scripted/focus_fire"), scenario="long", limit_loops=20000)
    prompt = "\n".join(f"S{number} 12.3,16.8 80+80 ready Attack_Unit(eZ{number})" for number in range(65))
    turns = int(minutes * 60 * 22.4 / LOOPS_PER_TURN)
    for turn in range(turns):
        yield observed(turn, [_circling(number, units, turn) for number in range(units)])
        for name in names if turn % 2 == 0 else names[:1]:
            rejected = [["Zealot", "<Blink()>", "Zealots cannot blink", "unit"]] if turn % 17 == 0 else []
            answer = f"{name} in turn {turn}.\n{prompt[:300]}"
            accepted = [["All", "Attack_Unit(eZ1)"]]
            yield from words(turn, name, answer, asked=prompt, accepted=accepted, rejected=rejected)
    yield ended(turns, "tie", own_units=units // 2, enemy_units=units // 2)


def _circling(number: int, units: int, turn: int) -> list[Any]:
    side = "s" if number % 2 == 0 else "e"
    angle = 2 * pi * number / units + turn / 60
    far = 10 + 6 * sin(turn / 40 + number)
    x, y = 32 + far * cos(angle), 32 + far * sin(angle)
    health = 60 + 40 * sin(turn / 100 + number)
    target = 1000 + (number + 1) % units
    return row(
        1000 + number, ("Stalker", "Zealot", "Marine")[number % 3], side, x, y, round(health, 1),
        order_ability=3674, order_target=target, facing=angle % (2 * pi), engaged=target if hypot(x, y) > 40 else 0,
    )  # fmt: skip


def write_trace(path: Path, events: Iterable[Event]) -> Path:
    """Write events as a trace file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (event_to_line(event) for event in events)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="backslashreplace")
    return path

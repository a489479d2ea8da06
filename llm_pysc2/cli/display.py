"""What a person sees while episodes are played: made from the same events as the trace."""

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from llm_pysc2.cli.minimap import STYLES, draw_minimap
from llm_pysc2.orchestrator.events import (
    UNIT_COLUMNS,
    AgentIntroduced,
    Answered,
    Decided,
    EpisodeEnded,
    EpisodeStarted,
    Event,
    Fault,
    Observed,
)
from llm_pysc2.world.clock import loops_to_clock

RESULT_STYLES = {"win": "bold green", "loss": "bold red", "tie": "bold yellow", "fault": "bold magenta"}
TURNS_PER_SECOND = 20
"""At most so many turns a second are shown to a person; a terminal that nobody watches is not slowed down."""
AGENTS_SHOWN = 8
"""Agents whose words are shown, those who answered last."""
_TYPE, _ALLIANCE, _HEALTH, _HEALTH_MAX, _SHIELD, _SHIELD_MAX = (
    UNIT_COLUMNS.index(name) for name in ("type", "alliance", "health", "health_max", "shield", "shield_max")
)


@dataclass
class Picture:
    """The state of a run as far as it is shown."""

    episodes: int
    start: EpisodeStarted | None = None
    observed: Observed | None = None
    models: dict[str, str] = field(default_factory=dict)
    """By agent, those included that came up during the game."""
    answers: dict[str, Answered] = field(default_factory=dict)
    decisions: dict[str, Decided] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    results: list[str] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case EpisodeStarted():
                self.start, self.observed = event, None
                self.answers, self.decisions, self.models = {}, {}, {}
            case AgentIntroduced():
                self.models[event.agent] = event.model
            case Observed():
                self.observed = event
            case Answered():
                self.answers[event.agent] = event
            case Decided():
                self.decisions[event.agent] = event
            case Fault():
                self.faults.append(event)
            case EpisodeEnded():
                self.results.append(event.result)
            case _:
                pass


class LiveDisplay:
    """A panel in the terminal that follows the game; a context manager and an event sink."""

    def __init__(self, console: Console, episodes: int) -> None:
        self._picture = Picture(episodes)
        self._live = Live(console=console, auto_refresh=False, transient=False)
        self._shown_at = 0.0

    def __call__(self, event: Event) -> None:
        """Take one event; draw when a turn is complete."""
        self._picture.take(event)
        if isinstance(event, Observed | EpisodeEnded):
            wait = self._shown_at + 1 / TURNS_PER_SECOND - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self._shown_at = time.monotonic()
            self._live.update(draw(self._picture), refresh=True)

    def __enter__(self) -> "LiveDisplay":
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave the last picture standing."""
        self._live.__exit__(kind, error, traceback)


class LineDisplay:
    """One line a turn, for logs and pipes; a context manager and an event sink."""

    def __init__(self, console: Console, episodes: int) -> None:
        self._console = console
        self._picture = Picture(episodes)

    def __call__(self, event: Event) -> None:
        """Take one event; print a line for each agent's turn and for each result."""
        self._picture.take(event)
        match event:
            case EpisodeStarted():
                self._print(
                    f"episode {event.episode + 1}/{self._picture.episodes}  {event.scenario}  seed {event.seed}"
                    f"  {event.game}"
                )
            case AgentIntroduced():
                self._print(f"  {event.agent}: {event.model}")
            case Decided():
                self._print(self._turn_line(event))
            case Fault():
                self._print(f"  fault: {event.message}")
            case EpisodeEnded():
                self._print(f"  {event.result} after {loops_to_clock(event.game_loop)}: {event.reason}")
            case _:
                pass

    def _turn_line(self, decided: Decided) -> str:
        observed, answered = self._picture.observed, self._picture.answers.get(decided.agent)
        units = observed.units if observed else []
        strength = f"own {_strength(units, 's')}  enemy {_strength(units, 'e')}"
        said = ", ".join(f"{team}: {action}" for team, action in decided.accepted) or "-"
        if answered and answered.failure:
            said = f"no answer ({answered.failure}): {answered.failure_reason}"
        rejected = "".join(f"  rejected {line}: {reason}" for _, line, reason, _ in decided.rejected)
        clock = loops_to_clock(observed.game_loop if observed else 0)
        return f"  turn {decided.turn:3d}  {clock}  {strength}  {decided.agent} | {said}{rejected}"

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def __enter__(self) -> "LineDisplay":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing to close."""


def draw(picture: Picture) -> RenderableType:
    """Return the panel that shows where the run stands."""
    start, observed = picture.start, picture.observed
    if start is None or observed is None:
        return Text("starting the game ...")
    body = Table.grid(padding=(0, 3))
    body.add_row(draw_minimap(start.terrain, observed.units), _forces(observed.units))
    title = f"{start.scenario} · episode {start.episode + 1}/{picture.episodes} · seed {start.seed} · {start.game}"
    clock = f"turn {observed.turn} · {loops_to_clock(observed.game_loop)} of {loops_to_clock(start.limit_loops)}"
    agents = list(dict.fromkeys((*(agent for agent in start.models if agent in picture.answers), *picture.answers)))
    agents.sort(key=lambda agent: -picture.answers[agent].turn)
    parts: list[RenderableType] = [body, Text(""), *(_words(picture, agent) for agent in agents[:AGENTS_SHOWN])]
    if len(agents) > AGENTS_SHOWN:
        parts.append(Text(f"... and {len(agents) - AGENTS_SHOWN} more agents", "bright_black"))
    parts.extend(Text(f"fault: {fault.message}", "magenta") for fault in picture.faults[-2:])
    return Panel(Group(*parts), title=title, subtitle=_subtitle(picture, clock), title_align="left", width=100)


def _subtitle(picture: Picture, clock: str) -> Text:
    text = Text(clock)
    if picture.results:
        text.append(" · ")
        for result in picture.results[-24:]:
            text.append(result[0].upper(), RESULT_STYLES.get(result, ""))
        wins = picture.results.count("win")
        text.append(f" {wins} of {len(picture.results)} won")
    return text


def _words(picture: Picture, agent: str) -> Text:
    answered, decided = picture.answers.get(agent), picture.decisions.get(agent)
    model = picture.models.get(agent, "")
    text = Text()
    text.append(agent, "bold")
    text.append(f" ({model}) ", "bright_black")
    if answered and answered.failure:
        text.append(f"\n  no answer ({answered.failure}): {answered.failure_reason}", "magenta")
    elif decided and answered:
        text.append(_first_words(answered.text), "italic")
        for team, action in decided.accepted[:6]:
            text.append(f"\n  {team}: ", "bright_black")
            text.append(action)
        if len(decided.accepted) > 6:
            text.append(f"\n  ... and {len(decided.accepted) - 6} more", "bright_black")
        for _, line, reason, _ in decided.rejected[:4]:
            text.append(f"\n  {line}", "red")
            text.append(f"  {reason}", "bright_black")
    return text


def _first_words(answer: str) -> str:
    """Return the first line of an answer that is not an action, cut to fit, as a taste of its thinking."""
    lines = (line.strip() for line in answer.splitlines())
    words = next((line for line in lines if line and not line.startswith(("<", "Actions", "Team"))), "")
    return words if len(words) <= 70 else words[:67] + "..."


def _forces(units: list[list[Any]]) -> Table:
    table = Table.grid(padding=(0, 1))
    for side, name in (("s", "own"), ("e", "enemy")):
        table.add_row(Text(f"{name} {_strength(units, side)}", STYLES[side]))
        members = [unit for unit in units if unit[_ALLIANCE] == side]
        for unit in members[:10]:
            table.add_row(_bar(unit, STYLES[side]))
        if len(members) > 10:
            table.add_row(Text(f"... and {len(members) - 10} more", "bright_black"))
    return table


def _bar(unit: list[Any], style: str, width: int = 20) -> Text:
    whole = unit[_HEALTH_MAX] + unit[_SHIELD_MAX] or 1
    health = round(width * unit[_HEALTH] / whole)
    shield = round(width * unit[_SHIELD] / whole)
    text = Text(f"{unit[_TYPE]:<14.14s} ")
    text.append("█" * health, style)
    text.append("█" * shield, "blue")
    text.append("·" * max(0, width - health - shield), "bright_black")
    text.append(f" {unit[_HEALTH]:.0f}" + (f"+{unit[_SHIELD]:.0f}" if unit[_SHIELD_MAX] else ""))
    return text


def _strength(units: list[list[Any]], side: str) -> str:
    members = [unit for unit in units if unit[_ALLIANCE] == side]
    return f"{len(members)} ({sum(unit[_HEALTH] + unit[_SHIELD] for unit in members):.0f})"

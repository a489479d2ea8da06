"""`llm-pysc2 replay`: a trace once more, in the terminal or as a GIF."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from llm_pysc2.cli.display import LineDisplay, LiveDisplay, Picture, draw
from llm_pysc2.errors import TraceError, UsageError
from llm_pysc2.evaluation.report.report_text import find_traces
from llm_pysc2.orchestrator.events import Event, Observed
from llm_pysc2.orchestrator.trace import read_trace
from llm_pysc2.world.clock import loops_to_seconds

LONGEST_WAIT_SECONDS = 3.0


def replay(trace: Path, speed: float, turn: int | None) -> None:
    """Show a trace in the terminal at so many times the game's speed, 0 = at once; or only what it was at a turn.

    Raises UsageError if there is no such trace or turn, TraceError if it cannot be read.
    """
    events = readable_events(one_trace(trace))
    console = Console()
    if turn is not None:
        _show_turn(console, events, turn)
    elif console.is_terminal and not console.is_dumb_terminal:
        with LiveDisplay(console, episodes=1) as display:
            for event in _in_time(events, speed):
                display(event)
    else:
        with LineDisplay(console, episodes=1) as lines:
            for event in events:
                lines(event)


def write_animation(trace: Path, target: Path, speed: float) -> None:
    """Write a trace as an animated GIF and say how large it is. Raises UsageError if there is nothing to draw."""
    from llm_pysc2.evaluation.report.gif import write_gif

    pictures = write_gif(readable_events(one_trace(trace)), target, speed)
    size_kb = target.stat().st_size / 1000
    sys.stdout.write(f"{target}: {pictures} pictures, {size_kb:.0f} kB\n")


def one_trace(path: Path) -> Path:
    """Return the trace that is meant: the file, or the only one in the folder. Raises UsageError."""
    found = find_traces(path)
    if not found:
        raise UsageError(f"{path}: no traces here; expected one that 'play' or 'eval' has written")
    if len(found) > 1:
        raise UsageError(f"{path} holds {len(found)} traces; name one, such as {found[0]}")
    return found[0]


def readable_events(path: Path) -> Iterator[Event]:
    """Yield the events of a trace up to where it can be read. Raises TraceError if that is nowhere."""
    read = 0
    try:
        for event in read_trace(path):
            read += 1
            yield event
    except TraceError as error:
        if not read:
            raise
        sys.stderr.write(f"llm-pysc2: shown up to event {read}: {error}\n")


def _in_time(events: Iterator[Event], speed: float) -> Iterator[Event]:
    """Yield events, waiting as long between observations as the game took."""
    last_loop = 0
    for event in events:
        if isinstance(event, Observed):
            if speed and event.game_loop > last_loop:
                time.sleep(min(LONGEST_WAIT_SECONDS, loops_to_seconds(event.game_loop - last_loop) / speed))
            last_loop = event.game_loop
        yield event


def _show_turn(console: Console, events: Iterator[Event], turn: int) -> None:
    """Print the panel of a turn, with what the agents did in it."""
    picture = Picture(episodes=1)
    reached = False
    for event in events:
        if isinstance(event, Observed):
            if reached:
                break
            reached = event.turn >= turn
        picture.take(event)
    if not reached:
        last = picture.observed.turn if picture.observed else 0
        raise UsageError(f"there is no turn {turn}; the last one is {last}")
    console.print(draw(picture))

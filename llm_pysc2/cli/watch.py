"""`llm-pysc2 watch`: an episode in the browser while it is played, by this process or by another."""

import sys
import time
import webbrowser
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from llm_pysc2.cli.tables import summary_table
from llm_pysc2.evaluation.follow import Follower
from llm_pysc2.evaluation.live import Feed, LiveServer, is_loopback
from llm_pysc2.evaluation.run import Run, RunPlan, play_run, prepare
from llm_pysc2.evaluation.summary import summarise
from llm_pysc2.orchestrator.events import EpisodeStarted, Event, Observed
from llm_pysc2.world.clock import loops_to_seconds

POLL_SECONDS = 0.2


class Pacer:
    """Holds a game back to so many times its own speed, so that people can watch it; an event sink."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began: tuple[float, int] | None = None

    def __call__(self, event: Event) -> None:
        """Wait until the moment that is observed is due."""
        if isinstance(event, EpisodeStarted):
            self._began = None
        if not isinstance(event, Observed) or not self._speed:
            return
        if self._began is None:
            self._began = time.monotonic(), event.game_loop
        began_at, first_loop = self._began
        due = began_at + loops_to_seconds(event.game_loop - first_loop) / self._speed
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        else:
            self._began = time.monotonic(), event.game_loop


@dataclass(frozen=True, slots=True)
class Page:
    """Where the page is served."""

    host: str
    port: int
    """0 = any that is free."""
    browse: bool
    """Whether it is opened in a browser."""


def play_and_watch(plan: RunPlan, page: Page, *, speed: float, stay: bool) -> int:
    """Play a run, showing it on a page; return 1 if an episode could not be finished.

    `speed` is in times of the game's own, 0 = as fast as it goes; `stay` keeps the page until the user interrupts.
    """
    run = prepare(plan)
    feed = Feed()
    with LiveServer(feed, page.host, page.port) as server:
        _announce(server, page)
        scores = play_run(run, [Pacer(speed), feed])
        console = Console()
        console.print(summary_table(summarise(scores)))
        console.print(f"\nTraces: {run.folder}. {_report_hint(run)}", highlight=False)
        if stay:
            _stay()
    return 1 if any(score.result == "fault" for score in scores) else 0


def follow_and_watch(target: Path, page: Page) -> None:
    """Show a trace that another process writes, or the newest one in a folder, until the user interrupts."""
    follower = Follower(target)
    feed = Feed()
    with LiveServer(feed, page.host, page.port) as server:
        _announce(server, page)
        try:
            while True:
                for event in follower.poll():
                    feed(event)
                time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            pass
        finally:
            follower.close()


def _announce(server: LiveServer, page: Page) -> None:
    sys.stdout.write(f"Watch at {server.url} (Ctrl-C ends)\n")
    if not is_loopback(page.host):
        sys.stdout.write("Whoever can reach this machine can read along, prompts and answers included.\n")
    sys.stdout.flush()
    if page.browse:
        webbrowser.open(server.url)


def _report_hint(run: Run) -> str:
    return f"For all episodes: llm-pysc2 report {run.folder}"


def _stay() -> None:
    sys.stdout.write("The page stays until Ctrl-C.\n")
    sys.stdout.flush()
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return

"""`llm-pysc2 play`: play, show, score."""

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console

from llm_pysc2.backends.names import HUMAN
from llm_pysc2.cli.display import LineDisplay, LiveDisplay
from llm_pysc2.cli.tables import scores_to_json, summary_table
from llm_pysc2.errors import UsageError
from llm_pysc2.evaluation.run import Run, RunPlan, play_run, prepare
from llm_pysc2.evaluation.score import EpisodeScore
from llm_pysc2.evaluation.summary import summarise
from llm_pysc2.orchestrator.remote_agents import RemoteOptions
from llm_pysc2.orchestrator.trace import EventSink


def play_and_show(plan: RunPlan, *, as_json: bool, quiet: bool) -> int:
    """Play a run, show it on the terminal, and return the exit code: 1 if an episode could not be finished.

    Whatever breaks it off, what was played until then is shown.
    """
    console = Console(stderr=as_json)
    run = prepare(plan, lambda line: console.print(line, style="magenta", markup=False, highlight=False))
    by_hand = HUMAN in run.prepared.models
    display = nullcontext(None) if as_json or quiet else _display(console, plan.episodes, by_hand=by_hand)
    scores: list[EpisodeScore] = []
    try:
        with display as sink:
            play_run(run, [sink] if sink is not None else [], scores.append)
    finally:
        if scores and as_json:
            sys.stdout.write(scores_to_json(scores, summarise(scores)) + "\n")
        elif scores:
            _show_scores(console, run, scores)
    return 1 if any(score.result == "fault" for score in scores) else 0


def remote_options(url: str | None, agents: Sequence[str], seconds: float) -> RemoteOptions | None:
    """Return which agents join from other processes. Raises UsageError if it is not said where."""
    if url is None:
        if agents:
            raise UsageError("--remote: say with --mqtt mqtt://HOST/RUN where the agents join")
        return None
    return RemoteOptions(url, tuple(agents), seconds, _notify)


def _notify(message: str) -> None:
    sys.stderr.write(message + "\n")


def _display(console: Console, episodes: int, *, by_hand: bool) -> AbstractContextManager[EventSink | None]:
    """Return what shows a run; a panel that is redrawn in place leaves a person no line to type on."""
    if console.is_terminal and not console.is_dumb_terminal and not by_hand:
        return LiveDisplay(console, episodes)
    return LineDisplay(console, episodes)


def _show_scores(console: Console, run: Run, scores: list[EpisodeScore]) -> None:
    console.print()
    console.print(summary_table(summarise(scores)))
    for score in scores:
        if score.result == "fault":
            console.print(f"\nEpisode {score.episode + 1} broke: {score.reason}", highlight=False, markup=False)
    console.print(f"\nPlayed on {scores[0].game}. Traces: {run.folder}", highlight=False)

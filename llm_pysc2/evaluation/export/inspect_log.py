"""Runs as logs of Inspect, written by Inspect itself, so that its viewer and its readers open them.

Inspect is an optional extra, loaded only here. A log holds what one player did in one scenario, a sample an episode.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from importlib import import_module
from math import sqrt
from pathlib import Path
from typing import Any

from llm_pysc2 import __version__
from llm_pysc2.errors import UsageError
from llm_pysc2.evaluation.export.turns import PlayedEpisode, Turn
from llm_pysc2.evaluation.score import EpisodeScore

PACKAGE = "llm_pysc2"
SCORER = "episode"
_IDENTITY = ("scenario", "roster", "model", "game", "pace")


def write_logs(episodes: Iterable[PlayedEpisode], folder: Path) -> int:
    """Write a log for each scenario, roster, model and game and return how many. Raises UsageError without Inspect."""
    log, model, scorer = (inspect_module(name) for name in ("log", "model", "scorer"))
    groups: dict[tuple[str, ...], list[PlayedEpisode]] = {}
    for episode in episodes:
        groups.setdefault(tuple(getattr(episode.score, name) for name in _IDENTITY), []).append(episode)
    for key, group in groups.items():
        samples = [_sample(log, model, scorer, episode) for episode in group]
        name = re.sub(r"[^A-Za-z0-9._+]+", "-", "-".join(key))
        log.write_eval_log(_log(log, group, samples), str(folder / f"{name}.eval"))
    return len(groups)


def score_value(result: str) -> int:
    """Return what a result counts in Inspect: the mean of it is the win rate."""
    return int(result == "win")


def inspect_module(name: str) -> Any:
    """Return a module of Inspect. Raises UsageError where it is not installed."""
    try:
        return import_module(f"inspect_ai.{name}")
    except ImportError as error:
        raise UsageError("Inspect is missing: pip install 'llm-pysc2[inspect]'") from error


def _log(log: Any, group: list[PlayedEpisode], samples: list[Any]) -> Any:
    start, score = group[0].start, group[0].score
    wins = [score_value(episode.score.result) for episode in group]
    rate = sum(wins) / len(wins)
    error = sqrt(rate * (1 - rate) / (len(wins) - 1)) if len(wins) > 1 else 0.0
    metrics = {name: log.EvalMetric(name=name, value=value) for name, value in (("mean", rate), ("stderr", error))}
    spec = log.EvalSpec(
        created=start.started_at,
        task=f"{PACKAGE}/{score.scenario}",
        dataset=log.EvalDataset(name=score.scenario, samples=len(group), sample_ids=[s.id for s in samples]),
        model=score.model,
        config=log.EvalConfig(epochs=1),
        packages={PACKAGE: __version__},
        metadata={
            name: getattr(score, name) for name in ("roster", "game", "pace", "step_mul", "assumptions", "version")
        },
    )
    results = log.EvalResults(
        total_samples=len(group),
        completed_samples=len(group),
        scores=[log.EvalScore(name=SCORER, scorer=SCORER, metrics=metrics)],
    )
    stats = log.EvalStats(started_at=start.started_at, completed_at=group[-1].start.started_at)
    return log.EvalLog(status="success", eval=spec, results=results, stats=stats, samples=samples)


def _sample(log: Any, model: Any, scorer: Any, episode: PlayedEpisode) -> Any:
    score = episode.score
    usage = model.ModelUsage(
        input_tokens=score.input_tokens - score.cached_tokens,
        input_tokens_cache_read=score.cached_tokens,
        output_tokens=score.output_tokens,
        reasoning_tokens=score.reasoning_tokens,
        total_tokens=score.input_tokens + score.output_tokens,
    )
    last = next((said(turn) for turn in reversed(episode.turns)), "")
    return log.EvalSample(
        id=score.seed,
        epoch=1,
        input=f"{score.scenario}, seed {score.seed}",
        target="win",
        messages=chat_messages(model, episode.turns),
        output=model.ModelOutput.from_content(score.model, last),
        scores={SCORER: inspect_score(scorer, score)},
        metadata={"scenario": score.scenario, "seed": score.seed},
        model_usage={score.model: usage},
        started_at=episode.start.started_at,
        total_time=score.elapsed_seconds,
    )


def inspect_score(scorer: Any, score: EpisodeScore) -> Any:
    """Return the score of an episode as Inspect has it; the whole of it is in its metadata."""
    plain = asdict(score)
    del plain["latencies_seconds"]
    return scorer.Score(value=score_value(score.result), answer=score.result, explanation=score.reason, metadata=plain)


def chat_messages(model: Any, turns: Iterable[Turn]) -> list[Any]:
    """Return what agents were told and answered, as messages of Inspect, in the order of the turns."""
    return [message for turn, new in _with_prompts(turns) for message in _messages(model, turn, new)]


def _with_prompts(turns: Iterable[Turn]) -> Iterator[tuple[Turn, list[dict[str, Any]]]]:
    """Yield each turn with what is new in its chat: the system prompt where it changed, and the observation."""
    shown: dict[str, Any] = {}
    for turn in turns:
        system = [message for message in turn.messages if message["role"] == "system"]
        new = system if shown.get(turn.agent) != system else []
        shown[turn.agent] = system
        yield turn, [*new, turn.messages[-1]]


def _messages(model: Any, turn: Turn, new: list[dict[str, Any]]) -> Iterator[Any]:
    about = {"agent": turn.agent, "turn": turn.turn, "game_loop": turn.game_loop}
    for message in new:
        kind = model.ChatMessageSystem if message["role"] == "system" else model.ChatMessageUser
        yield kind(content=_content(model, message["content"]), metadata=about)
    did = {"actions": turn.actions, "rejected_lines": turn.rejected, "reward_value": turn.reward_value}
    yield model.ChatMessageAssistant(content=said(turn), metadata=about | did)


def _content(model: Any, content: Any) -> Any:
    if isinstance(content, str):
        return content
    return [
        model.ContentText(text=part["text"])
        if part["type"] == "text"
        else model.ContentImage(image=part["image_url"]["url"])
        for part in content
    ]


def said(turn: Turn) -> str:
    """Return an answer as text; tools that were called stand as they came."""
    calls = [call["function"] for call in turn.answer.get("tool_calls", ())]
    return "\n".join(
        [turn.answer["content"] or "", *(f"{call['name']}({call['arguments']})" for call in calls)]
    ).strip()

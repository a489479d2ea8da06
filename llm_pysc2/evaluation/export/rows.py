"""Episodes as rows of training data; `schemas/` says what each field is."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Any

from llm_pysc2.evaluation.export.turns import PlayedEpisode, Turn
from llm_pysc2.evaluation.score import EpisodeScore

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which episodes and turns are exported; what is empty excludes nothing."""

    results: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    """Names and patterns."""
    models: tuple[str, ...] = ()
    """Names and patterns."""
    clean: bool = False
    """Only turns with an action and without a rejected line."""

    def episode(self, episode: PlayedEpisode) -> bool:
        """Return whether an episode is wanted."""
        score = episode.score
        return (
            (not self.results or score.result in self.results)
            and _fits(score.scenario, self.scenarios)
            and any(_fits(model, self.models) for model in score.models.values())
        )

    def turn(self, episode: PlayedEpisode, turn: Turn) -> bool:
        """Return whether a turn of a wanted episode is wanted."""
        is_clean = bool(turn.actions) and not turn.rejected
        return _fits(episode.score.models.get(turn.agent, ""), self.models) and (is_clean or not self.clean)


def sft_rows(episodes: Iterable[PlayedEpisode], wanted: Wanted) -> Iterator[Row]:
    """Yield a chat with its answer for each turn."""
    for episode, turn in _wanted_turns(episodes, wanted):
        yield {**_of_turn(turn), **_of_episode(episode, turn.agent)}


def rl_rows(episodes: Iterable[PlayedEpisode], wanted: Wanted) -> Iterator[Row]:
    """Yield the whole way of each agent through each episode."""
    for episode in filter(wanted.episode, episodes):
        for agent in dict.fromkeys(turn.agent for turn in episode.turns):
            turns = [turn for turn in episode.turns if turn.agent == agent and wanted.turn(episode, turn)]
            steps = [{**_of_turn(turn), "done": turn is turns[-1]} for turn in turns]
            if steps:
                yield {**_of_episode(episode, agent), "steps": steps}


def dpo_rows(episodes: Iterable[PlayedEpisode], wanted: Wanted) -> Iterator[Row]:
    """Yield pairs of answers to the very same chat of which one led to a better end.

    The end is the episode's result, then the value balance from that turn on. Only the best and the worst answer to a
    chat make a pair. Chats are the same where scenario, seed and all turns before were: mostly those of first turns.
    `episodes` are gone through twice, so that only chats that were met more than once are kept.
    """
    met = Counter(_key(turn) for _, turn in _wanted_turns(episodes, wanted))
    groups: dict[bytes, list[_Ranked]] = {}
    for episode, turn in _wanted_turns(episodes, wanted):
        key = _key(turn)
        if met[key] > 1:
            groups.setdefault(key, []).append(_Ranked((episode.reward, turn.return_value), episode.score, turn))
    for group in groups.values():
        best, worst = max(group, key=lambda one: one.end), min(group, key=lambda one: one.end)
        if best.end != worst.end and best.turn.answer != worst.turn.answer:
            yield _pair(best, worst)


@dataclass(frozen=True, slots=True)
class _Ranked:
    """An answer with what it led to."""

    end: tuple[float, float]
    score: EpisodeScore
    turn: Turn


def _wanted_turns(episodes: Iterable[PlayedEpisode], wanted: Wanted) -> Iterator[tuple[PlayedEpisode, Turn]]:
    for episode in filter(wanted.episode, episodes):
        yield from ((episode, turn) for turn in episode.turns if wanted.turn(episode, turn))


def _key(turn: Turn) -> bytes:
    return sha256(repr(turn.messages).encode("utf-8", errors="backslashreplace")).digest()


def _pair(best: _Ranked, worst: _Ranked) -> Row:
    score, turn = best.score, best.turn
    return {
        "prompt": turn.messages,
        "chosen": [turn.answer],
        "rejected": [worst.turn.answer],
        **{name: getattr(score, name) for name in ("scenario", "roster", "game", "seed")},
        "agent": turn.agent,
        "turn": turn.turn,
        **_side("chosen", best),
        **_side("rejected", worst),
    }


def _side(name: str, ranked: _Ranked) -> Row:
    return {
        f"{name}_model": ranked.score.models.get(ranked.turn.agent, ""),
        f"{name}_result": ranked.score.result,
        f"{name}_episode_reward": ranked.end[0],
        f"{name}_return_value": ranked.end[1],
    }


def _of_episode(episode: PlayedEpisode, agent: str) -> Row:
    score = episode.score
    return {
        "scenario": score.scenario,
        "roster": score.roster,
        "game": score.game,
        "seed": score.seed,
        "agent": agent,
        "model": score.models.get(agent, ""),
        "result": score.result,
        "episode_reward": episode.reward,
    }


def _of_turn(turn: Turn) -> Row:
    return {
        "turn": turn.turn,
        "game_loop": turn.game_loop,
        "messages": [*turn.messages, turn.answer],
        "actions": turn.actions,
        "rejected_lines": turn.rejected,
        "reward_value": turn.reward_value,
        "reward_damage": turn.reward_damage,
        "return_value": turn.return_value,
    }


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)

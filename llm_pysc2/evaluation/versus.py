"""Two contestants against each other: pairs of games with the same seed and swapped sides, and what each came to."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from llm_pysc2.backends import ModelPool, RunOptions
from llm_pysc2.errors import UsageError
from llm_pysc2.evaluation.cell import Cell, PreparedCell
from llm_pysc2.evaluation.run import new_folder
from llm_pysc2.evaluation.score import EpisodeScore, score_trace
from llm_pysc2.evaluation.summary import Summary, summarise
from llm_pysc2.orchestrator.duel import Pairing, duel_opener
from llm_pysc2.world.command import RAW

NAMES = ("A", "B")
_OPPOSITE = {"win": "loss", "loss": "win"}


@dataclass(frozen=True, slots=True)
class VersusPlan:
    """Who plays whom, at what, how often."""

    contestants: tuple[str, str]
    """As they were named: ROSTER, PROVIDER/MODEL, or ROSTER:PROVIDER/MODEL."""
    cell: Cell
    """What holds for both; its model is that of agents for which neither the name nor the roster says one."""
    games: int = 2
    """The games 2k and 2k + 1 are played with seed + k and swapped sides."""
    seed: int = 0
    out: Path | None = None
    """Folder for the traces; None = a new one under `runs/`."""
    models: RunOptions = field(default_factory=RunOptions)


@dataclass(frozen=True, slots=True)
class PlayedGame:
    """One game and what it came to for both, by contestant."""

    number: int
    seed: int
    first: int
    """The contestant, 0 or 1, who was player 1."""
    scores: tuple[EpisodeScore, EpisodeScore]

    @property
    def winner(self) -> str:
        """Return "A", "B", "tie" or "fault"."""
        result = self.scores[0].result
        return {"win": NAMES[0], "loss": NAMES[1]}.get(result, result)

    def as_dict(self) -> dict[str, Any]:
        """Return what a table of games has."""
        score = self.scores[0]
        players = {"player_1": NAMES[self.first], "player_2": NAMES[1 - self.first]}
        return {
            "number": self.number,
            "seed": self.seed,
            **players,
            "winner": self.winner,
            "reason": self.scores[self.first].reason,
            "game_loops": score.game_loops,
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """What a contestant came to on one side, or on both."""

    contestant: str
    """"A" or "B"."""
    player: int | None
    """1 or 2; None = on both sides together."""
    summary: Summary


class Versus:
    """A series of games that is ready to be played.

    Raises UsageError or PackError for whatever does not exist or does not fit, before any game starts.
    """

    def __init__(self, plan: VersusPlan, notify: Callable[[str], None] | None = None) -> None:
        self.plan = plan
        self._model_pool = ModelPool(plan.models, notify=notify)
        cells = [_cell_of(name, plan.cell) for name in plan.contestants]
        self._prepared = [[PreparedCell(cell, self._model_pool, player=player) for player in (1, 2)] for cell in cells]
        for name, (first, _) in zip(plan.contestants, self._prepared, strict=True):
            if first.interface != RAW:
                raise UsageError(f"versus: two sides play by the {RAW} interface; {name} plays by {first.interface}")
        self.folder = new_folder(plan.out, replace(plan.cell, model="versus").slug)

    def play(self, tell: Callable[[PlayedGame], None]) -> list[PlayedGame]:
        """Play all games, telling each when it is over, and return them.

        Raises ModelServiceError where every later game would fail too; what was played stays.
        """
        return asyncio.run(self._play_all(tell))

    async def _play_all(self, tell: Callable[[PlayedGame], None]) -> list[PlayedGame]:
        games = []
        try:
            for number in range(self.plan.games):
                games.append(await self._play_game(number))
                tell(games[-1])
        finally:
            await self._model_pool.aclose()
        return games

    async def _play_game(self, number: int) -> PlayedGame:
        pair, first = divmod(number, 2)
        seed = self.plan.seed + pair
        sides = [self._prepared[first][0], self._prepared[1 - first][1]]
        pairing = Pairing(duel_opener(sides[0].scenario, seed, sides[0].launch))
        paths = [self.folder / f"game-{number:03d}-player-{player}.jsonl" for player in (1, 2)]

        async def play_side(side: int) -> None:
            try:
                await sides[side].play(number, seed, paths[side], open_game=pairing.opener(side))
            finally:
                pairing.finish(side)

        await _both(asyncio.create_task(play_side(side)) for side in (0, 1))
        scores = _agreed(score_trace(paths[0]), score_trace(paths[1]))
        return PlayedGame(number, seed, first, scores if first == 0 else (scores[1], scores[0]))


def standings(games: Sequence[PlayedGame]) -> list[Standing]:
    """Return three rows for each contestant: both sides, then player 1, then player 2, where there were games."""
    rows = []
    for contestant, name in enumerate(NAMES):
        for player in (None, 1, 2):
            sides = {None: (0, 1), 1: (contestant,), 2: (1 - contestant,)}[player]
            scores = [game.scores[contestant] for game in games if game.first in sides]
            rows += [Standing(name, player, summary) for summary in summarise(scores)]
    return rows


def _cell_of(name: str, common: Cell) -> Cell:
    """Return what a contestant plays.

    >>> cell = _cell_of("squads:openai/gpt-5", Cell("2s3z"))
    >>> cell.roster, cell.model
    ('squads', 'openai/gpt-5')
    """
    roster, marked, model = name.partition(":")
    if "/" in roster:
        return replace(common, model=name)
    if marked and not model:
        raise UsageError(f"{name}: expected ROSTER, PROVIDER/MODEL or ROSTER:PROVIDER/MODEL")
    return replace(common, roster=roster, model=model or common.model)


async def _both(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Wait for both; where one fails the other is broken off."""
    playing = list(tasks)
    try:
        await asyncio.gather(*playing)
    finally:
        for task in playing:
            task.cancel()
        await asyncio.gather(*playing, return_exceptions=True)


def _agreed(first: EpisodeScore, second: EpisodeScore) -> tuple[EpisodeScore, EpisodeScore]:
    """Return the scores of both players; a game that broke for one, or that both claim, counts for neither."""
    if first.result == "fault" or second.result == "fault":
        reason = first.reason if first.result == "fault" else second.reason
    elif second.result == _OPPOSITE.get(first.result, first.result):
        return first, second
    else:
        reason = f"player 1 sees a {first.result}, player 2 a {second.result}"
    return replace(first, result="fault", reason=reason), replace(second, result="fault", reason=reason)

"""`llm-pysc2 versus`: two contestants, swapped sides, one table."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from llm_pysc2.cli.tables import RESULTS, all_finite
from llm_pysc2.evaluation.versus import NAMES, PlayedGame, Standing, Versus, VersusPlan, standings

_SIDES = {None: "both", 1: "player 1", 2: "player 2"}


def play_versus(plan: VersusPlan, *, as_json: bool, quiet: bool) -> int:
    """Play a series of games and print what it came to. Returns the exit code: 1 if a game could not be finished.

    Whatever breaks it off, what was played until then is printed.
    """
    console = Console(stderr=as_json)

    def say(line: str) -> None:
        console.print(line, markup=False, highlight=False)

    versus = Versus(plan, say)
    games: list[PlayedGame] = []

    def tell(game: PlayedGame) -> None:
        games.append(game)
        if not (quiet or as_json):
            say(_line(game, plan.games))

    try:
        versus.play(tell)
    finally:
        rows = standings(games)
        if games and as_json:
            sys.stdout.write(json.dumps(all_finite(_as_dict(plan, games, rows)), indent=2) + "\n")
        elif games:
            console.print(_table(plan, rows))
            say(f"\nTraces: {versus.folder}")
    return 1 if any(game.winner == "fault" for game in games) else 0


def _line(game: PlayedGame, games: int) -> str:
    told = game.as_dict()
    winner = {"tie": "a tie", "fault": "broke"}.get(game.winner, f"{game.winner} wins")
    sides = f"{told['player_1']} against {told['player_2']}"
    return f"game {game.number + 1} of {games}, seed {game.seed}, {sides}: {winner} ({told['reason']})"


def _table(plan: VersusPlan, rows: Sequence[Standing]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("contestant", overflow="fold")
    table.add_column("side", no_wrap=True)
    for title, _ in RESULTS:
        table.add_column(title, justify="right", no_wrap=True)
    names = dict(zip(NAMES, plan.contestants, strict=True))
    for row in rows:
        name = f"{row.contestant} {names[row.contestant]}" if row.player is None else ""
        table.add_row(name, _SIDES[row.player], *(text(row.summary) for _, text in RESULTS))
    return table


def _as_dict(plan: VersusPlan, games: Sequence[PlayedGame], rows: Sequence[Standing]) -> dict[str, Any]:
    return {
        "scenario": plan.cell.scenario,
        "contestants": dict(zip(NAMES, plan.contestants, strict=True)),
        "standings": [
            {"contestant": row.contestant, "side": _SIDES[row.player], **row.summary.as_dict()} for row in rows
        ],
        "games": [game.as_dict() | {"scores": [asdict(score) for score in game.scores]} for game in games],
    }

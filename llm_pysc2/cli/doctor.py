"""`llm-pysc2 doctor`: what works, what does not, and the command that mends it."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from llm_pysc2 import __version__
from llm_pysc2.cli.checkup import BAD, NOTE, OK, Finding, check_broker, check_disk, check_game, check_keys, check_python

_MARKS = {OK: ("ok", "green"), NOTE: ("--", "yellow"), BAD: ("NO", "bold red")}


def examine(*, game: str, mqtt: str | None, launch: bool, as_json: bool) -> int:
    """Examine this machine, print the findings, and return 0 if a game can be played, else 1."""
    findings = list(find(game, mqtt, launch=launch))
    can_play = all(finding.status != BAD for finding in findings)
    if as_json:
        report = {"can_play": can_play, "version": __version__, "findings": [asdict(finding) for finding in findings]}
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        _print(findings, can_play=can_play)
    return 0 if can_play else 1


def find(game: str, mqtt: str | None, *, launch: bool) -> Iterator[Finding]:
    """Yield the findings about this machine, from the ground up; without PySC2 the game is not looked at."""
    findings = list(check_python())
    yield from findings
    if all(finding.status != BAD for finding in findings):
        yield from check_game(game, launch=launch)
    yield from check_keys()
    yield from check_broker(mqtt)
    yield from check_disk()


def _print(findings: list[Finding], *, can_play: bool) -> None:
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False, show_header=False)
    for column in ("mark", "topic"):
        table.add_column(column, no_wrap=True)
    table.add_column("what", overflow="fold")
    for finding in findings:
        mark, style = _MARKS[finding.status]
        table.add_row(Text(mark, style), Text(finding.topic), Text(finding.what))
        if finding.advice:
            table.add_row("", "", Text(f"-> {finding.advice}", "cyan"))
    console.print(table)
    console.print("\nYou can play: llm-pysc2 play 2s3z" if can_play else "\nYou cannot play yet: see NO above.")

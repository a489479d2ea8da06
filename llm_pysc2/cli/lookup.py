"""`llm-pysc2 lookup`: what the knowledge base says, for people; agents get the same text."""

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from llm_pysc2.knowledge.search import Answer, lookup

WIDTH = 100
"""Columns; wider lines are hard to read."""
_LABEL = 36
"""Longest label of a line, such as "weapon, Siege Tank Sieged"."""
_LABELLED = ("unit", "structure", "ability", "upgrade", "counters")
"""Kinds of answers whose lines are "label: text"."""
_OTHERS = 4
"""How many further answers are named."""


def show_lookup(question: str, answers: int = 1) -> None:
    """Print the best answers to a name or a question. Raises UsageError, closest names, if there are none."""
    found = lookup(question, limit=answers + _OTHERS)
    console = Console()
    if console.is_terminal:
        console.print(_draw(found[:answers], found[answers:]), width=min(console.width, WIDTH))
    else:
        console.print(
            "\n\n".join(answer.text for answer in found[:answers]), markup=False, highlight=False, soft_wrap=True
        )


def _draw(answers: Iterable[Answer], others: Iterable[Answer]) -> RenderableType:
    parts: list[RenderableType] = []
    for answer in answers:
        heading, lines = _split(answer)
        body = _labelled(lines) if answer.kind in _LABELLED else _listed(lines)
        parts += [Text(heading, "bold"), Padding(body, (0, 0, 1, 2))]
    more = ", ".join(f"{answer.title} ({answer.kind})" for answer in others)
    return Group(*parts, Text(f"See also: {more}" if more else "", "bright_black"))


def _split(answer: Answer) -> tuple[str, list[str]]:
    """Return a heading and the lines below it, without saying the title twice."""
    first, *lines = answer.text.splitlines()
    if first == answer.title:
        return first, lines
    if answer.kind in _LABELLED and first.startswith(answer.title):
        heading, _, rest = first.partition(": ")
        return heading, [rest, *lines]
    return answer.title, [first, *lines]


def _listed(lines: Iterable[str]) -> Table:
    """Return lines with their bullets set apart."""
    table = Table.grid(padding=(0, 1))
    for line in lines:
        item = line.startswith("- ")
        table.add_row("-" if item else "", Text(line.removeprefix("- "), overflow="fold"))
    return table


def _labelled(lines: Iterable[str]) -> Table:
    """Return lines with what stands before the colon in a column of its own."""
    table = Table.grid(padding=(0, 1))
    table.add_column(style="cyan", max_width=14)
    for line in lines:
        label, colon, rest = line.removeprefix("- ").partition(": ")
        labelled = colon and len(label) <= _LABEL
        table.add_row(label if labelled else "", Text(rest if labelled else line, overflow="fold"))
    return table

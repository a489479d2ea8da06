"""What the knowledge base advises on the units in play, and the tactics that fit them and the task; each thing once."""

from collections.abc import Iterable, Iterator

from llm_pysc2.dialogue.situation import Speaker
from llm_pysc2.knowledge.describe import titles
from llm_pysc2.knowledge.entries import entries_named
from llm_pysc2.knowledge.notes import Note
from llm_pysc2.knowledge.search import notes_concerning

TACTICS_TOLD = 3


def describe_advice(type_name: str, advised: set[str]) -> Iterator[str]:
    """Yield a line on how a unit type is used and what it fears, unless its entry is among those already `advised`.

    >>> told = set()
    >>> lines = [*describe_advice("SiegeTank", told), *describe_advice("SiegeTankSieged", told)]
    >>> len(lines), lines[0].split(":")[0]
    (1, ' Use')
    """
    for entry in entries_named(type_name)[:1]:
        if entry.name in advised:
            continue
        advised.add(entry.name)
        parts = [f" Use: {entry.use}"]
        if entry.avoid:
            parts.append(f"Beware: {entry.avoid}")
        if entry.strong_against:
            parts.append(f"Good against: {titles(entry.strong_against)}.")
        if entry.weak_against:
            parts.append(f"Bad against: {titles(entry.weak_against)}.")
        yield " ".join(parts)


def describe_tactics(task: str, type_names: Iterable[str], speaker: Speaker) -> Iterator[str]:
    """Yield the tactics that fit: in full where the speaker is to be told them, or their names to look them up by."""
    if speaker.knowledge == "facts":
        return
    notes = notes_concerning(task, type_names, TACTICS_TOLD)
    if speaker.knowledge == "tactics":
        yield from _in_full(notes)
    elif notes and speaker.lookups:
        yield "Tactics to look up: " + ", ".join(note.title for note in notes)


def _in_full(notes: Iterable[Note]) -> Iterator[str]:
    for note in notes:
        yield f"# {note.title}"
        yield note.text

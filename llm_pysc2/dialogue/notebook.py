"""An agent's notebook: what it wrote for itself, shown to it every turn."""

from collections.abc import Iterable

NOTEBOOK_LIMIT_CHARS = 4000
"""Of all notes together; the oldest fall out."""


def write_notes(notebook: tuple[str, ...], fresh: Iterable[str]) -> tuple[str, ...]:
    """Return the notebook with fresh notes at its end; an empty note wipes what stands before it.

    >>> write_notes(("a", "b"), ["c"]), write_notes(("a", "b"), ["", "c"])
    (('a', 'b', 'c'), ('c',))
    """
    notes = list(notebook)
    for note in fresh:
        notes = [*notes, note] if note else []
    while sum(map(len, notes)) > NOTEBOOK_LIMIT_CHARS and len(notes) > 1:
        del notes[0]
    return tuple(notes)

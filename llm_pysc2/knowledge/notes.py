"""Tactics in a page each: `knowledge_base/notes/*.md`, Markdown after TOML between two lines of "+++".

Numbers in them are written as {Barracks.time} and come from the facts.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from llm_pysc2 import packs
from llm_pysc2.errors import PackError, UsageError, closest_names
from llm_pysc2.knowledge.entries import RACES, entries_named
from llm_pysc2.knowledge.figures import fill

_FENCE = "+++\n"
_WRAP = re.compile(r"(?<!\n)\n *(?!\n|- )")
"""Line ends within a paragraph or a list item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note."""

    name: str
    """The file's stem."""
    title: str
    text: str
    """Markdown without a heading, numbers filled in, a line for each paragraph and each item of a list."""
    units: tuple[str, ...] = ()
    """API names of units and structures that it is about, the closest first."""
    situations: tuple[str, ...] = ()
    """When it helps, in a few words each."""
    races: tuple[str, ...] = ()
    """Who plays so; empty = all."""
    aliases: tuple[str, ...] = ()
    """What people also call it."""


@cache
def load_notes() -> tuple[Note, ...]:
    """Return all notes of all packs, by name. Raises PackError that names file and key."""
    return merge_notes([root / "knowledge_base" / "notes" for root in packs.roots()])


def relevant_notes(type_names: Iterable[str], limit: int = 3) -> tuple[Note, ...]:
    """Return the notes about units in view, those that concern most of them first.

    >>> [note.name for note in relevant_notes(["Stalker", "DarkTemplar"], limit=1)]
    ['blink-micro']
    """
    wanted = {entry.name for name in type_names for entry in entries_named(name)[:1]}
    scored = [(len(wanted.intersection(note.units)) / len(note.units), note) for note in load_notes() if note.units]
    best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].name))
    return tuple(note for _, note in best[:limit])


def merge_notes(folders: Sequence[Path]) -> tuple[Note, ...]:
    """Return the notes of folders, the first of which wins. Raises PackError for a broken one."""
    paths = {path.stem: path for folder in reversed(folders) for path in sorted(folder.glob("*.md"))}
    return tuple(read_note(paths[name]) for name in sorted(paths))


def read_note(path: Path) -> Note:
    """Return the note in a file. Raises PackError that names the file, the key and what was expected."""
    header, body = _split(path)
    try:
        table = tomllib.loads(header)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{path}: cannot be read as TOML between the lines of +++: {error}") from error
    values = {key: _checked(path, key, value) for key, value in table.items()}
    if "title" not in values:
        raise PackError(f"{path}: missing title")
    try:
        text = _WRAP.sub(" ", fill(body.strip()))
    except UsageError as error:
        raise PackError(f"{path}: {error}") from error
    return Note(name=path.stem, text=text, **values)


def _split(path: Path) -> tuple[str, str]:
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path}: cannot be read as text: {error}") from error
    before, _, rest = content.partition(_FENCE)
    header, fence, body = rest.partition(_FENCE)
    if before or not fence or not body.strip():
        raise PackError(f"{path}: expected +++, TOML, +++ and then the text")
    return header, body


def _checked(path: Path, key: str, value: Any) -> Any:
    lists = {field.name for field in fields(Note)} - {"name", "title", "text"}
    if key == "title":
        if not isinstance(value, str) or not value.strip():
            raise PackError(f"{path}: title: expected text, found {value!r}")
        return value
    if key not in lists:
        raise PackError(f"{path}: unknown key {key!r}; {closest_names(key, {'title', *lists})}")
    if not isinstance(value, list) or not all(isinstance(part, str) and part for part in value):
        raise PackError(f"{path}: {key}: expected a list of names, found {value!r}")
    for part in value:
        if key == "units" and not entries_named(part):
            raise PackError(f"{path}: units: no entry named {part!r} in the knowledge base")
        if key == "races" and part not in RACES:
            raise PackError(f"{path}: races: expected {', '.join(RACES)}, found {part!r}")
    return tuple(value)

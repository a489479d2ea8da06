"""What people call things: words of a question to entries and notes, by exact name, alias, abbreviation or plural."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

from llm_pysc2.knowledge.entries import Entry, action_names, load_entries, title_of
from llm_pysc2.knowledge.notes import Note, load_notes

Page = Entry | Note

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_SHOWN = 60
"""Characters of a question that a message repeats."""
_PLURAL = re.compile(r"(?<=..)(ies|(?<=ch)es|(?<=sh)es|(?<=x)es|(?<=ss)es|(?<!s)s)$")


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a question that name something."""

    start: int
    """Index of the first of the words."""
    end: int
    """Index behind the last of them."""
    pages: tuple[Page, ...]
    """What they name, the likeliest first."""

    @property
    def thing(self) -> Entry | None:
        """The unit or structure among them."""
        return next(
            (page for page in self.pages if isinstance(page, Entry) and page.kind in ("unit", "structure")), None
        )


def split_words(text: str) -> list[str]:
    """Return the words of a text, in small letters, without punctuation.

    >>> split_words("What beats High-Templar?")
    ['what', 'beats', 'high', 'templar']
    """
    return _WORD.findall(text.casefold())


def pages_named(text: str) -> tuple[Page, ...]:
    """Return what a text names as a whole, the likeliest first; maybe nothing.

    >>> [page.name for page in pages_named("lings")]
    ['Zergling']
    """
    return _pages_of(split_words(text))


def find_mentions(words: Sequence[str]) -> list[Mention]:
    """Return what is named in a question, in order, the longest names first where names overlap."""
    mentions, start = [], 0
    while start < len(words):
        for end in range(min(len(words), start + _longest()), start, -1):
            if pages := _pages_of(words[start:end]):
                mentions.append(Mention(start, end, pages))
                start = end - 1
                break
        start += 1
    return mentions


def suggest(text: str) -> str:
    """Return a sentence for a name that is not known, with the closest ones."""
    shown = " ".join(text.split())
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 3] + "..."
    entries, notes = load_entries(), load_notes()
    titles = {title.casefold(): title for title in (*(e.title for e in entries), *(note.title for note in notes))}
    close = get_close_matches(shown.casefold(), titles, n=3, cutoff=0.5)
    names = ", ".join(titles[title] for title in close)
    return f"nothing about {shown!r} in the knowledge base" + (f"; closest: {names}" if names else "")


def _pages_of(words: Sequence[str]) -> tuple[Page, ...]:
    return _by_name().get(_key(words)) or _by_name().get(_key(["".join(words)]), ())


def _key(words: Sequence[str]) -> str:
    """Return words as they stand in the table: one text, without the ending of a plural."""
    return _PLURAL.sub(lambda ending: "y" if ending[0] == "ies" else "", " ".join(words))


@cache
def _longest() -> int:
    return max(name.count(" ") + 1 for name in _by_name())


@cache
def _by_name() -> Mapping[str, tuple[Page, ...]]:
    """Return pages by what they are called; names before titles and aliases, those before forms and actions."""
    table: dict[str, dict[Page, None]] = {}

    def add(name: str, page: Page) -> None:
        for words in (split_words(name), [name.casefold()]):
            table.setdefault(_key(words), {})[page] = None

    pages: list[Page] = [*load_entries(), *load_notes()]
    for page in pages:
        add(page.name, page)
        add(page.title, page)
    for page in pages:
        for alias in page.aliases:
            add(alias, page)
    for entry in load_entries():
        for form in entry.forms:
            add(form, entry)
            add(title_of(form), entry)
    for action, entry in action_names().items():
        add(action, entry)
    return MappingProxyType({name: tuple(found) for name, found in table.items() if name})

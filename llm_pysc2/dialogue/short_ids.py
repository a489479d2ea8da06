"""Short ids of units, stable for an episode: own `S1`, enemy `eS1`, neutral `nMF1`.

The letters are those of the type's name, made unambiguous within the episode; numbers are never used again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from llm_pysc2.world.view import Alliance, UnitView, WorldView

ALLIANCE_MARKS: Mapping[Alliance, str] = {
    Alliance.SELF: "",
    Alliance.ALLY: "a",
    Alliance.NEUTRAL: "n",
    Alliance.ENEMY: "e",
}


@dataclass(frozen=True, slots=True)
class ShortIds:
    """The short ids given so far. Immutable: `update` returns the next value.

    A unit keeps its id when it changes its type (siege mode, burrow), goes out of sight, or dies.
    """

    by_tag: Mapping[int, str] = field(default_factory=dict)
    by_name: Mapping[str, int] = field(default_factory=dict)
    """Tag by short id in lower case."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """Letters by type name."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Numbers used by prefix in lower case."""

    def update(self, view: WorldView) -> "ShortIds":
        """Return the ids with those of all units that are seen for the first time, own units first."""
        fresh = [unit for unit in view.units if unit.tag not in self.by_tag]
        if not fresh:
            return self
        by_tag, by_name = dict(self.by_tag), dict(self.by_name)
        letters, counts = dict(self.letters), dict(self.counts)
        for unit in sorted(fresh, key=lambda unit: unit.alliance is not Alliance.SELF):
            prefix = _prefix(unit, letters)
            number = counts.get(prefix.lower(), 0) + 1
            while f"{prefix}{number}".lower() in by_name:
                number += 1
            counts[prefix.lower()] = number
            name = f"{prefix}{number}"
            by_tag[unit.tag] = name
            by_name[name.lower()] = unit.tag
        return ShortIds(by_tag, by_name, letters, counts)

    def name(self, tag: int) -> str:
        """Return the short id of a unit, or its hex tag if it has none."""
        return self.by_tag.get(tag) or f"0x{tag:x}"

    def tag(self, name: str) -> int | None:
        """Return the tag that a short id or a hex tag names, in any case of letters, or None."""
        lowered = name.lower()
        if lowered in self.by_name:
            return self.by_name[lowered]
        if lowered.startswith("0x"):
            try:
                tag = int(lowered, 16)
            except ValueError:
                return None
            return tag if tag in self.by_tag else None
        return None


def _prefix(unit: UnitView, letters: dict[str, str]) -> str:
    if unit.type_name not in letters:
        taken = {used.lower() for used in letters.values()}
        candidates = _candidates(unit.type_name)
        letters[unit.type_name] = next(letters_ for letters_ in candidates if letters_.lower() not in taken)
    return ALLIANCE_MARKS[unit.alliance] + letters[unit.type_name]


def _candidates(type_name: str) -> Iterator[str]:
    """Yield letters for a type, shortest first: initials, then more and more of the first word.

    >>> from itertools import islice
    >>> list(islice(_candidates("HighTemplar"), 3))
    ['HT', 'HiT', 'HigT']
    """
    words = _words(type_name) or ["U"]
    initials = "".join(word[0] for word in words[1:])
    for length in range(1, len(words[0]) + 1):
        yield words[0][:length] + initials
    whole = "".join(words)
    while True:
        yield whole
        whole += "x"


def _words(type_name: str) -> list[str]:
    """Return the words of a type name, letters only.

    >>> _words("SiegeTankSieged"), _words("SCV"), _words("Marine_RL")
    (['Siege', 'Tank', 'Sieged'], ['S', 'C', 'V'], ['Marine', 'R', 'L'])
    """
    words: list[str] = []
    for char in type_name:
        if not (char.isascii() and char.isalpha()):
            continue
        if char.isupper() or not words:
            words.append(char)
        else:
            words[-1] += char
    return words

"""Team headings in an answer: which lines name a team, and which team is meant."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_TEAM_WORD = re.compile(r"(?:\d{1,2}[.)]\s{0,3})?team\b[\s:\"'`*_-]{0,6}", re.IGNORECASE)
_NUMBERED = re.compile(r"\d{1,2}[.)]\s{0,3}")
_UNKNOWN = re.compile(r"([^:]{1,40}?)[\s\"'`*_]{0,4}:\s*$")


class Headings:
    """Finds the headings of one agent's teams."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(names, key=len, reverse=True)
        self._lowered = [name.lower() for name in self._names]

    def find(self, line: str) -> str:
        """Return what a line names as its team, known or not; nothing if the line is no heading.

        >>> teams = Headings(["Stalker-1", "Zealot-1"])
        >>> [teams.find(line) for line in ("Team Stalker-1:", "stalker-1: go", "Team Alpha:", "Teams go: now", "so:")]
        ['Stalker-1', 'Stalker-1', 'Alpha', '', '']
        """
        word = _TEAM_WORD.match(line)
        numbered = _NUMBERED.match(line)
        rest = line[word.end() :] if word else line[numbered.end() :] if numbered else line
        known = self._starts_with_name(rest, needs_end=word is None)
        if known or not word:
            return known
        unknown = _UNKNOWN.match(rest)
        return unknown[1].strip() if unknown else ""

    def team(self, heading: str) -> str:
        """Return the team that a heading means: the known one it is written most like, or the heading as it is."""
        if not heading and len(self._names) == 1:
            return self._names[0]
        if heading in self._names or not heading:
            return heading
        close = get_close_matches(heading.lower(), self._lowered, n=2, cutoff=0.8)
        return self._names[self._lowered.index(close[0])] if len(close) == 1 else heading

    def knows(self, team: str) -> bool:
        """Return whether there is a team of exactly that name."""
        return team in self._names

    def _starts_with_name(self, text: str, *, needs_end: bool) -> str:
        lowered = text.lower()
        for name, low in zip(self._names, self._lowered, strict=True):
            if lowered.startswith(low):
                after = lowered[len(low) :].lstrip(" \t\"'`*_])")
                follows = lowered[len(low) : len(low) + 1]
                if not follows.isalnum() and follows != "-" and (not needs_end or after[:1] in ("", ":")):
                    return name
        return ""

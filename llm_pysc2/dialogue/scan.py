"""Find what an answer contains: actions, team headings, letters, notes, lookups. Knows no game; linear in the text.

Everything of use stands in `<...>`; the rest is thinking, and only its team headings matter. Text in triple quotes is
taken as it is, with all brackets and line breaks.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

TEXT_LIMIT_CHARS = 100_000
"""Of longer texts the end is read, where the actions stand."""
ITEM_LIMIT = 300
"""Actions, letters and notes of one answer; those after are not read."""
ACTION_LIMIT_CHARS = 300
HEADING_LIMIT_CHARS = 120
LINE_LIMIT_CHARS = 160

_THOUGHT = re.compile(r"</think(?:ing)?\s{0,4}>", re.IGNORECASE)
_ACTIONS = re.compile(r"^[ \t>#*_`-]{0,12}actions?[ \t*_`]{0,6}:", re.IGNORECASE | re.MULTILINE)
_OPENING = re.compile(r"<\s{0,8}([A-Za-z_]\w{0,79})\s{0,8}", re.ASCII)
_RECEIVER = re.compile(r"\(\s{0,8}([^,()<>\n]{1,80}?)\s{0,8},\s{0,8}")
_BRACKET = re.compile(r"\(\s{0,8}")
_CLOSING: dict[str, re.Pattern[str]] = {
    "'''": re.compile("'''"),
    '"""': re.compile('"""'),
    "'": re.compile(r"'\s{0,8}\)"),
    '"': re.compile(r'"\s{0,8}\)'),
    "": re.compile(r"\)\s{0,8}>"),
}
_AFTER_QUOTES = re.compile(r"\s{0,8}\)?\s{0,8}>?")
_SPOKEN = {"messageto": "message", "listento": "listen", "note": "note", "lookup": "lookup"}
_FULL_WIDTH = {0xFF00 + offset: 0x20 + offset for offset in range(1, 95)}
"""Brackets, colons and letters as Chinese and Japanese keyboards give them."""
_DECORATION = " \t>#*_`-•[]\"'"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in `<...>`."""

    kind: str
    """"action", "message", "listen", "note", "lookup", "broken" for a message or note without its end, or "unreadable"
    for a call of a tool whose arguments are no JSON."""
    position: int
    """Where it begins in the text."""
    heading: str
    """What stands in the last line before it that can be a team heading; empty if there was none."""
    line: str
    """As it was written, cut to a readable length."""
    name: str
    """Name of the action, or receiver of the message."""
    body: str
    """Arguments with their brackets, text of the message or note, the channel, or what is looked up."""


@dataclass(frozen=True, slots=True)
class Scan:
    """Everything found in a text."""

    items: tuple[Item, ...]
    is_cut: bool
    """Whether the text was too long, or had too many items, to be read in full."""


def scan(text: str, is_heading: Callable[[str], str], is_action: Callable[[str], bool]) -> Scan:
    """Return what a text contains.

    Args:
        text: Any text.
        is_heading: Gives the heading in a line of at most 120 characters, or nothing.
        is_action: Whether a name without brackets is that of an action, and not of some other tag.
    """
    cut = len(text) > TEXT_LIMIT_CHARS
    text = text[-TEXT_LIMIT_CHARS:]
    scanner = _Scanner(text.translate(_FULL_WIDTH), text, is_heading, is_action)
    scanner.run()
    items = scanner.items
    for header in _ACTIONS.finditer(scanner.text):
        if any(item.kind == "action" and item.position > header.start() for item in items):
            # What was tried out while thinking is no order.
            items = [item for item in items if item.kind != "action" or item.position > header.start()]
            break
    return Scan(tuple(items[:ITEM_LIMIT]), cut or len(items) > ITEM_LIMIT)


@dataclass(slots=True)
class _Scanner:
    """One pass over a text; every search starts where the last one ended, or is not made again."""

    text: str
    original: str
    """The same, character by character, as it was written; what is said in letters is taken from here."""
    is_heading: Callable[[str], str]
    is_action: Callable[[str], bool]
    items: list[Item] = field(default_factory=list)
    heading: str = ""
    missing: set[str] = field(default_factory=set)
    """Kinds of closing that the rest of the text does not have."""

    def run(self) -> None:
        """Find all items."""
        thoughts = list(_THOUGHT.finditer(self.text))
        position = thoughts[-1].end() if thoughts else 0
        while len(self.items) <= ITEM_LIMIT:
            start = self.text.find("<", position)
            self._read_headings(position, start if start >= 0 else len(self.text))
            if start < 0:
                return
            opening = _OPENING.match(self.text, start)
            position = self._read_item(start, opening) if opening else start + 1

    def _read_headings(self, start: int, end: int) -> None:
        for line in self.text[start:end].splitlines():
            found = self.is_heading(line[:HEADING_LIMIT_CHARS].strip(_DECORATION))
            if found:
                self.heading = found

    def _read_item(self, start: int, opening: re.Match[str]) -> int:
        """Add the item that begins here, if it is one, and return where to go on."""
        name = opening[1]
        spoken = _SPOKEN.get(name.lower().replace("_", ""), "")
        if spoken in ("message", "note"):
            return self._read_text(start, opening, spoken)
        end = self._end_of_action(opening.end())
        body = self.text[opening.end() : end].strip()
        if spoken:
            self._add(spoken, start, end, "", body.strip("()'\" \t\n"))
        elif "(" in body or "_" in name or self.is_action(name):
            self._add("action", start, end, name, body)
        return end

    def _end_of_action(self, start: int) -> int:
        """Return where the action ends: at its closing mark, at the next opening one, or with its line."""
        window = self.text[start : start + ACTION_LIMIT_CHARS]
        ends = [at for at in (window.find(">"), window.find("<")) if at >= 0]
        end = min(ends, default=len(window))
        line_end = window.find("\n")
        if 0 <= line_end < end and window.count("(", 0, line_end) <= window.count(")", 0, line_end):
            end = line_end
        return start + end

    def _read_text(self, start: int, opening: re.Match[str], kind: str) -> int:
        """Add the message or note that begins here, and return where to go on."""
        before = (_RECEIVER if kind == "message" else _BRACKET).match(self.text, opening.end())
        if before is None:
            end = self._end_of_action(opening.end())
            self._add("broken", start, end, opening[1], "")
            return end
        quotes = next((mark for mark in _CLOSING if mark and self.text.startswith(mark, before.end())), "")
        closing = self._find_closing(quotes, before.end() + len(quotes))
        if closing is None:
            self._add("broken", start, before.end(), opening[1], quotes)
            return before.end()
        after = _AFTER_QUOTES.match(self.text, closing.start() + len(quotes))
        end = after.end() if after else closing.end()
        receiver = before[1].strip("'\" ") if kind == "message" else ""
        self._add(kind, start, end, receiver, self.original[before.end() + len(quotes) : closing.start()].strip())
        return end

    def _find_closing(self, quotes: str, start: int) -> re.Match[str] | None:
        if quotes in self.missing:
            return None
        found = _CLOSING[quotes].search(self.text, start)
        if found is None:
            self.missing.add(quotes)
        return found

    def _add(self, kind: str, start: int, end: int, name: str, body: str) -> None:
        line = " ".join(self.text[start : min(end, start + LINE_LIMIT_CHARS)].strip("< >\n\t").split())
        self.items.append(Item(kind, start, self.heading, line, name, body))

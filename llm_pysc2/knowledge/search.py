"""Answers to a name or a question: exact names first, then "A vs B" and counters computed, then full-text ranking.

What is asked is never trusted: it is cut to `LONGEST` and only compared. The index (SQLite FTS5, in memory) is built
once; what is not found is said with the closest names.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from llm_pysc2.errors import UsageError
from llm_pysc2.knowledge.describe import describe_counters, describe_entry, describe_matchup, describe_note
from llm_pysc2.knowledge.entries import Entry, entries_named, load_entries
from llm_pysc2.knowledge.figures import unit_types
from llm_pysc2.knowledge.matchup import Matchup, match, upgrades_of_level
from llm_pysc2.knowledge.notes import Note, load_notes, relevant_notes
from llm_pysc2.knowledge.units import UnitType
from llm_pysc2.knowledge.upgrades import upgrade_by_name
from llm_pysc2.knowledge.vocabulary import Mention, Page, find_mentions, pages_named, split_words, suggest

LONGEST = 400
"""Characters of a question that are read."""
_WEIGHTS = (8.0, 6.0, 3.0, 1.0)
"""Of title, names, lead and body in the ranking."""
_NAMED_BONUS = 10.0
"""Added to the rank of what the question names, above any rank from single words."""
_WORD_BONUS = 3.0
"""Added for each further word of a name: the longer the name, the surer it is meant."""
_TACTICS_BONUS = 3.0
"""Added to notes that are named in a question of how, when or where."""
_TOOL_LOSS = 5.0
"""Taken off what the asker only names as means: "with Stalkers"."""
_VERSUS = re.compile(r"\s+(vs\.?|versus|v\.?|against)\s+", re.IGNORECASE)
_LEVELS = re.compile(r"\+?([0-3])\s*/\s*\+?([0-3])|\+([0-3])")
_DUEL = frozenset(
    split_words(
        "outrange outranges range hits shots attacks dps damage beat beats kill kills win wins faster better trade"
    )
)
_BEATS = frozenset(
    split_words("beat beats counter counters countering kill kills stop handle deal defeat fight against")
)
_FEARS = frozenset({"weak", "fear", "fears", "lose", "loses"})
_TACTICS = frozenset({"how", "when", "where"})
_TOOLS = frozenset({"with", "using", "by", "as", "my"})
"""A unit named after one of these is the asker's own."""
_STOP = frozenset(
    split_words(
        "a about against an and are as at be best by can could do does enemies enemy for from get give good has have "
        "how i in is it its many me much my of on opponent or our please should so tell that the their them they this "
        "to unit units us use used using want we what when where which who why will with would you your"
    )
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer."""

    kind: str
    """"unit", "structure", "ability", "upgrade", "note", "matchup" or "counters"."""
    name: str
    """Of the entry or the note; "A vs B" for a matchup."""
    title: str
    text: str


def lookup(question: str, limit: int = 3) -> tuple[Answer, ...]:
    """Return the answers to a name or a question, the best first. Raises UsageError, closest names, if there are none.

    >>> [answer.name for answer in lookup("ling", limit=1)], lookup("Stalker vs Roach")[0].kind
    (['Zergling'], 'matchup')
    """
    question = question[:LONGEST]
    if not split_words(question):
        raise UsageError("expected a name or a question, such as Stalker, 'Stalker vs Roach' or 'what beats roaches'")
    answers: dict[tuple[str, str], Answer] = {}
    for answer in _answers(question):
        answers.setdefault((answer.kind, answer.name), answer)
        if len(answers) >= limit:
            break
    if not answers:
        raise UsageError(suggest(question))
    return tuple(answers.values())


def answer_text(question: str, limit: int = 1) -> str:
    """Return the best answers as one text, or a sentence that there is none. Never raises for what was asked."""
    try:
        return "\n\n".join(answer.text for answer in lookup(question, limit))
    except UsageError as error:
        return str(error)


def notes_concerning(task: str, type_names: Iterable[str], limit: int = 3) -> tuple[Note, ...]:
    """Return the notes that a task names, then those about the units in view.

    >>> [note.name for note in notes_concerning("Harass the enemy's mineral line with drops.", ["Stalker"])]
    ['harassment', 'drops', 'blink-micro']
    """
    named = [page for mention in find_mentions(split_words(task)) for page in mention.pages if isinstance(page, Note)]
    return tuple(dict.fromkeys((*named, *relevant_notes(type_names, limit))))[:limit]


def _answers(question: str) -> Iterator[Answer]:
    """Yield answers in order of how surely they are meant; some may come twice."""
    named = pages_named(question)
    yield from (_page_answer(page) for page in named)
    words = split_words(question)
    mentions = find_mentions(words)
    if not named:
        yield from _versus(question) or _duel(words, mentions) or _counters(words, mentions)
    yield from (_page_answer(page) for page in _ranked(words, mentions))


def _page_answer(page: Page) -> Answer:
    if isinstance(page, Entry):
        return Answer(page.kind, page.name, page.title, describe_entry(page))
    return Answer("note", page.name, page.title, describe_note(page))


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of "A vs B"."""

    entry: Entry
    form: UnitType | None
    """The form that was named, if it was one."""
    levels: tuple[int, int]
    """Of weapons and of armor."""
    upgrades: frozenset[int]

    def upgrades_of(self, unit: UnitType) -> frozenset[int]:
        return self.upgrades | upgrades_of_level(unit, *self.levels)


def _versus(question: str) -> list[Answer]:
    """Return the answers to "A vs B", each side perhaps with "+1", "+2/+1" or "with UPGRADE"; else nothing."""
    parts = _VERSUS.split(question)
    if len(parts) != 3:
        return []
    sides = [_side(parts[0]), _side(parts[2])]
    if parts[1].casefold() == "against" and (None in sides or not _is_bare(parts[0])):
        return []
    for side, text in zip(sides, (parts[0], parts[2]), strict=True):
        if side is None and len(split_words(text)) <= 4:
            raise UsageError(suggest(text))
    return _matchup_answers(*(side for side in sides if side is not None))


def _is_bare(text: str) -> bool:
    """Return whether a text names a unit and says nothing else: "against" has other meanings, too."""
    words = split_words(text)
    things = [mention for mention in find_mentions(words) if mention.thing is not None]
    named = {place for mention in things for place in range(mention.start, mention.end)}
    rest = {word for place, word in enumerate(words) if place not in named and not word.isdigit()}
    return rest <= _STOP | _DUEL


def _side(text: str) -> _Side | None:
    levels = _LEVELS.search(text)
    weapons, armor = (0, 0)
    if levels:
        weapons, armor = int(levels[1] or levels[3]), int(levels[2] or levels[3])
        text = text.replace(levels[0], " ")
    words = split_words(text)
    found = [(mention, mention.thing) for mention in find_mentions(words)]
    things = [(mention, thing) for mention, thing in found if thing is not None]
    if len(things) != 1:
        return None
    mention, entry = things[0]
    named = "".join(words[mention.start : mention.end])
    form = next((unit for unit in unit_types(entry)[1:] if unit.name.casefold() == named), None)
    upgrades = [
        page for other, _ in found for page in other.pages if isinstance(page, Entry) and page.kind == "upgrade"
    ]
    ids = frozenset(upgrade_by_name(page.name).id for page in upgrades if not page.forms)
    return _Side(entry, form, (weapons, armor), ids)


def _duel(words: Sequence[str], mentions: Sequence[Mention]) -> list[Answer]:
    """Return the matchup of the two units that a question about a fight names, else nothing."""
    things = list(dict.fromkeys(mention.thing for mention in mentions if mention.thing is not None))
    if len(things) != 2 or not _DUEL.intersection(words):
        return []
    return _matchup_answers(*(_Side(thing, None, (0, 0), frozenset()) for thing in things))


def _matchup_answers(*sides: _Side) -> list[Answer]:
    if len(sides) != 2:
        return []
    matchup = _fight(*sides)
    if matchup is None:
        return [_page_answer(side.entry) for side in sides]
    title = f"{sides[0].entry.title} vs {sides[1].entry.title}"
    name = f"{sides[0].entry.name} vs {sides[1].entry.name}"
    return [
        Answer("matchup", name, title, describe_matchup(matchup)),
        *(_page_answer(side.entry) for side in sides),
    ]


def _fight(first: _Side, second: _Side) -> Matchup | None:
    """Return the matchup of the forms in which the two can attack each other, if the facts know them."""
    ours, theirs = unit_types(first.entry), unit_types(second.entry)
    if not ours or not theirs:
        return None
    one = first.form or _fighting_form(ours, second.form or theirs[0])
    other = second.form or _fighting_form(theirs, one)
    return match(one, other, first.upgrades_of(one), second.upgrades_of(other))


def _fighting_form(forms: Sequence[UnitType], target: UnitType) -> UnitType:
    """Return the first form that can attack a target: the tank before the sieged one, the burrowed Lurker."""
    able = (form for form in forms if "AIChangeling" not in form.flags and match(form, target).attack.is_possible)
    return next(able, forms[0])


def _counters(words: Sequence[str], mentions: Sequence[Mention]) -> list[Answer]:
    """Return what beats the unit that a question asks that about, else nothing, as when it names a tactic."""
    if any(isinstance(mention.pages[0], Note) for mention in mentions):
        return []
    for mention in mentions:
        entry = mention.thing
        if entry is None or not entry.weak_against or _is_tool(words, mention):
            continue
        before, behind = set(words[: mention.start]), set(words[mention.end :])
        asked = before & _BEATS and "defend" not in before
        if asked or _FEARS & (before | behind) or (behind & {"counter", "counters"} and not before):
            text = describe_counters(entry, _counter_matchups(entry))
            return [Answer("counters", entry.name, f"What beats the {entry.title}", text), _page_answer(entry)]
    return []


def _is_tool(words: Sequence[str], mention: Mention) -> bool:
    """Return whether something is named as the asker's own means: "with Stalkers", but not "deal with Stalkers"."""
    before = words[max(0, mention.start - 2) : mention.start]
    return bool(before) and before[-1] in _TOOLS and before[0] != "deal"


def _counter_matchups(entry: Entry) -> dict[str, Matchup]:
    target = _Side(entry, None, (0, 0), frozenset())
    found = {}
    for name in entry.weak_against:
        counter = entries_named(name)[0]
        matchup = _fight(_Side(counter, None, (0, 0), frozenset()), target) if counter.kind != "ability" else None
        if matchup is not None:
            found[name] = matchup
    return found


def _ranked(words: Sequence[str], mentions: Sequence[Mention]) -> list[Page]:
    """Return pages by full-text rank; what the question names comes first."""
    connection, pages = _index()
    wanted = [word for word in dict.fromkeys(words) if word not in _STOP] or list(words)
    query = " OR ".join(f'"{word}"' for word in wanted)
    rows = connection.execute(
        "SELECT rowid, bm25(pages, ?, ?, ?, ?) FROM pages WHERE pages MATCH ?", (*_WEIGHTS, query)
    ).fetchall()
    ranks = {pages[rowid]: -rank for rowid, rank in rows}
    for place, mention in enumerate(mentions):
        if set(words[mention.start : mention.end]) <= _STOP:
            continue
        bonus = _NAMED_BONUS - place + _WORD_BONUS * (mention.end - mention.start - 1)
        bonus -= _TOOL_LOSS if _is_tool(words, mention) else 0.0
        for order, page in enumerate(mention.pages):
            tactics = _TACTICS_BONUS if isinstance(page, Note) and _TACTICS.intersection(words) else 0.0
            ranks[page] = ranks.get(page, 0.0) + bonus + tactics - 2 * order
    return sorted(ranks, key=lambda page: (-ranks[page], page.name))


@cache
def _index() -> tuple[sqlite3.Connection, tuple[Page, ...]]:
    """Return the full-text index and the pages by row id."""
    pages: tuple[Page, ...] = (*load_entries(), *load_notes())
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute("CREATE VIRTUAL TABLE pages USING fts5(title, names, lead, body, tokenize = 'porter unicode61')")
    rows = ((row, *_columns(page)) for row, page in enumerate(pages))
    connection.executemany("INSERT INTO pages (rowid, title, names, lead, body) VALUES (?, ?, ?, ?, ?)", rows)
    return connection, pages


def _columns(page: Page) -> tuple[str, str, str, str]:
    if isinstance(page, Entry):
        names = " ".join((page.name, *page.aliases, *page.forms))
        return page.title, names, f"{page.role} {page.race} {page.kind}", f"{page.use} {page.avoid}"
    names = " ".join((page.name, *page.aliases, *page.races))
    return page.title, names, " ".join(page.situations), page.text

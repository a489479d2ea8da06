"""Answers: names first, matchups and counters computed, the rest ranked; nothing that is asked can do harm."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from llm_pysc2.errors import UsageError
from llm_pysc2.knowledge.entries import load_entries
from llm_pysc2.knowledge.notes import load_notes
from llm_pysc2.knowledge.search import LONGEST, answer_text, lookup
from llm_pysc2.knowledge.vocabulary import find_mentions, pages_named, split_words, suggest

QUESTIONS: dict[str, str] = tomllib.loads(Path(__file__).with_name("questions.toml").read_text())["first"]


def test_the_right_answer_comes_first() -> None:
    wrong = {}
    for question, expected in QUESTIONS.items():
        first = lookup(question)[0]
        if f"{first.kind}/{first.name}" != expected:
            wrong[question] = f"{first.kind}/{first.name}, not {expected}"
    assert len(QUESTIONS) >= 50
    assert len(wrong) <= len(QUESTIONS) - 45, wrong


def test_every_entry_and_note_is_found_by_its_name() -> None:
    for entry in load_entries():
        found = [(answer.kind, answer.name) for answer in lookup(entry.name)]
        assert (entry.kind, entry.name) in found, entry.name
        assert entry in pages_named(entry.title), entry.title
    for note in load_notes():
        assert note.name in [answer.name for answer in lookup(note.name)]
        assert lookup(note.title)[0].name == note.name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("zealots", "Zealot"),
        ("Roaches", "Roach"),
        ("the  HIGH-TEMPLAR", ""),
        ("hightemplar", "HighTemplar"),
        ("sentries", "Sentry"),
        ("colossi", "Colossus"),
        ("Barracks", "Barracks"),
        ("nexus", "Nexus"),
        ("Observer Surveillance Mode", "Observer"),
        ("lurker burrowed", "Lurker"),
    ],
)
def test_names_in_the_ways_people_write_them(text: str, name: str) -> None:
    assert [page.name for page in pages_named(text)][:1] == ([name] if name else [])


def test_mentions_take_the_longest_name() -> None:
    mentions = find_mentions(split_words("do spore crawlers stop dark templar?"))
    assert [mention.pages[0].name for mention in mentions] == ["SporeCrawler", "Stop", "DarkTemplar"]


def test_a_matchup_with_levels_and_upgrades() -> None:
    assert "Marine on Zergling: 7 every" in answer_text("marine +1 vs zergling")
    assert "Marine on Zergling: 6 every" in answer_text("+1 Marine vs +2/+1 lings")
    assert "Zergling on Marine: 5 every 0.36 s" in answer_text("zergling with adrenal glands vs marine")
    assert "Zergling on Marine: 7 every" in answer_text("marine vs zergling +2/+1")
    assert answer_text("marine +9 vs zergling") == answer_text("marine vs zergling")


def test_a_matchup_takes_the_forms_that_can_fight() -> None:
    assert "Lurker Burrowed on Marine" in answer_text("Lurker vs Marine")
    assert "Viking Assault on Marine" in answer_text("viking vs marine")
    assert "Siege Tank on Roach" in answer_text("tank vs roach")
    assert "Siege Tank Sieged on Roach" in answer_text("SiegeTankSieged vs Roach")


def test_counters_come_with_numbers() -> None:
    answer = lookup("what beats roaches?")[0]
    assert (answer.kind, answer.title) == ("counters", "What beats the Roach")
    assert "- Immortal: kills one with 3 attacks, 47.3 damage/s; outranges it by 2" in answer.text
    assert "- Void Ray: kills one with 17 attacks" in answer.text
    assert lookup("how do I kite with stalkers")[0].name == "kiting"


@pytest.mark.parametrize("question", ["", "   ", "?!", "\x00", "''' \"\" --", "日本"])
def test_nothing_asked(question: str) -> None:
    with pytest.raises(UsageError, match="expected a name or a question"):
        lookup(question)
    assert answer_text(question).startswith("expected a name")


@pytest.mark.parametrize(
    "question",
    [
        "a" * 100_000,
        "zealot " * 50_000,
        'title:zealot OR "',
        "zealot NEAR/2 stalker) AND (NOT *",
        "'; DROP TABLE pages; --",
        "vs",
        "vs vs vs",
        " versus ",
        "{Stalker.range}",
        "+1 vs +2",
        "stalker vs roach vs marine",
    ],
)
def test_odd_questions_do_no_harm(question: str) -> None:
    assert len(answer_text(question, limit=5)) < 20_000
    assert lookup("Stalker")[0].name == "Stalker"


def test_only_the_beginning_of_a_long_question_counts() -> None:
    assert lookup("Stalker" + " " * LONGEST + "vs Roach")[0].name == "Stalker"


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("stalkr", "nothing about 'stalkr' in the knowledge base; closest: Stalker"),
        ("qqqqqq", "nothing about 'qqqqqq' in the knowledge base"),
        ("stalkr vs roach", "nothing about 'stalkr' in the knowledge base; closest: Stalker"),
        ("Roach v Stalkr", "nothing about 'Stalkr'"),
    ],
)
def test_unknown_names_get_the_closest(question: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        lookup(question)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert answer_text(question) == str(caught.value)


def test_long_names_are_cut_in_messages() -> None:
    assert len(suggest("x" * 5000)) < 200


def test_limits() -> None:
    assert len(lookup("zergling speed", limit=1)) == 1
    answers = lookup("zergling speed", limit=6)
    assert len({(answer.kind, answer.name) for answer in answers}) == 6


def test_answers_in_words(golden: Callable[[str, str], None]) -> None:
    questions = ("what beats roaches", "kiting", "zerg build order", "detection")
    golden("knowledge/answers.txt", "\n\n".join(answer_text(question) for question in questions) + "\n")

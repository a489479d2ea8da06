"""Tactics: every note loads, names what exists, and takes its numbers from the facts."""

import re
from pathlib import Path

import pytest

from llm_pysc2.errors import PackError
from llm_pysc2.knowledge.describe import describe_note
from llm_pysc2.knowledge.entries import entries_named
from llm_pysc2.knowledge.notes import Note, load_notes, merge_notes, read_note, relevant_notes

FOLDER = Path(__file__).resolve().parents[3] / "knowledge_base" / "notes"
NOTES = load_notes()
TOPICS = {
    "focus-fire", "kiting", "splitting", "surrounds", "harassment", "drops", "force-fields", "storms", "blink-micro",
    "defending", "scouting", "target-priority", "high-ground", "detection", "protoss-openings", "terran-openings",
    "zerg-openings",
}  # fmt: skip
MEASURES = (
    r"s|seconds?|minutes?|cells?|range|damage|minerals|gas|energy|life|shields|armou?r|%|percent|supply(?! depot)"
)
NUMBERS = r"\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|fifty|hundred"

GOOD = """+++
title = "Kiting"
units = ["Stalker"]
+++
Shoot from {Stalker.range} cells,
step back.

- Then
  again.
"""


def test_the_topics_are_there() -> None:
    assert {note.name for note in NOTES} >= TOPICS


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.name)
def test_notes_are_complete(note: Note) -> None:
    assert note.units
    assert note.situations
    assert note.aliases
    assert 400 < len(note.text) < 2600
    assert not set("{}") & set(note.text)
    for line in note.text.splitlines():
        assert not line.strip() or line.rstrip()[-1] in ".:", line


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_no_number_with_a_measure_is_typed(path: Path) -> None:
    body = path.read_text().split("+++\n", 2)[2]
    assert re.findall(rf"\b(?:{NUMBERS})[ -](?:{MEASURES})\b", body, re.IGNORECASE) == []


def test_notes_name_units_and_structures() -> None:
    for note in NOTES:
        for name in note.units:
            assert entries_named(name)[0].kind in ("unit", "structure"), (note.name, name)


def test_numbers_come_from_the_facts_and_lines_are_joined(tmp_path: Path) -> None:
    note = read_note(write(tmp_path, GOOD))
    assert note.text == "Shoot from 6 cells, step back.\n\n- Then again."
    assert describe_note(note).startswith("Kiting\nShoot from 6 cells")


def test_what_is_in_view_brings_its_notes() -> None:
    assert [note.name for note in relevant_notes(["Stalker", "DarkTemplar"], limit=1)] == ["blink-micro"]
    assert [note.name for note in relevant_notes(["LurkerBurrowed", "SiegeTankSieged"], limit=1)] == ["siege-lines"]
    assert len(relevant_notes(["Marine", "Zergling"])) == 3
    assert relevant_notes(["Nobody"]) == ()


def test_a_note_of_a_users_pack_wins(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    notes = {note.name: note for note in merge_notes([tmp_path, FOLDER])}
    assert notes["kiting"].units == ("Stalker",)
    assert len(notes) == len(NOTES)


def write(folder: Path, text: str) -> Path:
    path = folder / "kiting.md"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Shoot.", "expected +++, TOML, +++ and then the text"),
        ("+++\ntitle = 'x'\n+++\n", "expected +++, TOML, +++ and then the text"),
        ("+++\ntitle = \n+++\nx", "cannot be read as TOML between the lines of +++"),
        ("+++\nunits = []\n+++\nx", "missing title"),
        ("+++\ntitle = 3\n+++\nx", "title: expected text, found 3"),
        (GOOD.replace("units", "unit"), "unknown key 'unit'; closest: units"),
        (GOOD.replace('["Stalker"]', '"Stalker"'), "units: expected a list of names, found 'Stalker'"),
        (GOOD.replace('["Stalker"]', '["Dragoon"]'), "units: no entry named 'Dragoon' in the knowledge base"),
        (GOOD.replace("title", 'races = ["xelnaga"]\ntitle'), "races: expected protoss, terran, zerg, neutral"),
        (GOOD.replace(".range", ".rang"), "nothing known as 'rang' of Stalker; closest: range"),
        (GOOD.replace("Stalker.range", "Stalkr.range"), "no entry named 'Stalkr'"),
    ],
)
def test_broken_notes_name_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(PackError) as caught:
        read_note(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)

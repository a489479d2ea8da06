"""The words of the knowledge base: complete, true to the facts where that can be checked, and free of typed numbers."""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from pysc2.lib import actions, units, upgrades

from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.knowledge.describe import describe_entry
from llm_pysc2.knowledge.entries import (
    ability_entries,
    action_names,
    entries_named,
    entry_by_name,
    entry_of_ability,
    entry_of_action,
    load_entries,
    merge_entries,
    read_entries,
    relevant_entries,
    title_of,
)
from llm_pysc2.knowledge.figures import figure, figures, number
from llm_pysc2.knowledge.vocabulary import pages_named

RACES = (units.Neutral, units.Protoss, units.Terran, units.Zerg)
ENTRIES = load_entries()
PROSE = [(entry, key, getattr(entry, key)) for entry in ENTRIES for key in ("role", "use", "avoid")]
COUNTED = "one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|hundred"
MEASURES = (
    "seconds?|minutes?|loops?|cells?|range|damage|minerals|gas|vespene|energy|life|hit[- ]points?|shields?|armou?r|"
    "supply|percent|cargo|dps"
)
GAME_WORDS = {"Terran", "Protoss", "Zerg", "API"}
SAMPLE = (
    "Stalker", "HighTemplar", "Colossus", "Carrier", "Mothership", "VoidRay", "WarpPrism", "Nexus", "WarpGate",
    "PsiStorm", "Blink", "ProtossGroundWeapons", "Marine", "SiegeTank", "Thor", "WidowMine", "Raven", "Battlecruiser",
    "OrbitalCommand", "TechLab", "EMP", "WeaponRefit", "Zergling", "Baneling", "Lurker", "Infestor", "Queen",
    "BroodLord", "NydusCanal", "Burrow", "MetabolicBoost", "MineralField",
)  # fmt: skip


def test_every_unit_type_that_pysc2_names_has_an_entry() -> None:
    missing = [unit.name for race in RACES for unit in race if not entries_named(unit.name)]
    assert missing == []


def test_every_upgrade_that_pysc2_names_has_an_entry() -> None:
    kinds = {upgrade.name: [entry.kind for entry in entries_named(upgrade.name)] for upgrade in upgrades.Upgrades}
    assert [name for name, found in kinds.items() if "upgrade" not in found] == []


def test_every_function_of_pysc2_is_explained() -> None:
    functions = {function.name: function.ability_id for function in actions.RAW_FUNCTIONS}
    assert [name for name in functions if entry_of_action(name) is None] == []
    assert [name for name, ability in functions.items() if ability and entry_of_ability(ability) is None] == []


def test_what_an_entry_stands_for_exists() -> None:
    stems = {re.sub(r"_(pt|unit|quick|autocast)$", "", function.name) for function in actions.RAW_FUNCTIONS}
    known = {unit.name for race in RACES for unit in race} | {upgrade.name for upgrade in upgrades.Upgrades}
    for entry in ENTRIES:
        assert set(entry.forms) <= known, entry.name
        for pattern in entry.actions:
            assert any(fnmatchcase(stem, pattern) for stem in stems), (entry.name, pattern)


def test_no_form_belongs_to_two_entries_of_a_kind() -> None:
    owners: dict[tuple[str, str], list[str]] = {}
    for entry in ENTRIES:
        for name in {entry.name, *entry.forms}:
            owners.setdefault((entry.kind, name), []).append(entry.name)
    assert {key: found for key, found in owners.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("function", "name", "kind"),
    [
        ("Train_Stalker_quick", "Stalker", "unit"),
        ("TrainWarp_Stalker_pt", "WarpIn", "ability"),
        ("Build_Pylon_pt", "Pylon", "structure"),
        ("Morph_Lair_quick", "ZergTechMorphs", "ability"),
        ("BurrowDown_WidowMine_quick", "WidowMineBurrow", "ability"),
        ("BurrowDown_Zergling_quick", "Burrow", "ability"),
        ("Research_ProtossGroundArmorLevel2_quick", "ProtossGroundArmors", "upgrade"),
        ("Research_Blink_quick", "Blink", "upgrade"),
        ("Effect_Blink_pt", "Blink", "ability"),
        ("Cancel_Nuke_quick", "Nuke", "ability"),
        ("Cancel_quick", "Cancel", "ability"),
        ("Load_NydusWorm_unit", "NydusTravel", "ability"),
        ("no_op", "Camera", "ability"),
    ],
)
def test_functions_lead_to_the_entry_that_explains_them(function: str, name: str, kind: str) -> None:
    entry = entry_of_action(function)
    assert entry is not None
    assert (entry.name, entry.kind) == (name, kind)


def test_names_of_the_action_table_lead_to_entries() -> None:
    assert action_names()["Ability_Blink"].name == "Blink"
    assert entry_of_action("Dance_on_the_table") is None


def test_no_number_is_typed_where_a_fact_exists() -> None:
    found = {f"{entry.name}.{key}": typed_numbers(text) for entry, key, text in PROSE}
    assert {place: numbers for place, numbers in found.items() if numbers} == {}


def typed_numbers(text: str) -> list[str]:
    """Return digits outside of names, and numbers in words before a unit of measure."""
    digits = re.findall(r"(?<![A-Za-z])\d+", text)
    words = re.findall(rf"\b((?:{COUNTED})(?: (?:of|more))? (?:{MEASURES}))\b", text.casefold())
    return digits + words


def test_typed_numbers_are_found() -> None:
    assert typed_numbers("It has range 6 and costs fifty minerals.") == ["6", "fifty minerals"]
    assert typed_numbers("KD8 Charges come in twos.") == []


def test_names_in_prose_exist() -> None:
    found = {f"{entry.name}.{key}": unknown_names(text) for entry, key, text in PROSE}
    assert {place: names for place, names in found.items() if names} == {}


def unknown_names(text: str) -> list[str]:
    """Return capitalised words that are no part of a name, the first of a sentence left out."""
    unknown = []
    for found in re.finditer(r"[A-Z][\w-]*(?: [A-Z][\w-]*)*", text):
        words = found[0].split()
        parts = [words[start:end] for start in range(len(words)) for end in range(start + 1, len(words) + 1)]
        covered = {word for part in parts if pages_named(" ".join(part)) for word in part}
        starts = found.start() == 0 or text[found.start() - 2] in ".:"
        unknown += [word for word in words[1 if starts else 0 :] if word not in covered | GAME_WORDS]
    return unknown


def test_unknown_names_are_found() -> None:
    assert unknown_names("Kill the High Templar, then the Stalkers and the Dragoon.") == ["Dragoon"]


def test_entries_are_short_and_end_like_sentences() -> None:
    for entry, key, text in PROSE:
        assert not text or text[-1] in ".:", (entry.name, key)
        assert text == " ".join(text.split()), (entry.name, key)
        assert len(text) <= 330, (entry.name, key, len(text))


def test_no_text_stands_twice() -> None:
    sentences: dict[str, list[str]] = {}
    for entry, _, text in PROSE:
        for sentence in re.split(r"(?<=[.:]) ", text):
            sentences.setdefault(sentence, []).append(entry.name)
    twice = {sentence: names for sentence, names in sentences.items() if len(names) > 1 and len(sentence) > 60}
    assert {sentence for sentence in twice if not sentence.startswith("Listed because")} == set()


def test_nobody_beats_whom_he_fears() -> None:
    names = {entry.name: {entries_named(name)[0].name for name in entry.strong_against} for entry in ENTRIES}
    for entry in ENTRIES:
        if entry.kind not in ("unit", "structure"):
            continue
        fears = {entries_named(name)[0].name for name in entry.weak_against}
        assert not names[entry.name] & fears, entry.name
        assert [name for name in names[entry.name] if entry.name in names.get(name, ())] == [], entry.name


def test_units_name_the_abilities_on_their_cards() -> None:
    assert [entry.name for entry in ability_entries(entry_by_name("Stalker"))] == ["Blink"]
    explained = {name for entry in ENTRIES for name in entry.abilities}
    common = {"Attack", "Move", "Stop", "HoldPosition", "Patrol", "Smart", "Cancel", "Rally", "Spray", "Camera"}
    abilities = {entry.name for entry in ENTRIES if entry.kind == "ability"}
    assert abilities - explained - common == set()


def test_entries_in_view_come_once_each_in_order() -> None:
    seen = ["SiegeTankSieged", "Marine", "SiegeTank", "NobodyKnows", "ZerglingBurrowed"]
    assert [entry.name for entry in relevant_entries(seen)] == ["SiegeTank", "Marine", "Zergling"]


def test_unknown_names_get_the_closest() -> None:
    with pytest.raises(UsageError, match=r"no entry named 'Stalkr'.*Stalker"):
        entry_by_name("Stalkr")
    with pytest.raises(UsageError, match="no ability named 'Stalker'"):
        entry_by_name("Stalker", "ability")


def test_titles() -> None:
    assert entry_by_name("TemplarArchive").title == "Templar Archives"
    assert title_of("BroodLord") == "Brood Lord"


GOOD = '[Stalker]\nrole = "Shoots."\nuse = "Shoot."\n'


def write(folder: Path, text: str, name: str = "protoss/units.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + 'rol = "x"', "Stalker: unknown key 'rol'; closest: role"),
        (GOOD + "aliases = 'stalk'", "Stalker.aliases: expected a list of names, found 'stalk'"),
        (GOOD + "avoid = 3", "Stalker.avoid: expected text, found 3"),
        ('[Stalker]\nrole = "Shoots."', "Stalker: missing use"),
        ('Stalker = "x"', "Stalker: expected a table such as [Stalker], found 'x'"),
        ("[Stalker", "cannot be read as TOML"),
    ],
)
def test_broken_entries_name_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(PackError) as caught:
        read_entries(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_files_are_named_for_what_they_hold(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD, "protoss/heroes.toml")
    with pytest.raises(PackError, match=r"heroes\.toml: expected a file named units\.toml, structures\.toml"):
        read_entries(path)


def test_names_that_do_not_exist_are_errors(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD + 'weak_against = ["Dragoon"]')
    with pytest.raises(PackError, match=f"{re.escape(str(path))}: Stalker.weak_against: no entry named 'Dragoon'"):
        merge_entries([tmp_path])


def test_an_entry_of_a_users_pack_wins(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    shipped = Path(__file__).resolve().parents[3] / "knowledge_base"
    entries = {(entry.kind, entry.name): entry for entry in merge_entries([tmp_path, shipped])}
    assert entries["unit", "Stalker"].role == "Shoots."
    assert len(entries) == len(ENTRIES)


@pytest.mark.parametrize("name", SAMPLE)
def test_sample_against_golden_text(name: str, golden: Callable[[str, str], None]) -> None:
    text = "\n\n".join(describe_entry(entry) for entry in entries_named(name))
    golden(f"knowledge/{name}.txt", text + "\n")


def test_figures_are_those_of_the_facts() -> None:
    rows = dict(figures(entry_by_name("Zergling")))
    assert rows["cost"] == "50 minerals, 1 supply for two, 17 s"
    assert rows["made"] == "from Larva, needs Spawning Pool"
    assert rows["weapon"] == "5 to ground, melee, every 0.5 s"
    assert dict(figures(entry_by_name("Lurker")))["cost"] == "50 minerals, 100 gas, 3 supply, 18 s"
    assert dict(figures(entry_by_name("PsiStorm", "ability")))["cast"].startswith("75 energy")


def test_single_figures() -> None:
    assert figure("Hatchery", "minerals") == "300"
    assert figure("Blink", "time") == "121"
    assert figure("Blink", "cooldown") == "7.14"
    with pytest.raises(UsageError, match="nothing known as 'rang' of Stalker; closest: range"):
        figure("Stalker", "rang")
    with pytest.raises(UsageError, match="no entry named 'Stalkr'"):
        figure("Stalkr", "range")
    assert number(0.25) == "0.25"

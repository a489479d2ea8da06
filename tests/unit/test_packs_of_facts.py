"""An outsider's spell: one file of facts and a map, no edit of ours; what is misspelt in it is found before a game."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from llm_pysc2.testing import check_pack

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "extending.md").read_text(encoding="utf-8")
SPELL = json.loads(DOCS.partition("```json\n")[2].partition("```")[0])
"""The example of the docs."""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    write(tmp_path, SPELL)
    return tmp_path


def write(folder: Path, spell: dict[str, Any]) -> None:
    facts = folder / "knowledge_base" / "facts"
    facts.mkdir(parents=True, exist_ok=True)
    (facts / "spells.json").write_text(json.dumps(spell))


def test_a_good_spell_passes(pack: Path) -> None:
    check_pack(pack)


@pytest.mark.parametrize(
    ("part", "row", "key", "value", "said"),
    [
        ("effects", 1, "damge", 7, r"FrostBite: unknown key 'damge'; closest: damage"),
        ("effects", 1, "do", "Damge", r"FrostBite: unknown do 'Damge'; closest: Damage"),
        ("effects", 0, "effects", ["FrostBit"], r"FrostSet: effects: no effect named 'FrostBit'; closest: FrostBite"),
        ("effects", 2, "behavior", "Frozn", r"FrostHold: behavior: no behavior named 'Frozn'; closest: Frozen"),
        ("effects", 2, "only_if", ["FrostIsMarin"], r"only_if: no condition named 'FrostIsMarin'; closest: Frost"),
        ("conditions", 0, "test", "UnitTyp", r"FrostIsMarine: unknown test 'UnitTyp'; closest: UnitType"),
        ("behaviors", 0, "duration_loop", 4, r"behaviors Frozen: unknown key 'duration_loop'; closest: duration_loops"),
        ("behaviors", 0, "modification", {"move_sped_multiplier": 0.5},
         r"behaviors Frozen: unknown key 'modification.move_sped_multiplier'; closest: move_speed_multiplier"),
        ("behaviors", 0, "damage_response", [{"chnce": 1}],
         r"behaviors Frozen: unknown key 'damage_response.chnce'; closest: chance"),
        ("behaviors", 0, "final_effect", "Frostbit", r"Frozen: final_effect: no effect named 'Frostbit'; closest: "),
        ("abilities", 0, "rang_cells", 4, r"abilities 900001 \(Effect Frost\): unknown key 'rang_cells'; closest: "),
        ("abilities", 0, "effects", ["FrostSett"], r"900001: effects: no effect named 'FrostSett'; closest: FrostSet"),
        ("units", 0, "life_mx", 60, r"units 48 \(Marine\): unknown key 'life_mx'; closest: life_max"),
        ("actions", 0, "alias", ["x"], r"Ability_Frost: unknown key 'alias'; closest: aliases"),
        ("actions", 0, "takes", "unti", r"Ability_Frost: takes: unknown word 'unti'; closest: unit"),
    ],
)  # fmt: skip
def test_what_is_misspelt_is_named_with_the_closest(
    pack: Path, part: str, row: int, key: str, value: Any, said: str
) -> None:
    spell = json.loads(json.dumps(SPELL))
    spell[part][row][key] = value
    write(pack, spell)
    with pytest.raises(AssertionError, match=rf"spells\.json: .*{said}"):
        check_pack(pack)


def test_a_misspelt_table_or_list_is_named_with_the_closest(pack: Path) -> None:
    write(pack, {"effect": []})
    with pytest.raises(AssertionError, match=r"spells\.json: unknown key 'effect'; closest: effects"):
        check_pack(pack)
    write(pack, SPELL)
    (pack / "knowledge_base" / "facts" / "spels.json").write_text("{}")
    with pytest.raises(AssertionError, match=r"spels\.json: no table of facts named 'spels'; closest: spells"):
        check_pack(pack)


PLAY = """
import sys
from pathlib import Path
from llm_pysc2 import packs
packs.use_packs([Path(sys.argv[1])])
from llm_pysc2.dialogue.grammar import load_action_book
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.units import load_units, unit_by_name
from llm_pysc2.engine.maps.definitions import load_map
from tests.arena import ENEMY, Arena
arena = Arena()
match = arena.match
from llm_pysc2.engine.state.unit_types import TypeTable
match.types = TypeTable([*load_units().values(), load_map("Frozen").unit_type("Stalker")])
caster, victim = arena.add_inert("Stalker", 20, 40, 1), arena.add_inert("Marine", 24, 40, ENEMY)
print(len(load_units()), len(load_abilities()), "ability_frost_unit" in load_action_book().by_name)
print(arena.life(victim), arena.order(caster, 900001, victim))
arena.step(3)
print(arena.life(victim), [held.name for held in match.spells.held[victim]])
"""


def test_a_spell_of_a_pack_is_cast_by_a_unit_of_its_map(pack: Path) -> None:
    maps = pack / "scenarios" / "maps"
    maps.mkdir(parents=True)
    flat = (Path(__file__).parents[2] / "scenarios" / "maps").rglob("Flat32.toml")
    types = '\n[[unit_types]]\nname = "Stalker"\nbase = "Stalker"\nabilities = [16, 17, 23, 900001]\n'
    (maps / "Frozen.toml").write_text(next(flat).read_text() + types)
    check_pack(pack)
    done = subprocess.run([sys.executable, "-c", PLAY, str(pack)], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    counts, before, after = done.stdout.splitlines()
    assert counts.split()[2] == "True"
    assert before == "60.0 1"
    assert after == "53.0 ['Frozen']"

"""Write `knowledge_base/facts/actions.json` and `action_results.json` from PySC2's tables and the ability facts.

    python -m tools.build_actions FOLDER

FOLDER holds `pysc2_functions.json` (PySC2's FUNCTIONS and RAW_FUNCTIONS as rows) and `abilities.json` (the API's
abilities with their general ids). What LLM-PySC2 called an action is typed once, here, by PySC2's function id.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from llm_pysc2 import protos  # noqa: F401  before any s2clientprotocol import
from llm_pysc2.knowledge.abilities import load_abilities

OUTPUT = Path(__file__).parent.parent / "knowledge_base" / "facts"
SCAN_MOVE = 19
ATTACK = 3674

STEMS = {
    # Feature function ids of PySC2 by LLM-PySC2's word; for the rest PySC2's own names stand.
    453: "Stop",
    274: "Hold_Position",
    244: "Ability_PrismaticAlignment",
    141: "Ability_CancelPhaseShift",
    197: "Ability_GuardianShield",
    38: "Ability_PulsarBeamOn",
    527: "Ability_ChronoBoost",
    182: "Ability_ShadowStride",
    196: "Ability_GravitonBeam",
    180: "Ability_Blink",
    177: "Ability_AdeptPhaseShift",
    218: "Ability_PsiStorm",
    219: "Ability_PurificationNova",
    193: "Ability_ForceField",
    241: "Ability_TimeWarp",
    214: "Ability_OracleRevelation",
    516: "Unload",
}

OTHER_NAMES = {
    # Further names of the same, by feature function id.
    90: ["Ability_StasisTrap"],
    177: ["Ability_PhaseShift", "PhaseShift"],
    141: ["CancelPhaseShift"],
    196: ["GravitonBeam"],
    180: ["Blink"],
}

GROUP = {
    # For all units of an agent that fight; takes: where they go, which is found: name -> (takes, ability).
    "All_Units_Attack": ("foe", 3674),
    "All_Units_Defend": ("threat", 3674),
    "All_Units_Retreat": ("home", 3794),
}

SITED_NAMES = {
    # LLM-PySC2's words for buildings that are in the enemy's way, by what is built: name of the action for a unit.
    "Build_Pylon": ["Lock_Nexus_Near"],
    "Build_Assimilator": ["Lock_Assimilator_Near"],
}

NAMES_IN_FULL = {
    # Names that look like another kind of argument, by raw name.
    "Stop_Building_quick": ["Stop_Building_Unit"],
}

AT_UNIT = {
    # Point abilities that LLM-PySC2 aims at the place of a unit.
    218: ["Ability_PsiStorm_Attack_Unit"],
    219: ["Ability_PurificationNova_Attack_Unit"],
    241: ["Ability_TimeWarp_Attack_Unit", "Ability_TimeWarp_Attack"],
    182: ["Ability_ShadowStride_Unit"],
    529: ["Ability_NexusMassRecall_Near"],
    208: ["Ability_MothershipMassRecall_Near"],
}

WORDS = {
    # Plain words of our own where PySC2's name would mislead: raw name -> name without its ending.
    "Move_unit": "Follow",
    "Effect_Heal_unit": "Heal",
}

ENDINGS = {"raw_cmd": "_quick", "raw_cmd_pt": "_pt", "raw_cmd_unit": "_unit", "raw_autocast": "_autocast"}
TAKES = {"raw_cmd": "nothing", "raw_cmd_pt": "point", "raw_cmd_unit": "unit", "raw_autocast": "autocast"}


def main() -> None:
    """Write both tables."""
    facts = Path(sys.argv[1])
    functions = json.loads((facts / "pysc2_functions.json").read_text())
    abilities = json.loads((facts / "abilities.json").read_text())["abilities"]
    about = {
        "what": "actions by name; `takes` point makes three: NAME_To (world), NAME_Screen, NAME_Minimap; unit makes "
        "NAME_Unit, autocast NAME_Autocast; names = further names in full; members = specific abilities that the "
        "general one stands for; one = given to a team, for one of its units",
        "source": "PySC2 4.0.0 RAW_FUNCTIONS, ability ids of build 4.10.0.75689, names of LLM-PySC2 where it had one",
        "made_by": "tools/build_actions.py",
    }
    write_rows(OUTPUT / "actions.json", about, "actions", build_rows(functions, abilities))
    about = {"what": "why the game refuses an order, by ActionResult", "source": "SC2 API, error.proto"}
    write_rows(OUTPUT / "action_results.json", about, "results", build_results())


def build_rows(functions: dict[str, Any], abilities: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one row for each ability and kind of argument in RAW_FUNCTIONS, and those aimed at the place of a unit."""
    feature = {row[0]: row for row in functions["FUNCTIONS"]}
    stems = {feature[number][2]: stem for number, stem in STEMS.items()}
    others = {feature[number][2]: names for number, names in OTHER_NAMES.items()}
    members = {int(key): fact["general_for"] for key, fact in abilities.items() if "general_for" in fact}
    rows = []
    for _, name, ability, general, kind, _ in functions["RAW_FUNCTIONS"]:
        if kind not in TAKES:
            continue
        raw_stem = re.sub("_(pt|unit|quick|autocast)$", "", name)
        stem = WORDS.get(name) or stems.get(ability) or raw_stem.replace("TrainWarp_", "Warp_")
        rows.append(
            tidy(
                {"stem": stem, "takes": TAKES[kind], "ability": ability, "general": general,
                 "members": unit_attackers(ability, kind, members.get(ability, [])),
                 "aliases": find_aliases(stem, raw_stem, others.get(ability, [])),
                 "one": kind != "raw_autocast" and raw_stem.startswith(DONE_BY_ONE),
                 "sited": kind != "raw_cmd" and is_sited([*members.get(ability, []), ability]),
                 "near": SITED_NAMES.get(raw_stem, []),
                 # Build_Refinery_pt takes a unit
                 "names": NAMES_IN_FULL.get(name, []) if name.endswith(ENDINGS[kind]) else [name]}
            )
        )  # fmt: skip
    for number, names in AT_UNIT.items():
        ability, general = feature[number][2], feature[number][3]
        row = {"stem": names[0], "takes": "at_unit", "ability": ability, "general": general}
        rows.append(tidy({**row, "members": members.get(ability), "aliases": names[1:]}))
    rows += [{"stem": name, "takes": takes, "ability": ability} for name, (takes, ability) in GROUP.items()]
    rows.append({"stem": "No_Operation", "takes": "nothing", "ability": 0, "aliases": IDLE})
    return rows


IDLE = ["no_op", "Continuously_Monitor_Here", "Wait_For_Unit_Warp"]
"""LLM-PySC2's names for doing nothing."""

DONE_BY_ONE = (
    "Build_", "Train_", "TrainWarp_", "Research_", "Morph_Lair", "Morph_Hive", "Morph_GreaterSpire",
    "Morph_OrbitalCommand", "Morph_PlanetaryFortress",
)  # fmt: skip
"""Given to a team, these are for one of its units."""


def is_sited(ability_ids: list[int]) -> bool:
    """Return whether one of the abilities makes something on a place of its own, which can be searched for."""
    known = load_abilities()
    found = [known[ability_id] for ability_id in ability_ids if ability_id in known]
    return any(one.kind in ("build", "warp_in") and one.target in ("point", "unit") for one in found)


def unit_attackers(ability: int, kind: str, members: list[int]) -> list[int]:
    """Return the members of a general ability that can really do it.

    Units without a weapon carry scan-move only: they can attack-move to a point, but never attack a unit.
    """
    return [m for m in members if not (ability == ATTACK and kind == "raw_cmd_unit" and m == SCAN_MOVE)]


def find_aliases(stem: str, raw_stem: str, others: list[str]) -> list[str]:
    """Return the further names of a stem: PySC2's, and "Ability_" for its "Effect_"."""
    names = [raw_stem, *others]
    if raw_stem.startswith("Effect_"):
        names.append("Ability_" + raw_stem.removeprefix("Effect_"))
    return [name for name in dict.fromkeys(names) if name != stem]


def tidy(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row without what is empty."""
    return {key: value for key, value in row.items() if value or key == "ability"}


def build_results() -> list[dict[str, Any]]:
    """Return the words for each ActionResult: NotEnoughMinerals is "not enough minerals"."""
    from s2clientprotocol import error_pb2

    rows = []
    for name, number in error_pb2.ActionResult.items():
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
        rows.append({"id": number, "text": words.replace("cant ", "can't ").replace("couldnt", "couldn't")})
    return rows


def write_rows(path: Path, about: dict[str, Any], key: str, rows: list[dict[str, Any]]) -> None:
    """Write a table, one row a line."""
    lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{{\n "_about": {json.dumps(about)},\n "{key}": [\n{lines}\n ]\n}}\n', encoding="utf-8")
    print(f"{path}: {len(rows)} rows")


if __name__ == "__main__":
    main()

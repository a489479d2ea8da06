"""Build the tables of knowledge_base/facts/computer/ from a folder of raw facts about the build's own computer.

Usage: python -m tools.build_computer FACTS_DIR

Rows of scripts become steps: what only moves the scripts' own variables goes, conditions are parsed, and plans that
several levels share stand there once.
"""

import ast
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.fact_tables.writing import BUILD, write_table

OUTPUT = Path(__file__).parent.parent / "knowledge_base" / "facts" / "computer"
ABOUT = {"source": f"{BUILD}: melee data and scripts of its computer", "seconds": "of the game, 16 loops"}
RACES = ("protoss", "terran", "zerg")
LEVELS = {
    "very_easy": [1], "easy": [2], "medium": [3], "medium_hard": [4], "hard": [5], "harder": [6],
    "very_hard": [7, 8, 9], "cheat_insane": [10], "high_levels": [6, 7, 8, 9, 10],
}  # fmt: skip
NAMES = {"hydraliskspeed": "MuscularAugments"}
"""The catalog's names where PySC2 has others."""
GONE = frozenset({"RavenDamageUpgrade", "BattlecruiserBehemothReactor", "Nuke"})
"""What melee games of the build do not have, and nukes, which the computer here does not call down."""
OPERATORS = {ast.GtE: ">=", ast.Gt: ">", ast.LtE: "<=", ast.Lt: "<", ast.Eq: "==", ast.NotEq: "!="}
SCRIPT_COUNTS = {"min_pylon_count": 2, "evo_count": 2}
"""Counts that scripts work out: the least of what they come to in a game with both lines of upgrades."""
Env = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Write all tables."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    source = Path(arguments[0])
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for race in RACES:
        lines = (source / f"computer_{race}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        write_table(OUTPUT / f"{race}.json", ABOUT, {"plans": list(_plans(row for row in rows if "rows" in row))})
    oracles = json.loads((source / "computer_oracles.json").read_text(encoding="utf-8"))
    counters = [
        {
            "race": race.lower(),
            "against": row["against"],
            "present": row["with_present_tech"],
            "any": row["with_any_tech"],
        }
        for race, table in oracles["counters"].items()
        for row in table
    ]
    write_table(OUTPUT / "counters.json", ABOUT, {"counters": counters})
    expected = [_expected(row) for row in oracles["expected_armies"]]
    write_table(OUTPUT / "expected.json", ABOUT, {"expected": expected})
    return 0


def _expected(row: dict[str, Any]) -> dict[str, Any]:
    kept = {key: row[key] for key in ("race", "phase", "build", "food", "resources", "seconds")}
    return {"level": LEVELS[row["level"]][0], **kept}


def _plans(rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Yield the plans, those that are equal for several levels once."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        name = row["plan"].removeprefix("hd_")
        steps = _steps(row["rows"], {})
        plan = found.setdefault((name, json.dumps(steps)), {"plan": name, "levels": [], "steps": steps})
        plan["levels"] += LEVELS[row["level"]]
    return found.values()


def _steps(rows: list[Any], env: Env) -> list[Any]:
    steps: list[Any] = []
    for row in rows:
        verb, *rest = row
        if verb == "set":
            _remember(rest, env)
        elif verb in _STEPS:
            steps += _STEPS[verb](rest, env)
    return steps


def _remember(rest: list[Any], env: Env) -> None:
    """Keep what a variable of a script stands for; what the game tells by itself keeps its name."""
    name, text = rest
    if name in ("num_hatch", "num_queen"):
        env[name] = _condition(text, env)


def _condition(text: str, env: Env) -> Any:
    return _expression(ast.parse(text.strip(), mode="eval").body, env)


def _expression(node: ast.expr, env: Env) -> Any:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return [OPERATORS[type(operator)], _expression(left, env), _expression(right, env)]
        case ast.BoolOp(op=operator, values=values):
            return ["and" if isinstance(operator, ast.And) else "or", *(_expression(one, env) for one in values)]
        case ast.UnaryOp(operand=operand):
            return ["not", _expression(operand, env)]
        case ast.BinOp(left=left, right=right):
            return ["+", _expression(left, env), _expression(right, env)]
        case ast.Call(func=ast.Name(id="value"), args=[inner]):
            return _expression(inner, env)
        case ast.Call(func=ast.Name(id=name), args=args):
            return [name, *(_expression(one, env) for one in args)]
        case ast.Name(id=name):
            return env.get(name, NAMES.get(name, _build_name(name)))
        case ast.Constant(value=value):
            return value
    raise ValueError(f"expected a condition, found {ast.unparse(node)}")


def _build_name(name: str) -> str:
    """Return the name of a plan without its race: "p_open_rush_adept" is "open_rush_adept"."""
    return re.sub(r"_(\d)", r"\1", name[2:]) if name[:2] in ("p_", "t_", "z_") else name


def _have(rest: list[Any], env: Env) -> list[Any]:
    del env
    count, name = rest
    return [] if name in GONE else [["have", NAMES.get(name, name), count]]


def _more(rest: list[Any], env: Env) -> list[Any]:
    count, name, mode = rest
    if name in GONE:
        return []
    count = SCRIPT_COUNTS.get(count, count)
    return [["more", NAMES.get(name, name), env.get(count, count) if isinstance(count, str) else count, mode]]


def _if(rest: list[Any], env: Env) -> list[Any]:
    text, *branches = rest
    if text == "next_state" or text.startswith("has_player_changed") or "get_building_count_in_town" in text:
        return []
    if text.endswith("_expand"):
        return [["fast_expand"]]
    if text == "state == validate" or "is_town_full" in text:
        return []
    choices = [[_condition(text, env), _steps(branches[0], env)]]
    if len(branches) > 1:
        choices.append([True, _steps(branches[1], env)])
    return [["when", choices]]


def _case(rest: list[Any], env: Env) -> list[Any]:
    choices = []
    for branch in rest[0]:
        when = branch.get("when")
        choices.append([True if when is None else _condition(when, env), _steps(branch["rows"], env)])
    return [["when", choices]]


def _one_of(rest: list[Any], env: Env) -> list[Any]:
    return [["pick", [[branch["weight"], _steps(branch["rows"], env)] for branch in rest[0]]]]


def _army(rest: list[Any], env: Env) -> list[Any]:
    del env
    names, count = rest
    choices = names if isinstance(names, list) else [names]
    return [["army", [[name, count] for name in choices]]]


def _army_either(rest: list[Any], env: Env) -> list[Any]:
    del env
    return [["army", [[rest[0], rest[1]], [rest[2], rest[3]]]]]


def _lasts(rest: list[Any], env: Env) -> list[Any]:
    del env
    return [["clock", rest[0]["seconds"], *rest[0]["random"]]]


def _attack(rest: list[Any], env: Env) -> list[Any]:
    del env
    name, with_ally, alone, merge = rest
    return [["attack_when", name, with_ally, alone, merge == "continuous_merge"]]


def _chance(rest: list[Any], env: Env) -> list[Any]:
    """Return the weight of a build: one for all enemies, or one for random, Protoss, Terran and Zerg."""
    del env
    name, *weights = rest
    return [["weight", _build_name(name), weights]]


_KEPT_RULES = {
    "basic_defense_stock": "defense_stock",
    "general_build": "production",
    "basic_economy": "economy",
    "basic_expansion": "expansion",
    "default_expansion": "expansion",
    "adjusted_default_expansion": "adjusted_expansion",
    "default_economy": "full_economy",
    "set_stock_peons": "least_workers",
    "tech_up": "tech_up",
}


def _do(rest: list[Any], env: Env) -> list[Any]:
    del env
    name, *args = rest
    if name == "tech_stock_add":
        return [["line", NAMES.get(args[0], args[0])]]
    if name == "new_choose_sub_state":
        return [["default", _build_name(args[3])]]
    numbers = [arg for arg in args if isinstance(arg, int)]
    if name == "tech_up":
        return [["tech_up", args[0]]]
    if name == "set_flag" and args[0] == "diversion":
        return []
    return [[_KEPT_RULES[name], *numbers]] if name in _KEPT_RULES else []


_SHARED = ("emergency_detection_anti_air", "default_extra_mid_stock", "default_extra_stock", "recovery_start")
_SHARED_LATE = ("vital_upgrades", "general_upgrades", "minor_upgrades")


def _plan(rest: list[Any], env: Env) -> list[Any]:
    """Return the step that carries out another plan, or a rule of the interpreter."""
    del env
    name = rest[0].removeprefix("hd_")
    if name == "late_game_army":
        return [["late_army", rest[1]]]
    if name == "upgrades":
        return [["upgrades", rest[1]]]
    if name in _SHARED or name in _SHARED_LATE:
        return [["plan", name]]
    return [[name]] if name in ("make_counters", "defense_main_town", "defense_other_towns") else []


_STEPS = {
    "stock": _have,
    "stock_next": _more,
    "supply": lambda rest, _: [["supply", rest[1] == "normal_farms"]],
    "workers": lambda rest, _: [["workers", rest[0]]],
    "army_scale": lambda rest, _: [["share", rest[0]]],
    "if": _if,
    "case": _case,
    "one_of": _one_of,
    "army": _army,
    "army_either": _army_either,
    "lasts": _lasts,
    "attack_status": _attack,
    "chance": _chance,
    "chance_by_enemy": _chance,
    "do": _do,
    "plan": _plan,
    "stay": lambda *_: [["stay"]],
    "next_phase": lambda *_: [["done"]],
    "end": lambda *_: [["end"]],
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Build the tables of knowledge_base/facts/ from a folder of raw facts.

Usage: python -m tools.build_facts FACTS_DIR
"""

import json
import sys
from pathlib import Path
from typing import Any

from tools.fact_tables.abilities import write_abilities
from tools.fact_tables.economy import write_economy
from tools.fact_tables.spells import write_spells
from tools.fact_tables.tables import write_behaviors, write_effects, write_ids
from tools.fact_tables.units import write_units
from tools.fact_tables.upgrades import write_upgrades

OUTPUT = Path(__file__).parent.parent / "knowledge_base" / "facts"


def main(arguments: list[str]) -> int:
    """Write all tables."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    source = Path(arguments[0])

    def raw(name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((source / f"{name}.json").read_text(encoding="utf-8"))
        return content

    OUTPUT.mkdir(parents=True, exist_ok=True)
    units, trees = raw("units"), raw("effect_trees")
    abilities, upgrades = raw("abilities")["abilities"], raw("upgrades")["upgrades"]
    write_units(units, trees, upgrades, OUTPUT)
    write_abilities(abilities, units["units"], upgrades, OUTPUT / "abilities.json")
    write_upgrades(upgrades, units["units"], abilities, trees, OUTPUT / "upgrades.json")
    write_behaviors(trees, raw("buffs")["buffs"], OUTPUT / "behaviors.json")
    write_effects(raw("effects")["effects"], OUTPUT / "effects.json")
    melee = {name: raw(name) for name in ("economy", "race_data", "techtree", "game_constants")}
    write_economy(melee, units["units"], OUTPUT / "economy.json")
    write_spells(trees, abilities, units["units"], upgrades, OUTPUT / "spells.json")
    write_ids(raw("stable_ids"), abilities, OUTPUT / "ids.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

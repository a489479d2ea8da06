"""What rows of the spells' tables name has to stand in the tables: a misspelt name would do nothing, silently."""

from collections.abc import Iterable, Mapping, Sequence

from llm_pysc2.errors import PackError, closest_names
from llm_pysc2.knowledge.abilities import Ability
from llm_pysc2.knowledge.behaviors import Behavior
from llm_pysc2.knowledge.records import references
from llm_pysc2.knowledge.spells import Spells
from llm_pysc2.knowledge.tables import merged_rows, row_id
from llm_pysc2.packs import find_file, read_toml


def check_references(spells: Spells, behaviors: Mapping[str, Behavior], abilities: Mapping[int, Ability]) -> None:
    """Raise PackError, with file, row and the closest name, for a row that names one that is not there.

    Effects that `coverage.toml` skips are left out: they do nothing.
    """
    tables = {"effect": spells.effects, "condition": spells.conditions, "behavior": behaviors}
    coverage = read_toml(find_file("knowledge_base/facts", "coverage"))
    absent = _absent(coverage["holds"])
    skipped = {name for entry in coverage["skipped_effects"] for name in entry["effects"]}
    known = {table: rows.keys() | absent[table] for table, rows in tables.items()}
    played = {name: effect for name, effect in spells.effects.items() if name not in skipped}
    _check("spells", "effects", played, known)
    _check("spells", "conditions", spells.conditions, known)
    _check("behaviors", "behaviors", behaviors, known)
    _check("abilities", "abilities", abilities, known)


def _absent(holds: Sequence[Mapping[str, Sequence[str]]]) -> Mapping[str, frozenset[str]]:
    """Return the names that shipped rows name and the build's tables do not have, by table; see `coverage.toml`."""
    return {
        "effect": frozenset(),
        "condition": frozenset(name for entry in holds for name in entry.get("conditions", ())),
        "behavior": frozenset(name for entry in holds for name in entry.get("behaviors", ())),
    }


def _check(
    table: str, part: str, records: Mapping[str, object] | Mapping[int, object], known: Mapping[str, Iterable[str]]
) -> None:
    for name, record in records.items():
        for one in references(record):
            if one.name not in known[one.table]:
                where = f"{_source(table, part, name)}: {name}: {one.key}"
                raise PackError(
                    f"{where}: no {one.table} named {one.name!r}; {closest_names(one.name, known[one.table])}"
                )


def _source(table: str, part: str, name: str | int) -> str:
    """Return the file that says last what stands in a row."""
    if isinstance(name, int):
        return str(merged_rows(table, row_id, part)[name][0])
    return str(merged_rows(table, lambda row: str(row["name"]), part)[name][0])

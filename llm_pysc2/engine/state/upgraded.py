"""What upgrades change about abilities, effects and behaviours: the same tables with other values in some rows."""

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass, replace
from types import MappingProxyType
from typing import Any

from llm_pysc2.engine.state.spellbook import Spellbook
from llm_pysc2.knowledge.abilities import Ability
from llm_pysc2.knowledge.changes import changed
from llm_pysc2.knowledge.upgrades import load_upgrades
from llm_pysc2.knowledge.weapons import UpgradeChange

_TABLES = {"ability": "abilities", "effect": "effects", "behavior": "behaviors"}
"""Where the rows stand that a change is about, by how its subject begins."""


def upgraded(book: Spellbook, upgrade_ids: Sequence[int]) -> Spellbook:
    """Return the tables as they are for a player with some upgrades: the same ones if none of them changes a row."""
    known = load_upgrades()
    changes = [change for one in upgrade_ids if one in known for change in known[one].changes]
    rows: dict[str, dict[int | str, Any]] = {table: {} for table in _TABLES.values()}
    for change in changes:
        for row in subjects(book, change):
            changed_rows, key = rows[_table(change)], row.id if isinstance(row, Ability) else row.name
            changed_rows[key] = _set(changed_rows.get(key, row), change.field.split("."), change)
    if not any(rows.values()):
        return book
    abilities, effects, behaviors = (list(rows[table].values()) for table in ("abilities", "effects", "behaviors"))
    return book.with_rows(abilities, behaviors, effects)


def subjects(book: Spellbook, change: UpgradeChange) -> list[Any]:
    """Return the rows of the tables that a change is about; none where the game does not play what it changes."""
    _, _, name = change.subject.partition(":")
    if _table(change) == "abilities":
        return [one for one in book.abilities.values() if one.link == name and _holds(one, change.field)]
    rows = getattr(book, _table(change))
    return [rows[name]] if name in rows else []


def _table(change: UpgradeChange) -> str:
    return _TABLES[change.subject.partition(":")[0]]


def _holds(row: Any, place: str) -> bool:
    """Return whether a row has something at a place: not every ability of a link is the morph, or has the cooldown."""
    return bool(getattr(row, place.split(".")[0]))


def _set(value: Any, path: Sequence[str], change: UpgradeChange) -> Any:
    """Return a value with what stands at a path in it changed; values that hold others are copied, never changed.

    In a list a number is a place, and a word is one of its entries, which goes.
    """
    if not path:
        return changed(float(value or 0), [change]) if isinstance(change.value, int | float) else change.value
    key, rest = path[0], path[1:]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{key: _set(getattr(value, key), rest, change)})
    if value is None or isinstance(value, Mapping):
        inner = value or {}
        return MappingProxyType({**inner, key: _set(inner.get(key), rest, change)})
    if not key.isdigit():
        return type(value)(one for one in value if one != key)
    return type(value)(_set(one, rest, change) if place == int(key) else one for place, one in enumerate(value))

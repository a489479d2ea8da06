"""What people should know about units, structures, upgrades and abilities: `knowledge_base/<race>/<kind>.toml`.

Words only: numbers stand in `knowledge_base/facts`. Importing this reads nothing. An entry of a user's pack replaces
the shipped one of the same name and kind.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from llm_pysc2 import packs
from llm_pysc2.errors import PackError, UsageError, closest_names
from llm_pysc2.knowledge.actions import action_rows

RACES = ("protoss", "terran", "zerg", "neutral")
KINDS = {"units": "unit", "structures": "structure", "abilities": "ability", "upgrades": "upgrade"}
"""Kind of the entries of a file, by the file's name, in the order in which equal names are preferred."""

_VERBS = {
    "Train": ("unit", "structure"),
    "Build": ("structure", "unit"),
    "Morph": ("unit", "structure"),
    "Research": ("upgrade",),
    "Effect": ("ability",),
}
_ORDER_SUFFIX = re.compile(r"_(pt|unit|quick|autocast)$")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. Other units, structures, upgrades and abilities are named by their names in the API."""

    name: str
    kind: str
    """"unit", "structure", "ability" or "upgrade"."""
    race: str
    """"protoss", "terran", "zerg" or "neutral"."""
    title: str
    """The name as people write it, such as "High Templar"."""
    role: str
    """What it is for, in a sentence or two."""
    use: str
    """How it is used well."""
    avoid: str = ""
    """When not, or what it fears."""
    strong_against: tuple[str, ...] = ()
    weak_against: tuple[str, ...] = ()
    abilities: tuple[str, ...] = ()
    """Names of the ability entries that concern it."""
    aliases: tuple[str, ...] = ()
    """What people also call it."""
    forms: tuple[str, ...] = ()
    """API names of unit types or upgrades that it stands for as well: burrowed, sieged, levels, cocoons."""
    actions: tuple[str, ...] = ()
    """PySC2 functions it explains, without "_pt" and the like; * stands for anything."""


@cache
def load_entries() -> tuple[Entry, ...]:
    """Return all entries of all packs, kind by kind. Raises PackError that names file, entry and key."""
    return merge_entries([root / "knowledge_base" for root in packs.roots()])


def entry_by_name(name: str, kind: str | None = None) -> Entry:
    """Return the entry of an API name in any case, or of a form of it. Raises UsageError with the closest names.

    >>> entry_by_name("SiegeTankSieged").title
    'Siege Tank'
    """
    found = entries_named(name)
    for entry in found:
        if kind in (None, entry.kind):
            return entry
    known = (entry.name for entry in load_entries() if kind in (None, entry.kind))
    raise UsageError(f"no {kind or 'entry'} named {name!r} in the knowledge base; {closest_names(name, known)}")


def entries_named(name: str) -> tuple[Entry, ...]:
    """Return the entries of an API name or of a form of them, units before abilities before upgrades; maybe none."""
    return _names().get(name.casefold(), ())


def relevant_entries(type_names: Iterable[str]) -> tuple[Entry, ...]:
    """Return the entries that concern units in view, each once, in order of appearance; names without one are left out.

    >>> [entry.name for entry in relevant_entries(["SiegeTankSieged", "Marine", "SiegeTank"])]
    ['SiegeTank', 'Marine']
    """
    found: dict[tuple[str, str], Entry] = {}
    for name in type_names:
        for entry in entries_named(name)[:1]:
            found.setdefault((entry.kind, entry.name), entry)
    return tuple(found.values())


def ability_entries(entry: Entry) -> tuple[Entry, ...]:
    """Return the entries of the abilities that concern a unit, structure or upgrade."""
    return tuple(entry_by_name(name, "ability") for name in entry.abilities)


def entry_of_action(function: str) -> Entry | None:
    """Return the entry that explains a PySC2 raw function, such as Train_Marine_quick, or None if there is none.

    An exact name in an entry's `actions` wins over a pattern, and a pattern over a verb with an entry's name.
    """
    return _entry_of_stem(_ORDER_SUFFIX.sub("", function))


def entry_of_ability(ability_id: int) -> Entry | None:
    """Return the entry that explains an ability id of the API, or None if no action is known for it."""
    return _by_ability().get(ability_id)


def ability_ids(entry: Entry) -> tuple[int, ...]:
    """Return the ability ids that an entry explains, ascending."""
    return tuple(sorted(number for number, found in _by_ability().items() if found is entry))


def action_names() -> Mapping[str, Entry]:
    """Return the entries by every name that the action table has for them, PySC2's and LLM-PySC2's."""
    return _by_action()


def title_of(name: str) -> str:
    """Return an API name as people write it.

    >>> [title_of(name) for name in ("HighTemplar", "MULE", "SCV", "KD8Charge", "EMP")]
    ['High Templar', 'MULE', 'SCV', 'KD8 Charge', 'EMP']
    """
    return _WORDS.sub(" ", name)


@cache
def _entry_of_stem(stem: str) -> Entry | None:
    for entry in load_entries():
        if stem in entry.actions:
            return entry
    for entry in load_entries():
        if any("*" in pattern and fnmatchcase(stem, pattern) for pattern in entry.actions):
            return entry
    verb, _, rest = stem.partition("_")
    for kind in _VERBS.get(verb, ()):
        for entry in entries_named(rest):
            if entry.kind == kind:
                return entry
    return None


@cache
def _by_ability() -> Mapping[int, Entry]:
    names = _by_action()
    return MappingProxyType({row["ability"]: names[row["stem"]] for row in action_rows() if row["stem"] in names})


@cache
def _by_action() -> Mapping[str, Entry]:
    found: dict[str, Entry] = {}
    for row in action_rows():
        names = [row["stem"], *row.get("aliases", ())]
        explained = [entry for name in reversed(names) if (entry := _entry_of_stem(name))]
        found.update(dict.fromkeys(names, explained[0]) if explained else {})
    return MappingProxyType(found)


@cache
def _names() -> Mapping[str, tuple[Entry, ...]]:
    by_name: dict[str, list[Entry]] = {}
    for entry in load_entries():
        by_name.setdefault(entry.name.casefold(), []).append(entry)
    for entry in load_entries():
        for form in entry.forms:
            by_name.setdefault(form.casefold(), []).append(entry)
    return MappingProxyType({name: tuple(found) for name, found in by_name.items()})


def merge_entries(folders: Sequence[Path]) -> tuple[Entry, ...]:
    """Return the entries of `knowledge_base` folders, the first of which wins. Raises PackError for a broken one."""
    entries: dict[tuple[str, str], tuple[Entry, Path]] = {}
    for folder in reversed(folders):
        for race in RACES:
            for path in sorted((folder / race).glob("*.toml")):
                entries.update({(entry.kind, entry.name): (entry, path) for entry in read_entries(path)})
    _check_names(entries)
    order = list(KINDS.values())
    return tuple(sorted((entry for entry, _ in entries.values()), key=lambda e: (order.index(e.kind), e.race, e.name)))


def read_entries(path: Path) -> list[Entry]:
    """Return the entries of one file, whose folder names the race. Raises PackError that names file, entry and key."""
    if path.stem not in KINDS:
        raise PackError(f"{path}: expected a file named {', '.join(f'{kind}.toml' for kind in KINDS)}")
    entries = []
    for name, table in packs.read_toml(path).items():
        if not isinstance(table, dict):
            raise PackError(f"{path}: {name}: expected a table such as [Stalker], found {table!r}")
        entries.append(_decode(path, name, table))
    return entries


def _decode(path: Path, name: str, table: dict[str, Any]) -> Entry:
    values: dict[str, Any] = {"title": title_of(name)}
    texts, lists = _keys()
    for key, value in table.items():
        if key in texts:
            _expect(path, f"{name}.{key}", value, isinstance(value, str) and value.strip() != "", "text")
            values[key] = value
        elif key in lists:
            right = isinstance(value, list) and all(isinstance(part, str) and part for part in value)
            _expect(path, f"{name}.{key}", value, right, "a list of names")
            values[key] = tuple(value)
        else:
            raise PackError(f"{path}: {name}: unknown key {key!r}; {closest_names(key, texts | lists)}")
    for key in ("role", "use"):
        if key not in values:
            raise PackError(f"{path}: {name}: missing {key}")
    return Entry(name=name, kind=KINDS[path.stem], race=path.parent.name, **values)


@cache
def _keys() -> tuple[frozenset[str], frozenset[str]]:
    names = {field.name for field in fields(Entry)} - {"name", "kind", "race"}
    texts = frozenset({"title", "role", "use", "avoid"})
    return texts, frozenset(names - texts)


def _expect(path: Path, key: str, value: Any, holds: bool, expected: str) -> None:
    if not holds:
        raise PackError(f"{path}: {key}: expected {expected}, found {value!r}")


def _check_names(entries: Mapping[tuple[str, str], tuple[Entry, Path]]) -> None:
    """Raise PackError unless every name that an entry mentions is the name or a form of an entry."""
    things = {name for entry, _ in entries.values() for name in (entry.name, *entry.forms)}
    abilities = {entry.name for entry, _ in entries.values() if entry.kind == "ability"}
    for entry, path in entries.values():
        for key, known in (("strong_against", things), ("weak_against", things), ("abilities", abilities)):
            for name in getattr(entry, key):
                if name not in known:
                    raise PackError(
                        f"{path}: {entry.name}.{key}: no entry named {name!r}; {closest_names(name, known)}"
                    )

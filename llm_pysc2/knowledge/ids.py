"""All ids of the build with the catalog's names, as the API's data request lists them; from `facts/ids.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from llm_pysc2.errors import PackError
from llm_pysc2.packs import facts_file, read_json


@dataclass(frozen=True, slots=True)
class AbilityId:
    """An ability id; most of them no unit of today carries."""

    link: str
    index: int
    button: str
    available: bool
    friendly_name: str
    """Of those outside `facts/abilities.json`."""
    target: str
    """Of those outside `facts/abilities.json`, as the API spells it: "None", "Point", "Unit", ..."""


@dataclass(frozen=True, slots=True)
class IdTables:
    """Names by id. Unit names are the catalog's, which differ from PySC2's in a few cases."""

    units: Mapping[int, str]
    upgrades: Mapping[int, str]
    buffs: Mapping[int, str]
    effects: Mapping[int, str]
    abilities: Mapping[int, AbilityId]


@cache
def load_ids() -> IdTables:
    """Return the tables, each in the order of ids. Raises PackError that names the file."""
    path = facts_file("ids")
    content = read_json(path)
    try:
        names = {table: _decode_names(content[table]) for table in ("units", "upgrades", "buffs", "effects")}
        return IdTables(**names, abilities=_decode_abilities(content))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PackError(f"{path}: {type(error).__name__}: {error}") from error


def _decode_names(lines: dict[str, str]) -> Mapping[int, str]:
    names: dict[int, str] = {}
    for start, line in lines.items():
        for offset, name in enumerate(line.split(" ")):
            names[int(start) + offset] = "" if name == "-" else name
    return MappingProxyType(names)


def _decode_abilities(content: dict[str, Any]) -> Mapping[int, AbilityId]:
    friendly = {int(key): name for key, name in content["ability_names"].items()}
    targets = {key: target for target, keys in content["ability_targets"].items() for key in keys}
    abilities: dict[int, AbilityId] = {}
    for start, (link, first, buttons) in content["abilities"].items():
        for offset, text in enumerate(buttons.split(" ")):
            key, name = int(start) + offset, text.removesuffix("!")
            button = "" if name == "-" else name.replace("~", " ")
            available = not text.endswith("!")
            target = targets.get(key, "None")
            abilities[key] = AbilityId(link, first + offset, button, available, friendly.get(key, ""), target)
    return MappingProxyType(abilities)

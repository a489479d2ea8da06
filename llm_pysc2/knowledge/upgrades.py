"""Upgrades: price, time and place; from `knowledge_base/facts/upgrades.json`.

What they change about units and weapons stands with those (`UnitType.changes`, `Weapon.changes`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.knowledge.tables import convert, load_rows, row_id
from llm_pysc2.knowledge.weapons import UpgradeChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """One upgrade."""

    id: int
    name: str
    """PySC2's name."""
    link: str
    """The catalog's name."""
    minerals: int = 0
    vespene: int = 0
    loops: float = 0.0
    ability: int = 0
    """That researches it, 0 = none."""
    researched_at: tuple[int, ...] = ()
    """Unit types."""
    reachable: bool = True
    """Whether its button is there in a melee game."""
    line: str = ""
    """Upgrades of one line are levels of one another."""
    level: int = 0
    score: float = 0.0
    changes: tuple[UpgradeChange, ...] = ()
    """Of effects ("effect:NAME"), abilities ("ability:LINK") and behaviours ("behavior:NAME"): the field says where in
    their rows the value stands, "phases.0.loops"."""


def decode_upgrade(row: dict[str, Any]) -> Upgrade:
    """Return an upgrade from its JSON object. Raises TypeError for an unknown or a missing key."""
    fields = convert(row, tuples=("researched_at",))
    fields.setdefault("link", fields.get("name"))
    fields["changes"] = tuple(UpgradeChange(row["id"], *change) for change in fields.get("changes", ()))
    return Upgrade(**fields)


@cache
def load_upgrades() -> Mapping[int, Upgrade]:
    """Return the upgrades by API id, in the order of ids. Raises PackError that names file and entry."""
    return load_rows("upgrades", row_id, decode_upgrade)


@cache
def _by_name() -> Mapping[str, Upgrade]:
    found: dict[str, Upgrade] = {}
    for upgrade in load_upgrades().values():
        found[upgrade.link.casefold()] = upgrade
    for upgrade in load_upgrades().values():
        found[upgrade.name.casefold()] = upgrade
    return MappingProxyType(found)


def upgrade_by_name(name: str) -> Upgrade:
    """Return the upgrade of that PySC2 or catalog name, in any case. Raises UsageError with the closest names."""
    found = _by_name().get(name.casefold())
    if found is None:
        known = (upgrade.name for upgrade in load_upgrades().values())
        raise UsageError(f"no upgrade named {name!r}; {closest_names(name, known)}")
    return found

"""Names of unit types, as facts know them, for the type numbers of the game being played.

The catalog's numbers have PySC2's names. A map may add types of its own, numbered above the catalog and named after a
catalog type with something hung on ("Stalker_RL"); such a type gets the name of the one it is made from.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import Any

from pysc2.lib import units

LAST_STABLE_TYPE_ID = 1942
"""Up to here a number means the same unit type in all builds of the game."""


class TypeNames(dict[int, str]):
    """Names by type id; one that is asked for the first time is worked out. Every number has a name.

    Args:
        types: The `units` of the game's `ResponseData`. Without them only the catalog's types have names.
    """

    def __init__(self, types: Iterable[Any] = ()) -> None:
        super().__init__()
        self._published = {unit_type.unit_id: unit_type.name for unit_type in types}

    def __missing__(self, type_id: int) -> str:
        """Return the name of a type that was not asked for before; "Unit" and its number if nobody knows it."""
        published = self._published.get(type_id, "")
        catalog = catalog_names().get(type_id, "")
        if catalog and (type_id <= LAST_STABLE_TYPE_ID or not published):
            name = catalog
        else:
            name = base_name(published) if published else f"Unit{type_id}"
        self[type_id] = name
        return name


@cache
def catalog_names() -> dict[int, str]:
    """Return PySC2's names by type id."""
    return {int(unit): unit.name for race in (units.Neutral, units.Protoss, units.Terran, units.Zerg) for unit in race}


def base_name(name: str) -> str:
    """Return the catalog name that a map's own type is made from, or the name as it is if there is none.

    >>> [base_name(name) for name in ("Stalker_RL", "Colosus_RL", "MineralField", "XelNaga_Caverns_DoorE")]
    ['Stalker', 'Colossus', 'MineralField', 'XelNaga_Caverns_DoorE']
    """
    known = {catalog_name.casefold(): catalog_name for catalog_name in catalog_names().values()}
    stem, mark, _ = name.rpartition("_")
    for candidate in (name, stem) if mark else (name,):
        if candidate.casefold() in known:
            return known[candidate.casefold()]
    # Map makers misspell: SMAC has a "Colosus_RL".
    close = get_close_matches(stem.casefold(), known, n=1, cutoff=0.9) if mark else []
    return known[close[0]] if close else name

"""The words that agents give orders with, and the abilities they stand for; from `facts/actions.json`.

`dialogue/grammar` makes the actions of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from llm_pysc2.knowledge.records import read_record
from llm_pysc2.knowledge.tables import merged_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """One action, or one for each way to say a place."""

    stem: str
    """Its name without what it takes: "Ability_PsiStorm" for <Ability_PsiStorm_Screen(...)>."""
    takes: Literal["nothing", "unit", "at_unit", "point", "autocast", "foe", "threat", "home"]
    ability: int
    """API id."""
    general: int = 0
    """The general ability that the API maps it to."""
    members: tuple[int, ...] = ()
    """Abilities that it stands for, if it is a general one."""
    aliases: tuple[str, ...] = ()
    """Other stems."""
    names: tuple[str, ...] = ()
    """Other names in full."""
    near: tuple[str, ...] = ()
    """Other names of building near something."""
    one: bool = False
    """Given to a team, it is for one of its units."""
    sited: bool = False
    """A structure is built: it may be said near what."""


@cache
def action_rows() -> tuple[Mapping[str, Any], ...]:
    """Return the entries as they stand, with those of packs. Raises PackError that names file, stem and key."""
    rows = merged_rows("actions", lambda row: (row["stem"], row["takes"]))
    for (stem, _), (path, row) in rows.items():
        read_record(ActionRow, row, f"{path}: {stem}")
    return tuple(row for _, row in rows.values())

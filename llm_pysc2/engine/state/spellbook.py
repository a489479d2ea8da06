"""The tables of one game that say what spells do: the facts, and what a map or a test adds to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import MappingProxyType
from typing import Final

from llm_pysc2.engine.state.coverage import load_coverage
from llm_pysc2.engine.state.unit_columns import quantise
from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.behaviors import Behavior, load_behaviors
from llm_pysc2.knowledge.conditions import Condition
from llm_pysc2.knowledge.effects import Effect
from llm_pysc2.knowledge.references import check_references
from llm_pysc2.knowledge.spells import Missile, load_spells

RATES: Final = "rate_multiplier_array"
"""Key of a behaviour's modification that says how fast what goes on for a unit."""
TRANSPORT_KINDS = frozenset({"load", "load_all", "unload_all", "unload_all_at"})
"""Kinds of abilities that `systems.transport` carries out."""
CAST_KINDS = TRANSPORT_KINDS | {
    *("effect", "augment", "behavior_on", "behavior_off", "cancel_effect", "morph", "merge", "arm_magazine"),
}
"""Kinds of abilities that `systems.casting` carries out, or leads on to."""


@dataclass(frozen=True)
class Spellbook:
    """Everything by name, abilities by id. Never changed during a game."""

    abilities: Mapping[int, Ability]
    behaviors: Mapping[str, Behavior]
    effects: Mapping[str, Effect]
    conditions: Mapping[str, Condition]
    missiles: Mapping[str, Missile]
    removers: frozenset[str] = field(default_factory=frozenset)
    """Behaviours that conditions may remove: only these are looked at in every loop."""
    pausing: frozenset[str] = field(default_factory=frozenset)
    """Behaviours that others may turn off: their time stands still then."""
    switched: frozenset[str] = field(default_factory=frozenset)
    """Behaviours that conditions switch off and on, and with them the changes of a unit and the time they last."""
    pacing: frozenset[str] = field(default_factory=frozenset)
    """Behaviours under which cooldowns run faster or slower."""

    def with_rows(
        self,
        abilities: Sequence[Ability] = (),
        behaviors: Sequence[Behavior] = (),
        effects: Sequence[Effect] = (),
        conditions: Sequence[Condition] = (),
        missiles: Mapping[str, Missile] = MappingProxyType({}),
    ) -> "Spellbook":
        """Return the same tables with more rows, which come before those of the same name."""
        return make_spellbook(
            {**self.abilities, **{row.id: row for row in abilities}},
            {**self.behaviors, **{row.name: row for row in behaviors}},
            {**self.effects, **{row.name: row for row in effects}},
            {**self.conditions, **{row.name: row for row in conditions}},
            {**self.missiles, **missiles},
        )

    def by_link(self, link: str, index: int) -> Ability | None:
        """Return the ability of a catalog name, None if it is not played."""
        return self._links.get((link, index))

    @cached_property
    def _links(self) -> dict[tuple[str, int], Ability]:
        return {(one.link, one.index): one for one in self.abilities.values()}

    def specific(self, card: Sequence[int], ability_id: int) -> Ability | None:
        """Return the ability of a command card that an id means, itself or as a general id; None if none does."""
        for own in card:
            ability = self.abilities.get(own)
            if ability is not None and ability.kind in CAST_KINDS and ability_id in (own, ability.general):
                return ability
        return None


def make_spellbook(
    abilities: Mapping[int, Ability],
    behaviors: Mapping[str, Behavior],
    effects: Mapping[str, Effect],
    conditions: Mapping[str, Condition],
    missiles: Mapping[str, Missile],
) -> Spellbook:
    """Return the tables of a game."""
    removers = frozenset(name for name, behavior in behaviors.items() if behavior.remove_unless)
    changes = [behavior.modification for behavior in behaviors.values()]
    pausing = frozenset(name for change in changes for name in change.get("behavior_link_disable_array", ()))
    ending = (one for one in behaviors.values() if one.modification or one.duration_loops)
    switched = frozenset(one.name for one in ending if one.disable_unless)
    pacing = frozenset(name for name, one in behaviors.items() if "Cooldown" in one.modification.get(RATES, ()))
    return Spellbook(abilities, behaviors, effects, conditions, missiles, removers, pausing, switched, pacing)


@cache
def shipped_spellbook() -> Spellbook:
    """Return the tables of the facts without what is not played. Raises PackError that names file and entry."""
    spells, coverage = load_spells(), load_coverage()
    check_references(spells, load_behaviors(), load_abilities())
    abilities = {ability.id: ability for ability in load_abilities().values() if ability.id not in coverage.left_out}
    effects = {name: effect for name, effect in spells.effects.items() if name not in coverage.skipped_effects}
    return make_spellbook(abilities, load_behaviors(), effects, spells.conditions, spells.missiles)


def cooldown_name(ability: Ability) -> str:
    """Return what an ability's cooldown is counted under: abilities of one link share it."""
    return ability.cooldown_link or ability.link


def after(loop: float, loops: float) -> float:
    """Return the moment some loops after another, on the grid of 1/4096.

    >>> after(10, 9.1392) * 4096
    78394.0
    """
    return quantise(loop + loops)

"""The numbers of healing by beam, read from the facts of the Medivac's ability."""

from dataclasses import dataclass
from functools import cache
from typing import cast

from llm_pysc2.engine.maps.filters import Filter, parse_filter
from llm_pysc2.engine.state.order import Ability
from llm_pysc2.engine.state.unit_columns import quantise
from llm_pysc2.knowledge.abilities import ability
from llm_pysc2.knowledge.effects import CreateHealer
from llm_pysc2.knowledge.spells import load_spells
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND


@dataclass(frozen=True, slots=True)
class HealBeam:
    """One way to heal. Distances in cells from edge to edge."""

    range_cells: float
    sight_cells: float
    """How far a healer looks for wounded of its own accord."""
    patients: Filter
    life_per_loop: float
    energy_per_life: float
    least_energy: float
    """Needed to begin."""


@cache
def heal_beam() -> HealBeam:
    """Return the beam of the Medivac. Raises PackError if the facts lack it."""
    facts = ability(Ability.HEAL)
    effect = cast(CreateHealer, load_spells().effects[facts.effects[0]])
    return HealBeam(
        range_cells=facts.range_cells,
        sight_cells=facts.autocast_range_cells,
        patients=parse_filter(facts.filters),
        life_per_loop=quantise(effect.recharge_vital_rate / LOOPS_PER_GAME_SECOND),
        energy_per_life=effect.drain_vital_cost_factor,
        least_energy=LEAST_ENERGY,
    )


LEAST_ENERGY = 5.0
"""Autocast validator healCasterMinEnergy of build 75689; the shipped facts keep no validators of autocasts."""

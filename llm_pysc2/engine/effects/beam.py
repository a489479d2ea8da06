"""Beams: a caster gives what it has of one vital for another of its target, loop by loop, as long as it holds them."""

from collections.abc import Mapping
from typing import Any

from llm_pysc2.engine.effects import persist
from llm_pysc2.engine.effects.lasting import Perform
from llm_pysc2.engine.effects.records import Cast, Persistent
from llm_pysc2.engine.match import Match
from llm_pysc2.engine.state import NEVER, quantise
from llm_pysc2.knowledge.spells import Effect
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

_COLUMNS = {"Life": "life", "Shields": "shield", "Energy": "energy"}


def run(match: Match, _perform: Perform, effect: Effect, cast: Cast) -> None:
    """Begin a beam on the target; it lasts until its condition fails, the price is gone, or the caster lets go."""
    beam = Persistent(effect.name, cast, due=float(NEVER), channelled=True, started_loop=match.loop)
    match.spells.persistents.append(beam)


def advance(match: Match, perform: Perform) -> None:
    """Let all beams do the work of one loop."""
    for one in list(match.spells.persistents):
        fields = match.spellbook.effects[one.name].fields
        if "recharge_vital" in fields:
            _give(match, perform, one, fields)


def _give(match: Match, perform: Perform, one: Persistent, fields: Mapping[str, Any]) -> None:
    units = match.units
    caster, target = units.row_of(one.cast.caster_tag), units.row_of(one.cast.target_tag)
    if caster < 0 or target < 0:
        persist.end(match, perform, one)
        return
    column = _COLUMNS[fields["recharge_vital"]]
    price = getattr(units, _COLUMNS[fields["drain_vital"]])
    missing = float(getattr(units, f"{column}_max")[target] - getattr(units, column)[target])
    given = min(fields["recharge_vital_rate"] / LOOPS_PER_GAME_SECOND, missing)
    if price[caster] < given * fields["drain_vital_cost_factor"]:
        persist.end(match, perform, one)
        return
    price[caster] = quantise(float(price[caster]) - given * fields["drain_vital_cost_factor"])
    getattr(units, column)[target] = quantise(float(getattr(units, column)[target]) + given)

"""Steps that lead to others: sets, switches, behaviours put on and taken off."""

from dataclasses import replace

from llm_pysc2.engine.behaviors import lasting, modifiers
from llm_pysc2.engine.behaviors.conditions import holds
from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.behaviors.places import unit_of, where
from llm_pysc2.engine.state.effect_records import Cast
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.units.aboard import passengers_of
from llm_pysc2.knowledge.effects import ApplyBehavior, EnumTransport, RemoveBehavior, Set, Switch, TransferBehavior


def run_set(match: Match, perform: Perform, effect: Set, cast: Cast) -> None:
    """Carry out several effects in their order; a set that aims at a point forgets the unit there."""
    if effect.target_location_type == "Point":
        cast = replace(cast, target_tag=0, point=where(match, cast.target_tag, cast.point))
    for name in effect.effects:
        perform(match, name, cast)


def run_switch(match: Match, perform: Perform, effect: Switch, cast: Cast) -> None:
    """Carry out the effect of the first case whose condition holds, or the other one.

    A case that falls through counts only if its effect can be carried out.
    """
    for case in effect.cases:
        names: tuple[str, ...] = (case.if_,) if case.if_ else ()
        if case.fall_through:
            names += match.spellbook.effects[case.effect].only_if
        if holds(match, cast, names):
            perform(match, case.effect, cast)
            return
    if effect.otherwise:
        perform(match, effect.otherwise, cast)


def run_for_passengers(match: Match, perform: Perform, effect: EnumTransport, cast: Cast) -> None:
    """Carry out an effect on everybody aboard of the unit that it aims at."""
    row = unit_of(match, cast, None)
    for one in passengers_of(match, row) if row >= 0 else []:
        perform(match, effect.effect, _at_unit(match, cast, one))


def apply_behavior(match: Match, perform: Perform, effect: ApplyBehavior, cast: Cast) -> None:
    """Put a behaviour on a unit."""
    row = unit_of(match, cast, effect.on)
    if row < 0:
        return
    name = effect.behavior
    for _ in range(effect.count):
        lasting.add(match, perform, name, _at_unit(match, cast, row))


def remove_behavior(match: Match, perform: Perform, effect: RemoveBehavior, cast: Cast) -> None:
    """Take a behaviour off a unit: so many stacks of it, or all; what follows from its end follows either way."""
    row = unit_of(match, cast, effect.on)
    if row < 0:
        return
    tag, name = int(match.units.tag[row]), effect.behavior
    count = effect.count
    for held in match.spells.held.get(tag, ()):
        if held.name == name and 0 < count < held.stacks:
            held.stacks -= count
            final = match.spellbook.behaviors[name].final_effect
            if final:
                perform(match, final, held.cast)
            return
    lasting.remove(match, perform, tag, name)


def transfer_behavior(match: Match, _perform: Perform, effect: TransferBehavior, cast: Cast) -> None:
    """Take a behaviour from one unit to another, or a copy of it, with the time that is left of it."""
    giver, taker = (unit_of(match, cast, name) for name in (effect.launch_unit, effect.impact_unit))
    held = match.spells.held
    given = held.get(int(match.units.tag[giver]), []) if giver >= 0 else []
    moved = next((one for one in given if one.name == effect.behavior), None)
    if moved is None or taker < 0:
        return
    if effect.copy:
        moved = replace(moved)
    else:
        given.remove(moved)
    moved.cast = _at_unit(match, cast, taker)
    held.setdefault(int(match.units.tag[taker]), []).append(moved)
    for row in (giver, taker):
        modifiers.refresh(match, row)


def _at_unit(match: Match, cast: Cast, row: int) -> Cast:
    units = match.units
    return cast.child(int(units.tag[row]), (float(units.x[row]), float(units.y[row])))

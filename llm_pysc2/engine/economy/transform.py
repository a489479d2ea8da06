"""Morphs that cost nothing but time: modes and burrowing. A unit becomes another type and keeps its losses."""

from llm_pysc2.engine.behaviors import modifiers
from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.state.effect_records import Cast, Casting
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.spellbook import after
from llm_pysc2.engine.units import spawning, structure_footprints
from llm_pysc2.knowledge.abilities import Ability

_DISABLER = "AutoCastDisabler"
_KEPT = frozenset({"life", "shield", "energy"})


def begin(match: Match, ability: Ability, casting: Casting) -> None:
    """Begin a morph: it ends after its last phase, with the random delay of this time."""
    last = ability.phases[-1]
    delay = match.rng.random() * last.random_delay_loops if last.random_delay_loops else 0.0
    casting.phase = 0
    casting.until = after(match.loop, last.loops + delay)


def advance(match: Match, perform: Perform, row: int, ability: Ability, casting: Casting) -> None:
    """Let a unit become the type of every phase whose time has come."""
    total = ability.phases[-1].loops
    while casting.phase < len(ability.phases):
        phase = ability.phases[casting.phase]
        if casting.until - (total - phase.loops) > match.loop:
            return
        casting.phase += 1
        become(match, row, phase.unit)
        tag, here = int(match.units.tag[row]), (float(match.units.x[row]), float(match.units.y[row]))
        for name in phase.effects:
            if name.endswith(_DISABLER):
                _switch_off(match, row)
            perform(match, name, Cast(tag, int(match.units.owner[row]), tag, here, tag, here))


def _switch_off(match: Match, row: int) -> None:
    """Let a unit (row) that was changed back not change again of its own accord."""
    automatic = (one.id for one in match.types.autocasts.get(int(match.units.row[row]), ()) if one.autocast_on)
    match.spells.switched[int(match.units.tag[row])] = tuple(automatic)


def become(match: Match, row: int, type_id: int) -> None:
    """Make a unit (row) one of another type, with the same losses of life and shields."""
    units = match.units
    former, had_energy = int(units.row[row]), units.energy_max[row] > 0
    if units.structure[row]:
        structure_footprints.clear(match, row)
    type_row, owner = match.types.row_of(type_id), int(units.owner[row])
    lost = {vital: float(getattr(units, f"{vital}_max")[row] - getattr(units, vital)[row]) for vital in _KEPT}
    nature = spawning.nature(match, type_row, owner)
    for column, value in nature.items():
        if column not in _KEPT:
            getattr(units, column)[row] = value
    for vital, missing in lost.items():
        most = float(getattr(units, f"{vital}_max")[row])
        getattr(units, vital)[row] = max(most - missing, 0.0)
    if not had_energy:
        units.energy[row] = nature["energy"]
    units.arms[row] = match.armament(type_row, owner)
    units.weapon[row] = -1
    if units.structure[row]:
        structure_footprints.lay(match, row)
    _change_nature(match, row, former)
    modifiers.refresh(match, row)
    match.population_changed()


def _change_nature(match: Match, row: int, former: int) -> None:
    """Take away what a unit's former type (row of the type) was born with; what the new one is comes soon."""
    born, tag = match.types.born, int(match.units.tag[row])
    if former in born:
        kept = [held for held in match.spells.held.get(tag, ()) if held.name not in born[former]]
        if kept:
            match.spells.held[tag] = kept
        else:
            match.spells.held.pop(tag, None)
    if int(match.units.row[row]) in born:
        match.spells.newborn.append(tag)

"""Units that effects create: where, whose, and what is done to them at once."""

from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.behaviors.places import aim_of, unit_of
from llm_pysc2.engine.economy import placement
from llm_pysc2.engine.state.effect_records import Cast
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.unit_columns import NEVER
from llm_pysc2.engine.units import spawning
from llm_pysc2.knowledge.effects import CreateUnit


def run(match: Match, perform: Perform, effect: CreateUnit, cast: Cast) -> None:
    """Create units; a step that names no type the game knows creates none."""
    type_id = match.types.id_by_name(effect.spawn_unit)
    if type_id is None:
        return
    _, point = aim_of(match, cast, effect.at)
    if match.types.by_id(type_id).structure:
        point = placement.snapped(match.types.by_id(type_id), point)
    owner = _owner(match, cast, effect.spawn_owner)
    if "Placement" in effect.create_flags_off:
        tags = spawning.create_at(match, spawning.Birth(type_id, owner), [point] * effect.spawn_count)
    else:
        tags = spawning.create_group(match, type_id, owner, point, effect.spawn_count)
    for tag in tags:
        row = match.units.row_of(tag)
        place = (float(match.units.x[row]), float(match.units.y[row]))
        if effect.spawn_effect:
            perform(match, effect.spawn_effect, cast.child(tag, place))
        _leave_end_to_behaviors(match, tag)


def _owner(match: Match, cast: Cast, name: str) -> int:
    if name == "Neutral":
        return NEUTRAL
    if name == "Target":
        row = unit_of(match, cast, "Target")
        return int(match.units.owner[row]) if row >= 0 else cast.owner
    return cast.owner


def _leave_end_to_behaviors(match: Match, tag: int) -> None:
    """Drop the timed life of the type where a behaviour ends the unit's life."""
    row = match.units.row_of(tag)
    table = match.spellbook.behaviors
    if row >= 0 and any(
        table[held.name].expire_effect and table[held.name].duration_loops for held in match.spells.held.get(tag, ())
    ):
        match.units.dies_at[row] = NEVER

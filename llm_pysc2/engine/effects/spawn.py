"""Units that effects create: where, whose, and what is done to them at once."""

from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.behaviors.places import aim_of, unit_of
from llm_pysc2.engine.economy import placement
from llm_pysc2.engine.state.effect_records import Cast
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.unit_columns import NEVER
from llm_pysc2.engine.units import spawning
from llm_pysc2.knowledge.spells import Effect


def run(match: Match, perform: Perform, effect: Effect, cast: Cast) -> None:
    """Create units; a step that names no type the game knows creates none."""
    fields = effect.fields
    type_id = match.types.id_by_name(fields.get("spawn_unit", ""))
    if type_id is None:
        return
    _, point = aim_of(match, cast, fields.get("at"))
    if match.types.by_id(type_id).structure:
        point = placement.snapped(match.types.by_id(type_id), point)
    owner = _owner(match, cast, fields.get("spawn_owner"))
    count = int(fields.get("spawn_count", 1))
    if "Placement" in fields.get("create_flags_off", ()):
        tags = spawning.create_at(match, spawning.Birth(type_id, owner), [point] * count)
    else:
        tags = spawning.create_group(match, type_id, owner, point, count)
    for tag in tags:
        row = match.units.row_of(tag)
        place = (float(match.units.x[row]), float(match.units.y[row]))
        if "spawn_effect" in fields:
            perform(match, fields["spawn_effect"], cast.child(tag, place))
        _leave_end_to_behaviors(match, tag)


def _owner(match: Match, cast: Cast, name: str | None) -> int:
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

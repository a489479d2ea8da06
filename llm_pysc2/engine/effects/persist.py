"""Effects that go on: something at the start, at every period, when they are over, and whenever they end."""

from llm_pysc2.engine.behaviors.conditions import holds
from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.behaviors.places import aim_of, where
from llm_pysc2.engine.state.effect_records import Cast, Persistent
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.spellbook import after
from llm_pysc2.engine.state.unit_columns import NEVER, quantise
from llm_pysc2.knowledge.spells import Effect


def run(match: Match, perform: Perform, effect: Effect, cast: Cast) -> None:
    """Begin a persistent effect at a place or a unit."""
    fields = effect.fields
    cast = cast.aimed(*aim_of(match, cast, fields.get("at")))
    one = Persistent(
        effect.name, cast, due=0.0, channelled="Channeled" in fields.get("flags", ()), started_loop=match.loop
    )
    one.due = after(match.loop, fields.get("initial_delay_loops", 0))
    match.spells.persistents.append(one)
    _await_next(one, effect)
    if "initial_effect" in fields:
        perform(match, fields["initial_effect"], cast)


def destroy(match: Match, perform: Perform, effect: Effect, cast: Cast) -> None:
    """End persistent effects of a name near a place."""
    _, (x, y) = aim_of(match, cast, effect.fields.get("at"))
    for one in list(match.spells.persistents):
        point = where(match, one.cast.target_tag, one.cast.point)
        near = (point[0] - x) ** 2 + (point[1] - y) ** 2 <= effect.fields["radius_cells"] ** 2
        if one.name == effect.fields["effect"] and near:
            end(match, perform, one)


def advance(match: Match, perform: Perform) -> None:
    """Let the periods of all persistent effects come whose time it is."""
    for one in list(match.spells.persistents):
        _advance_one(match, perform, one)


def end(match: Match, perform: Perform, one: Persistent) -> None:
    """End a persistent effect before its time, or at it."""
    match.spells.persistents = [other for other in match.spells.persistents if other is not one]
    fields = match.book(one.cast.owner).effects[one.name].fields
    if "final_effect" in fields:
        perform(match, fields["final_effect"], one.cast)


def _advance_one(match: Match, perform: Perform, one: Persistent) -> None:
    effect = match.book(one.cast.owner).effects[one.name]
    fields = effect.fields
    while one in match.spells.persistents:
        if not holds(match, one.cast, (fields["while"],) if "while" in fields else ()):
            end(match, perform, one)
        elif one.due > match.loop:
            return
        elif one.expiring:
            if "expire_effect" in fields:
                perform(match, fields["expire_effect"], one.cast)
            end(match, perform, one)
        else:
            effects = fields.get("periodic_effects", ())
            period = one.periods
            one.periods += 1
            _await_next(one, effect)
            if effects:
                perform(match, effects[period % len(effects)], one.cast)


def _await_next(one: Persistent, effect: Effect) -> None:
    """Set when something happens next: another period, or the end."""
    fields = effect.fields
    periods = fields.get("period_loops", ())
    for_ever = "PersistUntilDestroyed" in fields.get("flags", ())
    if for_ever and not periods:
        one.due = float(NEVER)
    elif periods and (for_ever or one.periods < fields.get("period_count", 0)):
        one.due = quantise(one.due + periods[one.periods % len(periods)])
    else:
        one.expiring = True
        one.due = quantise(one.due + fields.get("expire_delay_loops", 0))

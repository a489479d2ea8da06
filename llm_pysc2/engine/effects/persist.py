"""Effects that go on: something at the start, at every period, when they are over, and whenever they end."""

from typing import cast as cast_type

from llm_pysc2.engine.behaviors.conditions import holds
from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.behaviors.places import aim_of, where
from llm_pysc2.engine.state.effect_records import Cast, Persistent
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.spellbook import after
from llm_pysc2.engine.state.unit_columns import NEVER, quantise
from llm_pysc2.knowledge.effects import CreatePersistent, DestroyPersistent, Lasting


def run(match: Match, perform: Perform, effect: CreatePersistent, cast: Cast) -> None:
    """Begin a persistent effect at a place or a unit."""
    cast = cast.aimed(*aim_of(match, cast, effect.at))
    one = Persistent(effect.name, cast, due=0.0, channelled="Channeled" in effect.flags, started_loop=match.loop)
    one.due = after(match.loop, effect.initial_delay_loops)
    match.spells.persistents.append(one)
    _await_next(one, effect)
    if effect.initial_effect:
        perform(match, effect.initial_effect, cast)


def destroy(match: Match, perform: Perform, effect: DestroyPersistent, cast: Cast) -> None:
    """End persistent effects of a name near a place."""
    _, (x, y) = aim_of(match, cast, effect.at)
    for one in list(match.spells.persistents):
        point = where(match, one.cast.target_tag, one.cast.point)
        near = (point[0] - x) ** 2 + (point[1] - y) ** 2 <= effect.radius_cells**2
        if one.name == effect.effect and near:
            end(match, perform, one)


def advance(match: Match, perform: Perform) -> None:
    """Let the periods of all persistent effects come whose time it is."""
    for one in list(match.spells.persistents):
        _advance_one(match, perform, one)


def end(match: Match, perform: Perform, one: Persistent) -> None:
    """End a persistent effect before its time, or at it."""
    match.spells.persistents = [other for other in match.spells.persistents if other is not one]
    effect = match.book(one.cast.owner).effects[one.name]
    if isinstance(effect, Lasting) and effect.final_effect:
        perform(match, effect.final_effect, one.cast)


def _advance_one(match: Match, perform: Perform, one: Persistent) -> None:
    effect = cast_type(Lasting, match.book(one.cast.owner).effects[one.name])
    while one in match.spells.persistents:
        if not holds(match, one.cast, (effect.while_,) if effect.while_ else ()):
            end(match, perform, one)
        elif one.due > match.loop or not isinstance(effect, CreatePersistent):
            return
        else:
            _let_period_come(match, perform, one, effect)


def _let_period_come(match: Match, perform: Perform, one: Persistent, effect: CreatePersistent) -> None:
    """Carry out what is due now: the effect of a period, or the end."""
    if one.expiring:
        if effect.expire_effect:
            perform(match, effect.expire_effect, one.cast)
        end(match, perform, one)
        return
    effects, period = effect.periodic_effects, one.periods
    one.periods += 1
    _await_next(one, effect)
    if effects:
        perform(match, effects[period % len(effects)], one.cast)


def _await_next(one: Persistent, effect: CreatePersistent) -> None:
    """Set when something happens next: another period, or the end."""
    periods = effect.period_loops
    for_ever = "PersistUntilDestroyed" in effect.flags
    if for_ever and not periods:
        one.due = float(NEVER)
    elif periods and (for_ever or one.periods < effect.period_count):
        one.due = quantise(one.due + periods[one.periods % len(periods)])
    else:
        one.expiring = True
        one.due = quantise(one.due + effect.expire_delay_loops)

"""Behaviours begin, last and end: their effects at the start, at every period and at the end, and what they change."""

from collections.abc import Callable
from math import ceil

from llm_pysc2.engine.behaviors import allegiance, modifiers
from llm_pysc2.engine.behaviors.conditions import holds
from llm_pysc2.engine.state.effect_records import Cast, Held
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.spellbook import RATES, after
from llm_pysc2.engine.state.unit_columns import NEVER, quantise
from llm_pysc2.knowledge.behaviors import Behavior
from llm_pysc2.knowledge.effects import Damage

Perform = Callable[[Match, str, Cast], None]
"""Carries out the effect of a name: `interpreter.perform`, handed in for effects and behaviours cause each other."""

_NO_LIMIT = 1 << 16
_CHANNELLED = frozenset({"Channeling", "Channeled"})


def add(match: Match, perform: Perform, name: str, cast: Cast) -> None:
    """Put a behaviour on the unit that a cast aims at; one that is there lasts as long as a new one."""
    behavior = match.spellbook.behaviors.get(name)
    row = match.units.row_of(cast.target_tag)
    if behavior is None or row < 0 or match.units.life[row] <= 0 or not holds(match, cast, behavior.remove_unless):
        return
    ends = _ends(match, name)
    for held in match.spells.held.get(cast.target_tag, ()):
        if held.name == name:
            held.ends_loop = ends
            held.stacks = min(held.stacks + 1, behavior.stacks_max or _NO_LIMIT)
            _show(match, row, name, ends)
            return
    due = after(match.loop, behavior.delay_loops + behavior.period_loops) if behavior.period_loops else float(NEVER)
    own = Cast(cast.caster_tag, cast.owner, cast.target_tag, cast.origin, cast.target_tag, cast.point, "", cast)
    held = Held(name, own, ends, due, channelled=bool(_CHANNELLED & behavior.flags))
    held.disabled = name in match.spellbook.switched and not holds(match, own, behavior.disable_unless)
    match.spells.held.setdefault(cast.target_tag, []).append(held)
    _show(match, row, name, ends)
    if behavior.takes_over:
        held.former_owner = allegiance.hand_over(match, row, cast.owner)
    if _is_fate(match, behavior):
        match.units.dies_at[row] = NEVER
    if behavior.modification:
        modifiers.refresh(match, row)
        match.players[int(match.units.owner[row])].food_cap += _food(behavior)
    if behavior.initial_effect:
        perform(match, behavior.initial_effect, own)


def remove(match: Match, perform: Perform, tag: int, name: str, *, expired: bool = False) -> None:
    """Take a behaviour off a unit; it ends by itself if `expired`."""
    all_held = match.spells.held.get(tag, [])
    held = next((one for one in all_held if one.name == name), None)
    if held is None:
        return
    match.spells.drop(tag, held)
    behavior = match.spellbook.behaviors[name]
    row = match.units.row_of(tag)
    if row >= 0:
        if behavior.buff:
            match.units.buffs[row].pop(behavior.buff, None)
        if held.former_owner >= 0:
            allegiance.hand_over(match, row, held.former_owner)
        if behavior.modification:
            modifiers.refresh(match, row)
            match.players[int(match.units.owner[row])].food_cap -= _food(behavior)
    if expired and behavior.expire_effect:
        perform(match, behavior.expire_effect, held.cast)
    if behavior.final_effect:
        perform(match, behavior.final_effect, held.cast)


def tick(match: Match, perform: Perform) -> None:
    """Let periods come and behaviours end whose time is up or whose conditions fail."""
    for tag in sorted(match.spells.held):
        for held in list(match.spells.held.get(tag, ())):
            row = match.units.row_of(tag)
            if row >= 0 and match.units.life[row] > 0 and held in match.spells.held.get(tag, ()):
                _tick_one(match, perform, tag, held)


def die(match: Match, perform: Perform, tag: int) -> None:
    """Let what others have put on a unit end with its life, and what follows from that happen where it died."""
    for held in list(match.spells.held.get(tag, ())):
        behavior = match.spellbook.behaviors[held.name]
        if behavior.harmful and behavior.final_effect:
            perform(match, behavior.final_effect, held.cast)


def end_channel(match: Match, perform: Perform, caster_tag: int) -> None:
    """End the behaviours that last as long as a unit channels."""
    for tag in sorted(match.spells.held):
        for held in list(match.spells.held.get(tag, ())):
            if held.channelled and held.cast.caster_tag == caster_tag:
                remove(match, perform, tag, held.name)


def be_born(match: Match, perform: Perform) -> None:
    """Give new units what their types are born with."""
    tags, match.spells.newborn = match.spells.newborn, []
    for tag in tags:
        row = match.units.row_of(tag)
        if row < 0:
            continue
        here = (float(match.units.x[row]), float(match.units.y[row]))
        cast = Cast(tag, int(match.units.owner[row]), tag, here, tag, here)
        for name in match.types.born.get(int(match.units.row[row]), ()):
            add(match, perform, name, cast)


def extra_food(match: Match, tag: int) -> float:
    """Return the supply that a unit provides because of what it holds."""
    return sum(_food(match.spellbook.behaviors[held.name]) for held in match.spells.held.get(tag, ()))


def _food(behavior: Behavior) -> float:
    return float(behavior.modification.get("food", 0))


def refresh_all(match: Match) -> None:
    """Work out anew what all units that hold behaviours are, after upgrades."""
    for tag in sorted(match.spells.held):
        modifiers.refresh(match, match.units.row_of(tag))


def _tick_one(match: Match, perform: Perform, tag: int, held: Held) -> None:
    behavior = match.spellbook.behaviors[held.name]
    if _stands_still(match, tag, held, behavior):
        held.ends_loop += 1
        held.period_due += 1
        _show(match, match.units.row_of(tag), held.name, held.ends_loop)
    if held.name in match.spellbook.pacing:
        _pace_cooldowns(match, tag, behavior.modification[RATES]["Cooldown"])
    while held.period_due <= min(match.loop, held.ends_loop):
        held.period_due = quantise(held.period_due + behavior.period_loops)
        if behavior.periodic_effect and not held.disabled and holds(match, held.cast, behavior.disable_unless):
            perform(match, behavior.periodic_effect, held.cast)
    if held.ends_loop <= match.loop:
        remove(match, perform, tag, held.name, expired=True)
    elif held.name in match.spellbook.removers and not holds(match, held.cast, behavior.remove_unless):
        remove(match, perform, tag, held.name)


def _stands_still(match: Match, tag: int, held: Held, behavior: Behavior) -> bool:
    """Return whether no time has passed for what a unit holds: its own conditions, or another behaviour, turned it off.

    The cloud of a Parasitic Bomb lives by this: its end of two loops begins when the timers that turn it off are over.
    """
    if held.name in match.spellbook.pausing and modifiers.turns_off(match, tag, held.name):
        return True
    if held.name not in match.spellbook.switched:
        return False
    was_off = held.disabled
    held.disabled = not holds(match, held.cast, behavior.disable_unless)
    if held.disabled != was_off and behavior.modification:
        modifiers.refresh(match, match.units.row_of(tag))
    return was_off


def _pace_cooldowns(match: Match, tag: int, rate: float) -> None:
    """Let the cooldowns of a unit's abilities run for one loop at another rate, 1 = as usual."""
    waits = match.spells.cooldowns.get(tag, {})
    for name, ready in waits.items():
        if ready > match.loop:
            waits[name] = quantise(ready + 1 - rate)


def _is_fate(match: Match, behavior: Behavior) -> bool:
    """Return whether a unit dies when a behaviour is over: the timed life of its type does not count then."""
    effect = match.spellbook.effects.get(behavior.expire_effect) if behavior.duration_loops else None
    return isinstance(effect, Damage) and "Kill" in effect.flags and effect.at is None


def _ends(match: Match, name: str) -> float:
    behavior = match.spellbook.behaviors[name]
    if not behavior.duration_loops:
        return float(NEVER)
    more = match.rng.random() * behavior.duration_random_loops if behavior.duration_random_loops else 0.0
    return after(match.loop, behavior.duration_loops + more)


def _show(match: Match, row: int, name: str, ends: float) -> None:
    """Let the API show the buff."""
    buff = match.spellbook.behaviors[name].buff
    if buff:
        match.units.buffs[row][buff] = ceil(ends)

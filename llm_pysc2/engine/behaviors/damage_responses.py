"""What behaviours do about damage: less of it, more of it, some of it taken on themselves, effects that it causes."""

from typing import Final

from llm_pysc2.engine.state.effect_records import Cast, Held
from llm_pysc2.engine.state.match import Match
from llm_pysc2.knowledge.behaviors import DamageResponse

RANGED_ONLY: Final = "kinds"
"""Key of a response that answers only to damage of some kinds ("Melee", "Ranged", "Splash", "Spell")."""


def answer(match: Match, row: int, kind: str, amount: float, attacker_tag: int) -> float:
    """Return the damage that is left of an amount after the behaviours of the unit (row) that takes it."""
    tag = int(match.units.tag[row])
    _guard(match, row, tag)
    for held in list(match.spells.held.get(tag, ())):
        for response in match.spellbook.behaviors[held.name].damage_response:
            if response.get("location") == "Defender" and kind in response.get(RANGED_ONLY, (kind,)):
                amount = _change(match, held, response, amount)
                _cause(match, response, held.cast)
    for held in list(match.spells.held.get(attacker_tag, ())):
        for response in match.spellbook.behaviors[held.name].damage_response:
            if response.get("location") == "Attacker":
                _cause(match, response, held.cast.aimed(tag, held.cast.point))
    return amount


def _guard(match: Match, row: int, tag: int) -> None:
    """Let what a type is born with answer damage when its cooldown is over; the effect comes after the shots."""
    for guard in match.types.guards.get(int(match.units.row[row]), ()):
        waits = match.spells.cooldowns.setdefault(tag, {})
        if waits.get(guard.name, 0.0) > match.loop or match.units.hallucination[row]:
            continue
        response = guard.damage_response[0]
        waits[guard.name] = float(match.loop + response["cost"]["cooldown"]["time_use_loops"])
        here = (float(match.units.x[row]), float(match.units.y[row]))
        cast = Cast(tag, int(match.units.owner[row]), tag, here, tag, here)
        match.spells.pending.append((response["handled"], cast))


def _change(match: Match, held: Held, response: DamageResponse, amount: float) -> float:
    """Return an amount of damage after one response. Images are doubled by `systems.damage`, not here."""
    least = response.get("modify_minimum_damage", 0)
    amount = max(amount + response.get("modify_amount", 0), min(least, amount), 0.0)
    limit = response.get("modify_limit", 0)
    if limit:
        taken = min(amount, limit - held.absorbed)
        held.absorbed += taken
        amount -= taken
        if held.absorbed >= limit:
            held.ends_loop = float(match.loop)
    return amount


def _cause(match: Match, response: DamageResponse, cast: Cast) -> None:
    if "handled" in response and not response.get("fatal"):
        match.spells.pending.append((response["handled"], cast))

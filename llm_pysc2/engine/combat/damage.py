"""Damage: shields first, each part less its armor, never less than half a point; then what follows from a blow."""

from llm_pysc2.engine.behaviors import damage_responses
from llm_pysc2.engine.combat import response
from llm_pysc2.engine.state.effect_records import Cast
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.projectiles import Cause, Shot
from llm_pysc2.engine.state.unit_columns import quantise
from llm_pysc2.knowledge.units import Hit

LEAST_DAMAGE = 0.5
"""Catalog constant DamageMinimum (facts/game_constants.json)."""
HALLUCINATION_FACTOR = 2.0
"""Images take twice the damage (facts/units.json, `hallucination`)."""


def deal(match: Match, shot: Shot, hit: Hit, row: int, share: float = 1.0) -> None:
    """Let one hit of a shot fall on a unit (row), at a share of its damage."""
    if shot.hallucination:
        return
    hurt(match, shot, hit, row, share=share)
    if hit.also:
        units, tag = match.units, int(match.units.tag[row])
        origin, point = (shot.source_x, shot.source_y), (float(units.x[row]), float(units.y[row]))
        cast = Cast(shot.source_tag, shot.owner, shot.source_tag, origin, tag, point)
        match.spells.pending += [(name, cast) for name in hit.also]


def hurt(match: Match, cause: Cause, hit: Hit, row: int, *, share: float = 1.0, shield_bonus: float = 0.0) -> None:
    """Let a blow fall on a unit (row), at a share of its damage; the bonus counts against shields only."""
    units = match.units
    if units.life[row] <= 0:
        return
    if not units.invulnerable[row] and not match.players[int(units.owner[row])].cheats.god:
        amount = quantise(_amount(match, hit, row) * share)
        if match.spells.held or int(units.row[row]) in match.types.guards:
            amount = damage_responses.answer(match, row, hit.kind, amount, cause.source_tag)
        shield = float(units.shield[row])
        extra = min(shield, shield_bonus)
        to_shield, to_life = (
            (0.0, 0.0)
            if amount <= 0
            else split(
                amount,
                shield - extra,
                (float(units.shield_armor[row]) * hit.armor_factor, float(units.armor[row]) * hit.armor_factor),
            )
        )
        _take(match, cause, row, to_shield + extra, to_life)
    response.provoke(match, row, cause)


def split(amount: float, shield: float, armors: tuple[float, float]) -> tuple[float, float]:
    """Return what one hit takes from shields and from life, given the shields left and (shield armor, life armor).

    >>> split(8.0, 50.0, (0.0, 1.0))
    (8.0, 0.0)
    >>> split(8.0, 3.0, (0.0, 1.0))
    (3.0, 4.0)
    >>> split(5.0, 0.0, (0.0, 6.0))
    (0.0, 0.5)
    """
    shield_armor, life_armor = armors
    if shield <= 0:
        return 0.0, max(amount - life_armor, LEAST_DAMAGE)
    against_shield = max(amount - shield_armor, LEAST_DAMAGE)
    if against_shield <= shield:
        return against_shield, 0.0
    return shield, max(against_shield - shield - life_armor, 0.0 if shield >= LEAST_DAMAGE else LEAST_DAMAGE - shield)


def _amount(match: Match, hit: Hit, row: int) -> float:
    """Return the damage of a hit against the attributes of a unit, before armor."""
    amount = hit.damage
    if hit.bonus:
        attributes = match.types.types[int(match.units.row[row])].attributes
        amount += sum(bonus for attribute, bonus in hit.bonus.items() if attribute in attributes)
    return amount * HALLUCINATION_FACTOR if match.units.hallucination[row] else amount


def _take(match: Match, cause: Cause, row: int, to_shield: float, to_life: float) -> None:
    """Take shields and life from a unit, and write it down in the scores."""
    units = match.units
    owner = int(units.owner[row])
    to_life = min(to_life, float(units.life[row]))
    units.shield[row] -= to_shield
    units.life[row] -= to_life
    unit_type = match.types.types[int(units.row[row])]
    units.shield_regen_from[row] = match.loop + round(unit_type.shield_regen_delay_loops)
    units.life_regen_from[row] = match.loop + round(unit_type.life_regen_delay_loops)
    taken = match.players[owner].score.total_damage_taken
    taken.life += to_life
    taken.shields += to_shield
    if cause.owner != owner:
        dealt = match.players[cause.owner].score.total_damage_dealt
        dealt.life += to_life
        dealt.shields += to_shield
    if units.life[row] <= 0:
        match.killers[int(units.tag[row])] = cause.owner

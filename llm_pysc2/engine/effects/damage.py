"""Damage by effects: a number, a share of what the target has, or death."""

from llm_pysc2.engine.behaviors.conditions import passes
from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.behaviors.places import unit_of
from llm_pysc2.engine.combat import damage
from llm_pysc2.engine.effects.area import found
from llm_pysc2.engine.state.effect_records import Cast
from llm_pysc2.engine.state.match import Match
from llm_pysc2.knowledge.effects import Damage
from llm_pysc2.knowledge.units import Hit

_VITALS = {"Life": "life", "Shields": "shield", "Energy": "energy"}


def run(match: Match, _perform: Perform, effect: Damage, cast: Cast) -> None:
    """Hurt or kill a unit, or everybody in an area with the share of the first ring that holds them."""
    if not effect.areas:
        row = unit_of(match, cast, effect.at)
        filters = effect.filters.replace("-", "")
        if row >= 0 and match.units.life[row] > 0 and passes(match, filters, cast, row):
            _hit(match, effect, cast, row, 1.0)
        return
    struck: set[int] = set()
    for ring in effect.areas:
        for row in found(match, effect, cast, ring.radius_cells):
            if row not in struck:
                struck.add(row)
                _hit(match, effect, cast, row, ring.fraction)


def _hit(match: Match, effect: Damage, cast: Cast, row: int, share: float) -> None:
    units = match.units
    if "Kill" in effect.flags:
        units.life[row] = 0.0
        if "NoKillCredit" not in effect.flags:
            match.killers[int(units.tag[row])] = cast.owner
        return
    amount = effect.damage
    for vital, fraction in effect.vital_fraction_current.items():
        amount += float(getattr(units, _VITALS[vital])[row]) * fraction
    hit = Hit(
        effect=effect.name,
        damage=amount,
        bonus=dict(effect.bonus),
        armor_factor=effect.armor_factor,
        kind=effect.kind,
    )
    if amount > 0 or effect.shield_bonus:
        damage.hurt(match, cast, hit, row, share=share, shield_bonus=effect.shield_bonus)

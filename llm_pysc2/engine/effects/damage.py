"""Damage by effects: a number, a share of what the target has, or death."""

from llm_pysc2.engine.behaviors.conditions import passes
from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.behaviors.places import unit_of
from llm_pysc2.engine.combat import damage
from llm_pysc2.engine.effects.area import found
from llm_pysc2.engine.state.effect_records import Cast
from llm_pysc2.engine.state.match import Match
from llm_pysc2.knowledge.spells import Effect
from llm_pysc2.knowledge.units import Hit

_VITALS = {"Life": "life", "Shields": "shield", "Energy": "energy"}


def run(match: Match, _perform: Perform, effect: Effect, cast: Cast) -> None:
    """Hurt or kill a unit, or everybody in an area with the share of the first ring that holds them."""
    fields = effect.fields
    if not fields.get("areas"):
        row = unit_of(match, cast, fields.get("at"))
        filters = fields.get("filters", "").replace("-", "")
        if row >= 0 and match.units.life[row] > 0 and passes(match, filters, cast, row):
            _hit(match, effect, cast, row, 1.0)
        return
    struck: set[int] = set()
    for ring in fields["areas"]:
        for row in found(match, effect, cast, ring["radius_cells"]):
            if row not in struck:
                struck.add(row)
                _hit(match, effect, cast, row, ring.get("fraction", 1.0))


def _hit(match: Match, effect: Effect, cast: Cast, row: int, share: float) -> None:
    fields, units = effect.fields, match.units
    if "Kill" in fields.get("flags", ()):
        units.life[row] = 0.0
        if "NoKillCredit" not in fields["flags"]:
            match.killers[int(units.tag[row])] = cast.owner
        return
    amount = float(fields.get("damage", 0))
    for vital, fraction in fields.get("vital_fraction_current", {}).items():
        amount += float(getattr(units, _VITALS[vital])[row]) * fraction
    hit = Hit(
        effect=effect.name,
        damage=amount,
        bonus=fields.get("bonus", {}),
        armor_factor=fields.get("armor_factor", 1.0),
        kind=fields.get("kind", "Spell"),
    )
    if amount > 0 or fields.get("shield_bonus"):
        damage.hurt(match, cast, hit, row, share=share, shield_bonus=fields.get("shield_bonus", 0.0))

"""Calldowns: what was armed before is used up, and comes down where it is called."""

from dataclasses import replace

from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.state import alerts
from llm_pysc2.engine.state.effect_records import Cast
from llm_pysc2.engine.state.match import Match, hostile
from llm_pysc2.knowledge.effects import UseCalldown


def run(match: Match, perform: Perform, effect: UseCalldown, cast: Cast) -> None:
    """Use up the oldest of what the caster's owner has armed; without any nothing happens. All others are warned."""
    units, type_id = match.units, match.types.id_by_name(effect.calldown_unit)
    armed = (units.owner == cast.owner) & (units.type_id == type_id) & (units.life > 0) & (units.build_progress >= 1)
    rows = armed.nonzero()[0]
    if not rows.size:
        return
    row = int(rows[0])
    tag = int(units.tag[row])
    units.life[row] = 0.0
    match.industry.consumed.add(tag)
    for player in match.players.values():
        if player.setup is not None and hostile(player.id, cast.owner):
            player.events.alerts.append(alerts.NUCLEAR_LAUNCH_DETECTED)
    perform(match, effect.calldown_effect, replace(cast, source_tag=tag))

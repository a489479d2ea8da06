"""What the game calls to a player's attention: the alerts of the API, and where on the minimap they flash."""

from llm_pysc2.engine.state.alarm import Alarm
from llm_pysc2.engine.state.match import Match

NUCLEAR_LAUNCH_DETECTED, NUKE_COMPLETE = 1, 2
ADDON_COMPLETE, BUILDING_COMPLETE, BUILDING_UNDER_ATTACK = 4, 5, 6
LARVA_HATCHED, MERGE_COMPLETE = 7, 8
MINERALS_EXHAUSTED, MORPH_COMPLETE, RESEARCH_COMPLETE = 9, 10, 14
UNIT_COMPLETE, WORKER_COMPLETE, UNIT_UNDER_ATTACK = 16, 17, 19
VESPENE_EXHAUSTED, WARP_IN_COMPLETE = 21, 22
"""Numbers of the API's `Alert`."""


def raise_alert(match: Match, owner: int, alert: int, place: tuple[float, float]) -> None:
    """Tell a player of something at a place in cells."""
    player, assumptions = match.players[owner], match.assumptions
    player.events.alerts.append(alert)
    oldest = match.loop - max(assumptions.alert_shown_loops, assumptions.alert_quiet_loops)
    held = [alarm for alarm in player.alarms if alarm.loop > oldest]
    player.alarms = (*held, Alarm(match.loop, alert, *place))


def alert_at(match: Match, row: int, alert: int) -> None:
    """Tell the owner of a unit (row) of something where it stands."""
    raise_alert(match, int(match.units.owner[row]), alert, place_of(match, row))


def place_of(match: Match, row: int) -> tuple[float, float]:
    """Return where a unit (row) stands, cells."""
    return float(match.units.x[row]), float(match.units.y[row])


def warn_of_attack(match: Match, victim: int) -> None:
    """Tell the owner of a unit (row) that it is attacked, if it was not told of another a short while ago."""
    player = match.players[int(match.units.owner[victim])]
    if player.setup is None:
        return
    alert = BUILDING_UNDER_ATTACK if match.units.structure[victim] else UNIT_UNDER_ATTACK
    quiet_since = match.loop - match.assumptions.alert_quiet_loops
    if not any(alarm.alert == alert and alarm.loop > quiet_since for alarm in player.alarms):
        alert_at(match, victim, alert)

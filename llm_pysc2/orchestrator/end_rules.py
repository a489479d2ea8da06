"""Who has won: the scenario's end rule over what is seen."""

from dataclasses import dataclass

from llm_pysc2.conditions import ANY_UNIT, holds, render_condition
from llm_pysc2.scenario import EndRule, Scenario
from llm_pysc2.world.view import WorldView


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of an episode and why."""

    result: str
    """"win", "tie" or "loss"."""
    reason: str


GAME_RESULTS = {"victory": "win", "defeat": "loss", "tie": "tie"}


def judge(scenario: Scenario, view: WorldView) -> Verdict | None:
    """Return the verdict, or None while the episode goes on.

    The rules "elimination" and "counts" count the units in sight, so they fit scenarios without fog.
    """
    if scenario.end.rule == "elimination":
        verdict = _eliminated(bool(view.own), bool(view.enemies))
        if verdict:
            return verdict
    elif scenario.end.rule == "counts":
        verdict = _counted(scenario.end, view)
        if verdict:
            return verdict
    elif view.result:
        return Verdict(GAME_RESULTS.get(view.result, "tie"), f"the game says {view.result}")
    if view.game_loop >= scenario.limit_loops:
        return Verdict(scenario.end.timeout, "the time limit")
    if view.result:
        return Verdict(GAME_RESULTS.get(view.result, "tie"), f"the game ended with {view.result}")
    return None


def _eliminated(own_left: bool, enemies_left: bool) -> Verdict | None:
    if own_left and enemies_left:
        return None
    if own_left:
        return Verdict("win", "no enemy unit is left")
    if enemies_left:
        return Verdict("loss", "no own unit is left")
    return Verdict("tie", "no unit is left on either side")


def _counted(end: EndRule, view: WorldView) -> Verdict | None:
    def count(player: int, unit: str, unfinished: bool) -> int:
        side = view.own if player == 1 else view.enemies
        return sum((unfinished or seen.is_complete) and unit in (ANY_UNIT, seen.type_name) for seen in side)

    for result, condition in (("win", end.win), ("loss", end.loss)):
        if condition and holds(condition, count):
            met = next(parts for parts in condition if holds((parts,), count))
            return Verdict(result, " and ".join(render_condition((met,))[0]))
    return None

"""Who has won: the scenario's end rule over what is seen."""

from dataclasses import dataclass

from llm_pysc2.scenario import Scenario
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

    The rule "elimination" counts the units in sight, so it fits scenarios without fog.
    """
    if scenario.end.rule == "elimination":
        verdict = _eliminated(bool(view.own), bool(view.enemies))
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

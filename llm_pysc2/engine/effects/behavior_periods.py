"""Behaviours: what lasts on units does its periodic work, and ends when its time is up."""

from llm_pysc2.engine.behaviors import lasting
from llm_pysc2.engine.effects.interpreter import perform
from llm_pysc2.engine.state.match import Match


def run(match: Match) -> None:
    """Let one loop pass for all behaviours."""
    if match.spells.newborn:
        lasting.be_born(match, perform)
    if match.spells.held:
        lasting.tick(match, perform)

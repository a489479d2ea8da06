"""What spells have under way at places and in the air, and the effects that this loop's damage has caused."""

from llm_pysc2.engine.effects import beam, launch, persist
from llm_pysc2.engine.effects.interpreter import perform
from llm_pysc2.engine.state.match import Match


def run(match: Match) -> None:
    """Let one loop pass for persistent effects and missiles of spells."""
    spells = match.spells
    while spells.pending:
        name, cast = spells.pending.pop(0)
        perform(match, name, cast)
    if spells.persistents:
        persist.advance(match, perform)
        beam.advance(match, perform)
    if spells.missiles:
        launch.fly(match, perform)

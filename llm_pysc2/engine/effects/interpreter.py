"""Carries out effects by name: looks the step up, asks its conditions, and hands it to the module of its kind."""

from collections.abc import Callable, Mapping

from llm_pysc2.engine.behaviors.conditions import holds
from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.effects import area, beam, calldown, damage, flow, launch, modify, persist, relocate, spawn
from llm_pysc2.engine.state.effect_records import Cast
from llm_pysc2.engine.state.match import Match
from llm_pysc2.knowledge.spells import Effect

Kind = Callable[[Match, Perform, Effect, Cast], None]

KINDS: Mapping[str, Kind] = {
    "Damage": damage.run,
    "EnumArea": area.run,
    "Set": flow.run_set,
    "Switch": flow.run_switch,
    "EnumTransport": flow.run_for_passengers,
    "ApplyBehavior": flow.apply_behavior,
    "RemoveBehavior": flow.remove_behavior,
    "TransferBehavior": flow.transfer_behavior,
    "CreatePersistent": persist.run,
    "DestroyPersistent": persist.destroy,
    "LaunchMissile": launch.run,
    "CreateUnit": spawn.run,
    "Teleport": relocate.run,
    "ModifyUnit": modify.run,
    "CreateHealer": beam.run,
    "IssueOrder": modify.issue_order,
    "CancelOrder": modify.cancel_order,
    "UseCalldown": calldown.run,
}
"""The kinds of steps that are carried out; others do nothing."""


def perform(match: Match, name: str, cast: Cast) -> None:
    """Carry out the effect of a name, if its conditions hold."""
    effect = match.book(cast.owner).effects.get(name)
    if effect is None or effect.do not in KINDS:
        return
    step = cast.step(name)
    if holds(match, step, effect.fields.get("only_if", ())):
        KINDS[effect.do](match, perform, effect, step)

"""Carries out effects by name: looks the step up, asks its conditions, and hands it to the module of its kind."""

from collections.abc import Callable, Mapping
from typing import Any

from llm_pysc2.engine.behaviors.conditions import holds
from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.effects import area, beam, calldown, damage, flow, launch, modify, persist, relocate, spawn
from llm_pysc2.engine.state.effect_records import Cast
from llm_pysc2.engine.state.match import Match
from llm_pysc2.knowledge import effects as kinds

Kind = Callable[[Match, Perform, Any, Cast], None]
"""Each takes an effect of its own kind."""

KINDS: Mapping[type[Any], Kind] = {
    kinds.Damage: damage.run,
    kinds.EnumArea: area.run,
    kinds.Set: flow.run_set,
    kinds.Switch: flow.run_switch,
    kinds.EnumTransport: flow.run_for_passengers,
    kinds.ApplyBehavior: flow.apply_behavior,
    kinds.RemoveBehavior: flow.remove_behavior,
    kinds.TransferBehavior: flow.transfer_behavior,
    kinds.CreatePersistent: persist.run,
    kinds.DestroyPersistent: persist.destroy,
    kinds.LaunchMissile: launch.run,
    kinds.CreateUnit: spawn.run,
    kinds.Teleport: relocate.run,
    kinds.ModifyUnit: modify.run,
    kinds.CreateHealer: beam.run,
    kinds.IssueOrder: modify.issue_order,
    kinds.CancelOrder: modify.cancel_order,
    kinds.UseCalldown: calldown.run,
}
"""The kinds of steps that are carried out; others do nothing."""


def perform(match: Match, name: str, cast: Cast) -> None:
    """Carry out the effect of a name, if its conditions hold."""
    effect = match.book(cast.owner).effects.get(name)
    play = KINDS.get(type(effect))
    if effect is None or play is None:
        return
    step = cast.step(name)
    if holds(match, step, effect.only_if):
        play(match, perform, effect, step)

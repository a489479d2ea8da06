"""Scripted policies: backends without a model, which read the same text as a model and answer in the same text.

Baselines and test players. Deterministic: an answer depends on the run's seed and the chat alone.
"""

from collections.abc import Mapping
from hashlib import sha256
from random import Random

from llm_pysc2.backends.scripted.casters import hold_ramp
from llm_pysc2.backends.scripted.fleets import fleet
from llm_pysc2.backends.scripted.policies import POLICIES, Answer, Policy
from llm_pysc2.backends.scripted.raids import harass, lift
from llm_pysc2.backends.scripted.reading import MADE, ReadObservation, ReadUnit, read_observation, read_rules
from llm_pysc2.backends.scripted.stands import blink, catch_drops
from llm_pysc2.backends.scripted.tactics import Field
from llm_pysc2.backends.scripted.talking import chain_of_command
from llm_pysc2.backends.scripted.warping import warp_in
from llm_pysc2.chat import Chat, Completion
from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.extensions import extension_names, load_extension

__all__ = [
    "POLICIES",
    "TASK_POLICIES",
    "Answer",
    "Field",
    "Policy",
    "ScriptedPolicy",
    "policy_names",
    "scripted_policy",
]


TASK_POLICIES: Mapping[str, Policy] = {
    "harass": harass,
    "lift": lift,
    "catch_drops": catch_drops,
    "blink": blink,
    "hold_ramp": hold_ramp,
    "fleet": fleet,
    "warp_in": warp_in,
}
"""Policies that were made for one of LLM-PySC2's tasks each, by the name after `scripted/`."""
_ALL = {**POLICIES, **TASK_POLICIES, "chain_of_command": chain_of_command}


class ScriptedPolicy:
    """A scripted policy as a Backend.

    Args:
        name: The name it was asked for by, without "scripted/".
        policy: What it decides.
        seed: Seed of the run; with the same chat it gives the same answer.
    """

    def __init__(self, name: str, policy: Policy, seed: int) -> None:
        self.name = f"scripted/{name}"
        self._policy = policy
        self._seed = seed

    async def complete(self, chat: Chat) -> Completion:
        """Return the policy's answer to the observation in the chat's last message."""
        return Completion(self.answer(chat), self.name, stop_reason="stop")

    def answer(self, chat: Chat) -> str:
        """Return the policy's answer as text."""
        seen = read_observation(chat.last_text)
        key = sha256(f"{self._seed}\n{chat.last_text}".encode(errors="replace")).digest()
        decision = self._policy(Field(seen, read_rules(chat), Random(int.from_bytes(key[:8], "big"))))
        return write_answer(decision, seen)

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close."""


def write_answer(decision: Answer, seen: ReadObservation) -> str:
    """Return a decision as the text of an answer: what all of a team do as one action, the rest by unit."""
    lines = [decision.analysis, "Actions:"]
    for team, units in seen.teams.items():
        groups: dict[str, list[str]] = {}
        for unit in units:
            if unit.id in decision.orders and _can(unit, decision.orders[unit.id], seen):
                groups.setdefault(decision.orders[unit.id], []).append(unit.id)
        if groups:
            lines.append(f"Team {team}:")
        for action, ids in groups.items():
            if action.startswith(MADE):
                lines += [f"<{_for_units(action, [one])}>" for one in ids]
            else:
                lines.append(f"<{action if len(ids) == len(units) else _for_units(action, ids)}>")
    lines += [f"<MessageTo({receiver}, '''{text}''')>" for receiver, text in decision.letters]
    lines += [f"<Note('''{note}''')>" for note in decision.notes]
    return "\n".join(lines)


def _can(unit: ReadUnit, action: str, seen: ReadObservation) -> bool:
    """Return whether the observation lists the action for the unit."""
    return unit.type not in seen.actions or seen.lists(unit, action.partition("(")[0])


def _for_units(action: str, ids: list[str]) -> str:
    name, _, arguments = action.partition("(")
    return f"Select_Unit_{name}({', '.join([*ids, arguments]) if arguments != ')' else ', '.join(ids) + ')'}"


def policy_names() -> tuple[str, ...]:
    """Return the names of all scripted policies, ours and those installed, sorted."""
    return tuple(sorted({*_ALL, *extension_names("policies")}))


def scripted_policy(name: str, seed: int = 0) -> ScriptedPolicy:
    """Return the scripted policy of that name, as "focus_fire". Raises UsageError with the closest names."""
    policy = _ALL.get(name) or load_extension("policies", name)
    if policy is None:
        raise UsageError(f"no scripted policy named {name!r}; {closest_names(name, policy_names())}")
    return ScriptedPolicy(name, policy, seed)

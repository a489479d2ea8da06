"""Who was asked and who answered: an episode in which a service left an agent unanswered says nothing of the agent."""

from collections import Counter

from llm_pysc2.orchestrator.seat import Answer

MOST_UNANSWERED = 0.5
"""Share of an agent's turns that its service may leave unanswered."""
LAST_TURNS = 5
"""So many turns in a row without an answer at the end are too many, whatever the share."""
OWN_FAULTS = frozenset({"late", "agent"})
"""Kinds of failures that are the agent's own doing, which count as its play: too slow, or broken."""


class Attendance:
    """Counts answers by agent."""

    def __init__(self) -> None:
        self._turns: dict[str, list[bool]] = {}
        self._failures: dict[str, Counter[str]] = {}
        self._words: dict[str, str] = {}

    def note(self, agent: str, answer: Answer) -> None:
        """Count an answer, or that there was none."""
        failed = bool(answer.failure) and answer.failure not in OWN_FAULTS
        self._turns.setdefault(agent, []).append(not failed)
        if failed:
            self._failures.setdefault(agent, Counter())[answer.failure] += 1
            self._words[agent] = answer.reason

    @property
    def fault(self) -> str:
        """Why the episode is no result, in one line; empty if everybody was answered often enough."""
        for agent, failures in self._failures.items():
            turns, missing = self._turns[agent], failures.total()
            silent_end = len(turns) >= LAST_TURNS and not any(turns[-LAST_TURNS:])
            if missing > MOST_UNANSWERED * len(turns) or silent_end:
                kinds = ", ".join(f"{count} {kind}" for kind, count in failures.most_common())
                return (
                    f"{agent} went unanswered in {missing} of {len(turns)} turns ({kinds}); "
                    f"the last words of its service: {self._words[agent]}"
                )
        return ""

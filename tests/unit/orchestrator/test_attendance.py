"""Who was asked and who answered: when an episode is no result because a service left an agent unanswered."""

from llm_pysc2.chat import Completion
from llm_pysc2.orchestrator.attendance import LAST_TURNS, Attendance
from llm_pysc2.orchestrator.seat import Answer

GOOD = Answer("", Completion("<Stop()>", "m"))


def bad(kind: str = "unreachable") -> Answer:
    return Answer("", Completion("", "m"), kind, "connection refused")


def attendance(*answers: Answer, agent: str = "Commander") -> Attendance:
    found = Attendance()
    for answer in answers:
        found.note(agent, answer)
    return found


def test_half_of_the_turns_may_go_unanswered_and_not_more() -> None:
    assert not attendance(bad(), GOOD).fault
    assert attendance(bad(), bad(), GOOD).fault == (
        "Commander went unanswered in 2 of 3 turns (2 unreachable); the last words of its service: connection refused"
    )


def test_a_service_that_dies_near_the_end_is_seen() -> None:
    before = [GOOD] * 50
    assert not attendance(*before, *[bad()] * (LAST_TURNS - 1)).fault
    assert "5 of 55 turns" in attendance(*before, *[bad()] * LAST_TURNS).fault
    assert not attendance(*before, *[bad()] * LAST_TURNS, GOOD).fault


def test_being_late_or_broken_is_the_agents_own_play() -> None:
    assert not attendance(*[bad("late")] * 9, *[bad("agent")] * 9).fault


def test_one_agent_of_many_is_enough() -> None:
    found = attendance(*[GOOD] * 9)
    for _ in range(3):
        found.note("Developer", bad("timeout"))
    assert found.fault.startswith("Developer went unanswered in 3 of 3 turns (3 timeout)")

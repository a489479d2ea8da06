"""Scripted agents that really talk, on the tasks that have a commander: orders go by letter, others carry them out."""

import asyncio
import re
from dataclasses import replace
from functools import cache

import pytest

from llm_pysc2.backends import ModelPool
from llm_pysc2.orchestrator.episode import Episode, play_episode
from llm_pysc2.orchestrator.events import Asked, Decided, Event, Observed
from llm_pysc2.orchestrator.table import Thinkers, game_opener, load_book, seat_agents
from llm_pysc2.roster import load_roster
from llm_pysc2.scenario import load_scenario

STEP_LOOPS, LIMIT_LOOPS = 32, 672
PLACE = re.compile(r"(-?[\d.]+), ?(-?[\d.]+)")


@cache
def played(name: str) -> list[Event]:
    scenario = replace(load_scenario(name), step_mul=STEP_LOOPS, limit_loops=LIMIT_LOOPS)
    roster = load_roster(scenario.roster)
    thinkers = Thinkers("scripted/chain_of_command", ModelPool())
    events: list[Event] = []
    episode = Episode(scenario, roster.name, 0, 0)
    opener = game_opener(scenario, 0)
    asyncio.run(
        play_episode(episode, opener, lambda: list(seat_agents(roster, thinkers, 0)), load_book(), events.append)
    )
    return events


@pytest.fixture(scope="module", params=["pvz_task7_level1", "pvz_task8_level1"])
def events(request: pytest.FixtureRequest) -> list[Event]:
    return played(request.param)


def decisions(events: list[Event], agent: str) -> list[Decided]:
    return [event for event in events if isinstance(event, Decided) and event.agent == agent]


def place(text: str) -> tuple[float, float]:
    found = PLACE.search(text)
    assert found, text
    return float(found[1]), float(found[2])


def test_orders_are_given_by_letter_and_carried_out_by_others(events: list[Event]) -> None:
    commander = decisions(events, "Commander")
    told = {(receiver, decided.turn): text for decided in commander for receiver, text in decided.letters}
    assert not any(decided.accepted for decided in commander)
    assert len({receiver for receiver, _ in told}) >= 3
    shown = {(event.agent, event.turn): event.text for event in events if isinstance(event, Asked)}
    carried_out = 0
    for (receiver, turn), text in told.items():
        answer = next((event for event in decisions(events, receiver) if event.turn > turn), None)
        if answer is None:
            continue
        assert f"From Commander: {text}" in shown[receiver, answer.turn]
        marches = [order for _, order in answer.accepted if "Attack_To" in order or "Move_To" in order]
        assert all(place(order[order.index("[") :]) == place(text) for order in marches)
        replies = [letter for letter in answer.letters if letter[0] == "Commander"]
        assert len(replies) == 1
        carried_out += bool(marches)
    assert carried_out >= 4
    assert not [line for event in events if isinstance(event, Decided) for line in event.rejected]


def test_the_commander_hears_back(events: list[Event]) -> None:
    heard = [event.text for event in events if isinstance(event, Asked) and event.agent == "Commander"]
    assert any("From CombatGroup1: CombatGroup1: 12 units go to" in text for text in heard)


def test_what_is_warped_in_on_a_letter_is_led_by_others() -> None:
    """A letter makes the Developer warp in Zealots; the airborne agent has them from their birth and leads them."""
    events = played("pvz_task8_level1")
    views = [event for event in events if isinstance(event, Observed)]
    zealots = [sum(row[1] == "Zealot" and row[2] == "s" for row in view.units) for view in views]
    assert zealots[0] == 0
    born = next(turn for turn, count in enumerate(zealots) if count)
    made = [order for event in decisions(events, "Developer") for _, order in event.accepted if "Warp_Zealot" in order]
    assert len(made) >= zealots[born]
    airborne = [event for event in events if isinstance(event, Asked) and event.agent == "Airborne"]
    assert airborne[0].turn == born
    assert "Team Zealot-1 at" in airborne[0].text
    sent = [text for event in decisions(events, "Airborne") for _, text in event.accepted if "Attack_To" in text]
    assert sent

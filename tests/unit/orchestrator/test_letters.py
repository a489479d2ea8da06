"""A commander who only writes letters, and groups that do what they are told: the trace shows both."""

import asyncio
import re

import pytest

from llm_pysc2.agent import Observation
from llm_pysc2.cli.show import describe_roster
from llm_pysc2.dialogue.prompt import fill
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.orchestrator.episode import Episode, play_episode
from llm_pysc2.orchestrator.events import Asked, Decided, EpisodeEnded, Event
from llm_pysc2.orchestrator.seat import CustomSeat, Seat
from llm_pysc2.orchestrator.table import game_opener, load_book
from llm_pysc2.roster import Roster, list_rosters, load_roster
from llm_pysc2.scenario import load_scenario

ORDER = re.compile(r"shoot (e\w+)")


class Planner:
    """Writes which enemy is to be shot whenever that one is gone; gives no orders itself."""

    def __init__(self) -> None:
        self.target = ""

    async def act(self, observation: Observation) -> str:
        ids = [enemy.id for enemy in observation.enemies]
        if self.target in ids or not ids:
            return ""
        self.target = min(observation.enemies, key=lambda enemy: (enemy.hit_points, enemy.id)).id
        return f"Actions:\n<MessageTo(army, '''All groups: shoot {self.target}.''')>"


class Follower:
    """Attacks what the last letter names, and tells the commander so; does nothing without one."""

    def __init__(self) -> None:
        self.target = ""

    async def act(self, observation: Observation) -> str:
        for letter in observation.situation.letters:
            if found := ORDER.search(letter.text):
                self.target = found[1]
        if self.target not in [enemy.id for enemy in observation.enemies]:
            return ""
        teams = "".join(f"Team {team.name}:\n<Attack_Unit({self.target})>\n" for team in observation.teams)
        return f"Actions:\n<MessageTo(Commander, '''on {self.target}''')>\n{teams}"


@pytest.fixture(scope="module")
def events() -> list[Event]:
    scenario, roster = load_scenario("2s3z"), load_roster("protoss_groups")
    seats: list[Seat] = [
        CustomSeat(role, Planner() if role.name == "Commander" else Follower(), "talker") for role in roster.agents
    ]
    seen: list[Event] = []
    episode = Episode(scenario, roster.name, 0, 0)
    asyncio.run(play_episode(episode, game_opener(scenario, 0), lambda: seats, load_book(), seen.append))
    return seen


def decided(events: list[Event], agent: str) -> list[Decided]:
    return [event for event in events if isinstance(event, Decided) and event.agent == agent]


def test_orders_are_given_by_letter_and_carried_out_by_others(events: list[Event]) -> None:
    told: list[tuple[int, str]] = []
    for event in decided(events, "Commander"):
        assert not event.accepted, "the commander has no units of its own here"
        for receiver, text in event.letters:
            assert receiver == "army"
            found = ORDER.search(text)
            assert found
            told.append((event.turn, found[1]))
    assert len(told) >= 2
    for group in ("Vanguard", "Ranged"):
        orders = [(event.turn, text) for event in decided(events, group) for _, text in event.accepted]
        assert orders
        for turn, text in orders:
            last = [target for told_turn, target in told if told_turn < turn][-1]
            assert text == f"Attack_Unit({last})"
        assert min(turn for turn, _ in orders) == told[0][0] + 1


def test_letters_are_in_what_their_readers_were_shown(events: list[Event]) -> None:
    first = next(event for event in decided(events, "Commander") if event.letters)
    shown = [event for event in events if isinstance(event, Asked) and event.turn == first.turn + 1]
    assert {event.agent for event in shown if first.letters[0][1] in event.text} == {"Vanguard", "Ranged"}
    commander = [event.text for event in events if isinstance(event, Asked) and event.agent == "Commander"]
    assert any("on eS" in text or "on eZ" in text for text in commander)


def test_the_battle_is_fought(events: list[Event]) -> None:
    end = events[-1]
    assert isinstance(end, EpisodeEnded)
    assert end.score["killed_value_units"] > 0 if "killed_value_units" in end.score else end.enemy_units < 5


@pytest.mark.parametrize("roster", list_rosters(), ids=lambda roster: roster.name)
def test_rosters_name_units_and_prompts_that_exist(roster: Roster) -> None:
    known = {unit.name for unit in load_units().values()} | {"*"}
    names = {role.name for role in roster.agents}
    for role in roster.agents:
        for rule in role.teams:
            assert set(rule.units) <= known, role.name
        fill(role.prompt, {"name": role.name})
        assert not names & set(role.channels)
    text = describe_roster(roster)
    assert all(f"Example of a prompt for {name}" in text for name in names)


def test_show_says_what_an_agent_sees_and_may_do(capsys: pytest.CaptureFixture[str]) -> None:
    from llm_pysc2.cli import main

    assert main(["show", "agents", "zerg_full"]) == 0
    shown = capsys.readouterr().out
    assert "sees resources: yes" in shown
    assert "Team Drone" in shown
    assert main(["show", "agents", "zerg_fool"]) == 2
    assert "closest: zerg_full" in capsys.readouterr().err

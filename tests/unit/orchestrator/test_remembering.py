"""What agents look up and write down comes back to them, turn after turn, and stands in the trace."""

import asyncio
import json
from dataclasses import replace

import pytest

from llm_pysc2.agent import LanguageAgent, Observation
from llm_pysc2.dialogue.notebook import NOTEBOOK_LIMIT_CHARS, write_notes
from llm_pysc2.dialogue.situation import Speaker, speaker_of
from llm_pysc2.errors import UsageError
from llm_pysc2.mail import INBOX_LIMIT
from llm_pysc2.orchestrator.episode import Episode, play_episode
from llm_pysc2.orchestrator.events import Asked, Decided, Event
from llm_pysc2.orchestrator.seat import CustomSeat, Seat
from llm_pysc2.orchestrator.table import check_roster, game_opener, load_book
from llm_pysc2.roster import Role, Roster, TeamRule, Telling, load_roster
from llm_pysc2.scenario import load_scenario
from tests.worlds import situation, two_stalkers_three_zealots

SCRIPT = {
    0: "<Lookup(Marine vs Zealot)> <Note('''hold the\nramp''')>",
    1: "<Note('''second''')> <Lookup(Stalkr)>",
    2: "<Note('''''')> <Note('''third''')>",
}


class Student:
    """Says what the script of the turn says, and nothing after it."""

    async def act(self, observation: Observation) -> str:
        return SCRIPT.get(observation.turn, "")


def test_answers_come_next_turn_once_and_notes_stay() -> None:
    scenario, roster = load_scenario("3m"), load_roster("commander")
    seats: list[Seat] = [CustomSeat(roster.agents[0], Student(), "student")]
    events: list[Event] = []
    episode = Episode(scenario, roster.name, 0, 0)
    asyncio.run(play_episode(episode, game_opener(scenario, 0), lambda: seats, load_book(), events.append))

    shown = [event.text for event in events if isinstance(event, Asked)]
    assert "Lookup" not in shown[0]
    assert "\nLookup Marine vs Zealot:\n  Marine on Zealot: " in shown[1]
    assert "\nYour notes:\n hold the\n  ramp\n" in shown[1]
    assert "Marine vs Zealot" not in shown[2]
    assert "\nLookup Stalkr:\n  nothing about 'Stalkr' in the knowledge base; closest: Stalker" in shown[2]
    assert "\n hold the\n  ramp\n second\n" in shown[2]
    assert "\nYour notes:\n third\n" in shown[3]
    assert "hold the" not in shown[3]
    decided = [event for event in events if isinstance(event, Decided)]
    assert [event.lookups for event in decided[:3]] == [["Marine vs Zealot"], ["Stalkr"], []]
    assert [event.notes for event in decided[:3]] == [["hold the\nramp"], ["second"], ["", "third"]]


def pictures_shown(turns: int) -> list[int]:
    """Return how many pictures each message of a user has in the last of five turns, the oldest first."""
    role = Role("A", "commander", (TeamRule("T"),), images=("screen", "minimap"), image_turns=turns)
    agent = LanguageAgent(role)
    for number in range(5):
        here = situation(two_stalkers_three_zealots(number * 8), speaker=Speaker("A", images=role.images))
        chat = agent.prompt(here)
        agent.remember(here, f"answer {number}")
    first = chat.messages[0].text
    assert "# Pictures\nThe screen of each team: a circle is a unit" in first
    assert "The minimap: your units are green" in first
    assert "feature layers" not in first
    return [len(message.images) for message in chat.messages if message.role == "user"]


def test_pictures_stay_for_the_latest_turns_only() -> None:
    assert pictures_shown(1) == [0, 0, 0, 3]
    assert pictures_shown(2) == [0, 0, 3, 3]
    assert pictures_shown(9) == [3, 3, 3, 3]


def test_an_agent_can_be_told_in_json() -> None:
    here = situation(two_stalkers_three_zealots())
    role = Role("A", "commander", (TeamRule("T"),), observations="json")
    agent = LanguageAgent(role)
    told = json.loads(agent.prompt(replace(here, speaker=speaker_of(role))).last_text)
    assert told == Observation(here, 0).data
    assert [unit["id"] for team in told["teams"] for unit in team["units"]] == ["S1", "S2", "Z1", "Z2", "Z3"]
    assert agent.tokens.keys() == {"json"}


def test_json_and_the_screen_do_not_go_together() -> None:
    role = Role("A", "commander", (TeamRule("T"),), observations="json", points="screen")
    with pytest.raises(UsageError, match='agent A: observations = "json" has places in cells of the map'):
        check_roster(Roster("r", "R", (role,)))


def test_an_agent_of_ones_own_can_have_pictures() -> None:
    observation = Observation(situation(two_stalkers_three_zealots()), 0)
    assert [image.caption.split()[0] for image in observation.draw("screen", "minimap", "rgb")] == [
        "Screen",
        "Screen",
        "Minimap,",
    ]


def test_the_oldest_notes_fall_out() -> None:
    notes = write_notes((), [f"{number} " + "x" * 1000 for number in range(6)])
    assert [note[0] for note in notes] == ["3", "4", "5"]
    assert sum(map(len, notes)) <= NOTEBOOK_LIMIT_CHARS
    assert write_notes((), ["y" * 9000]) == ("y" * 9000,)


def turns_remembered(**limits: int) -> list[str]:
    agent = LanguageAgent(Role("A", "commander", (TeamRule("T"),), **limits))  # type: ignore[arg-type] # all are numbers
    here = situation(two_stalkers_three_zealots())
    for number in range(5):
        agent.remember(here, f"{number}" + "x" * 359)
    return [message.text[0] for message in agent.prompt(here).messages if message.role == "assistant"]


def test_history_is_limited_by_turns_and_by_tokens() -> None:
    assert turns_remembered() == ["2", "3", "4"]
    assert turns_remembered(history_turns=5) == ["0", "1", "2", "3", "4"]
    assert turns_remembered(history_turns=5, history_tokens=200) == ["3", "4"]
    assert turns_remembered(history_turns=5, history_tokens=99) == []
    assert turns_remembered(history_turns=0) == []


class Chatterbox:
    """Writes more letters in its first turn than anybody reads."""

    async def act(self, observation: Observation) -> str:
        if observation.turn or observation.situation.speaker.name == "Reader":
            return ""
        return "".join(f"<MessageTo(Reader, '''number {number}''')>" for number in range(INBOX_LIMIT + 5))


@pytest.mark.parametrize(("telling", "said"), [("text", "Mail (5 older letters are left out):"), ("json", "left_out")])
def test_of_too_many_letters_the_newest_are_read_and_the_rest_is_counted(telling: Telling, said: str) -> None:
    scenario = replace(load_scenario("3m"), limit_loops=24)
    roles = [
        Role(name, "commander", (TeamRule("T", (unit,)),), always_asked=True, observations=telling)
        for name, unit in (("Talker", "Marine"), ("Reader", "Medivac"))
    ]
    seats: list[Seat] = [CustomSeat(role, Chatterbox(), "chatterbox") for role in roles]
    events: list[Event] = []
    episode = Episode(scenario, "two", 0, 0)
    asyncio.run(play_episode(episode, game_opener(scenario, 0), lambda: seats, load_book(), events.append))
    texts = [event.text for event in events if isinstance(event, Asked) and event.agent == "Reader"]
    assert [said in text for text in texts] == [False, True, False]
    assert texts[1].count("number ") == INBOX_LIMIT
    assert "number 4\n" not in texts[1]
    assert f"number {INBOX_LIMIT + 4}" in texts[1]


class Lost:
    """Writes to somebody and listens to something that is not there."""

    async def act(self, observation: Observation) -> str:
        return "" if observation.turn else "<MessageTo(Nobdy, '''hello''')> <ListenTo(nowhere)>"


def test_letters_to_nobody_are_said_to_their_sender_next_turn() -> None:
    scenario = replace(load_scenario("3m"), limit_loops=24)
    seats: list[Seat] = [CustomSeat(role, Lost(), "lost") for role in load_roster(scenario.roster).agents]
    events: list[Event] = []
    episode = Episode(scenario, scenario.roster, 0, 0)
    asyncio.run(play_episode(episode, game_opener(scenario, 0), lambda: seats, load_book(), events.append))
    texts = {event.turn: event.text for event in events if isinstance(event, Asked)}
    for name in ("Nobdy", "nowhere"):
        assert f"REJECTED: there is no '{name}' to write or listen to; there is nobody" in texts[1]
        assert name not in texts[2]
    causes = [line[3] for event in events if isinstance(event, Decided) for line in event.rejected]
    assert causes == ["receiver", "receiver"]

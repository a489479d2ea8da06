"""Units keep their teams through births, deaths, morphs and absences; agents come up with their teams."""

import asyncio

import pytest

from llm_pysc2.agent import Agent, Observation
from llm_pysc2.dialogue.describe import describe
from llm_pysc2.dialogue.parse import parse
from llm_pysc2.dialogue.situation import Speaker
from llm_pysc2.errors import UsageError
from llm_pysc2.orchestrator.episode import Episode, play_episode
from llm_pysc2.orchestrator.events import AgentIntroduced, Answered, Asked, Decided, Event, Observed
from llm_pysc2.orchestrator.seat import AgentFactory, CustomSeat, Seat
from llm_pysc2.orchestrator.table import check_roster, game_opener, load_book
from llm_pysc2.orchestrator.team_assignment import TeamAssignment
from llm_pysc2.roster import Role, Roster, Team, TeamRule
from llm_pysc2.scenario import load_scenario
from llm_pysc2.world.view import UnitView
from tests.worlds import situation, two_stalkers_three_zealots, unit

ARMY = [unit(1, "Stalker", 1, 1), unit(2, "Zealot", 1, 1), unit(3, "Stalker", 1, 1), unit(4, "Zealot", 1, 1)]


def team_assignment(*rules: TeamRule) -> TeamAssignment:
    return TeamAssignment(Role("A", "commander", rules))


def marines(*places: tuple[int, float]) -> list[UnitView]:
    return [unit(tag, "Marine", x, 5) for tag, x in places]


def test_all_units_in_one_team() -> None:
    assert team_assignment(TeamRule("Army")).assign(ARMY) == (Team("Army", (1, 2, 3, 4)),)


def test_a_team_for_each_type() -> None:
    teams = team_assignment(TeamRule("", assign="by_type")).assign(ARMY)
    assert teams == (Team("Stalker", (1, 3)), Team("Zealot", (2, 4)))


def test_units_that_no_rule_takes_are_left_alone() -> None:
    assert team_assignment(TeamRule("Front", ("Zealot",))).assign(ARMY) == (Team("Front", (2, 4)),)


def test_a_team_for_each_unit_keeps_its_name_when_others_die() -> None:
    each = team_assignment(TeamRule("", assign="each"))
    assert [team.name for team in each.assign(ARMY)] == ["Stalker-1", "Zealot-1", "Stalker-2", "Zealot-2"]
    assert each.assign(ARMY[2:], dead_tags=(1, 2)) == (Team("Stalker-2", (3,)), Team("Zealot-2", (4,)))
    born = [*ARMY[2:], unit(5, "Stalker", 1, 1)]
    assert each.assign(born)[-1] == Team("Stalker-3", (5,))


def test_groups_are_filled_before_new_ones_begin() -> None:
    groups = team_assignment(TeamRule("Squad", assign="groups", size=2))
    assert groups.assign(ARMY) == (Team("Squad-1", (1, 2)), Team("Squad-2", (3, 4)))
    left = [ARMY[1], *ARMY[2:]]
    assert groups.assign(left, dead_tags=(1,)) == (Team("Squad-1", (2,)), Team("Squad-2", (3, 4)))
    warped_in = [*left, unit(5, "Stalker", 1, 1, build_progress=0.2), unit(6, "Zealot", 1, 1)]
    assert groups.assign(warped_in) == (Team("Squad-1", (2, 5)), Team("Squad-2", (3, 4)), Team("Squad-3", (6,)))


def test_a_passenger_keeps_its_place() -> None:
    groups = team_assignment(TeamRule("Squad", assign="groups", size=2))
    groups.assign(ARMY[:2])
    assert groups.assign([ARMY[1], ARMY[2]]) == (Team("Squad-1", (2,)), Team("Squad-2", (3,)))
    assert groups.assign(ARMY[:3]) == (Team("Squad-1", (1, 2)), Team("Squad-2", (3,)))


def test_nearest_units_stand_together_and_reinforcements_join_the_nearest_team_with_room() -> None:
    nearest = team_assignment(TeamRule("", ("Marine",), assign="nearest", size=2))
    places = marines((1, 0), (2, 30), (3, 29), (4, 1))
    assert nearest.assign(places) == (Team("Marine-1", (1, 4)), Team("Marine-2", (2, 3)))
    left = [places[0], *places[2:], *marines((5, 28), (6, 2))]
    found = nearest.assign(left, dead_tags=(2,))
    assert found == (Team("Marine-1", (1, 4)), Team("Marine-2", (3, 5)), Team("Marine-3", (6,)))


def test_modes_of_a_unit_change_nothing_and_another_unit_is_assigned_anew() -> None:
    rules = (TeamRule("Guns", ("SiegeTank",)), TeamRule("", ("Zergling", "Baneling"), assign="by_type"))
    teams = team_assignment(*rules)
    teams.assign([unit(1, "SiegeTank", 1, 1), unit(2, "Zergling", 1, 1), unit(3, "Zergling", 1, 1)])
    later = [unit(1, "SiegeTankSieged", 1, 1), unit(2, "BanelingCocoon", 1, 1), unit(3, "ZerglingBurrowed", 1, 1)]
    assert teams.assign(later) == (Team("Guns", (1,)), Team("Zergling", (3,)), Team("Baneling", (2,)))


def test_a_unit_that_becomes_something_that_nobody_takes_is_left_out() -> None:
    teams = team_assignment(TeamRule("Roaches", ("Roach",)))
    teams.assign([unit(1, "Roach", 1, 1)])
    assert teams.assign([unit(1, "Ravager", 1, 1)]) == ()


class Soldier:
    """Attacks the nearest enemy; knows one team only."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    async def act(self, observation: Observation) -> str:
        (team,) = observation.teams
        self.names.add(team.name)
        assert len(self.names) == len(team.units) == 1
        enemy = min(observation.enemies, key=team.distance_to)
        return f"Team {team.name}: <Attack_Unit({enemy.id})> <MessageTo(army, '''{enemy.id}''')>"


def fought_by(soldier: type[Agent]) -> list[Event]:
    """Return the events of a game in which each unit has an agent of its own."""
    scenario = load_scenario("3m")
    rules = (TeamRule("", assign="each"),)
    role = Role("Soldier", "combat_group", rules, channels=("army",), agent_per_team=True)
    seats: list[Seat | AgentFactory] = [
        AgentFactory(role, "soldier", lambda own: CustomSeat(own, soldier(), "soldier"))
    ]
    events: list[Event] = []
    episode = Episode(scenario, "soldiers", 0, 0)
    asyncio.run(play_episode(episode, game_opener(scenario, 0), lambda: seats, load_book(), events.append))
    return events


class Crier:
    """Calls to all once."""

    async def act(self, observation: Observation) -> str:
        return "" if observation.turn else "<MessageTo(all, '''here I am''')>"


def test_a_letter_to_all_reaches_every_other_agent() -> None:
    events = fought_by(Crier)
    said = [event.letters for event in events if isinstance(event, Decided) and event.turn == 0]
    assert said == [[["All", "here I am"]]] * 3
    (second,) = (
        event.text for event in events if isinstance(event, Asked) and event.turn == 1 and event.agent[-1] == "2"
    )
    assert "Mail:\n From Marine-1 in All: here I am\n From Marine-3 in All: here I am\n" in second


class Widower:
    """Stands and writes to one who dies first, every turn."""

    async def act(self, observation: Observation) -> str:  # noqa: ARG002 - the shape of an agent
        return "<MessageTo(Marine-2, '''still there?''')>"


def test_letters_to_the_dead_come_back() -> None:
    events = fought_by(Widower)
    last_word = max(event.turn for event in events if isinstance(event, Asked) and event.agent == "Marine-2")
    survivor = [event for event in events if isinstance(event, Decided) and event.agent == "Marine-1"]
    assert survivor[-1].turn > last_word
    for event in survivor:
        assert [line[3] for line in event.rejected] == ["receiver"] * (event.turn > last_word)
    assert survivor[-1].rejected[0][2].startswith("there is no 'Marine-2' to write or listen to; there is ")


def test_one_agent_for_each_unit() -> None:
    events = fought_by(Soldier)
    names = [event.agent for event in events if isinstance(event, AgentIntroduced)]
    assert names == ["Marine-1", "Marine-2", "Marine-3"]
    assert not [event.failure_reason for event in events if isinstance(event, Answered) and event.failure]
    turns = [event for event in events if isinstance(event, Observed)]
    for observed in turns[:-1]:
        alive = sum(row[2] == "s" for row in observed.units)
        asked = [event.agent for event in events if isinstance(event, Asked) and event.turn == observed.turn]
        assert len(asked) == alive, "the dead are not asked"
    second = next(event for event in events if isinstance(event, Asked) and event.turn == 1)
    assert "From Marine-2 in army: eM" in second.text
    assert all(len(event.accepted) == 1 for event in events if isinstance(event, Decided))


def test_actions_that_the_roster_keeps_back_are_neither_shown_nor_taken() -> None:
    here = situation(two_stalkers_three_zealots(), speaker=Speaker("A", actions=("Attack_*", "Stop")))
    assert "Actions Stalker, Zealot: Stop Attack_To Attack_Unit\n" in describe(here) + "\n"
    reply = parse("Team Zealot:\n<Move_To([3, 4])> <Attack_Unit(eZ1)>", here)
    assert [action.text for action in reply.accepted] == ["Attack_Unit(eZ1)"]
    assert [(line.cause, line.reason) for line in reply.rejected] == [
        ("forbidden", "Move_To is not among the actions that you may give")
    ]


@pytest.mark.parametrize(
    ("role", "message"),
    [
        (Role("A", "commander", (TeamRule("T", ("Stalkr",)),)), "teams: no unit type 'Stalkr'; closest: Stalker"),
        (Role("A", "commander", (TeamRule("T"),), actions=("Atack_*",)), "actions: no action 'Atack_*'"),
        (Role("A", "commander", (TeamRule("T"),), channels=("A",)), "channels: 'A' is the name of an agent"),
        (Role("all", "commander", (TeamRule("T"),)), "agent all: 'all' is kept for letters to all"),
        (Role("A", "commander", (TeamRule("T"),), channels=("All",)), "agent A: 'All' is kept for letters to all"),
        (Role("A", "comander", (TeamRule("T"),)), "no agents/prompts named 'comander'; closest: commander"),
    ],
)
def test_rosters_that_name_what_does_not_exist(role: Role, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_roster(Roster("mine", "Mine", (role,)))
    assert message in str(caught.value)

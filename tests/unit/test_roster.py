from pathlib import Path

import pytest

from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.roster import Role, Team, TeamRule, assign_teams, list_rosters, load_roster, read_roster
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import Alliance, UnitView


def unit(tag: int, name: str) -> UnitView:
    return UnitView(tag=tag, type_id=1, type_name=name, alliance=Alliance.SELF, owner=1, position=Point(1, 1))


ARMY = [unit(1, "Stalker"), unit(2, "Zealot"), unit(3, "Stalker"), unit(4, "Zealot")]


def role(*rules: TeamRule) -> Role:
    return Role(name="A", prompt="commander", teams=rules)


def test_all_units_in_one_team() -> None:
    assert assign_teams(role(TeamRule("Army")), ARMY) == (Team("Army", (1, 2, 3, 4)),)


def test_a_team_for_each_type() -> None:
    assert assign_teams(role(TeamRule("", assign="by_type")), ARMY) == (
        Team("Stalker", (1, 3)),
        Team("Zealot", (2, 4)),
    )


def test_a_team_for_each_unit() -> None:
    teams = assign_teams(role(TeamRule("", assign="each")), ARMY)
    assert [team.name for team in teams] == ["Stalker-1", "Zealot-1", "Stalker-2", "Zealot-2"]


def test_units_that_no_rule_takes_are_left_alone() -> None:
    assert assign_teams(role(TeamRule("Front", ("Zealot",))), ARMY) == (Team("Front", (2, 4)),)


def test_shipped_rosters_load() -> None:
    assert load_roster("commander").agents[0].name == "Commander"
    assert {"commander", "individuals"} <= {roster.name for roster in list_rosters()}


def test_unknown_roster() -> None:
    with pytest.raises(UsageError, match="no roster named 'comander'; closest: commander"):
        load_roster("comander")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = 'x'", "agents: expected at least one"),
        ("title = 'x'\nagents = 3", "agents: expected at least one"),
        ("title = 'x'\ncolor = 'red'\nagents = []", "unknown key 'color'"),
        ("title = 'x'\n[[agents]]\nname = 'A'\nprompt = 'p'", "agents[0].teams: expected at least one"),
        (
            "title = 'x'\n[[agents]]\nname = 'A'\nprompt = 'p'\n[[agents.teams]]\nname = 'T'\nassign = 'some'",
            "agents[0].teams[0].assign: expected all or by_type or each, found 'some'",
        ),
        (
            "title = 'x'\n[[agents]]\nname = 'A'\nprompt = 'p'\nhistory_turns = -1\n[[agents.teams]]\nname = 'T'",
            "agents[0].history_turns: expected a whole number from 0, found -1",
        ),
    ],
)
def test_broken_rosters_name_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(PackError) as caught:
        read_roster(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)

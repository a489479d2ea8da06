"""LLM-PySC2's published protocol: its sections, told of the situation of which its own documents print the text."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from llm_pysc2.agent import LanguageAgent
from llm_pysc2.dialogue.parse import parse
from llm_pysc2.dialogue.published import describe_published
from llm_pysc2.dialogue.situation import Outcome, Situation, speaker_of
from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.mail import Letter
from llm_pysc2.roster import Overrides, list_rosters, load_preset, load_roster, on_preset, read_overrides
from llm_pysc2.world.view import ResourcesView
from tests.task4 import task4
from tests.worlds import enemy, situation, unit, view

ROSTER = load_preset("llm_pysc2").applied_to(load_roster("pvz_task4"))
STALKERS = ROSTER.agents[0]


def told(here: Situation) -> str:
    return "\n".join(part.text for part in describe_published(here))


def published(here: Situation) -> Situation:
    return replace(here, speaker=speaker_of(STALKERS, ("Commander",)))


def test_the_preset_sets_the_protocol_as_a_whole() -> None:
    assert (ROSTER.name, ROSTER.interface) == ("pvz_task4:llm_pysc2", "camera")
    assert (STALKERS.observations, STALKERS.points, STALKERS.protocol) == ("published", "screen", "text")
    assert (STALKERS.actions_per_team, STALKERS.history_turns, STALKERS.lookups) == (3, 0, 0)
    assert STALKERS.interval_loops / 22.4 == pytest.approx(1, abs=0.05)
    assert STALKERS.teams == load_roster("pvz_task4").agents[0].teams


def test_options_beside_a_preset_win() -> None:
    expected = replace(load_preset("llm_pysc2"), points="world")
    assert on_preset("llm_pysc2", read_overrides(points="world")) == expected
    assert on_preset("", read_overrides()) == Overrides()


def test_a_preset_that_does_not_exist_or_is_broken_says_so(tmp_path, monkeypatch) -> None:
    with pytest.raises(UsageError, match="no preset named 'llm_pysc3'; closest: llm_pysc2"):
        load_preset("llm_pysc3")
    path = tmp_path / "broken.toml"
    path.write_text('title = "x"\nintervall_loops = 3\n')
    monkeypatch.setattr("llm_pysc2.packs.find_files", lambda *_: {"broken": path})
    with pytest.raises(PackError, match="unknown key 'intervall_loops'; closest: interval_loops"):
        load_preset("broken")


def test_the_whole_chat_as_a_model_reads_it(golden: Callable[[str, str], None]) -> None:
    here = published(task4("screen"))
    chat = LanguageAgent(STALKERS).prompt(here)
    assert [message.role for message in chat.messages] == ["system", "user", "assistant", "user"]
    golden("published/task4.txt", "\n=====\n".join(f"{one.role}\n{one.text}" for one in chat.messages) + "\n")


def test_the_worked_example_is_understood_as_it_says() -> None:
    agent = LanguageAgent(STALKERS)
    answer = agent.prompt(published(task4("screen"))).messages[2].text
    tags = [0x100040001, 0x100080001, 0x1000C0001, 0x100100001]
    units = [unit(tags[0], "Stalker", 9, 16), unit(tags[1], "Stalker", 12, 16)]
    foes = [enemy(tags[2], "Roach", 15, 16), enemy(tags[3], "Roach", 17, 18)]
    world = view([*units, *foes], upgrade_ids=(87,))
    reply = parse(answer, situation(world, {"Stalker-1": tags[:2]}, speaker_of(STALKERS)))
    assert reply.rejected == ()
    assert [action.text.partition("(")[0] for action in reply.accepted] == [
        "Select_Unit_Ability_Blink_Screen",
        "Attack_Unit",
        "Attack_Unit",
    ]


def test_refused_lines_are_not_told_and_the_others_are() -> None:
    outcomes = (Outcome("Stalker-1", "Attack_Unit(eR1)"), Outcome("Stalker-1", "Jump()", "unknown action"))
    text = told(replace(published(task4("screen")), outcomes=outcomes))
    assert "Team Stalker-1: <Attack_Unit(eR1)>" in text
    assert "Jump" not in text


def test_some_types_have_no_tag_or_no_distance() -> None:
    units = [unit(1, "Stalker", 10, 10), enemy(2, "Roach", 12, 10), enemy(3, "Baneling", 13, 10)]
    lines = told(published(situation(view([*units, enemy(4, "Locust", 11, 10)])))).splitlines()
    roach, baneling, locust = (
        next(one for one in lines if f"Unit: {name}" in one) for name in ("Roach", "Baneling", "Locust")
    )
    assert ("Tag: 0x2" in roach, "Distance: 2" in roach) == (True, True)
    assert ("Tag: 0x3" in baneling, "Distance" in baneling) == (True, False)
    assert ("Tag" in locust, "Distance" in locust) == (False, False)


def test_resources_letters_and_other_agents_are_told_to_those_who_see_them() -> None:
    world = view([unit(1, "WarpGate", 10, 10)], resources=ResourcesView(minerals=400, supply_used=20, supply_cap=31))
    letters = (Letter("Commander", "Developer", "Zealots\nnow"),)
    here = situation(world, letters=letters)
    here = replace(
        here, speaker=replace(here.speaker, sees_resources=True, partners=("Commander",), observations="published")
    )
    text = told(here)
    assert "\tMinerals: 400" in text
    assert "Supply Total: 31, Left: 11, Used: 20" in text
    assert "\tFrom Commander in Developer: Zealots now" in text
    assert "Communication targets: Commander" in text


def test_every_shipped_roster_can_be_played_by_it() -> None:
    here = task4("screen")
    for roster in map(load_preset("llm_pysc2").applied_to, list_rosters()):
        for role in roster.agents:
            told = replace(here, speaker=speaker_of(role, ("Somebody",)))
            assert role.name in LanguageAgent(role).prompt(told).messages[0].text

"""A budget of tokens, and what an agent with a wide view is told: holdings, prices, other agents' teams."""

from dataclasses import replace

import pytest

from llm_pysc2.dialogue.budget import count_tokens
from llm_pysc2.dialogue.describe import describe, describe_parts
from llm_pysc2.dialogue.situation import Fellow, Speaker
from llm_pysc2.roster import Team
from llm_pysc2.world.view import Alliance, ResourcesView
from tests.reader import read
from tests.worlds import enemy, situation, unit, view


def crowd(budget, points="world"):
    own = [unit(tag, "SCV", 10 + tag, 10) for tag in range(1, 5)]
    allies = [unit(20 + tag, "Marine", 10 + tag, 12) for tag in range(4)]
    minerals = [
        unit(30 + tag, "MineralField", 8 + tag, 8, Alliance.NEUTRAL, mineral_contents=900, health=0.0, health_max=0.0)
        for tag in range(4)
    ]
    foes = [enemy(100 + tag, "Zergling", 10 + tag % 8, 14 + tag // 8) for tag in range(40)]
    speaker = Speaker("Boss", token_budget=budget, points=points)
    teams = {"Workers": [each.tag for each in own]}
    before = view([*own, *allies, *minerals, *foes], 90)
    now = [unit(tag, "SCV", 10 + tag, 10, health=30.0) for tag in range(1, 5)]
    return situation(view([*now, *allies, *minerals, *foes], 100), teams, speaker, previous=before)


def test_without_a_budget_everything_is_told():
    text = describe(crowd(0))
    assert len(read(text).rows) == 52
    assert "Left out" not in text


@pytest.mark.parametrize("points", ["world", "screen"])
@pytest.mark.parametrize("budget", [650, 560, 500])
def test_a_budget_is_kept_and_what_is_left_out_is_said(budget, points):
    parts = describe_parts(crowd(budget, points))
    assert sum(part.tokens for part in parts) <= budget
    assert parts[-1].name == "left out"
    assert parts[-1].text.startswith("Left out to save tokens: who was hurt and healed")


def test_units_of_ones_own_actions_and_the_nearest_enemies_are_never_left_out():
    text = describe(crowd(1))
    rows = read(text).rows
    assert [row.id for row in rows if row.section == "Workers"] == ["SCV1", "SCV2", "SCV3", "SCV4"]
    foes = [row.distances[0] for row in rows if row.section == "Enemies"]
    assert len(foes) == 4
    assert max(foes) <= min(row.distances[0] for row in read(describe(crowd(0))).rows if row.section == "Enemies") + 1
    assert "resources in view: MineralField x4; allies in view: Marine x4; enemies" in text
    assert "Zergling x20" in text
    assert "Actions SCV: " in text


def test_every_part_is_told_with_its_tokens():
    parts = describe_parts(crowd(0))
    assert [part.name for part in parts] == ["game", "events", "units", "actions"]
    assert "\n".join(part.text for part in parts) == describe(crowd(0))
    assert all(part.tokens == count_tokens(part.text) + 1 for part in parts)


def developer(**values):
    units = [unit(1, "Gateway", 6, 6), unit(2, "Gateway", 9, 6, build_progress=0.3), unit(3, "Probe", 7, 7)]
    world = view([*units, *values.pop("more", ())], resources=ResourcesView(275, 0, 14, 14), upgrade_ids=(87,))
    return situation(world, {"Base": [1, 2], "Workers": [3]}, Speaker("Developer", sees_resources=True), **values)


def test_holdings_and_prices_are_told_to_those_who_see_resources():
    text = describe(developer())
    assert "You have: Gateway x1 (+1 being built), Probe x1\nResearched: Blink" in text
    assert "Train_Zealot{100,2}[G1]" in text
    assert "Build_Pylon{100} " in text
    assert "Stop{" not in text
    assert "{" not in describe(situation(developer().view))


def test_who_sees_other_agents_is_told_which_are_attacked():
    calm = developer(more=[unit(11, "Stalker", 20, 20), unit(12, "Stalker", 22, 20)])
    hurt = [unit(11, "Stalker", 20, 20, shield=0.0, health=71.0), unit(12, "Stalker", 22, 20)]
    here = developer(more=hurt, previous=calm.view, fellows=(Fellow("Vanguard", (Team("Front", (11, 12)),)),))
    assert " Vanguard Front at 21,20 health 72%, attacked -89: Stalker x2\n" in describe(here)
    assert "hurt" not in describe(here)


def test_what_takes_technology_that_is_not_there_is_no_action_yet():
    core = unit(4, "CyberneticsCore", 12, 12)
    before, while_built, after = (
        describe(developer(more=more)) for more in ((), (replace(core, build_progress=0.9),), (core,))
    )
    for text in (before, while_built):
        assert "Train_Stalker" not in text
        assert "Build_TwilightCouncil" not in text
    assert "Train_Stalker{125/50,2}[G1]" in after
    assert "Build_TwilightCouncil{150/100}" in after
    asked = developer(more=(core,))
    asked = replace(asked, view=replace(asked.view, available_abilities={1: (916,), 3: ()}))
    assert "Train_Zealot{100,2}[G1]" in describe(asked), "what the game says counts"
    assert "Train_Stalker" not in describe(asked)


def test_other_agents_teams_are_told_in_short():
    more = [unit(11, "Stalker", 20, 20, shield=0.0), unit(12, "Stalker", 22, 20), unit(13, "Zealot", 21, 23)]
    text = describe(developer(more=more, fellows=(Fellow("Vanguard", (Team("Front", (11, 12, 13)), Team("No", ()))),)))
    assert "Other agents:\n Vanguard Front at 21,21 health 83%: Stalker x2, Zealot x1\n" in text

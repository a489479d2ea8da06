"""A roster that leaves units of a scenario without a leader is refused before a game starts, with what is missing."""

import pytest

from llm_pysc2.errors import UsageError
from llm_pysc2.orchestrator.fit import army_of, check_fit, unled
from llm_pysc2.roster import load_roster
from llm_pysc2.scenario import list_scenarios, load_scenario


def test_the_roster_of_every_scenario_fits_it() -> None:
    for scenario in list_scenarios():
        for judged in (scenario, *(scenario.under(name) for name in scenario.rules)):
            check_fit(load_roster(scenario.roster), judged)


@pytest.mark.parametrize(
    ("roster", "scenario", "message"),
    [
        (
            "pvz_task1",
            "pvz_task8_level1",
            r"nobody in it leads Stalker, WarpPrism; its own is pvz_task8, of others that fit, ",
        ),
        ("terran_full", "pvz_task2_level1", r"terran_full does not fit pvz_task2_level1: nobody in it leads Phoenix"),
        (
            "pvz_task4",
            "pvz_task6_level3:documents",
            r"nobody in it leads HighTemplar, Archon, Sentry; its own is pvz_task6",
        ),
        ("smac_protoss", "MMM", r"nobody in it leads Marine, Marauder, Medivac; .*"),
    ],
)
def test_what_is_missing_is_named_with_rosters_that_fit(roster: str, scenario: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check_fit(load_roster(roster), load_scenario(scenario))


def test_rosters_that_take_anybody_fit_everything() -> None:
    for scenario in list_scenarios():
        assert not unled(load_roster("commander"), army_of(scenario.map))


def test_a_map_that_only_the_real_game_has_is_not_judged() -> None:
    assert army_of("AbyssalReefLE") == ()

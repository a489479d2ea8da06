from pathlib import Path

import pytest

from llm_pysc2.conditions import render_condition
from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.scenario import EndRule, list_scenarios, load_scenario, read_scenario

GOOD = """
title = "Two against three"
map = "2s3z"
race = "protoss"
enemy_race = "protoss"
task = "Win."
limit_loops = 960
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text)
    return path


def test_every_shipped_scenario_loads() -> None:
    scenarios = list_scenarios()
    assert len(scenarios) >= 23
    assert len({scenario.name for scenario in scenarios}) == len(scenarios)


def test_defaults(tmp_path: Path) -> None:
    scenario = read_scenario(write(tmp_path, GOOD))
    assert (scenario.name, scenario.step_mul, scenario.end) == ("mine", 8, EndRule("elimination", "tie"))


def test_unknown_scenario_names_the_closest() -> None:
    with pytest.raises(UsageError, match=r"no scenario named '2s3x'.*2s3z"):
        load_scenario("2s3x")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("limit_lops = 3", "unknown key 'limit_lops'; closest: limit_loops"),
        ("step_mul = 0", "step_mul: expected a whole number of game loops above 0, found 0"),
        ("step_mul = true", "step_mul: expected a whole number"),
        ("end = 3", "end: expected a table, found 3"),
        ("[end]\nrule = 'never'", "end.rule: expected elimination or game or counts, found 'never'"),
        ("[end]\nrules = 'game'", "unknown key 'end.rules'"),
        ("[end]\nrule = 'counts'", "end: win and loss go with rule"),
        ("[end]\nwin = [['p2 Drone < 6']]", "end: win and loss go with rule"),
        ("[end]\nrule = 'counts'\nwin = 'all'", "end.win: expected lists such as"),
        ("[rules.documents]\nmap = '3m'", "rules.documents: expected a table with map and end"),
        ("[rules.documents]\nmap = '3m'\nend.rule = 'no'", "rules.documents.end.rule: expected elimination"),
        ("tags = 'smac'", "tags: expected strings"),
        ("= 3", "cannot be read as TOML"),
    ],
)
def test_broken_files_name_file_key_and_expectation(tmp_path: Path, line: str, message: str) -> None:
    path = write(tmp_path, GOOD + line)
    with pytest.raises(PackError) as caught:
        read_scenario(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_missing_keys_are_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="missing limit_loops, task"):
        read_scenario(write(tmp_path, GOOD.replace("task", "#").replace("limit_loops", "#")))


OTHER_RULES = """
[end]
rule = "game"

[rules.documents]
map = "3m"
end = { rule = "counts", win = [["p2 Drone < 6"]], loss = [["p1 Adept = 0"]], timeout = "loss" }
"""


def test_other_rules_change_how_it_is_judged_and_on_which_map(tmp_path: Path) -> None:
    scenario = read_scenario(write(tmp_path, GOOD + OTHER_RULES))
    other = scenario.under("documents")
    assert (scenario.name, scenario.map, scenario.end.rule) == ("mine", "2s3z", "game")
    assert (other.name, other.map, other.end.rule, other.end.timeout) == ("mine:documents", "3m", "counts", "loss")
    assert other.task == scenario.task
    assert render_condition(other.end.win) == [["p2 Drone < 6"]]


def test_rules_that_do_not_exist_name_those_that_do(tmp_path: Path) -> None:
    scenario = read_scenario(write(tmp_path, GOOD + OTHER_RULES))
    with pytest.raises(UsageError, match="no rules named 'docs'; it has: documents"):
        scenario.under("docs")
    with pytest.raises(UsageError, match="2s3z has no rules named 'docs'; it has its own only"):
        load_scenario("2s3z:docs")

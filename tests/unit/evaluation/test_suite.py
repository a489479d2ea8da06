from pathlib import Path

import pytest

from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.evaluation.suite import Suite, expand, read_suite


def test_names_packs_and_patterns() -> None:
    assert expand(["2s3z"]) == ["2s3z"]
    assert len(expand(["smac/*"])) == 23
    assert expand(["3s_vs_*"]) == ["3s_vs_3z", "3s_vs_4z", "3s_vs_5z"]
    assert expand(["2s3z", "2s3z"]) == ["2s3z"]


def test_patterns_that_fit_nothing() -> None:
    with pytest.raises(UsageError, match="no scenario fits '2s3x'; closest: 2s3z"):
        expand(["2s3x"])


def test_cells_are_the_product() -> None:
    suite = Suite(("3m", "8m"), ("scripted/noop", "scripted/random"), rosters=("commander", "individuals"))
    cells = suite.cells()
    assert len(cells) == 8
    assert len({cell.slug for cell in cells}) == 8


def test_means_do_not_change_what_results_mean() -> None:
    assert Suite(("3m",), workers=1).identity() == Suite(("3m",), workers=9, in_flight=5).identity()


def write(folder: Path, text: str) -> Path:
    path = folder / "suite.toml"
    path.write_text(text)
    return path


def test_a_suite_file(tmp_path: Path) -> None:
    suite = read_suite(write(tmp_path, 'scenarios = ["3m"]\nmodels = ["scripted/noop"]\nepisodes = 3\nseed = 7\n'))
    assert (suite.scenarios, suite.models, suite.episodes, suite.seed) == (("3m",), ("scripted/noop",), 3, 7)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("episodes = 3", "missing scenarios"),
        ("scenarios = '3m'", "scenarios: expected a list of names, found '3m'"),
        ("scenarios = ['3m']\nepisods = 3", "unknown key 'episods'; closest: episodes"),
        ("scenarios = ['3m']\nepisodes = 0", "episodes: expected a whole number from 1, found 0"),
        ("scenarios = ['3m']\npace = 3", "pace: expected text, found 3"),
    ],
)
def test_broken_suites_name_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(PackError) as caught:
        read_suite(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)

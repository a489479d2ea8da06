from pathlib import Path

import pytest

from llm_pysc2.engine.api.install import EXECUTABLE, install
from llm_pysc2.env.installation import Installation, find_map


@pytest.fixture
def stand_in(tmp_path: Path) -> Installation:
    return Installation(install(tmp_path / "sc2"))


def test_a_stand_in_is_sound(stand_in):
    assert stand_in.is_stand_in
    assert stand_in.builds() == (75689,)
    assert stand_in.find_problem() == ("", "")
    assert "SMAC_Maps/2s3z.SC2Map" in stand_in.map_paths()


def test_nothing_is_there(tmp_path):
    problem, advice = Installation(tmp_path / "nowhere").find_problem()
    assert "is no folder" in problem
    assert advice == "llm-pysc2 game install"


@pytest.mark.parametrize("folder", ["", "Versions", "Versions/BaseX", "Versions/Other"])
def test_a_folder_without_a_game(tmp_path, folder):
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    problem, advice = Installation(tmp_path).find_problem()
    assert "holds no StarCraft II" in problem
    assert advice == "llm-pysc2 game install"


def test_a_stand_in_without_its_game_is_written_again(stand_in):
    executable = stand_in.directory / EXECUTABLE
    executable.unlink()
    problem, advice = stand_in.find_problem()
    assert problem == f"{executable} is missing"
    assert advice == f"llm-pysc2 engine install {stand_in.directory}"


def test_wrong_permissions(stand_in):
    executable = stand_in.directory / EXECUTABLE
    executable.chmod(0o644)
    problem, advice = stand_in.find_problem()
    assert "may not be executed" in problem
    assert advice == f"chmod +x {executable}"


def test_an_old_version(tmp_path):
    (tmp_path / "Versions" / "Base52910").mkdir(parents=True)
    problem, advice = Installation(tmp_path).find_problem()
    assert "build 52910 is too old" in problem
    assert advice == "llm-pysc2 game install"


def test_the_newest_build_counts_unless_another_is_named(stand_in):
    (stand_in.directory / "Versions" / "Base81433").mkdir()
    assert stand_in.builds() == (75689, 81433)
    assert "Base81433" in stand_in.find_problem()[0]
    assert stand_in.find_problem(75689) == ("", "")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("2s3z", "SMAC_Maps/2s3z.SC2Map"),
        ("2s3z.SC2Map", "SMAC_Maps/2s3z.SC2Map"),
        ("llm_smac/2s3z", "llm_smac/2s3z.SC2Map"),
        ("llm_2s3z", "llm_smac/2s3z.SC2Map"),
        ("s3z", None),
        ("llm_3m", None),
    ],
)
def test_maps_by_name(name, path):
    assert find_map(name, ("SMAC_Maps/2s3z.SC2Map", "SMAC_Maps/3m.SC2Map", "llm_smac/2s3z.SC2Map")) == path

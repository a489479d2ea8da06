"""A scenario whose map an installed game lacks, through PySC2's own launcher: two processes, the second one told."""

import subprocess
from pathlib import Path

import pytest

from llm_pysc2.cli import main
from llm_pysc2.engine.api.install import install
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.evaluation.run import RunPlan, play_run, prepare
from llm_pysc2.evaluation.score import EpisodeScore


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """An installed game with PySC2's stock maps and nothing else."""
    directory = install(tmp_path / "sc2")
    for path in directory.glob("Maps/*/*.SC2Map"):
        if path.parent.name != "Melee":
            path.unlink()
    return directory


def play(scenario: str, game: Path, out: Path) -> EpisodeScore:
    cell = Cell(scenario, "scripted/attack_nearest", launch=LaunchOptions(str(game), timeout_seconds=60))
    (score,) = play_run(prepare(RunPlan(cell, out=out)))
    return score


@pytest.mark.parametrize("scenario", ["3m", "pvz_task4_level1"])
def test_it_plays_and_says_that_it_was_staged(scenario: str, bare: Path, tmp_path: Path) -> None:
    score = play(scenario, bare, tmp_path / "run")
    assert score.result in ("win", "tie", "loss")
    assert score.game == "embedded 1.1, staged"
    assert score.damage_dealt > 0
    assert score.damage_taken > 0
    left = subprocess.run(["pgrep", "-f", str(bare)], capture_output=True, text=True, check=False)
    assert left.stdout == ""


def test_its_scores_are_not_pooled_with_others(bare: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    play("3m", bare, tmp_path / "staged")
    cell = Cell("3m", "scripted/attack_nearest", launch=LaunchOptions("embedded"))
    play_run(prepare(RunPlan(cell, out=tmp_path / "own")))
    assert main(["compare", str(tmp_path / "own"), str(tmp_path / "staged")]) == 2
    assert "staged" in capsys.readouterr().err

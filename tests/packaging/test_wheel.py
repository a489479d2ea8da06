"""The wheel and the sdist, built, installed in an empty environment, and used from another folder."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder elsewhere with a virtual environment that holds the wheel and nothing else of ours."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    wheel = next(dist.glob("*.whl"))
    run(folder / "venv/bin/python", "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return folder


def test_the_wheel_holds_code_and_data_and_one_importable_name(dist: Path) -> None:
    names = zipfile.ZipFile(next(dist.glob("*.whl"))).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"llm_pysc2"}
    assert "llm_pysc2/_data/scenarios/smac/2s3z.toml" in names
    assert "llm_pysc2/_data/agents/commander.toml" in names
    assert "llm_pysc2/_data/knowledge_base/facts/units.json" in names
    assert "llm_pysc2/evaluation/report/assets/viewer.js" in names


def test_the_sdist_builds_the_same_wheel(dist: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", next(dist.glob("*.tar.gz")), cwd=tmp_path)
    ours = zipfile.ZipFile(next(dist.glob("*.whl"))).namelist()
    theirs = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    assert sorted(ours) == sorted(theirs)


def test_it_plays_from_another_folder(installed: Path) -> None:
    scores = run(installed / "venv/bin/llm-pysc2", "play", "2s3z", "--json", "--out", "run", cwd=installed)
    episode = json.loads(scores)["episodes"][0]
    assert episode["scenario"] == "2s3z"
    assert episode["result"] in ("win", "tie", "loss")
    assert (installed / "run" / "episode-000.jsonl").is_file()


def test_it_lists_what_is_shipped(installed: Path) -> None:
    assert "2s3z" in run(installed / "venv/bin/llm-pysc2", "list", cwd=installed)

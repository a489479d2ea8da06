"""An unmodified python-sc2 bot against the embedded game, by the workflow in README, in an environment of its own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from llm_pysc2.engine.api.install import install

BOT = Path(__file__).with_name("expanding_bot.py")
README = Path(__file__).resolve().parents[2] / "README.md"


def readme_file(name: str) -> str:
    text = README.read_text(encoding="utf-8")
    return next(
        block
        for block in re.findall(r"^```\w+\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        if block.startswith(f"# {name}")
    )


@pytest.fixture(scope="module")
def bot_python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with burnysc2, which claims the same package folder as PySC2's protocol and so lives apart."""
    if not request.config.getoption("--conformance"):
        pytest.skip("installs burnysc2 into an environment of its own; run by 'make conformance'")
    folder = tmp_path_factory.mktemp("bot")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    packages = next(line for line in readme_file(".github").splitlines() if "bot/bin/pip install" in line).split(
        "install "
    )[1]
    subprocess.run([str(folder / "bin/pip"), "install", "--quiet", *packages.split()], check=True)
    return folder / "bin" / "python"


def test_the_workflow_of_the_readme(bot_python: Path, tmp_path: Path) -> None:
    (tmp_path / "test_duel.py").write_text(readme_file("test_duel.py"))
    game = install(tmp_path / "StarCraftII")
    done = subprocess.run(
        [str(bot_python), "-m", "pytest", "-q", "test_duel.py"],
        cwd=tmp_path,
        env={**os.environ, "SC2PATH": str(game)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_a_bot_expands_trains_sets_out_and_wins_against_somebody_who_does_nothing(
    bot_python: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [str(bot_python), str(BOT), "story.json"],
        cwd=tmp_path,
        env={**os.environ, "SC2PATH": str(install(tmp_path / "StarCraftII"))},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    story = json.loads((tmp_path / "story.json").read_text())
    assert story["won"]
    assert story["expansion"] < story["army"] < story["enemy seen"] < story["seconds"] < 600

"""The walls of the house: what may import what, and how long a module may be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_LINES = 500
TRESPASSES = {
    "engine/combat/acquire.py": "import pysc2.lib.actions",
    "engine/movement/step.py": "import random",
    "dialogue/parse.py": "import aiohttp",
    "transport/broker.py": "import openai",
    "effects/flow.py": "from llm_pysc2.engine.api import server",
    "movement/ground.py": "from llm_pysc2.engine.state import match",
    "world/geometry.py": "import numpy",
    "orchestrator/pace.py": "import httpx2",
}
"""Imports that the design forbids, each at the end of a file; those of rooms stand below `engine`."""
REPORTED = (
    "llm_pysc2.engine.combat.acquire -> pysc2",
    "llm_pysc2.engine.movement.step -> random",
    "llm_pysc2.dialogue.parse -> aiohttp",
    "llm_pysc2.transport.broker -> openai",
    "llm_pysc2.engine.effects.flow -> llm_pysc2.engine.api.server",
    "llm_pysc2.engine.movement.ground -> llm_pysc2.engine.state.match",
    "llm_pysc2.world.geometry -> numpy",
    "llm_pysc2.orchestrator.pace -> httpx2",
)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a checkout."""
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    environment = os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200", "PYTHONWARNINGS": "ignore"}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def trespassed(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """A copy of the code in which every wall is broken once."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "llm_pysc2", folder / "llm_pysc2", ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    (folder / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "import_contracts.py", folder / "tools")
    shutil.copy(ROOT / ".importlinter", folder)
    for name, line in TRESPASSES.items():
        path = folder / "llm_pysc2" / name
        path = path if path.exists() else folder / "llm_pysc2" / "engine" / name
        path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    return lint(folder)


@pytest.mark.parametrize("trespass", REPORTED)
def test_what_the_design_forbids_is_reported(trespassed: subprocess.CompletedProcess[str], trespass: str) -> None:
    assert trespassed.returncode == 1
    assert trespass in trespassed.stdout, trespassed.stdout[-3000:] + trespassed.stderr[-2000:]


def test_no_module_is_longer_than_the_house_allows() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for part in ("llm_pysc2", "tools")
        for path in (ROOT / part).rglob("*.py")
    }
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}

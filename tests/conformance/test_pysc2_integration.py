"""PySC2's own integration tests, unmodified, from its wheel, each in a process of its own against our game."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from llm_pysc2.engine.api.install import install

OF_PROTOCOL = [
    ("tests.ping_test", 1),
    ("tests.protocol_error_test", 2),
    ("tests.versions_test", 2),
    ("tests.step_mul_override_test", 2),
    ("tests.debug_test", 1),
    ("tests.general_actions_test", 1),
    ("tests.obs_spec_test", 2),
    ("tests.random_agent_test", 3),
    ("tests.multi_player_test", 1),
    ("tests.multi_player_env_test", 4),
    ("tests.host_remote_agent_test", 2),
    ("env.mock_sc2_env_comparison_test", 2),
]
"""Modules and how many tests they hold. A server that simulates nothing would pass these, too."""
OF_GAME = [
    ("tests.render_test", 1),
    ("tests.easy_scripted_test", 6),
    ("tests.actions_test", 1),
    ("tests.obs_test", 10),
    ("tests.replay_obs_test", 1),
]
"""These need a game."""
RUN = """
import sys
import runpy

import llm_pysc2.env.compat

name = sys.argv.pop(1)
runpy.run_module(name, run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("sc2"))


@pytest.mark.parametrize(("name", "tests"), [*OF_PROTOCOL, *OF_GAME])
def test_pysc2_passes_its_own(name: str, tests: int, installed: Path, tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUN, f"pysc2.{name}"],
        env={**os.environ, "SC2PATH": str(installed), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"Ran {tests} test" in done.stderr

"""PySC2's own window, unmodified: `pysc2.bin.play` shows games of ours on Xvfb, and what the screen shows is read."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageGrab, features

from llm_pysc2.engine.api.install import install
from llm_pysc2.engine.observe.rgb.look import load_look
from tests.conformance.test_pysc2_integration import RUN

PATIENCE_SECONDS = 240
WINDOW = "640,480"


@pytest.fixture(scope="module")
def screen(request: pytest.FixtureRequest) -> Iterator[str]:
    """A screen that nobody looks at, as the name of a display."""
    if not request.config.getoption("--conformance"):
        pytest.skip("opens a window on Xvfb; run by 'make conformance'")
    if shutil.which("Xvfb") is None or not features.check("xcb"):
        pytest.skip("needs Xvfb (apt-get install xvfb) and a Pillow that can grab a screen of X11")
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield f":{server.stdout.readline().strip()}"
        server.terminate()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("sc2"))


def watch(screen: str, sc2path: Path, map_name: str, *options: str) -> tuple[list[np.ndarray], str]:
    """Let PySC2 play a game of noops in its window; return pictures of the screen until it is closed, and the log."""
    command = [sys.executable, "-W", "ignore", "-c", RUN, "pysc2.bin.play", "--map", map_name, "--window_size", WINDOW]
    environment = {**os.environ, "DISPLAY": screen, "SC2PATH": str(sc2path), "SDL_AUDIODRIVER": "dummy"}
    pictures = []
    with subprocess.Popen(
        [*command, "--save_replay=False", *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as program:
        began = time.monotonic()
        while program.poll() is None and time.monotonic() - began < PATIENCE_SECONDS:
            picture = np.asarray(ImageGrab.grab(xdisplay=screen).convert("RGB"), dtype=int)
            if picture.any():
                pictures.append(picture)
            time.sleep(0.25)
        if program.poll() is None:
            program.kill()
        log = program.communicate()[0]
    assert program.returncode == 0, log[-3000:]
    return pictures, log


def count_of(picture: np.ndarray, colour: tuple[int, int, int]) -> int:
    """Return how many pixels have nearly a colour."""
    return int((np.abs(picture - np.array(colour)).max(axis=2) < 12).sum())


def test_the_window_shows_the_game(screen: str, installed: Path) -> None:
    pictures, _ = watch(screen, installed, "DefeatRoaches", "--max_game_steps", "240", "--step_mul", "4")
    assert len(pictures) >= 3
    last, sides = pictures[-1], load_look().sides
    assert count_of(last, sides["own"]) > 40  # nine marines in the picture in colour
    assert count_of(last, sides["enemy"]) > 40  # four roaches
    assert max(int(np.abs(one - last).sum()) for one in pictures) > 0  # something happens


def test_without_pictures_it_draws_the_units_itself(screen: str, installed: Path) -> None:
    options = ["--rgb_screen_size", "0", "--rgb_minimap_size", "0", "--max_game_steps", "60", "--step_mul", "4"]
    pictures, _ = watch(screen, installed, "Simple64", *options, "--user_race", "zerg")
    assert len(np.unique(pictures[-1].reshape(-1, 3), axis=0)) > 100

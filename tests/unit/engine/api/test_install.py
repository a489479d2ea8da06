"""A directory that SC2 clients take for an installation, and the executable in it."""

import os
import subprocess
from pathlib import Path

import pytest

from llm_pysc2.engine.api.install import EXECUTABLE, MARKER, install, shipped_maps
from llm_pysc2.engine.maps.definitions import known_maps
from llm_pysc2.engine.maps.map_file import decode_map_file, encode_map_file
from llm_pysc2.errors import UsageError


def test_every_map_has_a_file_where_clients_look_for_it(tmp_path):
    root = install(tmp_path / "sc2")
    files = {path.stem: path for path in root.glob("Maps/*/*.SC2Map")}
    assert files.keys() == set(known_maps())
    assert all(decode_map_file(path.read_bytes()) == name for name, path in files.items())
    assert files["2s3z"].parent.name == "SMAC_Maps"
    assert files["Simple64"].parent.name == "Melee"
    assert files["MoveToBeacon"].parent.name == "mini_games"


def test_the_executable_is_a_file_that_may_be_executed(tmp_path):
    executable = install(tmp_path) / EXECUTABLE
    assert os.access(executable, os.X_OK)
    refused = subprocess.run([executable, "-port", "none"], capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 2
    assert refused.stderr == "-port: expected a number from 0 to 65535, found 'none'\n"


def test_the_clients_python_variables_are_not_heeded(tmp_path):
    (tmp_path / "llm_pysc2.py").write_text("raise ImportError", encoding="utf-8")
    executable = install(tmp_path / "sc2") / EXECUTABLE
    surroundings = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONHOME": "/nowhere"}
    done = subprocess.run(
        [executable, "-port", "none"], env=surroundings, cwd=tmp_path, capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 2, done.stderr


def test_installing_again_replaces_what_was_ours(tmp_path):
    root = install(tmp_path)
    stale = root / "Maps" / "Melee" / "Gone.SC2Map"
    stale.write_bytes(encode_map_file("Gone"))
    (root / "Replays" / "mine.SC2Replay").write_bytes(b"kept")
    install(tmp_path)
    assert not stale.exists()
    assert (root / "Replays" / "mine.SC2Replay").exists()


def test_a_directory_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UsageError, match="not empty") as error:
        install(tmp_path)
    assert "\n" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("below", ["", "sub"])
def test_a_place_that_is_no_directory_is_one_line(tmp_path, below):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="file") as error:
        install(tmp_path / "file" / below)
    assert "\n" not in str(error.value)


def test_maps_may_be_chosen(tmp_path):
    root = install(tmp_path, {"3m": "Mine"})
    assert [path.relative_to(root).as_posix() for path in root.rglob("*.SC2Map")] == ["Maps/Mine/3m.SC2Map"]
    assert (root / MARKER).is_file()


def test_a_relative_directory_is_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert install(Path("here")) == tmp_path / "here"


def test_the_folders_of_the_groups():
    assert set(shipped_maps().values()) <= {"SMAC_Maps", "Melee", "mini_games", "llm_smac", "llm_pysc2", "arena"}


@pytest.mark.parametrize("content", [b"", b"MPQ\x1a", b"llm-pysc2 map", b"llm-pysc2 map \n"])
def test_other_files_name_no_map(content):
    assert decode_map_file(content) is None

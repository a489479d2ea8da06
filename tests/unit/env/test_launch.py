from pathlib import Path

import pytest
from pysc2 import run_configs
from pysc2.env import sc2_env
from pysc2.maps import lib as maps_lib
from pysc2.run_configs import platforms
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.env import installation, launch
from llm_pysc2.env.launch import GameSource, choose_game, find_game
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.errors import GameLaunchError, UsageError


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home without a game, on Linux."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SC2PATH", raising=False)
    return tmp_path


@pytest.fixture
def installed(home: Path) -> Path:
    """A home with something that looks like a game."""
    directory = home / "StarCraftII"
    executable = directory / "Versions" / "Base75689" / "SC2_x64"
    executable.parent.mkdir(parents=True)
    executable.write_text("#!/bin/sh\nexit 1\n")
    executable.chmod(0o755)
    for path in ("SMAC_Maps/2s3z.SC2Map", "llm_smac/2s3z.SC2Map", "Melee/Flat32.SC2Map"):
        (directory / "Maps" / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / "Maps" / path).write_bytes(b"map")
    return directory


@pytest.mark.usefixtures("home")
def test_no_game_is_found_where_there_is_none():
    assert find_game() is None


def test_the_game_is_found_where_pysc2_looks(installed):
    assert find_game() == installed


@pytest.mark.usefixtures("installed")
def test_sc2path_comes_first(home, monkeypatch):
    elsewhere = home / "games"
    (elsewhere / "Versions" / "Base75689").mkdir(parents=True)
    monkeypatch.setenv("SC2PATH", str(elsewhere))
    assert find_game() == elsewhere


@pytest.mark.parametrize("made", [[], ["Versions"]])
def test_sc2path_without_a_game_is_an_error_in_one_line(home, monkeypatch, made):
    directory = home / "empty"
    for name in made:
        (directory / name).mkdir(parents=True)
    monkeypatch.setenv("SC2PATH", str(directory))
    with pytest.raises(GameLaunchError, match=r"SC2PATH names no game: .*empty (is no folder|holds no)") as error:
        find_game()
    assert "\n" not in str(error.value)


def test_sc2path_with_an_old_game(home, monkeypatch):
    (home / "old" / "Versions" / "Base52910").mkdir(parents=True)
    monkeypatch.setenv("SC2PATH", str(home / "old"))
    with pytest.raises(GameLaunchError, match=r"build 52910 is too old: .*, or: llm-pysc2 game install"):
        find_game()


def test_the_installed_game_is_preferred(installed, connect_to):
    assert choose_game(connect_to) == GameSource(directory=installed)


def test_a_stand_in_is_called_what_it_is(installed, connect_to):
    (installed / installation.STAND_IN_MARKER).touch()
    assert choose_game(connect_to) == GameSource(directory=installed, name="embedded 1.1")


@pytest.mark.usefixtures("installed")
def test_the_embedded_game_can_be_asked_for_where_another_is_installed(connect_to):
    assert choose_game(connect_to, LaunchOptions("embedded")).connector is connect_to


def test_a_folder_can_be_named(home, installed):
    options = LaunchOptions(str(installed))
    elsewhere = installed.rename(home / "elsewhere")
    with pytest.raises(UsageError, match=r"expected embedded, ws://HOST:PORT, or the folder"):
        choose_game(None, options)
    assert choose_game(None, LaunchOptions(str(elsewhere))).directory == elsewhere


def test_a_running_game_is_not_looked_for(connect_to):
    source = choose_game(connect_to, LaunchOptions("ws://games.lan:5000"))
    assert (source.address, source.connector, source.directory) == (("games.lan", 5000), None, None)
    assert source.map_path("2s3z") == "2s3z.SC2Map"


def test_a_version_that_is_installed(installed):
    assert choose_game(None, LaunchOptions(version="4.10")).directory == installed


@pytest.mark.parametrize("version", ["4.9.3", "5", "nonsense"])
@pytest.mark.usefixtures("installed")
def test_a_version_that_is_not_installed(version):
    with pytest.raises(GameLaunchError, match=rf"has no version {version}; it has 4.10.0"):
        choose_game(None, LaunchOptions(version=version))


@pytest.mark.usefixtures("home")
def test_the_embedded_game_has_one_version(connect_to):
    with pytest.raises(GameLaunchError, match=r"has no version 4\.9"):
        choose_game(connect_to, LaunchOptions(version="4.9"))


def test_a_game_that_cannot_be_started_is_named_before_it_is_tried(installed):
    (installed / "Versions" / "Base75689" / "SC2_x64").chmod(0o600)
    with pytest.raises(GameLaunchError, match=r"may not be executed; chmod \+x"):
        choose_game()


def test_pysc2_is_told_how_to_start_the_folder(home, installed):
    elsewhere = installed.rename(home / "elsewhere")
    options = LaunchOptions(str(elsewhere), version="4.10")
    with choose_game(None, options).selected():
        config = run_configs.get()
    assert isinstance(config, launch.Installed)
    assert (config.data_dir, config.version.build_version) == (str(elsewhere), 75689)
    assert config.version.data_version == "B89B5D6FA7CBF6452E721311BFBC6CB2"
    assert config.env["LD_LIBRARY_PATH"].endswith(f"{elsewhere}/Libs/")


@pytest.mark.usefixtures("home")
def test_the_connector_is_used_where_nothing_is_installed(connect_to):
    assert choose_game(connect_to) == GameSource(connector=connect_to, name="embedded 1.1")


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("2s3z", "SMAC_Maps/2s3z.SC2Map"),
        ("2s3z.SC2Map", "SMAC_Maps/2s3z.SC2Map"),
        ("llm_smac/2s3z", "llm_smac/2s3z.SC2Map"),
        ("Flat32", "Melee/Flat32.SC2Map"),
    ],
)
def test_maps_are_looked_for_in_all_folders(name, path):
    assert choose_game().map_path(name) == path


@pytest.mark.usefixtures("installed")
def test_a_map_that_is_not_installed():
    with pytest.raises(GameLaunchError, match=r"has no map 3m\.SC2Map; put it in a folder of .*Maps"):
        choose_game().map_path("3m")


def test_a_map_that_is_too_new_for_the_game(installed):
    path = installed / "Maps" / "llm_pysc2" / "pvz_task1_level1.SC2Map"
    path.parent.mkdir()
    path.write_bytes(b"map")
    with pytest.raises(GameLaunchError, match=r"saved with build 92440, .* too old to load; .*--game embedded"):
        choose_game().map_path("pvz_task1_level1")
    (installed / installation.STAND_IN_MARKER).touch()
    assert choose_game().map_path("pvz_task1_level1") == "llm_pysc2/pvz_task1_level1.SC2Map"


def test_the_game_in_this_process_gets_the_path(connect_to):
    assert GameSource(connector=connect_to).map_path("SMAC_Maps/2s3z") == "SMAC_Maps/2s3z.SC2Map"


@pytest.mark.usefixtures("installed")
def test_others_environments_are_left_alone(connect_to):
    with GameSource(connector=connect_to).selected():
        assert isinstance(run_configs.get(), launch.InProcess)
    assert isinstance(run_configs.get(), platforms.Linux)


def test_the_run_config_is_of_no_use_outside():
    with pytest.raises(GameLaunchError, match="selected"):
        launch.InProcess()


def test_a_stock_environment_plays_through_a_link(connect_to, fake_game):
    class Somewhere(maps_lib.Map):
        filename = "Somewhere"
        players = 2

    with GameSource(connector=connect_to).selected():
        env = sc2_env.SC2Env(
            map_name=Somewhere(),
            players=[sc2_env.Agent(sc2_env.Race.protoss), sc2_env.Bot(sc2_env.Race.zerg, sc2_env.Difficulty.easy)],
            agent_interface_format=sc_pb.InterfaceOptions(raw=True),
            step_mul=4,
        )
    (first,) = env.reset()
    (second,) = env.step([[]])
    env.close()
    assert (first.observation.observation.game_loop, second.observation.observation.game_loop) == (0, 4)
    assert fake_game.sent("create_game")[0].local_map.map_path == "Somewhere.SC2Map"
    assert fake_game.closed

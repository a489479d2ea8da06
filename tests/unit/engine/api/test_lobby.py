"""Creating and joining: maps by path, bytes and name; players; options; what is wrong is said with its number."""

import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.session import Session
from llm_pysc2.engine.maps.map_file import encode_map_file
from tests.api_client import ApiClient, create_request, layer_options, raw_options

CREATE = sc_pb.ResponseCreateGame
JOIN = sc_pb.ResponseJoinGame


def create_error(client: ApiClient, **fields) -> tuple[int, str]:
    answer = client.respond("create_game", create_request(**fields)).create_game
    assert client.status == "launched"
    return answer.error, answer.error_details


def join_error(**fields) -> tuple[int, str]:
    client = ApiClient()
    client.create()
    answer = client.respond("join_game", sc_pb.RequestJoinGame(**fields)).join_game
    assert client.status == "init_game"
    return answer.error, answer.error_details


@pytest.mark.parametrize(
    "path", ["2s3z.SC2Map", "SMAC_Maps/2s3z.SC2Map", "2s3z", "/nowhere/(2)2s3z.SC2Map", "C:\\Maps\\2s3z.SC2Map"]
)
def test_a_known_map_is_found_by_any_path(path):
    client = ApiClient()
    client.ask("create_game", create_request(local_map={"map_path": path}))
    client.ask("join_game", sc_pb.RequestJoinGame(race=3, options=raw_options()))
    info = client.ask("game_info")
    assert (info.map_name, info.local_map_path) == ("2s3z", path)


def test_the_bytes_of_a_map_file_decide_over_its_path():
    client = ApiClient()
    local = {"map_path": "anything.SC2Map", "map_data": encode_map_file("3m")}
    client.ask("create_game", create_request(local_map=local))
    client.ask("join_game", sc_pb.RequestJoinGame(race=1, options=raw_options()))
    assert client.ask("game_info").map_name == "3m"


def test_a_real_map_file_stands_for_the_map_of_its_name():
    client = ApiClient()
    client.ask("create_game", create_request(local_map={"map_path": "Melee/Simple64.SC2Map", "map_data": b"MPQ\x1a.."}))


def test_a_saved_map_is_found_by_its_path():
    client = ApiClient()
    client.ask("save_map", sc_pb.RequestSaveMap(map_path="mine.SC2Map", map_data=encode_map_file("3m")))
    client.ask("create_game", create_request(local_map={"map_path": "mine.SC2Map"}))


def test_a_map_below_the_data_folder_is_found_by_its_path(tmp_path):
    path = tmp_path / "Maps" / "Melee" / "renamed.SC2Map"
    path.parent.mkdir(parents=True)
    path.write_bytes(encode_map_file("3m"))
    client = ApiClient(Session(data_dir=tmp_path))
    assert list(client.ask("available_maps").local_map_paths) == ["Melee/renamed.SC2Map"]
    client.ask("create_game", create_request(local_map={"map_path": "Melee/renamed.SC2Map"}))


def test_an_unknown_map_says_where_was_looked(tmp_path):
    (tmp_path / "Maps").mkdir()
    code, details = create_error(ApiClient(Session(data_dir=tmp_path)), map_name="2s3x")
    assert code == CREATE.InvalidMapPath
    assert "2s3z" in details
    assert str(tmp_path / "Maps" / "2s3x.SC2Map") in details
    assert "\n" not in details


@pytest.mark.parametrize("path", ["\x00", "a" * 5000, "../" * 400 + "etc/passwd", "/dev/null", ".."])
def test_strange_paths_are_unknown_maps(path, tmp_path):
    (tmp_path / "Maps").mkdir()
    for session in (Session(), Session(data_dir=tmp_path)):
        code, _ = create_error(ApiClient(session), local_map={"map_path": path})
        assert code in (CREATE.InvalidMapPath, CREATE.InvalidMapData)


def test_what_is_missing_is_said_with_its_number():
    client = ApiClient()
    assert client.respond("create_game").create_game.error == CREATE.MissingMap
    assert create_error(client, local_map={})[0] == CREATE.MissingMap
    assert create_error(client, local_map={"map_data": b"nonsense"})[0] == CREATE.InvalidMapData
    assert create_error(client, player_setup=[])[0] == CREATE.MissingPlayerSetup
    assert create_error(client, player_setup=[{"type": sc_pb.Computer}])[0] == CREATE.InvalidPlayerSetup
    three = [{"type": sc_pb.Participant}] * 3
    assert create_error(client, player_setup=three)[0] == CREATE.InvalidPlayerSetup
    many = [{"type": sc_pb.Participant}] + [{"type": sc_pb.Computer}] * 9
    assert create_error(client, player_setup=many)[0] == CREATE.InvalidPlayerSetup
    assert client.respond("save_map").save_map.error == sc_pb.ResponseSaveMap.InvalidMapData


def test_a_battlenet_map_is_one_of_ours_or_unknown():
    client = ApiClient()
    setups = [{"type": sc_pb.Participant}]
    unknown = sc_pb.RequestCreateGame(battlenet_map_name="Acropolis LE", player_setup=setups)
    assert client.respond("create_game", unknown).create_game.error == CREATE.InvalidMapName
    client.ask("create_game", sc_pb.RequestCreateGame(battlenet_map_name="2s3z", player_setup=setups))


def test_joining_needs_options_and_a_race_or_a_player_to_look_at():
    assert join_error(race=3)[0] == JOIN.MissingOptions
    assert join_error(options=raw_options())[0] == JOIN.MissingParticipation
    assert join_error(options=raw_options(), race=0)[0] == JOIN.MissingParticipation
    assert join_error(options=raw_options(), observed_player_id=7)[0] == JOIN.InvalidObservedPlayerId


def test_options_that_cannot_be_met_are_named():
    code, details = join_error(race=3, options=layer_options(screen_px=0))
    assert code == JOIN.FeatureUnsupported
    assert "feature_layer.resolution" in details
    assert join_error(race=3, options=layer_options(minimap_px=100_000))[0] == JOIN.FeatureUnsupported
    rendered = sc_pb.InterfaceOptions(render={"resolution": {"x": 8, "y": 8}})
    assert join_error(race=3, options=rendered)[0] == JOIN.FeatureUnsupported


def test_computers_only_can_be_watched_but_not_joined():
    client = ApiClient()
    setups = [{"type": sc_pb.Computer}, {"type": sc_pb.Computer}, {"type": sc_pb.Observer}]
    client.ask("create_game", create_request(player_setup=setups))
    full = client.respond("join_game", sc_pb.RequestJoinGame(race=3, options=raw_options()))
    assert full.join_game.error == JOIN.GameFull
    client.ask("join_game", sc_pb.RequestJoinGame(observed_player_id=2, options=raw_options()))
    assert {unit.alliance for unit in client.units(owner=2)} == {1}
    assert client.order(4, [client.units(owner=2)[0].tag]) != 1


def test_game_info_tells_players_and_options_back():
    client = ApiClient()
    client.create()
    options = layer_options(84, 64, show_cloaked=True)
    client.ask("join_game", sc_pb.RequestJoinGame(race=3, options=options, player_name="me"))
    info = client.ask("game_info")
    me, computer = info.player_info
    assert (me.player_id, me.type, me.race_actual, me.player_name) == (1, sc_pb.Participant, 3, "me")
    assert (computer.type, computer.difficulty) == (sc_pb.Computer, sc_pb.VeryHard)
    assert not computer.HasField("race_actual")
    assert info.options.feature_layer == options.feature_layer
    assert info.options.show_cloaked
    assert info.options.HasField("raw_affects_selection")


def test_strings_that_are_no_text_are_told_back_readable():
    request = sc_pb.Request(create_game=create_request("2s3x")).SerializeToString().replace(b"2s3x", b"2s3\xff")
    answer = sc_pb.Response.FromString(ApiClient().connection.handle(request)).create_game
    assert answer.error == CREATE.InvalidMapPath
    assert "2s3\ufffd" in answer.error_details

import subprocess
import sys
from collections.abc import Callable

import pytest
from google.protobuf import descriptor_pool
from google.protobuf.internal import api_implementation

from llm_pysc2 import protos

OBSERVATIONS = [
    "AcropolisLE.ResponseObservation_loop0.pb.gz",
    "BerlingradAIE.ResponseObservation_loop0.pb.gz",
    "EternalEmpire506.ResponseObservation_loop0.pb.gz",
    "observation_loop849_all_layers_128px.ResponseObservation.pb.gz",
]
RESPONSES = [
    f"{game}.Response_{kind}.pb.gz"
    for game in ("AcropolisLE", "BerlingradAIE", "EternalEmpire506")
    for kind in ("data", "game_info")
]
MODULES = ("common", "data", "debug", "error", "query", "raw", "sc2api", "score", "spatial", "ui")


def test_the_fast_runtime_is_used():
    assert api_implementation.Type() == "upb"


@pytest.mark.parametrize("name", OBSERVATIONS)
def test_recorded_observations_survive_a_round_trip(name: str, recorded: Callable[[str], bytes]):
    from s2clientprotocol import sc2api_pb2 as sc_pb

    serialized = recorded(name)
    message = sc_pb.ResponseObservation.FromString(serialized)
    assert len(message.observation.raw_data.units) > 100
    assert message.SerializeToString() == serialized


@pytest.mark.parametrize("name", RESPONSES)
def test_recorded_responses_survive_a_round_trip(name: str, recorded: Callable[[str], bytes]):
    from s2clientprotocol import sc2api_pb2 as sc_pb

    serialized = recorded(name)
    message = sc_pb.Response.FromString(serialized)
    assert message.WhichOneof("response") in ("data", "game_info")
    assert message.SerializeToString() == serialized


def test_what_clients_import_is_there():
    from s2clientprotocol import common_pb2, debug_pb2, raw_pb2
    from s2clientprotocol import sc2api_pb2 as sc_pb

    assert dict(sc_pb.Status.items())["in_game"] == sc_pb.in_game == 3
    assert sc_pb.ResponseCreateGame.Error.Name(sc_pb.ResponseCreateGame.MissingMap) == "MissingMap"
    assert sc_pb.ActionChat.Broadcast == 1
    assert common_pb2.Race.Value("Protoss") == common_pb2.Protoss == 3
    assert raw_pb2.Unit.__module__ == "s2clientprotocol.raw_pb2"
    assert debug_pb2.DebugCommand.DESCRIPTOR.full_name == "SC2APIProtocol.DebugCommand"


@pytest.mark.parametrize("name", MODULES)
def test_modules_know_where_they_come_from(name: str):
    module = __import__(f"s2clientprotocol.{name}_pb2", fromlist=["DESCRIPTOR"])
    assert module.__file__.endswith(f"{name}_pb2.py")
    assert module.DESCRIPTOR is descriptor_pool.Default().FindFileByName(f"s2clientprotocol/{name}.proto")


def test_messages_can_be_pickled_and_copied():
    import copy
    import pickle

    from s2clientprotocol import sc2api_pb2 as sc_pb

    message = sc_pb.RequestStep(count=8)
    assert pickle.loads(pickle.dumps(message)) == message  # noqa: S301 - our own bytes
    assert copy.deepcopy(message) == message


def test_installing_the_hook_twice_changes_nothing():
    before = list(sys.meta_path)
    protos.install_import_hook()
    assert sys.meta_path == before


def test_other_modules_are_left_to_the_other_finders():
    for name in ("s2clientprotocol", "s2clientprotocol.build", "json", "other.sc2api_pb2"):
        assert protos.ProtoModuleFinder.find_spec(name) is None


@pytest.mark.parametrize(
    "source",
    [
        "DESCRIPTOR = _descriptor.FileDescriptor(\n  name='x',\n  serialized_pb=_b('{}')\n  ,\n  dependencies=[])",
        "DESCRIPTOR = _descriptor_pool.Default().AddSerializedFile(b'{}')",
        'DESCRIPTOR = _descriptor_pool.Default().AddSerializedFile(\n    b"{}")',
    ],
)
def test_descriptors_are_found_in_all_generations_of_generated_code(source: str):
    escaped = r"\n\x0ea/\'b\'.proto\x12\xe9\\"
    assert protos.extract_file_descriptor(source.replace("{}", escaped)) == b"\n\x0ea/'b'.proto\x12\xe9\\"


def test_source_without_a_descriptor_has_none():
    assert protos.extract_file_descriptor("import sys\nserialized_options = _b('x')\n") is None


def test_a_fresh_interpreter_needs_nothing_but_the_import():
    program = (
        "import llm_pysc2.protos, sys\n"
        "assert 'google.protobuf' not in sys.modules\n"
        "from s2clientprotocol import sc2api_pb2\n"
        "print(sc2api_pb2.RequestStep(count=2).SerializeToString().hex())\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0802"

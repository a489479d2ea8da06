"""An observation of the real game, from its bytes to the text that a model reads."""

from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.dialogue.describe import describe
from llm_pysc2.dialogue.parse import parse
from llm_pysc2.env.decode import decode_observation
from llm_pysc2.env.names import TypeNames
from llm_pysc2.world.geometry import Rect
from llm_pysc2.world.view import MapView
from tests.reader import read
from tests.worlds import situation

MAP = MapView("recorded", (200, 176), Rect(0, 0, 200, 176))


def test_an_observation_of_the_real_game_is_described_and_answered(recorded):
    message = sc_pb.ResponseObservation.FromString(
        recorded("observation_loop849_all_layers_128px.ResponseObservation.pb.gz")
    )
    world = decode_observation(message, MAP, TypeNames())
    here = situation(world)
    reading = read(describe(here))
    own = {here.short_ids.name(each.tag): each for each in world.own}
    told = {row.id: row for row in reading.rows if row.id in own}
    assert set(told) == set(own)
    for name, row in told.items():
        assert (row.type, row.health[0]) == (own[name].type_name, round(own[name].health))
    workers = [name for name, each in own.items() if each.type_name in ("Drone", "Probe", "SCV")]
    reply = parse(f"<Select_Unit_Move_To({workers[0]}, [60, 60])>", here)
    assert reply.rejected == ()
    assert reply.commands[0].unit_tags == (own[workers[0]].tag,)

"""A state machine over the status table, and bytes that nobody meant: always an answer, never an exception."""

import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.protocol import STATUS_TABLE
from tests.api_client import ApiClient, create_request, layer_options, raw_options

MUTATIONS = int(os.environ.get("LLM_PYSC2_MUTATIONS", "1500"))
"""How many mutated requests are sent; a long run takes 100,000."""
LONGEST_STEP_LOOPS = 64

names = st.sampled_from(sorted(STATUS_TABLE.keys() - {"quit"}))
tags = st.one_of(st.integers(0, 2**64 - 1), st.just(0x1_0004_0001))
numbers = st.floats(width=32)
abilities = st.sampled_from([1, 4, 16, 17, 18, 19, 23, 386, 3674, 318, 0, -1, 2**31 - 1])


@st.composite
def unit_commands(draw) -> sc_pb.Action:
    command = {"ability_id": draw(abilities), "unit_tags": draw(st.lists(tags, max_size=3))}
    target = draw(st.sampled_from(["none", "point", "unit"]))
    if target == "point":
        command["target_world_space_pos"] = {"x": draw(numbers), "y": draw(numbers)}
    elif target == "unit":
        command["target_unit_tag"] = draw(tags)
    return sc_pb.Action(action_raw={"unit_command": command})


class StatusMachine(RuleBasedStateMachine):
    """Whatever is asked in whatever order, the status is that of the table, and the game stays alive."""

    def __init__(self) -> None:
        super().__init__()
        self.client = ApiClient()
        self.replay = b""

    @rule(name=names)
    def ask_anything(self, name):
        before = self.client.status
        response = self.client.respond(name)
        rule_ = STATUS_TABLE[name]
        body = getattr(response, name)
        failed = bool(response.error) or ("error" in body.DESCRIPTOR.fields_by_name and body.HasField("error"))
        if sc_pb.Status.Value(before) not in rule_.valid_in:
            assert response.error
        if failed or rule_.leads_to is None:
            assert self.client.status in (before, "ended")
        else:
            assert self.client.status in (sc_pb.Status.Name(rule_.leads_to), "ended")

    @rule(map_name=st.sampled_from(["2s3z", "3m", "nowhere"]), seed=st.integers(0, 2**32 - 1))
    def create(self, map_name, seed):
        self.client.respond("create_game", create_request(map_name, random_seed=seed))

    @rule(layers=st.booleans(), watches=st.booleans())
    def join(self, layers, watches):
        who = {"observed_player_id": 1} if watches else {"race": 3}
        options = layer_options() if layers else raw_options()
        self.client.respond("join_game", sc_pb.RequestJoinGame(options=options, **who))

    @precondition(lambda self: self.client.status in ("in_game", "in_replay"))
    @rule(loops=st.integers(0, 12))
    def step(self, loops):
        before = self.client.observe().observation.game_loop
        reached = self.client.step(loops)
        assert reached == before + loops or self.client.status == "ended"

    @precondition(lambda self: self.client.status == "in_game")
    @rule(actions=st.lists(unit_commands(), max_size=3))
    def act(self, actions):
        answer = self.client.ask("action", sc_pb.RequestAction(actions=actions))
        assert len(answer.result) == len(actions)

    @precondition(lambda self: self.client.status == "in_game")
    @rule(
        unit_type=st.sampled_from([48, 73, 0, 2**32 - 1]), owner=st.integers(-3, 17), x=numbers, count=st.integers(0, 5)
    )
    def create_units(self, unit_type, owner, x, count):
        create = {"unit_type": unit_type, "owner": owner, "pos": {"x": x, "y": 16}, "quantity": count}
        self.client.debug(create_unit=create)

    @precondition(lambda self: self.client.status == "in_game")
    @rule(result=st.sampled_from([1, 2]))
    def end(self, result):
        self.client.debug(end_game={"end_result": result})
        self.client.step()
        assert self.client.status == "ended"

    @precondition(lambda self: self.client.status in ("in_game", "ended"))
    @rule()
    def save(self):
        response = self.client.respond("save_replay")
        self.replay = response.save_replay.data or self.replay

    @precondition(lambda self: self.replay and self.client.status != "init_game")
    @rule(player=st.integers(0, 3))
    def watch(self, player):
        start = sc_pb.RequestStartReplay(replay_data=self.replay, options=raw_options(), observed_player_id=player)
        self.client.respond("start_replay", start)

    @invariant()
    def the_game_is_alive(self):
        assert self.client.ask("ping").base_build == 75689

    @precondition(lambda self: self.client.status in ("in_game", "in_replay", "ended"))
    @invariant()
    def what_is_shown_holds_together(self):
        observation = self.client.observe().observation
        units = observation.raw_data.units
        assert len({unit.tag for unit in units}) == len(units)
        assert all(unit.tag and unit.unit_type and unit.alliance for unit in units)


TestStatusMachine = pytest.mark.filterwarnings("default")(StatusMachine.TestCase)
TestStatusMachine.settings = settings(
    max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)


@given(content=st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_get_an_answer(content):
    client = ApiClient()
    response = sc_pb.Response.FromString(client.connection.handle(content))
    assert response.HasField("status")


def whole_life() -> list[bytes]:
    """Return the serialized requests of a short game that uses every part of the interface."""
    order = {"ability_id": 16, "unit_tags": [0x1_0004_0001], "target_world_space_pos": {"x": 9, "y": 15}}
    commands = [
        {"create_unit": {"unit_type": 48, "owner": 1, "pos": {"x": 9, "y": 9}, "quantity": 2}},
        {"unit_value": {"unit_value": 2, "value": 9, "unit_tag": 0x1_0004_0001}},
    ]
    bodies = [
        {"ping": {}},
        {"create_game": create_request("3m", random_seed=1)},
        {"join_game": sc_pb.RequestJoinGame(race=1, options=layer_options(8, 8))},
        {"game_info": {}},
        {"data": {"buff_id": True, "effect_id": True}},
        {"action": {"actions": [{"action_raw": {"unit_command": order}}]}},
        {"debug": {"debug": commands}},
        {"step": {"count": 2}},
        {"observation": {}},
        {"query": {"abilities": [{"unit_tag": 0x1_0004_0001}], "pathing": [{"end_pos": {"x": 3, "y": 16}}]}},
        {"save_replay": {}},
        {"restart_game": {}},
        {"leave_game": {}},
    ]
    return [sc_pb.Request(id=at, **body).SerializeToString() for at, body in enumerate(bodies, 1)]


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with some of them changed, left out, doubled or cut off."""
    mutated = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(mutated)) if mutated else 0
        kind = chance.randrange(4)
        if kind == 0 and mutated:
            mutated[at] = chance.randrange(256)
        elif kind == 1 and mutated:
            del mutated[at]
        elif kind == 2:
            mutated[at:at] = bytes([chance.randrange(256)])
        else:
            del mutated[at:]
    return bytes(mutated)


def is_long(content: bytes) -> bool:
    """Return whether a mutated request asks for more play than a test has time for, or to quit."""
    try:
        request = sc_pb.Request.FromString(content)
    except Exception:  # noqa: BLE001 - protobuf's own error; such bytes are short work
        return False
    realtime = request.create_game.realtime
    return request.step.count > LONGEST_STEP_LOOPS or request.HasField("quit") or realtime


def test_mutated_requests_leave_the_game_answering(caplog):
    chance = random.Random(1)
    client = ApiClient()
    requests = whole_life()
    for turn in range(MUTATIONS):
        content = requests[turn % len(requests)]
        if chance.random() < 0.7:
            content = mutate(content, chance)
        if not is_long(content):
            response = sc_pb.Response.FromString(client.connection.handle(content))
            assert response.HasField("status")
    assert client.ask("ping").base_build == 75689
    assert not caplog.records, caplog.text

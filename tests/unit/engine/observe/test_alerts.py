"""Alerts: who is told what, how often, and where it flashes on the minimap."""

import numpy as np
import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.observe.frames import minimap_frame
from llm_pysc2.engine.state.assumptions import make_assumptions
from tests.api_client import ApiClient, layer_options
from tests.bases import Base, maker_of
from tests.unit.engine.observe.test_layers import decode

ATTACK = 23
OPTIONS = layer_options(32, 64)


class Field(ApiClient):
    """A place on a map of 32 cells; nobody but who is put there."""

    def __init__(self) -> None:
        super().__init__()
        self.play("3m", options=OPTIONS)
        self.debug(kill_unit={"tag": [unit.tag for unit in self.units()]})

    def put(self, type_id: int, x: float, y: float, owner: int) -> None:
        self.debug(create_unit={"unit_type": type_id, "owner": owner, "pos": {"x": x, "y": y}})

    def alerts(self) -> list[str]:
        return [sc_pb.Alert.Name(alert) for alert in self.observe().observation.alerts]

    def flashes(self) -> np.ndarray:
        return decode(self.observe().observation.feature_layer_data.minimap_renders.alerts)


@pytest.fixture
def field() -> Field:
    field = Field()
    field.put(48, 10, 16, 1)
    field.put(11, 20, 16, 1)  # so that the game goes on
    field.put(109, 11, 16, 2)
    return field


def test_an_attack_is_told_once_and_again_after_a_while(field):
    field.debug(game_state=6)  # nobody dies
    told = []
    for _ in range(2 * make_assumptions().alert_quiet_loops):
        field.step()
        told += [(field.observe().observation.game_loop, name) for name in field.alerts()]
    loops = [loop for loop, _ in told]
    assert {name for _, name in told} == {"UnitUnderAttack"}
    assert len(loops) == 2
    assert loops[1] - loops[0] >= make_assumptions().alert_quiet_loops


def test_it_flashes_where_it_happened_and_then_no_more(field):
    assert not field.flashes().any()
    field.debug(game_state=6)
    while "UnitUnderAttack" not in field.alerts():
        field.step()
    victim = next(unit for unit in field.units(owner=1) if unit.unit_type == 48)
    frame = minimap_frame(OPTIONS.feature_layer, field.connection._session.client.game.terrain, (0, 0, 32, 32))
    column, row = frame.nearest_px(victim.pos.x, victim.pos.y)
    shown = field.flashes()
    assert set(np.unique(shown)) == {0, 1}
    assert shown[row, column] == 1
    assert shown.sum() < 100
    field.debug(kill_unit={"tag": [unit.tag for unit in field.units(owner=2)]})
    field.step(make_assumptions().alert_shown_loops + 1)
    assert not field.flashes().any()


def test_buildings_have_an_alert_of_their_own():
    field = Field()
    field.put(19, 16, 16, 1)
    field.put(48, 14, 18, 2)
    told = set()
    for _ in range(60):
        field.step()
        told |= set(field.alerts())
    assert told == {"BuildingUnderAttack"}


def test_what_is_finished_is_told_where_it_stands():
    base = Base("terran").rich()
    base.add("SupplyDepot", base.room("SupplyDepot"))
    barracks = base.add("Barracks", base.room("Barracks"))
    hall = base.one("CommandCenter")
    base.player.take_events()
    assert base.order(hall, maker_of("SCV", "CommandCenter")) == 1
    assert base.order(barracks, maker_of("Marine", "Barracks")) == 1
    base.step(500)
    assert sorted(base.player.take_events().alerts) == [sc_pb.TrainUnitComplete, sc_pb.TrainWorkerComplete]
    assert {(alarm.x, alarm.y) for alarm in base.player.alarms} <= {base.place(barracks), base.place(hall)}


def test_a_field_that_is_mined_out_is_told():
    base = Base("terran")
    worker = base.all("SCV")[0]
    field = base.all("MineralField", owner=0)
    nearest = min(field, key=lambda tag: np.hypot(*np.subtract(base.place(tag), base.place(worker))))
    base.match.industry.contents[nearest] = 5
    base.player.take_events()
    assert base.order(worker, 295, nearest) == 1
    base.step(300)
    assert not base.alive(nearest)
    assert sc_pb.MineralsExhausted in base.player.take_events().alerts

"""What one client is shown and another is not: radar blips, plans of buildings, each side's fog, options, watchers."""

import numpy as np
import pytest
from s2clientprotocol import raw_pb2 as raw
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.client import Client
from llm_pysc2.engine.api.game_setup import GameSetup
from llm_pysc2.engine.api.hosted_game import HostedGame
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.knowledge.units import unit_by_name
from tests.api_client import ApiClient, layer_options, picture_options
from tests.unit.engine.observe.test_layers import decode

OPTIONS = layer_options(96, 64, show_placeholders=True)


def type_id(name: str) -> int:
    return unit_by_name(name).id


class Player(ApiClient):
    """Plays on Simple64 with fog, terran."""

    def __init__(self, options: sc_pb.InterfaceOptions = OPTIONS) -> None:
        super().__init__()
        self.create("Simple64")
        self.ask("join_game", sc_pb.RequestJoinGame(race=1, options=options))

    def put(self, name: str, x: float, y: float, owner: int = 1) -> None:
        self.debug(create_unit={"unit_type": type_id(name), "owner": owner, "pos": {"x": x, "y": y}})

    def look_at(self, x: float, y: float) -> None:
        move = {"action_raw": {"camera_move": {"center_world_space": {"x": x, "y": y}}}}
        self.ask("action", sc_pb.RequestAction(actions=[move]))
        self.step()

    @property
    def raw(self) -> raw.ObservationRaw:
        return self.observe().observation.raw_data

    def layer(self, name: str) -> np.ndarray:
        return decode(getattr(self.observe().observation.feature_layer_data.renders, name))


class TestBlips:
    """A sensor tower notices who comes near; who and what that is it does not say."""

    @pytest.fixture
    def player(self) -> Player:
        player = Player()
        player.put("SensorTower", 28.5, 50)
        player.put("Marine", 48, 44, owner=2)
        player.put("Observer", 46, 44, owner=2)
        player.put("Marine", 66, 36, owner=2)
        player.step(2)
        return player

    @staticmethod
    def true_place(player: Player) -> tuple[float, float]:
        """Return where the marine in reach of the tower really is; the computer leads it."""
        units = player.connection._session.client.game.units
        row = int(((units.type_id == type_id("Marine")) & (units.owner == 2)).nonzero()[0][0])
        return float(units.x[row]), float(units.y[row])

    def test_it_is_told_where_and_nothing_else(self, player):
        (blip,) = [unit for unit in player.raw.units if unit.is_blip]
        assert (blip.display_type, blip.alliance) == (raw.Hidden, raw.Enemy)
        assert (blip.pos.x, blip.pos.y) == self.true_place(player)
        assert not blip.unit_type
        assert not blip.owner
        assert not blip.radius
        assert not blip.HasField("health")
        assert not [unit for unit in player.raw.units if unit.owner == 2]

    def test_the_layer_shows_it_and_no_other_does(self, player):
        player.look_at(*self.true_place(player))
        rows, columns = np.nonzero(player.layer("blip"))
        assert (rows.mean(), columns.mean()) == pytest.approx((47.5, 47.5), abs=1)
        for name in ("unit_type", "player_relative", "unit_hit_points", "unit_density"):
            assert not player.layer(name)[rows, columns].any()

    def test_the_ring_is_told(self, player):
        (ring,) = player.raw.radar
        assert (ring.pos.x, ring.pos.y, ring.radius) == (28.5, 50, 30)
        (tower,) = [unit for unit in player.raw.units if unit.unit_type == type_id("SensorTower")]
        assert tower.radar_range == 30

    def test_who_is_seen_is_no_blip(self, player):
        player.put("Marine", 46, 42)
        player.step(2)
        assert not [unit for unit in player.raw.units if unit.is_blip]
        assert [unit.display_type for unit in player.raw.units if unit.owner == 2] == [raw.Visible]


class TestPlans:
    """What a builder is on its way to set up is shown to its owner who asks for it."""

    SITE = (34.0, 66.0)

    @pytest.fixture
    def player(self) -> Player:
        player = Player()
        player.debug(game_state=5)
        player.step()
        return player

    def plans(self, player: Player) -> list[raw.Unit]:
        return [unit for unit in player.raw.units if unit.display_type == raw.Placeholder]

    def order_depot(self, player: Player) -> None:
        worker = next(unit for unit in player.units(owner=1) if unit.unit_type == type_id("SCV"))
        x, y = self.SITE
        assert player.order(319, [worker.tag], target_world_space_pos={"x": x, "y": y}) == 1
        player.step()

    def test_it_is_shown_until_it_is_begun(self, player):
        assert not self.plans(player)
        self.order_depot(player)
        (plan,) = self.plans(player)
        assert plan.unit_type == type_id("SupplyDepot")
        assert (plan.pos.x, plan.pos.y) == self.SITE
        assert (plan.owner, plan.alliance, plan.build_progress) == (1, raw.Self, 0)
        assert not plan.HasField("health")
        player.look_at(*self.SITE)
        shown = player.layer("placeholder") == 1
        assert shown[47:49, 47:49].all()
        assert set(player.layer("unit_type")[shown]) == {type_id("SupplyDepot")}
        player.step(120)
        assert not self.plans(player)
        assert not player.layer("placeholder").any()
        assert any(unit.unit_type == type_id("SupplyDepot") for unit in player.units(owner=1))

    def test_nobody_else_is_shown_it_nor_who_does_not_ask(self, player):
        self.order_depot(player)
        client = player.connection._session.client
        for player_id, options in ((2, OPTIONS), (1, layer_options(96, 64))):
            watcher = Client(client.hosted, player_id, options, watches=True, reveal=True)
            shown = sc_pb.Response.FromString(watcher.observe(False)).observation.observation
            assert not [unit for unit in shown.raw_data.units if unit.display_type == raw.Placeholder]
            assert not decode(shown.feature_layer_data.renders.placeholder).any()


class TestTwoPlayers:
    """Two participants at one table: each sees with the eyes of its own units only."""

    @pytest.fixture
    def seats(self) -> tuple[Client, Client]:
        players = (PlayerSetup(race="terran"), PlayerSetup(race="zerg"))
        table = HostedGame(GameSetup("Simple64", "", players, seed=1), clients=1)
        return Client(table, 1, OPTIONS), Client(table, 2, OPTIONS, watches=True)

    def look(self, seat: Client) -> sc_pb.Observation:
        return sc_pb.Response.FromString(seat.observe(False)).observation.observation

    def test_the_fog_is_each_players_own(self, seats):
        shown = [self.look(seat) for seat in seats]
        for own, other in ((1, 2), (2, 1)):
            owners = {unit.owner for unit in shown[own - 1].raw_data.units}
            assert own in owners
            assert other not in owners
        grids = [decode(one.feature_layer_data.minimap_renders.visibility_map) for one in shown]
        assert not ((grids[0] == 2) & (grids[1] == 2)).any()
        relative = [decode(one.feature_layer_data.minimap_renders.player_relative) for one in shown]
        assert all(set(np.unique(one)) == {0, 1, 3} for one in relative)

    def test_what_one_unit_sees_is_shown_to_its_player_only(self, seats):
        game = seats[0].game
        x, y = game.players[2].start_location
        game.create_units(type_id("Overlord"), 1, x, y)
        game.step()
        assert {unit.owner for unit in self.look(seats[0]).raw_data.units} == {1, 2, 16}
        (spy,) = [unit for unit in self.look(seats[1]).raw_data.units if unit.owner == 1]
        assert spy.alliance == raw.Enemy
        assert not spy.orders


def test_the_types_on_the_minimap_are_for_cheats():
    shown = []
    for cheats in (False, True):
        options = layer_options(32, 64)
        options.feature_layer.allow_cheating_layers = cheats
        shown.append(Player(options).observe().observation.feature_layer_data.minimap_renders)
    assert not decode(shown[0].unit_type).any()
    types = set(np.unique(decode(shown[1].unit_type)).tolist())
    assert types >= {0, type_id("CommandCenter"), type_id("SCV")}
    assert shown[0].player_relative == shown[1].player_relative


def test_who_is_on_the_screen_is_said():
    player = Player()
    player.look_at(28.5, 60.5)
    on_screen = {unit.tag for unit in player.units() if unit.is_on_screen}
    camera = player.raw.player.camera
    for unit in player.units():
        inside = abs(unit.pos.x - camera.x) <= 12 and abs(unit.pos.y - camera.y) <= 12
        assert (unit.tag in on_screen) == inside
    assert 0 < len(on_screen) < len(player.units())
    player.look_at(60, 30)
    assert not on_screen & {unit.tag for unit in player.units() if unit.is_on_screen}


class TestWatchers:
    """A replay can be watched through another interface than it was played through; the game is the same."""

    @pytest.fixture
    def played(self) -> tuple[bytes, bytes, set[int]]:
        """A game played by pixels of its own screen: the replay, its last units, and what is selected in it."""
        player = Player(layer_options(40, 32))
        player.look_at(28.5, 60.5)
        for action in (
            {"unit_selection_rect": {"selection_screen_coord": [{"p0": {"x": 4, "y": 4}, "p1": {"x": 34, "y": 34}}]}},
            {"unit_command": {"ability_id": 16, "target_screen_coord": {"x": 30, "y": 30}}},
        ):
            player.ask("action", sc_pb.RequestAction(actions=[{"action_feature_layer": action}]))
            player.step(8)
        units = player.observe().observation.raw_data.units
        last = b"".join(unit.SerializeToString() for unit in units if unit.owner == 1)
        chosen = {unit.tag for unit in units if unit.is_selected}
        return player.ask("save_replay").data, last, chosen

    @pytest.mark.parametrize(
        "options",
        [layer_options(128, 96), sc_pb.InterfaceOptions(raw=True, score=True), picture_options(64, 48)],
        ids=["larger", "no layers", "pictures"],
    )
    def test_the_game_is_the_same(self, played, options):
        replay, last, chosen = played
        watcher = ApiClient()
        request = sc_pb.RequestStartReplay(replay_data=replay, options=options, observed_player_id=1)
        watcher.ask("start_replay", request)
        watcher.step(17)
        shown = watcher.observe().observation
        assert shown.game_loop == 17
        units = [unit for unit in shown.raw_data.units if unit.owner == 1]
        if options.HasField("feature_layer"):
            size = options.feature_layer.resolution
            image = shown.feature_layer_data.renders.selected
            assert (image.size.x, image.size.y) == (size.x, size.y)
            assert decode(image).any()
            assert b"".join(unit.SerializeToString() for unit in units) == last
        assert {unit.tag for unit in units if unit.is_selected} == chosen
        assert chosen

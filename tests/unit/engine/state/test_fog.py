"""Fog of war: which cells are seen, what units know of each other through it, and what players remember."""

from dataclasses import replace

import numpy as np
import pytest
from s2clientprotocol import raw_pb2 as raw
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.maps.trigger_rules import StartTriggers, Triggers
from llm_pysc2.engine.observe.sight import Watch
from llm_pysc2.engine.state.fog import REVEAL_LOOPS, _count
from llm_pysc2.engine.state.fog_grid import Fog
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.engine.units import spawning
from llm_pysc2.knowledge.units import load_units, unit_by_name

RECORDED = ("AcropolisLE", "EternalEmpire506", "BerlingradAIE")
MOVE, ATTACK, BURROW = 16, 23, 1374
SHOWN = sc_pb.InterfaceOptions(raw=True, show_cloaked=True, show_burrowed_shadows=True)


class Night:
    """A game with fog between two players; units are meant by their tags."""

    def __init__(self, map_name: str = "Flat64") -> None:
        field = replace(load_map(map_name), units=(), triggers=Triggers(StartTriggers(fog=True)))
        self.game = Game(field, [PlayerSetup(), PlayerSetup(kind="computer")], seed=1)

    def add(self, name: str, x: float, y: float, owner: int = 1) -> int:
        tag = spawning.create(self.game.match, unit_by_name(name).id, owner, x, y)
        self.game.step()
        return tag

    def step(self, loops: int = 1) -> None:
        self.game.step(loops)

    def row(self, tag: int) -> int:
        return self.game.units.row_of(tag)

    def order(self, tag: int, ability: int, target=None) -> int:
        owner = int(self.game.units.owner[self.row(tag)])
        return self.game.order(owner, ability, [tag], target)[0]

    def kill(self, tag: int) -> None:
        self.game.kill_units([tag])
        self.step()

    def shown(self, tag: int, player_id: int = 1, options: sc_pb.InterfaceOptions = SHOWN) -> int:
        """Return the `DisplayType` of a unit for a player, 0 = not shown."""
        view = Watch(self.game, player_id, options).look(reveal=False)
        displays = view.sight.display[view.units.tag == tag]
        assert np.count_nonzero(displays) <= 1
        return int(displays.max(initial=0))

    def sees(self, x: float, y: float, player_id: int = 1) -> bool:
        return bool(self.game.match.fogs[player_id].watchers[int(y), int(x)])


@pytest.fixture
def night() -> Night:
    return Night()


@pytest.mark.parametrize("name", RECORDED)
def test_the_cells_in_sight_are_those_of_recorded_games(name, recorded):
    data = sc_pb.ResponseObservation.FromString(
        recorded(f"{name}.ResponseObservation_loop0.pb.gz")
    ).observation.raw_data
    image = data.map_state.visibility
    visibility = np.frombuffer(image.data, np.uint8).reshape(image.size.y, image.size.x)
    fog, flat = Fog.over(visibility.shape), np.zeros(visibility.shape, dtype=np.int8)
    for unit in data.units:
        if unit.alliance == raw.Self:
            _count(fog, flat, (int(unit.pos.x), int(unit.pos.y), load_units()[unit.unit_type].sight_cells, 0), 1)
    assert np.count_nonzero(visibility == 2) == 446
    assert ((fog.watchers > 0) == (visibility == 2)).all()


def test_sight_goes_with_the_unit_and_ends_with_it(night):
    marine = night.add("Marine", 20, 20)
    assert night.sees(28, 20)
    assert not night.sees(30, 20)
    night.order(marine, MOVE, (40.0, 20.0))
    night.step(100)
    assert night.sees(30, 20)
    assert not night.sees(15, 20)
    assert night.game.match.fogs[1].explored[20, 15]
    night.kill(marine)
    assert not night.game.match.fogs[1].watchers.any()
    assert not night.game.match.fogs[1].eyes


def test_what_is_being_built_sees_little(night):
    pylon = night.add("Pylon", 20, 20)
    assert night.sees(28, 20)
    night.game.units.build_progress[night.row(pylon)] = 0.5
    night.step()
    assert not night.sees(26, 20)
    assert night.sees(24, 20)


def test_only_those_who_look_over_cliffs_see_what_is_above():
    night = Night("Simple64")
    level, pathable = night.game.terrain.cliff_level, night.game.terrain.pathable
    low, high = (level == 2) & pathable, (level == 3) & pathable
    rows, columns = np.nonzero(low[:, :-4] & high[:, 4:])
    x, y = float(columns[0]) + 0.5, float(rows[0]) + 0.5
    marine = night.add("Marine", x, y)
    assert not night.sees(x + 4, y)
    night.kill(marine)
    night.add("Colossus", x, y)
    assert night.sees(x + 4, y)
    above = Night("Simple64")
    above.add("Marine", x + 4, y)
    assert above.sees(x, y)


def test_units_do_not_fight_what_their_side_does_not_see(night):
    tank = night.add("SiegeTankSieged", 20, 20)
    roach = night.add("Roach", 32.5, 20, owner=2)
    night.game.units.acquires[night.row(roach)] = False
    night.step(60)
    assert night.game.units.target[night.row(tank)] == -1
    assert night.shown(roach) == 0
    assert night.order(tank, ATTACK, roach) != 1
    night.add("Observer", 28, 20)
    night.step(60)
    assert night.game.units.target_tag[night.row(tank)] == roach
    assert night.shown(roach) == raw.Visible


def test_an_attacker_out_of_the_fog_is_shown_to_its_victim_for_a_while(night):
    pylon = night.add("Pylon", 20, 20)
    tank = night.add("SiegeTankSieged", 33, 20, owner=2)
    night.add("Overlord", 28, 26, owner=2)
    assert night.order(tank, ATTACK, pylon) == 1
    night.step(60)
    assert night.game.units.shield[night.row(pylon)] < 200
    assert night.shown(tank) == raw.Visible
    night.game.units.cooldown[night.row(tank)] = 10_000
    night.step(REVEAL_LOOPS + 1)
    assert night.shown(tank) == 0


def test_structures_stay_as_they_were_last_seen(night):
    gateway = night.add("Gateway", 30.5, 30.5, owner=2)
    night.game.units.build_progress[night.row(gateway)] = 0.25
    scout = night.add("Observer", 30, 30)
    assert night.shown(gateway) == raw.Visible
    night.kill(scout)
    assert night.shown(gateway) == raw.Snapshot
    night.game.units.build_progress[night.row(gateway)] = 0.75
    night.step()
    view = Watch(night.game, 1, SHOWN).look(reveal=False)
    known = (view.units.tag == gateway) & (view.sight.display == raw.Snapshot)
    assert view.units.build_progress[known].tolist() == [0.25]
    night.kill(gateway)
    assert night.shown(gateway) == raw.Snapshot
    assert night.shown(gateway, player_id=2) == 0
    night.add("Observer", 30, 30)
    night.step(20)
    assert night.shown(gateway) == 0


def test_what_falls_in_sight_is_not_remembered_and_units_never_are(night):
    gateway = night.add("Gateway", 30.5, 30.5, owner=2)
    zealot = night.add("Zealot", 34, 30, owner=2)
    scout = night.add("Observer", 30, 34)
    assert night.shown(zealot) == raw.Visible
    night.kill(gateway)
    night.kill(scout)
    assert night.shown(gateway) == night.shown(zealot) == 0


def test_remembered_structures_can_be_aimed_at(night):
    gateway = night.add("Gateway", 40.5, 30.5, owner=2)
    zealot = night.add("Zealot", 20, 30)
    assert night.order(zealot, ATTACK, gateway) != 1
    night.kill(night.add("Observer", 40, 30))
    assert night.order(zealot, ATTACK, gateway) == 1
    night.step(40)
    assert night.game.units.target_tag[night.row(zealot)] == gateway


def test_deaths_out_of_sight_are_not_told(night):
    marine, zealot, _ = night.add("Marine", 20, 20), night.add("Zealot", 50, 50, owner=2), night.add("Pylon", 10, 10)
    night.kill(zealot)
    night.kill(marine)
    assert night.game.take_events(1).dead_tags == [marine]
    assert night.game.take_events(2).dead_tags == [zealot]


def test_a_hallucination_is_one_only_for_its_owner_and_detectors(night):
    night.add("Marine", 20, 20)
    image = night.add("Zealot", 24, 20, owner=2)
    night.game.units.hallucination[night.row(image)] = True

    def known(player_id: int) -> bool:
        view = Watch(night.game, player_id, SHOWN).look(reveal=False)
        return bool(view.sight.hallucination[night.row(image)])

    assert (known(1), known(2)) == (False, True)
    night.add("Raven", 20, 22)
    assert known(1)


def test_burrowed_shadows_and_cloaked_units_only_for_those_who_want_them(night):
    night.add("Overlord", 20, 20)
    roach = night.add("RoachBurrowed", 23, 20, owner=2)
    templar = night.add("DarkTemplar", 20, 23, owner=2)
    for options, expected in (
        (sc_pb.InterfaceOptions(show_cloaked=True), (0, raw.Hidden)),
        (sc_pb.InterfaceOptions(show_burrowed_shadows=True), (raw.Hidden, 0)),
        (sc_pb.InterfaceOptions(), (0, 0)),
    ):
        assert (night.shown(roach, 1, options), night.shown(templar, 1, options)) == expected


def test_going_back_in_time_goes_back_in_knowledge(night):
    gateway = night.add("Gateway", 30.5, 30.5, owner=2)
    scout = night.add("Observer", 30, 30)
    saved, digest = night.game.snapshot(), night.game.digest()
    night.kill(scout)
    assert night.shown(gateway) == raw.Snapshot
    night.game.restore(saved)
    assert night.shown(gateway) == raw.Visible
    assert night.game.digest() == digest
    assert night.sees(30, 30)


def test_maps_that_show_everything_keep_no_fog():
    game = Game(load_map("2s3z"), [PlayerSetup(), PlayerSetup(kind="computer")], seed=1)
    assert not game.match.fogs
    game.step(8)
    assert game.match.sight is None


class TestScan:
    """A scanner sweep lets its owner see a disc of the map, and what is cloaked in it, for as long as it goes on."""

    SCAN, LOOPS = 399, 197

    @pytest.fixture
    def night(self) -> Night:
        night = Night()
        night.game.set_unit_value(night.add("OrbitalCommand", 24.5, 22.5), "energy", 200)
        return night

    def scan(self, night: Night, x: float, y: float) -> None:
        orbital = int(night.game.units.tag[night.game.units.owner == 1][0])
        assert night.order(orbital, self.SCAN, (x, y)) == 1
        night.step(2)

    def test_it_shows_what_is_there_cloaked_or_not_and_then_no_more(self, night):
        marine = night.add("Marine", 60, 60, owner=2)
        templar = night.add("DarkTemplar", 62, 60, owner=2)
        far = night.add("Marine", 60, 44, owner=2)
        assert not night.shown(marine)
        self.scan(night, 60, 60)
        assert night.shown(marine) == night.shown(templar) == raw.Visible
        assert not night.shown(far)
        assert night.sees(60, 72)
        assert not night.sees(60, 74)
        night.step(self.LOOPS)
        assert not night.shown(marine)
        assert not night.sees(60, 60)
        assert night.game.match.fogs[1].explored[60, 60]

    def test_it_looks_over_cliffs_and_helps_nobody_else(self):
        night = Night("Simple64")
        night.game.set_unit_value(night.add("OrbitalCommand", 28.5, 60.5), "energy", 200)
        self.scan(night, 40, 28)
        levels = night.game.map.terrain.cliff_level[21:36, 33:48]
        assert len(np.unique(levels)) > 1
        assert (night.game.match.fogs[1].watchers[21:36, 33:48] > 0).all()
        assert not night.sees(40, 28, player_id=2)

    def test_units_shoot_at_what_only_the_scan_shows(self, night):
        tank = night.add("SiegeTankSieged", 40, 60)
        victim = night.add("Marine", 52.4, 60, owner=2)
        night.step(20)
        assert night.game.units.life[night.row(victim)] == 45
        assert not night.game.units.target_tag[night.row(tank)]
        self.scan(night, 52, 60)
        night.step(10)
        assert night.game.units.life[night.row(victim)] == 45 - 40

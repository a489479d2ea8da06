"""Carriers: who gets in, where they are meanwhile, how they come out, what becomes of them when the carrier dies.

Slots, ranges and periods are those of the facts: a Medivac has 8 slots and loads within 1 cell, a Warp Prism within 6;
both let one out every 16 loops; a Nydus Network every 4, after a delay; a Bunker and a Command Center all at once.
"""

import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.state.results import Result
from llm_pysc2.knowledge.units import unit_by_name
from tests.api_client import ApiClient, layer_options
from tests.arena import ATTACK, ENEMY, MOVE
from tests.unit.engine.abilities.casters import Casters

SMART = 1
LOAD, UNLOAD_ALL_AT, UNLOAD_ALL = 3668, 3669, 3664
LOAD_ALL = 416
STIM_REDIRECT, ATTACK_REDIRECT = 1683, 1682


@pytest.fixture
def arena() -> Casters:
    return Casters()


def aboard(arena: Casters, tag: int) -> bool:
    return bool(arena.game.units.aboard[arena.row(tag)] >= 0)


def load(arena: Casters, carrier: int, *tags: int) -> None:
    """Put units into a carrier at once."""
    for tag in tags:
        passengers.board(arena.match, arena.row(carrier), arena.row(tag))


@pytest.mark.parametrize(("name", "reach"), [("Medivac", 1), ("WarpPrism", 6), ("OverlordTransport", 1)])
def test_a_flier_goes_to_its_passenger_and_takes_it_in(arena: Casters, name: str, reach: float) -> None:
    carrier, zealot = arena.caster(name), arena.add_inert("Zealot", 30, 40, owner=1)
    assert arena.order(carrier, LOAD, zealot) == 1
    gap = arena.gap(carrier, zealot)
    while not aboard(arena, zealot):
        gap = arena.gap(carrier, zealot)
        arena.step()
    assert reach - 0.3 <= gap <= reach + 1e-6
    assert arena.orders(carrier) == []
    assert not arena.game.can_see(ENEMY, arena.row(zealot))
    assert arena.order(zealot, MOVE, (10.0, 10.0)) == Result.YOU_CANT_ISSUE_COMMANDS_TO_THAT_UNIT
    arena.order(carrier, MOVE, (36.0, 44.0))
    arena.step(300)
    assert arena.place(zealot) == arena.place(carrier) == pytest.approx((36, 44), abs=0.1)


def test_passengers_are_taken_in_one_after_the_other_in_the_order_asked_for(arena: Casters) -> None:
    medivac = arena.caster("Medivac")
    marines = [arena.add_inert("Marine", 24 + 3 * n, 40, owner=1) for n in range(4)]
    for number, marine in enumerate(marines):
        assert arena.order(medivac, LOAD, marine, queued=number > 0) == 1
    assert arena.order(medivac, MOVE, (20.0, 44.0), queued=True) == 1
    arena.step(300)
    assert all(aboard(arena, marine) for marine in marines)
    assert arena.place(medivac) == pytest.approx((20, 44), abs=0.1)


def test_passengers_come_out_one_by_one(arena: Casters) -> None:
    medivac = arena.caster("Medivac")
    marines = [arena.add_inert("Marine", 21 + n, 38, owner=1) for n in range(3)]
    load(arena, medivac, *reversed(marines))
    assert arena.order(medivac, UNLOAD_ALL_AT, (26.0, 40.0)) == 1
    out = {}
    for loop in range(300):
        arena.step()
        for tag in marines:
            if not aboard(arena, tag):
                out.setdefault(tag, loop)
    assert [tag for tag, _ in sorted(out.items(), key=lambda item: item[1])] == marines[::-1]
    first, second, third = sorted(out.values())
    assert (second - first, third - second) == (16, 16)
    assert all(arena.place(tag) == pytest.approx((26, 40), abs=2.5) for tag in marines)
    assert arena.orders(medivac) == []
    assert arena.order(medivac, UNLOAD_ALL_AT, (26.0, 40.0)) == Result.NO_CARGO_TO_UNLOAD


def test_aimed_at_itself_it_unloads_where_it_is(arena: Casters) -> None:
    prism, zealot = arena.caster("WarpPrism"), arena.add_inert("Zealot", 22, 40, owner=1)
    load(arena, prism, zealot)
    arena.order(prism, UNLOAD_ALL_AT, prism)
    arena.step(2)
    assert not aboard(arena, zealot)
    arena.order(zealot, MOVE, (10.0, 40.0))
    arena.step(20)
    assert arena.place(zealot)[0] < 19


def test_a_full_carrier_and_wrong_passengers_are_refused(arena: Casters) -> None:
    medivac = arena.caster("Medivac")
    thor, marine = arena.add_inert("Thor", 22, 40, owner=1), arena.add_inert("Marine", 21, 41, owner=1)
    assert arena.order(medivac, LOAD, arena.add_inert("Marauder", 24, 40)) == Result.CANT_LOAD_OTHER_PLAYERS_UNITS
    assert arena.order(medivac, LOAD, arena.add_inert("VikingFighter", 24, 42, 1)) == Result.CANT_LOAD_THAT_UNIT
    assert arena.order(medivac, LOAD, medivac) == Result.CANT_LOAD_THAT_UNIT
    load(arena, medivac, thor)
    assert arena.order(medivac, LOAD, marine) == Result.NOT_ENOUGH_ROOM_TO_LOAD_UNIT
    assert arena.order(marine, SMART, medivac) == Result.NOT_ENOUGH_ROOM_TO_LOAD_UNIT
    assert LOAD not in arena.game.available_abilities(medivac)
    bunker = arena.add("Bunker", 30, 30)
    assert arena.order(bunker, LOAD, arena.add_inert("Hellion", 28, 30, 1)) == Result.CANT_LOAD_THAT_UNIT
    assert arena.order(bunker, LOAD, marine) == 1


def test_a_click_on_a_carrier_gets_in(arena: Casters) -> None:
    medivac, marine = arena.caster("Medivac"), arena.add_inert("Marine", 26, 40, owner=1)
    assert arena.order(marine, SMART, medivac) == 1
    assert arena.orders(marine)[0].ability_id == SMART
    arena.step(60)
    assert aboard(arena, marine)


def test_missiles_and_enemies_lose_who_gets_in(arena: Casters) -> None:
    prism, stalker = arena.caster("WarpPrism"), arena.add("Stalker", 24, 40, ENEMY, facing_deg=180)
    zealot = arena.add_inert("Zealot", 21, 40, owner=1)
    arena.order(stalker, ATTACK, zealot)
    while not arena.match.missiles:
        arena.step()
    before = arena.vitals(zealot)
    arena.order(prism, LOAD, zealot)
    arena.step()
    assert aboard(arena, zealot)
    assert not arena.match.missiles
    arena.step(20)
    assert arena.vitals(zealot) == before
    assert arena.target(stalker) != zealot


def test_passengers_of_a_flier_die_with_it_and_those_of_a_bunker_do_not(arena: Casters) -> None:
    medivac, bunker = arena.caster("Medivac"), arena.add("Bunker", 30, 30)
    inside, safe = arena.add_inert("Marine", 26, 40, owner=1), arena.add_inert("Marine", 27, 30, owner=1)
    load(arena, medivac, inside)
    load(arena, bunker, safe)
    arena.game.kill_units([medivac, bunker])
    arena.step()
    assert not arena.alive(inside)
    assert arena.alive(safe)
    assert not aboard(arena, safe)


def test_a_crew_fires_from_the_bunker(arena: Casters) -> None:
    # Range 5 + 1, from the Bunker's edge; nobody sees or hits the crew; stimmed (10 life) by the Bunker's button;
    # Combat Shield makes 10 life more.
    bunker = arena.add("Bunker", 30, 30)
    marine = arena.add("Marine", 28, 30)
    load(arena, bunker, marine)
    near = arena.add_inert("Zealot", 30 + 1.25 + 6 + 0.5 - 0.05, 30)
    far = arena.add_inert("Zealot", 30 - 1.25 - 6 - 0.5 - 0.05, 30)
    arena.step(80)
    assert arena.vitals(near)[0] < 50
    assert arena.vitals(far) == (50, 100)
    assert {ATTACK_REDIRECT, STIM_REDIRECT} <= set(arena.game.available_abilities(bunker))
    assert arena.order(bunker, STIM_REDIRECT) == 1
    assert arena.life(marine) == 45 + 10 - 10
    storm = arena.add_inert("HighTemplar", 32, 36)
    arena.game.grant_upgrade(ENEMY, 52)
    arena.game.set_unit_value(storm, "energy", 200)
    arena.order(storm, 1036, (30.0, 30.0))
    arena.step(60)
    assert arena.life(marine) == 45
    assert arena.order(bunker, UNLOAD_ALL) == 1
    assert not aboard(arena, marine)
    assert arena.game.units.radius[arena.row(marine)] == unit_by_name("Marine").radius_cells


def test_a_bunker_calls_its_passengers(arena: Casters) -> None:
    bunker, marine = arena.add("Bunker", 30, 30), arena.add_inert("Marine", 24, 30, owner=1)
    assert arena.order(bunker, LOAD, marine) == 1
    arena.step(80)
    assert aboard(arena, marine)


def test_a_network_lets_out_elsewhere(arena: Casters) -> None:
    network, worm = arena.add("NydusNetwork", 15, 30), arena.add("NydusCanal", 45, 30)
    roaches = [arena.add_inert("Roach", 18 + n, 30, owner=1) for n in range(3)]
    for roach in roaches:
        arena.order(roach, SMART, network)
    arena.step(80)
    assert all(aboard(arena, roach) for roach in roaches)
    assert arena.order(worm, UNLOAD_ALL) == 1
    arena.step(30)
    assert all(arena.place(roach) == pytest.approx((45, 30), abs=5) for roach in roaches)
    load(arena, network, *roaches)
    arena.game.kill_units([network])
    arena.step()
    assert all(aboard(arena, roach) for roach in roaches)
    arena.game.kill_units([worm])
    arena.step()
    assert not any(arena.alive(roach) for roach in roaches)


def test_a_command_center_calls_its_workers_in(arena: Casters) -> None:
    centre = arena.add("CommandCenter", 30, 30)
    assert arena.order(centre, LOAD_ALL) == Result.LOAD_ALL_NO_TARGETS_FOUND
    workers = [arena.add_inert("SCV", 26, 22 + n, owner=1) for n in range(12)]
    assert arena.order(centre, LOAD_ALL) == 1
    arena.step(80)
    assert sum(aboard(arena, worker) for worker in workers) == 5 + 5  # with Structure Armor
    assert arena.order(centre, 413) == 1
    assert not any(aboard(arena, worker) for worker in workers)


def test_shields_come_back_and_all_is_in_a_snapshot(arena: Casters) -> None:
    prism, zealot = arena.caster("WarpPrism"), arena.add_inert("Zealot", 22, 40, owner=1)
    arena.game.set_unit_value(zealot, "shields", 10)
    load(arena, prism, zealot)
    saved = arena.game.snapshot()
    arena.step(40)
    after, shield = arena.game.digest(), arena.shield(zealot)
    assert shield == 15
    arena.game.restore(saved)
    arena.step(40)
    assert arena.game.digest() == after


def test_the_api_shows_passengers_with_their_carrier_only() -> None:
    client = ApiClient()
    client.play("Flat64")
    game = client.connection._session.client.game
    prism = game.create_units(unit_by_name("WarpPrism").id, 1, 32, 32)[0]
    zealot = game.create_units(unit_by_name("Zealot").id, 1, 33, 32)[0]
    assert client.order(LOAD, [prism], target_unit_tag=zealot) == 1
    client.step(4)
    units = {unit.tag: unit for unit in client.observe().observation.raw_data.units}
    assert zealot not in units
    shown = units[prism]
    assert (shown.cargo_space_taken, shown.cargo_space_max) == (2, 8)
    assert [(one.tag, one.health, one.shield) for one in shown.passengers] == [(zealot, 100, 50)]


def test_the_panel_of_a_carrier_shows_its_passengers_and_lets_one_out() -> None:
    client = ApiClient()
    client.play("Flat64", options=layer_options())
    game = client.connection._session.client.game
    prism = game.create_units(unit_by_name("WarpPrism").id, 1, 32, 32)[0]
    zealot, probe = (game.create_units(unit_by_name(name).id, 1, 34, 32)[0] for name in ("Zealot", "Probe"))
    for tag in (zealot, probe):
        passengers.board(game.match, game.units.row_of(prism), game.units.row_of(tag))
    game.players[1].hand.selection = (prism,)
    panel = client.observe().observation.ui_data.cargo
    assert (panel.unit.unit_type, panel.slots_available) == (unit_by_name("WarpPrism").id, 8 - 2 - 1)
    assert [one.unit_type for one in panel.passengers] == [unit_by_name(name).id for name in ("Zealot", "Probe")]
    unload = sc_pb.Action(action_ui={"cargo_panel": {"unit_index": 1}})
    assert client.ask("action", sc_pb.RequestAction(actions=[unload])).result == [1]
    assert client.ask("action", sc_pb.RequestAction(actions=[unload])).result == [Result.NO_CARGO_TO_UNLOAD]
    client.step()
    assert {zealot, probe} & {unit.tag for unit in client.units(1)} == {probe}

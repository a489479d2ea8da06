"""Actions that find their own doer and place: who is chosen, which places are worth asking about, and why not."""

import pytest

from llm_pysc2.dialogue.parse import parse
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.world.command import Command, Doer
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import Alliance, MapView, OrderView, ResourcesView
from tests.worlds import BOOK, enemy, situation, unit, view

RICH = ResourcesView(minerals=1000, vespene=1000, supply_used=20, supply_cap=60)
FIELD = MapView("Field", (64, 64), Rect(1, 1, 63, 63), (Point(56.5, 56.5),))
PYLON, ZEALOT = 881, 916


def base(*more, resources=RICH, **values):
    """Return the situation of who has a nexus with minerals to its left, two probes and what else is named."""
    resting = [unit(1, "Nexus", 16.5, 16.5), unit(2, "Probe", 12, 16), unit(3, "Probe", 19, 18)]
    minerals = [unit(100 + i, "MineralField", 9.0, 13.5 + i, Alliance.NEUTRAL, mineral_contents=900) for i in range(6)]
    geysers = [unit(110, "VespeneGeyser", 16.5, 9.5, Alliance.NEUTRAL, vespene_contents=2250)]
    world = view([*resting, *minerals, *geysers, *more], 0, FIELD, resources=resources)
    return situation(world, **values)


def production_request(text, here):
    reply = parse(text, here)
    assert reply.rejected == ()
    (action,) = reply.accepted
    assert action.commands == ()
    return action.production_request


def refusal(text, here):
    (rejected,) = parse(text, here).rejected
    return rejected.cause, rejected.reason


@pytest.mark.parametrize("ability_id", sorted(BOOK.carried & load_abilities().keys()))
def test_whatever_is_made_has_an_action_that_finds_its_maker(ability_id):
    ability = load_abilities()[ability_id]
    makes = ability.kind in ("train", "research", "warp_in") or (ability.kind == "build" and ability.target != "none")
    actions = [BOOK.by_ability.get(one, ()) for one in (ability_id, ability.general)]
    if makes and any(actions):
        assert any(one.by_one and one.argument in ("found", "none") for found in actions for one in found), ability.name


def test_a_pylon_is_built_by_the_nearest_probe_off_the_mineral_line():
    found = production_request("<Build_Pylon()>", base())
    assert found.ability_id == PYLON
    place = found.sites[0].place
    assert all(place.distance_to(Point(9, 13.5 + i)) > 6 for i in range(6))
    assert (place.x % 1, place.y % 1) == (0, 0)
    assert [doer.tag for doer in found.doers] == [3, 2]
    assert not found.queued


def test_places_near_a_unit_come_nearest_first_and_on_free_ground():
    found = production_request("<Build_Pylon_Near(G1)>", base(unit(9, "Gateway", 40.5, 40.5)))
    distances = [site.place.distance_to(Point(40.5, 40.5)) for site in found.sites[:20]]
    assert max(distances) < 6
    for site in found.sites:
        assert max(abs(site.place.x - 40.5), abs(site.place.y - 40.5)) >= 2.5


def test_what_needs_power_stands_near_pylons_and_waits_for_one():
    assert refusal("<Build_Gateway()>", base()) == ("place", "Gateway needs power, there is no finished Pylon")
    found = production_request("<Build_Gateway()>", base(unit(9, "Pylon", 24, 20)))
    assert all(site.place.distance_to(Point(24, 20)) <= 7 for site in found.sites)
    assert (found.sites[0].place.x % 1, found.sites[0].place.y % 1) == (0.5, 0.5)


def test_gas_is_built_on_the_geyser_that_is_free():
    assert [site.tag for site in production_request("<Build_Assimilator()>", base()).sites] == [110]
    taken = base(unit(9, "Assimilator", 16.5, 9.5))
    assert refusal("<Build_Assimilator()>", taken)[0] == "place"
    far = base(unit(111, "VespeneGeyser", 50.5, 50.5, Alliance.NEUTRAL))
    assert [site.tag for site in production_request("<Build_Assimilator()>", far).sites] == [110]
    assert production_request("<Build_Assimilator_Near(nVG2)>", far).sites[0].tag == 111


def test_gas_is_also_meant_by_its_place_on_the_screen():
    (command,) = parse("Team Probe: <Build_Assimilator_Screen([64, 101])>", base()).commands
    assert command.target == 110
    assert refusal("Team Probe: <Build_Assimilator_Screen([1, 1])>", base())[1].startswith("there is no geyser at ")


def test_a_town_hall_goes_to_resources_that_nobody_mines():
    minerals = [unit(200 + i, "MineralField", 33.0 + i, 30.5, Alliance.NEUTRAL) for i in range(6)]
    found = production_request(
        "<Build_Nexus()>", base(*minerals, unit(210, "VespeneGeyser", 42.5, 33.5, Alliance.NEUTRAL))
    )
    place = found.sites[0].place
    assert (place.x % 1, place.y % 1) == (0.5, 0.5)
    assert max(place.distance_to(mineral.position) for mineral in minerals) < 10


def test_producers_are_taken_among_the_idle_ones_and_each_once_in_an_answer():
    busy = unit(9, "Gateway", 30.5, 20.5, orders=(OrderView(ZEALOT, None, 0.4),))
    here = base(busy, unit(10, "Gateway", 34.5, 20.5))
    reply = parse("<Train_Zealot()> <Train_Zealot()>", here)
    assert [action.production_request.doers for action in reply.accepted] == [(Doer(10, ZEALOT),)]
    (rejected,) = reply.rejected
    assert rejected.cause == "busy"
    assert rejected.reason == (
        "Train_Zealot: all who could are busy: G1 (Train_Zealot 40%), G2 (an order of this answer)"
    )
    waits = production_request("<Train_Zealot(queued)>", base(busy))
    assert waits.queued
    assert waits.doers == (Doer(9, ZEALOT),)


@pytest.mark.parametrize(
    ("text", "resources", "cause", "reason"),
    [
        ("<Build_Pylon()>", ResourcesView(60, 0, 10, 20), "cost", "Build_Pylon costs 100 minerals, 60 are left"),
        ("<Train_Probe()>", ResourcesView(60, 0, 20, 20), "supply",
         "Train_Probe takes 1 supply, 0 are left; more comes with Build_Pylon"),
        ("<Train_Zealot()>", RICH, "unable", "Train_Zealot takes a finished Gateway, you lead none"),
        ("<Build_CyberneticsCore()>", RICH, "unable", "Build_CyberneticsCore needs a finished Gateway"),
        ("<Research_Blink()>", RICH, "unable", "Research_Blink takes a finished TwilightCouncil, you lead none"),
        ("<Warp_Zealot_Near(N1)>", RICH, "unable", "Warp_Zealot_Near takes a finished WarpGate, you lead none"),
        ("<Build_Pylon_Near(X9)>", RICH, "unit", "there is no unit X9"),
        ("<Build_Pylon_Near()>", RICH, "argument", "Build_Pylon_Near needs a unit"),
        ("<Build_Pylon([3, 4])>", RICH, "argument", "Build_Pylon takes no point"),
    ],
)  # fmt: skip
def test_what_is_lacking_is_said_and_the_rest_carried_out(text, resources, cause, reason):
    here = base(unit(8, "Stalker", 30, 30), resources=resources)
    reply = parse(f"{text} Team Stalker: <Stop()>", here)
    (rejected,) = reply.rejected
    assert rejected.cause == cause
    assert rejected.reason.startswith(reason)
    assert len(reply.commands) == 1


def test_orders_of_one_answer_share_what_there_is():
    reply = parse("<Build_Pylon()> <Train_Probe()> <Build_Pylon()>", base(resources=ResourcesView(240, 0, 10, 20)))
    assert [action.text for action in reply.accepted] == ["Build_Pylon()", "Train_Probe()"]
    assert [rejected.reason for rejected in reply.rejected] == ["Build_Pylon costs 100 minerals, 90 are left"]


def test_what_is_about_to_be_built_is_kept_in_mind():
    walking = unit(4, "Probe", 30, 30, orders=(OrderView(PYLON, Point(20, 20)),))
    cause, reason = refusal("<Build_Pylon()>", base(walking, resources=ResourcesView(150, 0, 10, 20)))
    assert (cause, reason) == (
        "cost", "Build_Pylon costs 100 minerals, 50 are left, 100 more are meant for what is about to be built",
    )  # fmt: skip
    sites = production_request("<Build_Pylon()>", base(walking)).sites
    assert all(max(abs(site.place.x - 20), abs(site.place.y - 20)) >= 2 for site in sites)
    begun = unit(5, "Pylon", 20, 20, build_progress=0.1)
    assert production_request("<Build_Pylon()>", base(walking, begun, resources=ResourcesView(150, 0, 10, 20)))


def test_the_next_level_of_an_upgrade_is_meant():
    forge = unit(9, "Forge", 30.5, 20.5)
    first = production_request("<Research_ProtossGroundWeapons()>", base(forge))
    assert (first.ability_id, first.doers) == (3695, (Doer(9, 1062),))

    def later(*upgrades):
        return situation(view([forge], 0, FIELD, resources=RICH, upgrade_ids=upgrades))

    assert refusal("<Research_ProtossGroundWeapons()>", later(39)) == (
        "unable", "Research_ProtossGroundWeapons needs a finished TwilightCouncil",
    )  # fmt: skip
    assert refusal("<Research_ProtossGroundWeapons()>", later(39, 40, 41))[1].endswith("all of it is researched")


def test_add_ons_decide_what_a_structure_makes():
    plain, lab = unit(9, "Barracks", 30.5, 20.5), unit(10, "Barracks", 40.5, 20.5, add_on_tag=11)
    tech = unit(11, "BarracksTechLab", 43, 20)
    assert production_request("<Train_Marauder()>", base(plain, lab, tech)).doers == (Doer(10, 563),)
    assert refusal("<Train_Marauder()>", base(plain)) == (
        "unable", "Train_Marauder needs a finished TechLab at the one who does it",
    )  # fmt: skip
    reactor = [unit(10, "Barracks", 40.5, 20.5, add_on_tag=11), unit(11, "BarracksReactor", 43, 20)]
    reply = parse("<Train_Marine()> <Train_Marine()> <Train_Marine()>", base(*reactor))
    assert len(reply.accepted) == 2


def test_units_of_other_agents_are_left_alone():
    here = base(unit(9, "Gateway", 30.5, 20.5), teams={"Probe": [2, 3]}, led_by_others=frozenset({9}))
    assert refusal("<Train_Zealot()>", here)[0] == "unable"
    nobodys = base(unit(9, "Gateway", 30.5, 20.5), teams={"Probe": [2, 3]})
    assert production_request("<Train_Zealot()>", nobodys).doers == (Doer(9, ZEALOT),)


def test_a_named_worker_builds_where_there_is_room():
    found = production_request("<Select_Unit_Build_Pylon(P1)>", base())
    assert found.doers == (Doer(2, PYLON),)


def test_warp_ins_go_into_the_field_that_is_named():
    here = base(unit(9, "WarpGate", 30.5, 20.5), unit(10, "Pylon", 50, 50), unit(11, "Pylon", 20, 20))
    found = production_request("<Warp_Zealot_Near(Py1)>", here)
    assert all(site.place.distance_to(Point(50, 50)) <= 7 for site in found.sites)
    assert found.doers == (Doer(9, 1413),)
    assert production_request("<Warp_Zealot()>", here).sites[0].place.distance_to(Point(20, 20)) < 7


def army(*more):
    own = [
        unit(1, "Nexus", 16.5, 16.5),
        unit(2, "Probe", 18, 16),
        unit(3, "Zealot", 30, 30),
        unit(4, "Stalker", 31, 30),
    ]
    return situation(view([*own, *more], 0, FIELD))


def test_all_units_attack_defend_and_retreat():
    far, near = enemy(9, "Roach", 45, 45), enemy(10, "Zergling", 20, 20)
    assert parse("<All_Units_Attack()>", army(far)).commands == (Command(3674, (3, 4), Point(45, 45)),)
    assert parse("<All_Units_Attack()>", army()).commands == (Command(3674, (3, 4), Point(56.5, 56.5)),)
    assert parse("<All_Units_Defend()>", army(far, near)).commands == (Command(3674, (3, 4), Point(20, 20)),)
    assert parse("<All_Units_Defend()>", army(far)).commands == (Command(3674, (3, 4), Point(16.5, 16.5)),)
    assert parse("<All_Units_Retreat()>", army(far)).commands == (Command(3794, (3, 4), Point(16.5, 16.5)),)
    assert parse("<All_Units_Attack_Unit(eR1)>", army(far)).commands == (Command(3674, (3, 4), 9),)
    reply = parse("<all_units_stop()>", army(far))
    assert (reply.commands, reply.accepted[0].text) == ((Command(3665, (3, 4)),), "All_Units_Stop()")


def test_an_archon_takes_two():
    one = situation(view([unit(1, "HighTemplar", 5, 5)]))
    assert refusal("<Morph_Archon()>", one) == ("unable", "Morph_Archon takes two units, HT1 is alone")
    two = situation(view([unit(1, "HighTemplar", 5, 5), unit(2, "DarkTemplar", 7, 5)]), {"T": [1, 2]})
    assert parse("<Morph_Archon()>", two).commands == (Command(1766, (1, 2)),)
    assert parse("<Select_Two_Unit_Morph_Archon(HT1, DT1)>", two).commands == (Command(1766, (1, 2)),)

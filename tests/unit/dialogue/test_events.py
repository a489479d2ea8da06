from dataclasses import replace

from llm_pysc2.dialogue.events import Change, Events, find_events
from tests.worlds import enemy, unit, view


def everywhere(_point):
    return True


def test_nothing_happens_between_a_view_and_itself():
    world = view([unit(1, "Marine", 5, 5), enemy(2, "Roach", 8, 8)])
    assert find_events(world, world, [1], everywhere) == Events()


def test_health_that_comes_back_is_told_and_shields_that_do_are_not():
    before = view([unit(1, "Stalker", 5, 5, health=40.0, shield=10.0), unit(2, "Marine", 6, 5, health=20.0)])
    after = view([unit(1, "Stalker", 5, 5, health=40.0, shield=30.0), unit(2, "Marine", 6, 5, health=26.0)])
    events = find_events(before, after, [1, 2], everywhere)
    assert events == Events(healed=(Change(2, 6.0),))


def test_a_unit_that_is_being_built_is_finished_and_not_healed():
    before = view([unit(1, "Pylon", 5, 5, health=100.0, build_progress=0.5)])
    after = view([unit(1, "Pylon", 5, 5)])
    assert find_events(before, after, [1], everywhere) == Events(finished=(1,))


def test_new_own_units_are_told():
    before = view([unit(1, "Marine", 5, 5)])
    after = view([unit(1, "Marine", 5, 5), unit(2, "Marine", 6, 5)])
    assert find_events(before, after, [1, 2], everywhere) == Events(finished=(2,))


def test_what_happens_to_others_and_elsewhere_is_not_told():
    before = view([unit(1, "Marine", 5, 5), unit(2, "Marine", 20, 5), enemy(3, "Roach", 28, 8)])
    after = view([replace(each, health=9.0) for each in before.units])
    events = find_events(before, after, [1], lambda point: point.x < 10)
    assert events == Events(hurt=(Change(1, 36.0),))

"""The policies made for LLM-PySC2's tasks, one decision at a time; that they win is shown in whole games."""

import asyncio

from llm_pysc2.backends.scripted import TASK_POLICIES, scripted_policy
from llm_pysc2.backends.scripted.reading import ReadLetter, read_observation
from llm_pysc2.dialogue.describe import describe
from llm_pysc2.dialogue.parse import Reply, parse
from llm_pysc2.dialogue.prompt import build_chat, system_text
from llm_pysc2.dialogue.situation import Speaker
from llm_pysc2.mail import Letter
from llm_pysc2.scenario import list_scenarios
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import MapView, ResourcesView
from tests.worlds import ATTACK, MOVE, enemy, situation, unit, view

MAP = MapView("Tasks", (96, 96), Rect(0, 23, 96, 74))
RAID = "Kill Drones in the enemy's mineral line around (70, 48)."
RICH = ResourcesView(minerals=1600, supply_used=20, supply_cap=60)
RESEARCHED = (52, 87)
"""Psionic Storm and Blink."""
GRAVITON, BLINK, STORM, NOVA, WARP_ZEALOT, PHASING = 173, 3687, 1036, 2346, 1413, 1528


def reply_of(name, units, loop=300, **told) -> Reply:
    here = situation(view(units, loop, MAP, upgrade_ids=RESEARCHED, resources=RICH), **told)
    system = system_text("commander", here, dict.fromkeys(each.type_name for each in units))
    reply = parse(asyncio.run(scripted_policy(name).complete(build_chat(system, describe(here)))).text, here)
    assert reply.rejected == ()
    return reply


def orders(reply):
    return {tag: (command.ability_id, command.target) for command in reply.commands for tag in command.unit_tags}


def test_every_task_has_a_policy_and_every_policy_a_task():
    assert {each.policy for each in list_scenarios() if each.pack == "pvz"} == set(TASK_POLICIES)


def test_policies_read_places_letters_and_what_they_noted():
    units = [unit(1, "Stalker", 30, 48)]
    letters = (Letter("A", "B", "power at WP1"),)
    here = situation(view(units), task=RAID, letters=letters, notes=("cast S1 Ability_Blink_To at 12", "other"))
    seen = read_observation(describe(here))
    assert seen.places == [(70, 48)]
    assert seen.letters == [ReadLetter("A", "power at WP1")]
    assert seen.casts == {("S1", "Ability_Blink_To"): 12}


def test_raiders_go_along_the_edge_and_shoot_one_worker():
    far = orders(reply_of("harass", [unit(1, "Adept", 33, 48), unit(2, "Adept", 33, 47)], task=RAID))
    assert far == {1: (MOVE, Point(70, 23)), 2: (MOVE, Point(70, 23))}
    there = [unit(1, "Adept", 72, 44), unit(2, "Adept", 72, 45), enemy(11, "Drone", 74, 44), enemy(12, "Drone", 75, 52)]
    assert orders(reply_of("harass", [*there, enemy(13, "Queen", 76, 54)], task=RAID)) == {
        1: (ATTACK, 11),
        2: (ATTACK, 11),
    }


def test_raiders_step_away_from_guards_while_their_weapons_load():
    units = [unit(1, "Adept", 72, 44, weapon_cooldown_loops=20), enemy(11, "Drone", 74, 44), enemy(12, "Queen", 68, 44)]
    ability, target = orders(reply_of("harass", units, task=RAID))[1]
    assert ability == MOVE
    assert target.x > 73


def test_one_lifts_and_the_others_shoot():
    phoenixes = [unit(tag, "Phoenix", 70, 42 + tag, energy=50.0 * tag, energy_max=200) for tag in (1, 2, 3)]
    first = orders(reply_of("lift", [*phoenixes, enemy(11, "Drone", 72, 44)], task=RAID))
    assert first[3] == (GRAVITON, 11)
    assert {first[1][0], first[2][0]} == {MOVE}
    lifted = enemy(11, "Drone", 72, 44, buff_ids=(5,), is_flying=True)
    later = orders(reply_of("lift", [*phoenixes, lifted], task=RAID))
    assert later == dict.fromkeys((1, 2, 3), (ATTACK, 11))


def test_who_has_lost_its_shield_blinks_away_once_in_so_many_seconds():
    units = [unit(1, "Stalker", 40, 48, shield=0.0, health=60.0), enemy(11, "Roach", 44, 48)]
    reply = reply_of("blink", units, loop=300)
    ability, target = orders(reply)[1]
    assert (ability, target.x < 34) == (BLINK, True)
    assert reply.notes == ("cast S1 Ability_Blink_To at 13",)
    assert orders(reply_of("blink", units, loop=400, notes=reply.notes))[1][0] != BLINK
    assert orders(reply_of("blink", units, loop=500, notes=reply.notes))[1][0] == BLINK


def test_nobody_steps_back_from_enemies_that_are_in_the_base():
    hold = "Defeat the enemy's army, which attacks your base at (25, 48)."
    for x, ability in ((60, MOVE), (24, ATTACK)):
        units = [unit(1, "Stalker", x + 6, 48, weapon_cooldown_loops=20), enemy(11, "Roach", x, 48)]
        assert orders(reply_of("blink", units, task=hold))[1][0] == ability


def swarm(x, y, first, **values):
    return [enemy(first + number, "Zergling", x + number % 3 / 3, y + number // 3 / 3, **values) for number in range(6)]


def test_storms_meet_different_clumps_and_none_that_is_stormed_or_mixed_with_ours():
    templars = [unit(tag, "HighTemplar", 27, 46 + tag, energy=160.0, energy_max=200) for tag in (1, 2, 3)]
    units = [*templars, *swarm(33, 46, 11), *swarm(33, 51, 21, buff_ids=(28,)), *swarm(30, 46, 31)]
    mixed = [unit(4, "Stalker", 30, 46), unit(5, "Stalker", 31, 46)]
    storms = [
        target for ability, target in orders(reply_of("hold_ramp", [*units, *mixed])).values() if ability == STORM
    ]
    assert len(storms) == 1
    assert storms[0].distance_to(Point(33, 46)) < 1


def test_a_nova_is_steered_and_not_asked_for_again_at_once():
    roaches = [enemy(11 + number, "Roach", 34 + number / 2, 48) for number in range(4)]
    units = [unit(1, "Disruptor", 27, 48), *roaches]
    reply = reply_of("hold_ramp", units, loop=300)
    assert orders(reply)[1][0] == NOVA
    ball = unit(2, "DisruptorPhased", 30, 48)
    later = orders(reply_of("hold_ramp", [*units, ball], loop=330, notes=reply.notes))
    assert later[2][0] == MOVE
    assert later[2][1].x > 33
    assert 1 not in later


def test_who_leads_the_prisms_writes_where_there_is_power_and_each_gate_sends_a_zealot_there():
    prism = unit(9, "WarpPrism", 74, 40)
    assert orders(reply_of("warp_in", [prism], task=RAID))[9][0] == PHASING
    phasing = unit(9, "WarpPrismPhasing", 74, 40)
    leader = Speaker("CombatGroup9", partners=("Developer",))
    (letter,) = reply_of("warp_in", [phasing], task=RAID, speaker=leader).letters
    assert (letter.receiver, letter.text) == ("Developer", "power at WPP1")
    gates = [unit(tag, "WarpGate", 20, 40 + 4 * tag) for tag in (1, 2)]
    here = [*gates, unit(3, "Nexus", 25, 48), unit(9, "WarpPrismPhasing", 74, 40)]
    warps = reply_of("warp_in", here, teams={"WarpGate-1": [1, 2]}, letters=(letter,)).accepted
    assert [action.text for action in warps] == [f"Select_Unit_Warp_Zealot_Near(WG{gate}, WPP1)" for gate in (1, 2)]

import asyncio

import pytest

from llm_pysc2.backends.scripted import policy_names, scripted_policy
from llm_pysc2.backends.scripted.reading import read_observation, read_rules
from llm_pysc2.chat import Chat
from llm_pysc2.dialogue.describe import describe
from llm_pysc2.dialogue.parse import parse
from llm_pysc2.dialogue.prompt import build_chat, system_text
from llm_pysc2.errors import UsageError
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.world.view import OrderView
from tests.task4 import task4
from tests.worlds import ATTACK, HOLD, MOVE, enemy, situation, two_stalkers_three_zealots, unit, view

TYPES = {each.name: each for each in load_units().values()}


def chat_of(here):
    names = [each.type_name for each in here.view.units]
    system = system_text("commander", here, dict.fromkeys(names))
    return build_chat(system, describe(here))


def play(name, here, seed=1):
    answer = asyncio.run(scripted_policy(name, seed).complete(chat_of(here)))
    reply = parse(answer.text, here)
    assert reply.rejected == ()
    return reply.commands


@pytest.mark.parametrize("name", policy_names())
def test_every_policy_answers_in_actions_that_are_all_accepted(name):
    for here in (
        situation(two_stalkers_three_zealots()),
        situation(two_stalkers_three_zealots(), teams={"Army": [1, 2, 3, 4, 5]}),
        situation(two_stalkers_three_zealots(), teams={f"Z-{tag}": [tag] for tag in (1, 2, 3, 4, 5)}),
        situation(view([unit(1, "Medivac", 8, 8), unit(2, "Marine", 9, 8)], 4000)),
        situation(
            view(
                [unit(1, "Probe", 8, 8), unit(2, "Nexus", 12, 12), enemy(3, "Banshee", 10, 10)],
                300,
                available_abilities={1: (23, 16, 4, 18), 2: ()},
            )
        ),
        situation(view([])),
    ):
        for seed in range(5):
            play(name, here, seed)


@pytest.mark.parametrize("name", policy_names())
def test_every_policy_survives_any_text(name):
    policy = scripted_policy(name)
    for text in ("", "nonsense", "Team X at 1,1\n\x00", "Time 0:00\nEnemies in view\nRoach 145:\neR1 1,1"):
        assert isinstance(policy.answer(build_chat("", text)), str)
    assert isinstance(policy.answer(Chat(())), str)


@pytest.mark.parametrize("name", policy_names())
def test_the_same_seed_and_chat_give_the_same_answer(name):
    chat = chat_of(situation(two_stalkers_three_zealots()))
    assert scripted_policy(name, 3).answer(chat) == scripted_policy(name, 3).answer(chat)


def test_chance_depends_on_the_seed_and_on_the_turn():
    chats = [chat_of(situation(two_stalkers_three_zealots(loop))) for loop in (112, 224)]
    answers = {scripted_policy("random", seed).answer(chat) for seed in range(4) for chat in chats}
    assert len(answers) == 8


def test_names():
    assert {"noop", "random", "attack_nearest", "focus_fire", "hold_position", "kite"} <= set(policy_names())
    assert scripted_policy("noop").name == "scripted/noop"
    with pytest.raises(UsageError, match="focus_fire"):
        scripted_policy("focusfire")


def test_noop_gives_no_orders():
    assert play("noop", situation(two_stalkers_three_zealots())) == ()


def test_hold_position_is_ordered_once():
    assert {command.ability_id for command in play("hold_position", situation(two_stalkers_three_zealots()))} == {HOLD}
    held = view([unit(1, "Marine", 5, 5, orders=(OrderView(18),))])
    assert play("hold_position", situation(held)) == ()


def test_attack_nearest_takes_the_nearest():
    world = view([unit(1, "Marine", 5, 5), enemy(11, "Roach", 12, 5), enemy(12, "Roach", 5, 9, health=145.0)])
    (command,) = play("attack_nearest", situation(world))
    assert (command.ability_id, command.target) == (ATTACK, 12)


def test_focus_fire_takes_the_weakest_within_reach():
    world = view(
        [unit(1, "Marine", 5, 5), unit(2, "Marine", 5, 6), enemy(11, "Roach", 9, 5),
         enemy(12, "Roach", 9, 6, health=20.0), enemy(13, "Roach", 20, 5, health=2.0)]
    )  # fmt: skip
    (command,) = play("focus_fire", situation(world))
    assert (command.ability_id, command.unit_tags, command.target) == (ATTACK, (1, 2), 12)


def test_focus_fire_does_not_waste_shots_on_what_dies_anyway():
    world = view(
        [unit(1, "Stalker", 5, 5), unit(2, "Stalker", 5, 6), enemy(11, "Zergling", 9, 5, health=4.0),
         enemy(12, "Zergling", 9, 6)]
    )  # fmt: skip
    targets = {tag: command.target for command in play("focus_fire", situation(world)) for tag in command.unit_tags}
    assert targets == {1: 11, 2: 12}


def test_melee_units_fight_what_stands_next_to_them():
    world = view(
        [unit(1, "Zealot", 5, 5), unit(2, "Stalker", 3, 5), enemy(11, "Zealot", 6.05, 5),
         enemy(12, "Zealot", 8, 5, health=10.0, shield=0.0)]
    )  # fmt: skip
    targets = {tag: command.target for command in play("focus_fire", situation(world)) for tag in command.unit_tags}
    assert targets == {1: 11, 2: 12}


def test_who_cannot_shoot_up_leaves_flyers_alone():
    world = view([unit(1, "Zealot", 5, 5), unit(2, "Stalker", 5, 6), enemy(11, "Banshee", 6, 6)])
    (command,) = play("focus_fire", situation(world))
    assert (command.unit_tags, command.target) == ((2,), 11)


def test_an_attack_under_way_is_not_ordered_again():
    world = view([unit(1, "Marine", 5, 5, orders=(OrderView(23, 11),)), enemy(11, "Roach", 9, 5)])
    assert play("focus_fire", situation(world)) == ()


def test_the_enemy_is_awaited_and_then_sought():
    assert play("focus_fire", situation(view([unit(1, "Marine", 5, 5)], 50))) == ()
    (command,) = play("focus_fire", situation(view([unit(1, "Marine", 5, 5)], 250)))
    assert command.ability_id == ATTACK
    assert command.target == (27, 27)


def test_ranged_units_step_back_while_their_weapons_load():
    loading = view([unit(1, "Stalker", 10, 10, weapon_cooldown_loops=20.0), enemy(11, "Zealot", 12, 10)], 300)
    (command,) = play("kite", situation(loading))
    assert command.ability_id == MOVE
    assert command.target.x < 8
    ready = view([unit(1, "Stalker", 10, 10), enemy(11, "Zealot", 12, 10)], 300)
    assert [command.ability_id for command in play("kite", situation(ready))] == [ATTACK]


def test_hurt_units_leave_while_others_fight():
    world = view(
        [unit(1, "Marine", 10, 10, health=10.0), unit(2, "Marine", 10, 11), enemy(11, "Zergling", 12, 10)], 300
    )
    orders = {command.unit_tags: command.ability_id for command in play("retreat_hurt", situation(world))}
    assert orders == {(1,): MOVE, (2,): ATTACK}
    alone = view([unit(1, "Marine", 10, 10, health=10.0), enemy(11, "Zergling", 12, 10)], 300)
    assert [command.ability_id for command in play("retreat_hurt", situation(alone))] == [ATTACK]


def test_policies_read_what_the_observation_says():
    here = task4()
    seen = read_observation(describe(here))
    assert seen.seconds == 23
    assert {team: len(units) for team, units in seen.teams.items()} == {"Stalker-1": 2, "Stalker-3": 3}
    assert len(seen.enemies) == 7
    hurt = next(each for each in seen.own if each.id == "S3")
    assert (hurt.type, hurt.health, hurt.shield, hurt.health_max, hurt.weapon_seconds) == ("Stalker", 80, 0, 80, 0.4)
    assert "Attack_Unit" in seen.actions["Stalker"]


def test_policies_read_the_unit_types_in_the_prompt():
    here = situation(view([unit(1, "Thor", 5, 5), enemy(2, "Banshee", 8, 8), unit(3, "Zealot", 9, 9)]))
    rules = read_rules(chat_of(here))
    assert rules.area == (1, 1, 31, 31)
    thor = rules.types["Thor"]
    assert [(weapon.range_cells, weapon.hits_air, weapon.hits) for weapon in thor.weapons] == [
        (10, True, 4),
        (7, False, 2),
    ]
    assert rules.types["Banshee"].is_flying
    assert rules.types["Zealot"].weapons[0].is_melee
    assert "Light" in rules.types["Zealot"].attributes

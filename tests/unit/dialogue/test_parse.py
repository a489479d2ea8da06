# ruff: noqa: RUF001 - full-width signs are what is tested
import pytest

from llm_pysc2.dialogue.parse import parse
from llm_pysc2.dialogue.situation import Speaker
from llm_pysc2.mail import Letter
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import MapView
from tests.worlds import ATTACK, HOLD, MOVE, STOP, enemy, situation, two_stalkers_three_zealots, unit, view

SPEAKER = Speaker("Commander", partners=("Builder", "Scout"), channels=("Front",))


@pytest.fixture
def here():
    return situation(two_stalkers_three_zealots(), speaker=SPEAKER)


def orders(text, here):
    reply = parse(text, here)
    assert reply.rejected == ()
    return reply.commands


def reason(text, here):
    (rejected,) = parse(text, here).rejected
    return rejected.reason


def test_a_team_is_ordered_under_its_heading(here):
    assert orders("Team Zealot:\n<Attack_Unit(eZ1)>\nTeam Stalker:\n<Hold_Position()>", here) == (
        Command(ATTACK, (3, 4, 5), 13),
        Command(HOLD, (1, 2)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Team Zealot:\n<Attack_Unit(eZ1)>",
        "team zealot: <attack_unit(EZ1)>",
        "**Team Zealot:**\n- `<Attack_Unit(eZ1)>`",
        "### Team Zealot\n<Attack_Unit( eZ1 )>",
        "1. Zealot:\n   < Attack_Unit ( eZ1 ) >",
        "```\nTeam Zealot:\n<Attack_Unit(eZ1)>\n```",
        "Actions:\n  Team Zealot: <Attack_Unit(eZ1)",
        "Team Zealot:\n<Attack_Unit eZ1>",
        "Team Zealot:\n<Attack_Unit('eZ1')>",
        "Team Zealot:\n<Attack_Unit(tag=eZ1)>",
        "Team Zealot:\n<Attack_Unit([eZ1])>",
        "Team Zealot:\n<Attack_Unit(0xd)>",
        "Team Zealots:\n<Attack_Unit(eZ1)>",
        "Team: Zealot\n<Attack_Unit(eZ1)>",
        "Team Zealot（near）：＜Attack_Unit（eZ1）＞",
        "<think>Team Stalker: <Stop()></think>Team Zealot: <Attack_Unit(eZ1)>",
        "Analysis: <Stop()> is no good.\nActions:\nTeam Zealot: <Attack_Unit(eZ1)>",
        "Team Zealot:\n<Attack_Attack_unit(eZ1)>",
    ],
)
def test_the_form_of_an_answer_matters_little(text, here):
    (command,) = orders(text, here)
    assert command in (Command(ATTACK, (3, 4, 5), 13), Command(23, (3, 4, 5), 13))


def test_several_actions_stand_on_a_line_and_follow_each_other(here):
    assert orders("Team Stalker: <Attack_Unit(eS2)><Attack_Unit(eS1)> <Move_To([3, 4.5])>", here) == (
        Command(ATTACK, (1, 2), 12),
        Command(ATTACK, (1, 2), 11, queued=True),
        Command(MOVE, (1, 2), Point(3, 4.5), queued=True),
    )


def test_an_order_can_wait_or_push_in(here):
    assert orders("Team Stalker: <Move_To([3, 4], queued)> <Stop(now)>", here) == (
        Command(MOVE, (1, 2), Point(3, 4), queued=True),
        Command(STOP, (1, 2)),
    )


def test_units_ordered_by_name_leave_out_what_their_team_is_told(here):
    text = "Team Zealot:\n<Attack_Unit(eZ1)>\n<Select_Unit_Move_To(Z1, [5, 5])><Select_Unit_Attack_Unit(Z1, eZ2)>"
    assert orders(text, here) == (
        Command(ATTACK, (4, 5), 13),
        Command(MOVE, (3,), Point(5, 5)),
        Command(ATTACK, (3,), 14, queued=True),
    )


def test_a_unit_that_is_told_to_do_nothing_leaves_out_what_its_team_is_told(here):
    assert orders("Team Stalker: <Attack_Unit(eZ1)> <Select_Unit_No_Operation(S1)>", here) == (
        Command(ATTACK, (2,), 13),
    )


def test_several_units_can_be_named_of_any_team_and_without_the_prefix(here):
    assert orders("<Select_Unit_Attack_Unit(Z1, S2, eZ1)> <Hold_Position(S1)>", here) == (
        Command(ATTACK, (3, 2), 13),
        Command(HOLD, (1,)),
    )


def test_points_are_read_in_every_frame(here):
    assert orders("Team Stalker: <Move_Screen([64, 64])>", here)[0].target.distance_to(Point(9.1, 15.65)) < 0.2
    assert orders("Team Stalker: <Move_Minimap([32, 32])>", here)[0].target == Point(16.25, 15.75)
    assert orders("Team Stalker: <Move_To(10, 12)>", here)[0].target == Point(10, 12)


def test_points_beside_the_playable_part_of_the_map_are_moved_into_it(here):
    assert orders("Team Stalker: <Move_To([0.5, 31.8])>", here)[0].target == Point(1, 31)


def test_a_point_ability_can_be_aimed_at_the_place_of_a_unit():
    world = view([unit(1, "HighTemplar", 8, 8), enemy(2, "Roach", 14, 9)], upgrade_ids=(52,))
    here = situation(world)
    (command,) = orders("<Ability_PsiStorm_Attack_Unit(eR1)>", here)
    assert command == Command(1036, (1,), Point(14, 9))


def test_building_is_done_by_the_nearest_idle_worker():
    world = view([unit(1, "Probe", 4, 4), unit(2, "Probe", 20, 20)])
    (command,) = orders("<Build_Pylon_To([22, 20])>", situation(world))
    assert command == Command(881, (2,), Point(22, 20))


def test_autocast_is_switched():
    world = view([unit(1, "Medivac", 8, 8)])
    assert orders("<Effect_Heal_Autocast()>", situation(world)) == (Command(386, (1,), is_autocast=True),)


@pytest.mark.parametrize(
    ("action", "cause", "reason"),
    [
        ("<Atack_Unit(eZ1)>", "action", "unknown action Atack_Unit, did you mean Attack_Unit?"),
        ("<Select_Unit_Atack_Unit(Z1, eZ1)>", "action", "did you mean Select_Unit_Attack_Unit?"),
        ("<Dance_Wildly()>", "action", "unknown action Dance_Wildly"),
        ("<Attack_Unit()>", "argument", "Attack_Unit needs a unit"),
        ("<Attack_Unit([3, 4])>", "argument", "Attack_Unit needs a unit; or use Attack_To([x, y])"),
        ("<Attack_To(eZ1)>", "argument", "Attack_To needs one point [x, y]; or use Attack_Unit(tag)"),
        ("<Move_To([3, 4], [5, 6])>", "argument", "Move_To needs one point [x, y]"),
        ("<Move_To([a, 3])>", "argument", "3 is neither a unit nor a point [x, y]"),
        ("<Stop([3, 4])>", "argument", "Stop takes no point"),
        ("<Select_Unit_Attack_Unit(eZ1)>", "argument", "Select_Unit_Attack_Unit needs one of your units first"),
        ("<Attack_Unit(eZ9)>", "unit", "there is no unit eZ9"),
        ("<Attack_Unit(Zealot)>", "unit", "there is no unit Zealot; units of that type: Z1, Z2, Z3, eZ1, eZ2"),
        ("<Attack_Unit(Z1)>", "target", "Z1 is on your side"),
        ("<Select_Unit_Stop(eZ1)>", "foreign", "eZ1 is an enemy, you cannot order it"),
        ("<Move_To([300, 4])>", "point", "[300, 4] is off the map, x goes to 32 and y to 32"),
        ("<Move_Screen([128.5, 4])>", "point", "is off the screen, which goes from 0 to 127"),
        ("<Ability_Blink_To([3, 4])>", "unable", "no unit of Zealot can do Ability_Blink_To now"),
        ("<Select_Unit_Train_Zealot(Z1)>", "unable", "Z1 cannot do Train_Zealot now"),
    ],
)
def test_what_cannot_be_done_is_rejected_with_a_reason_and_the_rest_is_carried_out(action, cause, reason, here):
    reply = parse(f"Team Zealot: {action} <Hold_Position()>", here)
    (rejected,) = reply.rejected
    assert reason in rejected.reason
    assert rejected.cause == cause
    assert rejected.team == "Zealot"
    assert action.strip("<>") == rejected.line
    assert reply.commands == (Command(HOLD, (3, 4, 5)),)


def test_units_that_are_gone_are_named():
    before = two_stalkers_three_zealots()
    now = view([each for each in before.units if each.tag not in (13, 14, 5)], 120, dead_tags=(13, 5))
    here = situation(now, previous=before)
    assert reason("Team Zealot: <Attack_Unit(eZ1)>", here) == "eZ1 is dead"
    assert reason("Team Zealot: <Attack_Unit(eZ2)>", here) == "eZ2 is no longer visible"
    assert reason("<Select_Unit_Stop(Z3)>", here) == "Z3 is dead"


def test_units_of_other_agents_are_not_ordered():
    here = situation(two_stalkers_three_zealots(), teams={"Zealot": [3, 4, 5]})
    assert reason("<Select_Unit_Stop(S1)>", here) == "S1 is in none of your teams"


def test_with_several_teams_an_action_needs_a_heading(here):
    assert reason("<Stop()>", here).startswith("say for which team")
    assert reason("Team Alpha:\n<Stop()>", here) == "there is no team Alpha; your teams: Stalker, Zealot"


def test_with_one_team_it_needs_none():
    here = situation(two_stalkers_three_zealots(), teams={"Army": [1, 2, 3, 4, 5]})
    assert orders("<Stop()>", here) == (Command(STOP, (1, 2, 3, 4, 5)),)


def test_prose_about_teams_is_no_heading(here):
    text = "Team Zealot:\nTeam work matters: stay close.\nTeams: two\n<Stop()>"
    assert orders(text, here) == (Command(STOP, (3, 4, 5)),)


def test_the_limit_holds_for_each_team_and_each_unit(here):
    reply = parse("Team Zealot:" + "<Stop()>" * 4 + "Team Stalker:<Stop()>" + "<Select_Unit_Stop(Z1)>" * 4, here)
    assert len(reply.accepted) == 3 + 1 + 3
    assert [(rejected.reason, rejected.cause) for rejected in reply.rejected] == [
        ("more than 3 actions for Zealot", "limit"),
        ("more than 3 actions for Z1", "limit"),
    ]


def test_tags_of_other_languages_and_comparisons_are_no_actions(here):
    reply = parse("<b>Note</b> <br> if x < y and z > w: <answer> <Team> <- ->", here)
    assert reply == parse("", here)


def test_accepted_actions_are_told_in_canonical_form(here):
    reply = parse("team ZEALOT: <attack_unit(EZ1)> <hold_position(s1)> <Move_To(3.04, 4, queued)>", here)
    assert [(action.team, action.text) for action in reply.accepted] == [
        ("Zealot", "Attack_Unit(eZ1)"),
        ("Stalker", "Select_Unit_Hold_Position(S1)"),
        ("Zealot", "Move_To([3, 4], queued)"),
    ]


LETTER = "Go (now) to <there>;\nuse 'care', \"please\"\nTeam Zealot: <Stop()>"


def test_letters_hold_any_text(here):
    reply = parse(f"<MessageTo(builder, '''{LETTER}''')>\n<MessageTo(Front, \"\"\"{LETTER}\"\"\")>", here)
    assert reply.letters == (Letter("Commander", "Builder", LETTER), Letter("Commander", "Front", LETTER))
    assert reply.commands == ()
    assert reply.rejected == ()


@pytest.mark.parametrize(
    "text",
    ["<MessageTo(Scout, 'hi (there)')>", '<MessageTo("Scout", "hi (there)")>', "<Message_To(Scout, hi (there))>",
     "<messageto( Scout , '''hi (there)''' ) >"],
)  # fmt: skip
def test_quotes_of_letters_may_be_others_or_none(text, here):
    assert parse(text, here).letters == (Letter("Commander", "Scout", "hi (there)"),)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("<Lookup(Stalker)>", "Stalker"),
        ("<lookup('Stalker vs Roach')>", "Stalker vs Roach"),
        ('<Lookup("what beats roaches?")>', "what beats roaches?"),
        ("<Lookup Stalker>", "Stalker"),
    ],
)
def test_questions_to_the_knowledge_base(text, question, here):
    reply = parse(f"Team Zealot:\n<Stop()>\n{text}", here)
    assert reply.lookups == (question,)
    assert len(reply.commands) == 1


def test_questions_are_limited_and_not_empty(here):
    reply = parse("<Lookup()> <Lookup(a)> <Lookup(b)> <Lookup(c)>", here)
    assert reply.lookups == ("a", "b")
    assert [(line.cause, line.reason) for line in reply.rejected] == [
        ("argument", "Lookup needs a name or a question"),
        ("limit", "more than 2 lookups"),
    ]


def test_an_empty_note_is_one(here):
    assert parse("<Note('''old''')> <Note('''''')>", here).notes == ("old", "")


def test_channels_and_notes(here):
    reply = parse("<ListenTo(front)> <Note('''remember <this>''')>", here)
    assert reply.channels == ("Front",)
    assert reply.notes == ("remember <this>",)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("<MessageTo(Nobody, '''hi''')>", "receiver"),
        ("<MessageTo(Scout, '''''')>", "argument"),
        ("<MessageTo(Scout, '''never ends)>", "argument"),
        ("<MessageTo()>", "argument"),
        ("<Note>", "argument"),
        ("<ListenTo(Back)>", "receiver"),
    ],
)
def test_letters_that_cannot_be_delivered_are_rejected(text, cause, here):
    reply = parse(text, here)
    assert [rejected.cause for rejected in reply.rejected] == [cause]
    assert reply.letters == ()


def test_long_letters_are_cut_and_say_so(here):
    (letter,) = parse(f"<MessageTo(Scout, '''{'x' * 5000}''')>", here).letters
    assert letter.text.endswith("[cut: 1000 more characters]")


def test_too_much_text_is_read_from_its_end_and_told(here):
    reply = parse("<Stop()> " + "x" * 200_000 + "\nTeam Zealot: <Stop()>", here)
    assert reply.commands == (Command(STOP, (3, 4, 5)),)
    assert [rejected.cause for rejected in reply.rejected] == ["length"]


def test_outcomes_are_what_is_told_next_turn(here):
    reply = parse("Team Zealot: <Stop()> <Jump()>", here)
    assert [(outcome.team, outcome.action, outcome.reason) for outcome in reply.outcomes] == [
        ("Zealot", "Stop()", ""),
        ("Zealot", "Jump()", "unknown action Jump"),
    ]


def test_what_the_game_says_a_unit_can_do_decides():
    world = view([unit(1, "Stalker", 8, 8), unit(2, "Stalker", 9, 8)], available_abilities={1: (23, 1442), 2: (23,)})
    assert orders("<Ability_Blink_To([12, 8])>", situation(world)) == (Command(3687, (1,), Point(12, 8)),)


def test_a_map_without_size_rejects_points_instead_of_failing():
    world = view([unit(1, "Stalker", 8, 8)], map_view=MapView("none", (0, 0), Rect(0, 0, 0, 0)))
    assert reason("<Move_To([3, 4])>", situation(world)).startswith("[3, 4] is off the map")
    assert parse("<Move_Minimap([3, 4])>", situation(world)).commands

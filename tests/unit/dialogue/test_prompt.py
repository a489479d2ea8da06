from pathlib import Path

import pytest

from llm_pysc2 import packs
from llm_pysc2.dialogue.advice import TACTICS_TOLD
from llm_pysc2.dialogue.as_json import describe_json
from llm_pysc2.dialogue.describe import describe
from llm_pysc2.dialogue.parse import parse
from llm_pysc2.dialogue.prompt import PROMPTS, Exchange, build_chat, fill, fill_text, system_text
from llm_pysc2.dialogue.situation import Speaker
from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.roster import read_roster
from tests.worlds import example, situation, view

TYPES = {unit.name: unit for unit in load_units().values()}
ME = Speaker("Commander")


def system(speaker=ME, types=("Stalker", "Zealot")):
    return system_text("commander", situation(view([]), speaker=speaker), types)


@pytest.mark.parametrize("points", ["world", "screen"])
def test_the_worked_example_is_what_the_program_writes_and_reads(points):
    observation, answer = fill(f"example_{points}", {}).removeprefix("# Example\n").split("\nYour answer:\n")
    here = example(points)
    assert observation == describe(here)
    reply = parse(answer, here)
    assert reply.rejected == ()
    assert len(reply.commands) == answer.count("<")


def test_the_worked_example_as_json_is_what_the_program_writes():
    observation, answer = fill("example_json", {}).removeprefix("# Example\n").split("\nYour answer:\n")
    assert observation == describe_json(example("world"))
    assert answer == fill("example_world", {}).split("\nYour answer:\n")[1]
    text = system(Speaker("A", observations="json"))
    assert observation in text
    assert "One JSON object a turn" in text
    assert "A unit is a line" not in text


def test_the_prompt_says_what_an_agent_must_know():
    text = system(Speaker("Boss", actions_per_team=7))
    assert "You are Boss" in text
    assert "At most 7 actions for a team" in text
    assert "The map is 32 x 32; units can be between 1,1 and 31,31." in text
    assert "\nStalker: health 80 shield 80 armor 1; Armored Mechanical ground; speed 4.1; range 6 ground+air 13" in text
    assert "${" not in text


def test_numbers_are_those_of_the_facts_at_speed_faster():
    line = next(line for line in system(types=["Marine"]).splitlines() if line.startswith("Marine: "))
    assert line.startswith(
        "Marine: health 45 armor 0; Biological Light ground; speed 3.1; range 5 ground+air 6, dps 9.8; "
        "Effect_Stim (needs research)."
    )


def test_a_new_type_leaves_the_start_of_the_prompt_as_it_was():
    before = system(types=["Stalker", "Zealot"]).rpartition("\n")[0]
    assert "\nZealot: health" in before
    assert system(types=["Stalker", "Zealot", "Roach"]).startswith(before)


def test_advice_is_given_once_for_all_forms_of_a_unit():
    text = system(types=["SiegeTank", "SiegeTankSieged", "Marine"])
    assert text.count("\n Use: ") == 2
    assert text.count("Sieged it cannot fire at what stands beside it") == 1
    assert "Tactics to look up: " in text.splitlines()[-1]


def test_how_much_is_told_is_for_the_roster_to_say():
    facts = system(Speaker("A", knowledge="facts", lookups=0))
    assert " Use: " not in facts
    assert "Lookup" not in facts
    assert "Tactics" not in facts
    assert "Tactics" not in system(Speaker("A", lookups=0))
    tactics = system(Speaker("A", knowledge="tactics"), ["Stalker", "DarkTemplar"])
    assert "\n# Blink micro\n" in tactics
    assert tactics.count("\n# ") == 5 + TACTICS_TOLD


def test_tactics_that_the_task_names_come_first():
    here = situation(view([]), task="Harass the mineral lines with drops.")
    last = system_text("commander", here, ["Stalker"]).splitlines()[-1]
    assert last == "Tactics to look up: Harassment, Drops, Blink micro"


def test_the_prompt_does_not_change_between_turns():
    assert system() == system()


def test_mail_is_explained_to_those_who_can_write():
    assert "MessageTo" not in system()
    assert "To write to Scout or Front: <MessageTo(" in system(Speaker("A", partners=("Scout",), channels=("Front",)))


def test_unknown_types_are_left_out():
    assert "Unit1999" not in system(types=["Stalker", "Unit1999"])


def test_past_turns_come_between_what_stays_and_what_is_new():
    chat = build_chat("rules", "now", [Exchange("0:01", "<Stop()>"), Exchange("0:02", " ")])
    assert [message.role for message in chat.messages] == ["system", "user", "assistant", "user"]
    assert chat.messages[1].text.startswith("Time 0:01")
    assert chat.messages[2].text == "<Stop()>"
    assert chat.last_text == "now"


def test_pictures_are_explained_to_those_who_see_them():
    assert "# Pictures" not in system()
    text = system(Speaker("A", images=("layers", "rgb")))
    assert "\n# Pictures\nThe game's feature layers: " in text
    assert "\nThe game as a person sees it: " in text
    assert "a circle is a unit" not in text


def test_what_is_put_in_is_not_read_as_a_placeholder():
    assert "You are ${name} {0} %s" in system(Speaker("${name} {0} %s"))


def test_an_unknown_prompt_names_the_closest():
    with pytest.raises(UsageError, match="commander"):
        system_text("comander", situation(view([])), ())


def test_a_broken_prompt_names_file_and_placeholder():
    with pytest.raises(PackError, match=r"me\.md: unknown placeholder \$\{nmae\}; known: name"):
        fill_text(Path("me.md"), "You are ${nmae}", {"name": "x"})
    with pytest.raises(PackError, match=r"me\.md: .*write \$\$ for a dollar sign"):
        fill_text(Path("me.md"), "costs $ 5", {})


def test_every_prompt_that_a_shipped_roster_names_is_there_and_whole():
    for path in packs.find_files("agents").values():
        if path.parent.name != "agents":
            continue
        for role in read_roster(path).agents:
            assert system_text(role.prompt, situation(view([]), speaker=Speaker(role.name)), ())


def test_every_unit_type_has_a_line():
    text = system(types=list(TYPES))
    assert all(f"\n{name}: health" in text for name in TYPES)


def test_prompts_are_found_by_name():
    assert {"commander", "reading"} <= set(packs.find_files(PROMPTS, ".md"))

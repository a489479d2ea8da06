"""Whatever a model writes, `parse` gives a reply; and it reads back what `render` writes, for the whole table."""

import string
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llm_pysc2.dialogue.parse import Reply, parse
from llm_pysc2.dialogue.render import render
from llm_pysc2.dialogue.situation import Speaker
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import ResourcesView
from tests.worlds import BOOK, enemy, situation, two_stalkers_three_zealots, unit, view

FIGHT = two_stalkers_three_zealots()
BUILDERS = [unit(6, "Probe", 5, 5), unit(7, "Gateway", 7.5, 9.5), unit(8, "Nexus", 4.5, 16.5)]
WORLD = replace(FIGHT, units=(*FIGHT.units, *BUILDERS), resources=ResourcesView(9000, 9000, 10, 200))
HERE = situation(WORLD, speaker=Speaker("Commander", partners=("Scout",), channels=("Front",)))
PIECES = st.sampled_from(
    ["<", ">", "(", ")", "[", "]", "'''", '"""', "'", '"', ",", "\n", " ", "Team Zealot:", "Team ", "Actions:",
     "Attack_Unit", "Select_Unit_", "All_Units_", "Build_Pylon_Near", "Warp_Zealot", "Train_Zealot", "_Near", "()",
     "Move_To", "Move_Screen", "MessageTo", "ListenTo", "Note", "Lookup", "eZ1", "Z1",
     "0xd", "0x", "[3, 4]", "queued", "1e999", "-", "\x00", "\u202e", "\ud7ff", "\u0130", "\ufb01", "\uff1a", "\uff1c",
     "</think>", "<think>", "{0}", "%s", "${x}", "__import__"]
)  # fmt: skip
MERGE = 1766
"""Takes two units."""
COORDINATES = st.floats(1, 31, allow_nan=False)


def check(reply: Reply) -> None:
    """Check what holds for every reply."""
    tags = {unit.tag for unit in HERE.view.own}
    for command in reply.commands:
        assert command.unit_tags
        assert tags.issuperset(command.unit_tags)
        assert not isinstance(command.target, Point) or HERE.view.map.playable.contains(
            Point(min(command.target.x, 30.99), min(command.target.y, 30.99))
        )
    for action in reply.accepted:
        assert action.production_request is None or tags.issuperset(
            doer.tag for doer in action.production_request.doers
        )
    assert all(rejected.reason for rejected in reply.rejected)


@given(st.text())
@example("<" * 1000)
def test_any_text_gives_a_reply(text):
    check(parse(text, HERE))


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_pieces_of_actions_in_any_order_give_a_reply(text):
    check(parse(text, HERE))


@given(st.text(alphabet=string.ascii_letters + "_", max_size=90), st.text(max_size=90))
def test_any_name_with_any_argument_gives_a_reply(name, argument):
    check(parse(f"Team Zealot: <{name}({argument})>", HERE))


MILLION = 1_000_000


@pytest.mark.parametrize(
    "piece",
    ["<", "<a", "<Note('''", "<MessageTo(Scout, '", "<a_b(c)>", "\n", " ", "Team x:\n", "Zealot:\n", "<Attack_Unit(",
     "[", "((", "0", "-1", "<Move_To(1", "Actions:\n", "*", "</think>", "<think>", "<ListenTo(x", "action ", "team ",
     "'", "\t>", "<Attack_Unit(eZ1)>", "\u0130", "\uff1a", "\u2028", "<_("],
)  # fmt: skip
def test_a_million_characters_are_no_trouble(piece):
    check(parse(piece * (MILLION // len(piece)), HERE))


@given(st.text(alphabet=st.characters(blacklist_characters="'"), min_size=1, max_size=300))
def test_letters_arrive_as_they_were_written(text):
    letters = parse(f"<MessageTo(Scout, '''{text}''')>", HERE).letters
    assert [letter.text for letter in letters] == ([text.strip()] if text.strip() else [])


TYPES = {name: unit for name, unit in ((each.name, each) for each in load_units().values()) if unit.abilities}
WRITABLE = sorted(
    {
        (ability, action.argument, action.is_autocast)
        for ability, actions in BOOK.by_ability.items()
        for action in actions
        if action.argument in ("none", "unit", "world") and ability
    }
)


def carrier(ability: int, argument: str, *, is_autocast: bool) -> str:
    """Return a unit type that can be given the action."""
    action = next(a for a in BOOK.by_ability[ability] if a.argument == argument and a.is_autocast == is_autocast)
    return next(name for name in TYPES if BOOK.can(action, name))


def carried(row: tuple[int, str, bool]) -> bool:
    try:
        carrier(row[0], row[1], is_autocast=row[2])
    except StopIteration:
        return False
    return True


@pytest.mark.parametrize("row", WRITABLE, ids=lambda row: f"{row[0]}-{row[1]}-{row[2]}")
@settings(max_examples=5, deadline=None)
@given(x=COORDINATES, y=COORDINATES, queued=st.booleans(), members=st.integers(1, 3))
def test_every_command_is_read_as_it_is_written(row, x, y, queued, members):
    ability, argument, is_autocast = row
    if not carried(row):
        pytest.skip("no unit type of the build has it on its card")
    kind = carrier(ability, argument, is_autocast=is_autocast)
    others = [unit(tag, kind, 4.0 + tag, 5.0) for tag in (1, 2, 3)]
    here = situation(view([*others, enemy(9, "Roach", 20, 20)]), teams={"A-1": [1, 2], "B": [3]})
    here = replace(here, view=replace(here.view, upgrade_ids=tuple(range(300))))
    tags = {1: (2,), 2: (1, 2), 3: (3,)}[members]
    if ability == MERGE:
        tags = (1, 2)
    target = {"none": None, "unit": 9, "world": Point(x, y)}[argument]
    command = Command(ability, tags, target, queued and not is_autocast, is_autocast)
    reply = parse(render([command], here), here)
    assert reply.rejected == ()
    assert reply.commands == (command,)

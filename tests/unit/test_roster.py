from pathlib import Path

import pytest

from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.roster import list_rosters, load_roster, read_overrides, read_roster


def test_shipped_rosters_load() -> None:
    assert load_roster("commander").agents[0].name == "Commander"
    assert {"commander", "individuals"} <= {roster.name for roster in list_rosters()}


def test_unknown_roster() -> None:
    with pytest.raises(UsageError, match="no roster named 'comander'; closest: commander"):
        load_roster("comander")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = 'x'", "agents: expected at least one"),
        ("title = 'x'\nagents = 3", "agents: expected at least one"),
        ("title = 'x'\ncolor = 'red'\nagents = []", "unknown key 'color'"),
        ("title = 'x'\n[[agents]]\nname = 'A'\nprompt = 'p'", "agents[0].teams: expected at least one"),
        (
            "title = 'x'\n[[agents]]\nname = 'A'\nprompt = 'p'\n[[agents.teams]]\nname = 'T'\nassign = 'some'",
            "agents[0].teams[0].assign: expected all or by_type or each or groups or nearest, found 'some'",
        ),
        (
            "title = 'x'\n[[agents]]\nname = 'A'\nprompt = 'p'\n[[agents.teams]]\nname = 'T'\nassign = 'groups'",
            "agents[0].teams[0].size: expected a whole number from 1, found 0",
        ),
        (
            "title = 'x'\n[[agents]]\nname = 'A'\nprompt = 'p'\n[[agents.teams]]\nname = 'T'\nsize = 3",
            'agents[0].teams[0].size: expected none with assign = "all", found 3',
        ),
        (
            "title = 'x'\n[[agents]]\nname = 'A'\nprompt = 'p'\nalways_asked = 1\n[[agents.teams]]\nname = 'T'",
            "agents[0].always_asked: expected true or false, found 1",
        ),
        (
            "title = 'x'\n[[agents]]\nname = 'A'\nprompt = 'p'\nactions = 'Stop'\n[[agents.teams]]\nname = 'T'",
            "agents[0].actions: expected a list of names, found 'Stop'",
        ),
        (
            "title = 'x'\n[[agents]]\nname = 'A'\nprompt = 'p'\nhistory_turns = -1\n[[agents.teams]]\nname = 'T'",
            "agents[0].history_turns: expected a whole number from 0, found -1",
        ),
        (
            "title = 'x'\n[[agents]]\nname = 'A'\nprompt = 'p'\nimage_turns = 0\n[[agents.teams]]\nname = 'T'",
            "agents[0].image_turns: expected a whole number from 1, found 0",
        ),
        (
            "title = 'x'\n[[agents]]\nname = 'A'\nprompt = 'p'\nimages = ['map']\n[[agents.teams]]\nname = 'T'",
            "agents[0].images: expected screen or minimap or layers or rgb, found 'map'",
        ),
    ],
)
def test_broken_rosters_name_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(PackError) as caught:
        read_roster(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_pictures_are_asked_for_by_roster_or_by_run(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        "title = 'x'\n[[agents]]\nname = 'A'\nprompt = 'p'\nimages = ['screen']\nimage_turns = 2\n"
        "[[agents.teams]]\nname = 'T'"
    )
    roster = read_roster(path)
    shown = {
        words: read_overrides(images=words).applied_to(roster).agents[0].images
        for words in ("", "none", "minimap", "rgb, layers,screen")
    }
    assert shown == {
        "": ("screen",),
        "none": (),
        "minimap": ("minimap",),
        "rgb, layers,screen": ("screen", "layers", "rgb"),
    }
    assert roster.agents[0].image_turns == 2
    with pytest.raises(UsageError, match="no images 'minmap'; closest: minimap"):
        read_overrides(images="screen,minmap")

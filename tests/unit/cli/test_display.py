from rich.console import Console

from llm_pysc2.cli.display import LineDisplay, Picture, draw
from llm_pysc2.cli.minimap import draw_minimap
from llm_pysc2.orchestrator.events import Answered, Decided, EpisodeEnded, EpisodeStarted, Event, Observed

TERRAIN = ["####", "#..#", "#..#", "####"]
UNITS = [
    [1, "Stalker", "s", 1.5, 1.5, 80.0, 80.0, 40.0, 80.0, 0.0, 23, 2],
    [2, "Zealot", "e", 2.5, 2.5, 10.0, 100.0, 0.0, 50.0, 0.0, 0, None],
]
SCORE = dict.fromkeys(("killed_minerals", "killed_vespene"), 0.0)
EVENTS: list[Event] = [
    EpisodeStarted(
        scenario="2s3z",
        pack="smac",
        map="2s3z",
        episode=0,
        seed=7,
        game="embedded 1.1",
        roster="commander",
        models={"Commander": "scripted/noop"},
        limit_loops=960,
        step_mul=8,
        pace="wait",
        end={},
        map_size_cells=(4, 4),
        playable=(0, 0, 4, 4),
        terrain=TERRAIN,
    ),
    Observed(turn=3, game_loop=224, units=UNITS, dead=[], score=SCORE, action_errors=[]),
    Answered(3, "Commander", "<Attack_Unit(eZ1)> <Fly()>", "scripted/noop"),
    Decided(
        3,
        "Commander",
        [["Stalker", "Attack_Unit(eZ1)"]],
        [["Stalker", "<Fly()>", "unknown action Fly [b]", "action"]],
    ),
    EpisodeEnded("win", "no enemy unit is left", 232, 4, SCORE, 1, 0),
]


def recorded() -> Console:
    return Console(record=True, width=100, force_terminal=False, file=None, quiet=False)


def test_minimap_shows_units_where_they_stand() -> None:
    assert draw_minimap(TERRAIN, UNITS).plain.split("\n") == ["░·Z░", "░S·░"]


def test_minimap_of_a_large_map_fits() -> None:
    terrain = ["." * 160] * 160
    lines = draw_minimap(terrain, []).plain.split("\n")
    assert max(map(len, lines)) <= 48


def test_the_panel_tells_what_was_asked_answered_and_rejected() -> None:
    picture = Picture(episodes=1)
    for event in EVENTS:
        picture.take(event)
    console = recorded()
    console.print(draw(picture))
    text = console.export_text()
    for words in (
        "2s3z",
        "seed 7",
        "embedded 1.1",
        "turn 3",
        "Attack_Unit(eZ1)",
        "unknown action Fly [b]",
        "1 of 1 won",
    ):
        assert words in text


def test_of_many_agents_those_who_spoke_last_are_shown() -> None:
    picture = Picture(episodes=1)
    for event in EVENTS:
        picture.take(event)
    told_before = len(picture.answers)
    for number in range(20):
        picture.take(Answered(9, f"Soldier-{number}", "I shoot."))
        picture.take(Decided(9, f"Soldier-{number}", [], []))
    console = recorded()
    console.print(draw(picture))
    text = console.export_text()
    assert [f"Soldier-{number} " in text for number in (0, 7, 8)] == [True, True, False]
    assert f"... and {told_before + 12} more agents" in text


def test_lines_for_logs() -> None:
    console = recorded()
    with LineDisplay(console, 1) as display:
        for event in EVENTS:
            display(event)
    lines = console.export_text().splitlines()
    assert lines[0] == "episode 1/1  2s3z  seed 7  embedded 1.1"
    assert "own 1 (120)  enemy 1 (10)  Commander | Stalker: Attack_Unit(eZ1)  rejected <Fly()>: unknown" in lines[1]
    assert lines[2] == "  win after 0:10: no enemy unit is left"

"""Episodes on the embedded game from end to end: repeatable, scored from their traces, won by those who try."""

import json
from pathlib import Path

from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.evaluation.run import RunPlan, play_run, prepare
from llm_pysc2.evaluation.score import EpisodeScore, score_trace
from llm_pysc2.orchestrator.events import EpisodeStarted, Observed
from llm_pysc2.orchestrator.trace import read_trace, without_wall_clock


def play(out: Path, model: str, scenario: str = "2s3z", seed: int = 0, episodes: int = 1) -> list[EpisodeScore]:
    return play_run(prepare(RunPlan(Cell(scenario, model), episodes, seed, out)))


def trace(out: Path) -> list[str]:
    return [json.dumps(without_wall_clock(event)) for event in read_trace(out / "episode-000.jsonl")]


def test_the_same_seed_gives_the_same_trace_and_another_seed_another_game(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        play(tmp_path / name, "scripted/random", seed=seed)
    assert trace(tmp_path / "a") == trace(tmp_path / "b")
    same, other = (
        [event.units for event in read_trace(tmp_path / name / "episode-000.jsonl") if isinstance(event, Observed)]
        for name in ("a", "c")
    )
    assert same != other


def test_episode_k_is_the_first_episode_of_seed_plus_k(tmp_path: Path) -> None:
    play(tmp_path / "run", "scripted/focus_fire", seed=5, episodes=2)
    play(tmp_path / "alone", "scripted/focus_fire", seed=6)
    second, alone = tmp_path / "run" / "episode-001.jsonl", tmp_path / "alone" / "episode-000.jsonl"

    def events(path: Path) -> list[str]:
        return [json.dumps(without_wall_clock(e)) for e in read_trace(path) if not isinstance(e, EpisodeStarted)]

    assert events(second) == events(alone)


def test_an_agent_for_each_unit_plays_like_one_who_orders_each_by_itself(tmp_path: Path) -> None:
    """Where an order depends on the unit alone and all see the same, it does not matter how many think."""
    games = []
    for roster in ("individuals", "one_per_unit"):
        cell = Cell("3m", "scripted/attack_nearest", roster=roster)
        play_run(prepare(RunPlan(cell, out=tmp_path / roster)))
        events = read_trace(tmp_path / roster / "episode-000.jsonl")
        games.append([event.units for event in events if isinstance(event, Observed)])
    assert games[0] == games[1]


def test_a_guess_that_is_set_otherwise_changes_the_game_and_is_recorded(tmp_path: Path) -> None:
    grid = LaunchOptions("embedded", assumptions=("spawn_spread=grid",))
    scores = play_run(prepare(RunPlan(Cell("3m", launch=grid), 1, 0, tmp_path / "grid")))
    assert [score.assumptions for score in scores] == [{"spawn_spread": "grid"}]
    assert [score.assumptions for score in play(tmp_path / "rings", "scripted/focus_fire", "3m")] == [{}]
    units = [
        next(event.units for event in read_trace(tmp_path / name / "episode-000.jsonl") if isinstance(event, Observed))
        for name in ("grid", "rings")
    ]
    assert units[0] != units[1]


def test_trying_wins_and_not_trying_does_not(tmp_path: Path) -> None:
    results = {
        name: [score.result for score in play(tmp_path / name, f"scripted/{name}", episodes=5)]
        for name in ("focus_fire", "random", "noop")
    }
    assert results["noop"].count("win") == 0
    assert results["focus_fire"].count("win") > results["random"].count("win")


def test_the_score_is_in_the_trace(tmp_path: Path) -> None:
    (played,) = play(tmp_path / "run", "scripted/attack_nearest")
    assert score_trace(tmp_path / "run" / "episode-000.jsonl") == played
    assert played.game == "embedded 1.1"
    assert played.killed_value > 0
    assert played.damage_dealt > 0
    assert 0 < played.game_loops <= 960

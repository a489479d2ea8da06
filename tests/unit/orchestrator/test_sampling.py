from itertools import pairwise
from pathlib import Path

from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.evaluation.run import RunPlan, play_run, prepare
from llm_pysc2.orchestrator.events import EpisodeEnded, Event, Observed
from llm_pysc2.orchestrator.sampling import sampled, sampled_sink
from llm_pysc2.orchestrator.trace import read_trace
from tests.traces import ended, observed, row, started, words


def test_sampling_keeps_the_last_picture_and_every_death() -> None:
    unit = [row(1, "Zealot", "s", 1, 1)]
    events = [started(), *(observed(turn, unit, dead=[100 + turn]) for turn in range(6)), ended(6)]
    kept = [event for event in sampled(events, 20) if isinstance(event, Observed)]
    assert [event.game_loop for event in kept] == [0, 24, 40]
    assert [event.dead for event in kept] == [[100], [101, 102, 103], [104, 105]]


def test_sampling_keeps_all_words() -> None:
    events = [started(), *(event for turn in range(4) for event in (observed(turn, []), *words(turn)))]
    assert [event for event in sampled(events, 1000) if not isinstance(event, Observed)] == [
        event for event in events if not isinstance(event, Observed)
    ]


def test_without_a_rate_a_sink_is_left_as_it_is() -> None:
    heard: list[Event] = []
    assert sampled_sink(heard.append, 0) == heard.append


def test_a_run_with_fewer_observations_has_the_same_game_in_a_smaller_trace(tmp_path: Path) -> None:
    for name, every_loops in (("all", 0), ("few", 40)):
        cell = Cell("3m", "scripted/focus_fire", trace_loops=every_loops)
        play_run(prepare(RunPlan(cell, out=tmp_path / name)))
    whole, few = (list(read_trace(tmp_path / name / "episode-000.jsonl")) for name in ("all", "few"))
    loops = [event.game_loop for event in few if isinstance(event, Observed)]
    assert all(later - sooner >= 40 for sooner, later in pairwise(loops[:-1]))
    dead = [
        sorted(tag for event in events if isinstance(event, Observed) for tag in event.dead) for events in (whole, few)
    ]
    assert dead[0] == dead[1]
    ends = [event for events in (whole, few) for event in events if isinstance(event, EpisodeEnded)]
    assert ends[0].score == ends[1].score

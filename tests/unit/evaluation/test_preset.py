"""LLM-PySC2's published protocol as a whole: its sections are read, orders are carried out by hand, in its time."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.evaluation.run import RunPlan, play_run, prepare
from llm_pysc2.orchestrator.events import Answered, Asked, Decided, EpisodeStarted
from llm_pysc2.orchestrator.trace import read_trace
from llm_pysc2.roster import load_preset

AGENT = r"""
import re

class Reader:
    async def act(self, observation):
        lines = []
        for name, part in re.findall(r"^Team (\S+) Info:\n(.*?)(?=^\S)", observation.text, re.M | re.S):
            foes = re.findall(r"Tag: (0x[0-9a-f]+)", part.partition("Nearby Enemy Units:")[2])
            order = f"<Attack_Unit({foes[0]})>" if foes else "<Move_Screen([100, 64])>"
            lines += [f"\tTeam {name}:", *[f"\t\t{order}"] * 4]
        return "Analysis:\n\tOn.\nActions:\n" + "\n".join(lines)
"""
"""Each team attacks the first enemy that its part of the text tells; one action too many."""


TEAMS = 3
"""To each the camera goes, and it is selected: a game loop each, before the first question."""


def test_a_task_is_played_by_the_published_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "published_reader.py").write_text(AGENT)
    monkeypatch.chdir(tmp_path)
    cell = Cell("pvz_task4_level1", "", "published_reader:Reader", overrides=load_preset("llm_pysc2"))
    (score,) = play_run(prepare(RunPlan(cell, 1, 0, tmp_path / "run")))
    events = list(read_trace(tmp_path / "run" / "episode-000.jsonl"))
    started = next(event for event in events if isinstance(event, EpisodeStarted))
    assert (started.interface, started.roster) == ("camera", "pvz_task4:llm_pysc2")
    decided = [event for event in events if isinstance(event, Decided)]
    first = decided[0]
    assert [len([team for team, _ in first.accepted if team == name]) for name in ("Stalker-1", "Stalker-2")] == [3, 3]
    assert {rejected[3] for rejected in first.rejected} == {"limit"}
    clocks = [
        int(m) * 60 + int(s)
        for e in events
        if isinstance(e, Asked)
        for m, s in re.findall(r"Time: (\d+):(\d+)", e.text)
    ]
    assert len(clocks) > 10
    assert min(answer.effect_loop for answer in events if isinstance(answer, Answered)) >= 2 * TEAMS
    assert all(later - earlier >= 1 for earlier, later in pairwise(clocks))
    assert score.killed_value > 0

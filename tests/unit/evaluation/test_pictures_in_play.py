"""Pictures from the game to a model service, to the disk, to what is exported, and to the pages of a report."""

import base64
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from llm_pysc2.backends import ModelOptions, RunOptions
from llm_pysc2.cli import main
from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.evaluation.export.turns import read_episode
from llm_pysc2.evaluation.follow import Follower
from llm_pysc2.evaluation.report.write import write_report
from llm_pysc2.evaluation.run import RunPlan, play_run, prepare
from llm_pysc2.orchestrator.events import Asked
from llm_pysc2.orchestrator.trace import read_trace
from llm_pysc2.orchestrator.trace_images import DATA_URL
from llm_pysc2.roster import Overrides
from tests.wire.answers import Answer, Seen, in_order
from tests.wire.server import WireServer

FIGHT = "Team Marine:\n<Attack_To([23, 16])>"
SHOWN = Overrides(images=("screen", "minimap"))


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")


def images_in(value: Any) -> Iterator[bytes]:
    """Yield the pictures in a part of a request, whatever the format."""
    if isinstance(value, dict):
        if value.get("type") == "image" and value["source"]["type"] == "base64":
            yield base64.b64decode(value["source"]["data"])
        for entry in value.values():
            yield from images_in(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from images_in(entry)
    elif isinstance(value, str) and value.startswith(DATA_URL):
        yield base64.b64decode(value.removeprefix(DATA_URL))


def turns_of(seen: Seen) -> list[Any]:
    """Return the messages of a request."""
    found: list[Any] = seen.body.get("messages") or seen.body["input"]
    return found


@pytest.mark.parametrize(
    ("model", "api"), [("openai/small", "chat"), ("openai/small", "responses"), ("anthropic/small", "chat")]
)
def test_a_model_is_sent_the_pictures_that_are_kept(model: str, api: Any, tmp_path: Path) -> None:
    with WireServer(in_order(then=Answer(text=FIGHT))) as server:
        url = server.openai_url if model.startswith("openai") else server.url
        models = RunOptions(options=ModelOptions(base_url=url, api=api))
        cell = Cell("3m", model, step_mul=32, overrides=SHOWN, save_images=True)
        play_run(prepare(RunPlan(cell, out=tmp_path / "run", models=models)))
    asked = [event for event in read_trace(tmp_path / "run/episode-000.jsonl") if isinstance(event, Asked)]
    assert len(asked) == len(server.seen) > 3
    for event, seen in zip(asked, server.seen, strict=True):
        *past, now = turns_of(seen)
        files = [tmp_path / "run/episode-000.images" / name for _, name in event.pictures]
        assert [*images_in(now)] == [file.read_bytes() for file in files]
        assert [*images_in(past)] == []
        for caption, _ in event.pictures:
            assert caption in json.dumps(now)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a scripted policy that is shown pictures, which are kept."""
    folder = tmp_path_factory.mktemp("run")
    cell = Cell("3m", "scripted/kite", step_mul=32, overrides=SHOWN, save_images=True)
    play_run(prepare(RunPlan(cell, out=folder / "a")))
    return folder


def test_the_same_seed_gives_the_same_pictures(run: Path) -> None:
    cell = Cell("3m", "scripted/kite", step_mul=32, overrides=SHOWN, save_images=True)
    play_run(prepare(RunPlan(cell, out=run / "b")))
    first, second = ({file.name: file.read_bytes() for file in run.glob(f"{name}/*.images/*")} for name in "ab")
    assert first == second != {}


def test_what_is_not_to_be_kept_is_not(tmp_path: Path) -> None:
    arguments = ["play", "3m", "--model", "scripted/kite", "--step-mul", "32", "--images", "screen", "--quiet"]
    assert main([*arguments, "--out", str(tmp_path / "run")]) == 0
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["episode-000.jsonl"]
    shown = [event for event in read_trace(tmp_path / "run/episode-000.jsonl") if isinstance(event, Asked)]
    assert {tuple(picture) for event in shown for picture in event.pictures} == {
        ("Screen of team Marine: 24 x 24 cells, in cells of the map.", "")
    }
    assert main([*arguments[:-1], "--images", "sceen"]) == 2


def test_pictures_are_exported_with_the_chats(run: Path) -> None:
    episode = read_episode(run / "a/episode-000.jsonl")
    assert episode
    kept = [file.read_bytes() for file in sorted(run.glob("a/*.images/*"))]
    assert [image for turn in episode.turns for image in images_in(turn.messages[-1])] == kept
    assert not any([*images_in(turn.messages[:-1])] for turn in episode.turns)


def test_a_report_brings_its_pictures_along_and_clears_them_away(run: Path, tmp_path: Path) -> None:
    first = write_report(run / "a", tmp_path / "report")
    albums = [*tmp_path.glob("report/episodes/*.images")]
    assert [album.name for album in albums] == ["episode-000.images"]
    assert {file.name: file.read_bytes() for file in albums[0].iterdir()} == {
        file.name: file.read_bytes() for file in run.glob("a/*.images/*")
    }
    assert first.size_bytes > sum(file.stat().st_size for file in albums[0].iterdir())
    assert write_report(run / "a", tmp_path / "report") == first
    page = (tmp_path / "report/episodes/episode-000.html").read_text()
    assert page.count('"episode-000.images/') == len([*albums[0].iterdir()])
    assert "data:image" not in page.split("<script>")[0]


def test_whoever_follows_a_trace_sees_its_pictures(run: Path) -> None:
    with closing(Follower(run / "a/episode-000.jsonl")) as follower:
        shown = [event for event in follower.poll() if isinstance(event, Asked)]
    kept = [file.read_bytes() for file in sorted(run.glob("a/*.images/*"))]
    assert [image for event in shown for image in images_in(event.pictures)] == kept


def test_the_game_is_asked_to_draw_where_an_agent_is_to_see_it(tmp_path: Path) -> None:
    shown = Overrides(images=("layers", "rgb"))
    cell = Cell("3m", "scripted/kite", step_mul=40, overrides=shown, save_images=True)
    play_run(prepare(RunPlan(cell, out=tmp_path / "run")))
    asked = [event for event in read_trace(tmp_path / "run/episode-000.jsonl") if isinstance(event, Asked)]
    assert len(asked) > 3
    for event in asked:
        layers, minimap, rgb, _ = [caption for caption, _ in event.pictures]
        assert layers.startswith("Feature layers of the game's camera at ")
        assert minimap.startswith("Feature layers of the minimap")
        assert rgb.startswith("What the game's camera sees at ")
    places = [event.pictures[2][0] for event in asked]
    assert len(set(places)) > 1, "the camera follows the units"

"""docs/extending.md does what it says: its code is installed under its entry points and played with."""

import asyncio
import importlib
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from llm_pysc2 import extensions
from llm_pysc2.backends import make_backend
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.chat import Chat, Completion, Message
from llm_pysc2.cli import main
from llm_pysc2.errors import ModelKeyError, ModelServiceError, UsageError
from llm_pysc2.evaluation.score import EpisodeScore, read_scores
from llm_pysc2.orchestrator.events import AgentIntroduced, Answered, Decided
from llm_pysc2.orchestrator.trace import read_trace
from tests.jumping_clock import run

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "extending.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCS, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path with the module of the docs and its entry points, as pip leaves them; packs are apart."""
    module, _ = blocks("python")
    (tmp_path / "my_extensions.py").write_text(module)
    groups = tomllib.loads(blocks("toml")[0])["project"]["entry-points"]
    groups["llm_pysc2.agents"]["gone"] = "no_such_module:Agent"
    lines = []
    for group, points in groups.items():
        if group != "llm_pysc2.packs":
            lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    about = tmp_path / "my_extensions-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: my-extensions\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("\n".join(lines))
    pack = tmp_path / "my_pack" / "agents"
    pack.mkdir(parents=True)
    (pack / "mine.toml").write_text(
        'title = "Mine"\n[[agents]]\nname = "A"\nprompt = "commander"\n[[agents.teams]]\nname = "T"\n'
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    extensions._points.cache_clear()
    yield tmp_path
    extensions._points.cache_clear()
    sys.modules.pop("my_extensions", None)


def play(folder: Path, *options: str) -> EpisodeScore:
    assert main(["play", "3m", "--step-mul", "32", "--quiet", "--out", str(folder / "run"), *options]) == 0
    (score,) = read_scores(folder / "run")
    return score


def test_an_agent_by_its_name(installed: Path) -> None:
    score = play(installed, "--agent", "nearest")
    assert score.accepted > 0
    assert score.failures == {}


def test_a_style_a_backend_and_a_pace_by_their_names(installed: Path) -> None:
    score = play(installed, "--style", "terse", "--model", "echo/small", "--pace", "steady:8")
    assert (score.model, score.pace, score.stops) == ("echo/small", "steady:8", {"stop": score.answers})
    events = list(read_trace(installed / "run" / "episode-000.jsonl"))
    introduced = next(event for event in events if isinstance(event, AgentIntroduced))
    assert introduced.system.startswith("You are Commander. Answer with actions only")
    asked = {event.turn: event for event in events if isinstance(event, Answered)}
    assert asked[0].effect_loop == 8
    assert any(isinstance(event, Decided) and event.accepted for event in events)


def test_a_style_by_module_and_class_that_breaks_costs_turns(installed: Path) -> None:
    (installed / "odd.py").write_text(
        "class Odd:\n"
        "    def __init__(self, role, lessons): pass\n"
        "    def prompt(self, situation): return 1 / 0 if situation.view.game_loop else 'no chat'\n"
        "    def remember(self, situation, answer, calls=()): pass\n"
    )
    score = play(installed, "--style", "odd:Odd", "--model", "echo/small")
    assert score.failures == {"agent": score.answers}
    reasons = [event.failure_reason for event in read_trace(installed / "run" / "episode-000.jsonl")
               if isinstance(event, Answered)]  # fmt: skip
    assert "must return a Chat with messages, returned 'no chat'" in reasons[0]
    assert "ZeroDivisionError" in reasons[-1]


def test_a_provider_and_a_policy_by_their_names(installed: Path) -> None:
    score = play(installed, "--model", "acme/small")
    assert (score.model, score.failures, score.accepted > 0) == ("acme/small", {}, True)
    assert main(["play", "3m", "--quiet", "--model", "scripted/rush", "--out", str(installed / "policy")]) == 0
    (score,) = read_scores(installed / "policy")
    assert (score.model, score.failures, score.accepted > 0) == ("scripted/rush", {}, True)


HELLO = Chat((Message("user", "hello"),))


@pytest.mark.usefixtures("installed")
def test_an_installed_provider_is_asked_again_as_ours_are() -> None:
    async def ask_once() -> tuple[Completion, float]:
        loop = asyncio.get_running_loop()
        before = loop.time()
        answer = await make_backend("acme/moody").complete(HELLO)
        return answer, loop.time() - before

    answer, waited_seconds = run(ask_once())
    assert (answer.text, answer.faults) == ("<Attack_To([23, 16])>", ("busy",))
    assert waited_seconds > 0


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("raised", "kind", "attempts"),
    [(ConnectionResetError("gone"), "unreachable", 3), (ModelKeyError("no key"), "key", 1)],
)
def test_an_installed_provider_fails_as_ours_do(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, kind: str, attempts: int
) -> None:
    async def ask(self: object, chat: Chat) -> Completion:  # noqa: ARG001 - the shape of a service
        raise raised

    monkeypatch.setattr(importlib.import_module("my_extensions").Acme, "ask", ask)
    backend = make_backend("acme/small", options=ModelOptions(max_attempts=3))
    with pytest.raises(ModelServiceError) as caught:
        run(backend.complete(HELLO))
    assert (caught.value.kind, caught.value.faults) == (kind, (kind,) * attempts)


@pytest.mark.usefixtures("installed")
def test_the_checks_of_the_docs_pass() -> None:
    exec(compile(blocks("python")[1], "docs/extending.md", "exec"), {})  # noqa: S102 - the example of the docs


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--agent", "neerest"], "expected MODULE:CLASS or an installed one, found 'neerest'; closest: nearest"),
        (
            ["--agent", "gone"],
            "entry point 'no_such_module:Agent' in llm_pysc2.agents cannot be loaded: ModuleNotFound",
        ),
        (["--style", "ters"], "found 'ters'; closest: terse"),
        (["--style", "my_extensions:Nearest"], "my_extensions:Nearest has no method 'prompt'"),
        (["--model", "eco/small"], "no provider 'eco'; closest: echo"),
        (["--model", "acne/small"], "no provider 'acne'; closest: acme"),
        (["--model", "scripted/rsh"], "no scripted policy named 'rsh'; closest: rush"),
        (["--pace", "stedy:8"], "no pace 'stedy:8'; closest: steady"),
    ],
)
def test_wrong_names_are_one_line(capsys: pytest.CaptureFixture[str], options: list[str], said: str) -> None:
    assert main(["play", "3m", *options]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.usefixtures("installed")
def test_a_backend_that_cannot_be_made_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("my_extensions"), "make_echo", lambda name: name)
    with pytest.raises(UsageError, match=r"echo cannot make it: TypeError"):
        make_backend("echo/small")


def test_installed_backends_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "models"]) == 0
    assert "echo/NAME" in capsys.readouterr().out

"""Agents in other processes, over a real broker: the same game, and what becomes of a turn when one of them goes."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiomqtt", reason="agents over MQTT need aiomqtt")

import aiomqtt

from llm_pysc2.agent import Observation
from llm_pysc2.backends import ModelPool
from llm_pysc2.chat import Chat, Completion, Message
from llm_pysc2.cli import main
from llm_pysc2.evaluation.cell import Cell, PreparedCell
from llm_pysc2.orchestrator.events import Answered, Decided, Event
from llm_pysc2.orchestrator.remote import AgentThinker
from llm_pysc2.orchestrator.remote_agents import RemoteOptions
from llm_pysc2.orchestrator.trace import read_trace, without_wall_clock
from llm_pysc2.transport import Missing, Question, RemoteAgents, Reply, Turn, Waiting, join_run, read_address
from tests.unit.transport.conftest import broker, closed_broker, free_port  # noqa: F401 - fixtures

DOCS = Path(__file__).resolve().parents[3] / "docs"
QUICK = Waiting(join_seconds=5.0, reply_seconds=5.0, grace_seconds=0.4)


def url(port: int, run: str = "test") -> str:
    return f"mqtt://127.0.0.1:{port}/{run}"


def start_join(port: int, *options: str) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-m", "llm_pysc2", "join", url(port), "--agent", "Commander", *options]
    return subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)


def play(port: int, path: Path, sink: Callable[[Event], None] | None = None, *, remote: bool = True) -> list[Event]:
    options = RemoteOptions(url(port), seconds=20.0) if remote else None

    async def episode() -> None:
        prepared = PreparedCell(Cell("2s3z"), ModelPool(), options)
        try:
            await prepared.play(0, 0, path, [sink] if sink else [])
        finally:
            await prepared.aclose()

    asyncio.run(episode())
    return list(read_trace(path))


def test_an_agent_in_another_process_plays_the_same_game(broker: Any, tmp_path: Path) -> None:  # noqa: F811
    process = start_join(broker.port)
    there = play(broker.port, tmp_path / "there.jsonl")
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert "turns answered" in said
    here = play(0, tmp_path / "here.jsonl", remote=False)
    assert [without_wall_clock(event) for event in there] == [without_wall_clock(event) for event in here]


def test_killed_in_the_middle_its_turns_are_empty_and_another_takes_over(broker: Any, tmp_path: Path) -> None:  # noqa: F811
    processes = [start_join(broker.port)]

    def meddle(event: Event) -> None:
        if isinstance(event, Answered) and event.turn == 5:
            processes[0].kill()
            processes[0].wait()
        elif isinstance(event, Answered) and event.failure and len(processes) == 1:
            processes.append(start_join(broker.port))
            assert processes[1].stderr is not None
            assert "is at mqtt://" in processes[1].stderr.readline()

    events = play(broker.port, tmp_path / "trace.jsonl", meddle)
    for process in processes:
        process.communicate(timeout=20)
    answers = [event for event in events if isinstance(event, Answered)]
    failed = [answer for answer in answers if answer.failure]
    assert failed
    assert {answer.failure for answer in failed} == {"absent"}
    assert all("nobody plays Commander" in answer.failure_reason and not answer.text for answer in failed)
    assert failed[0].turn == 6
    assert [answer.turn for answer in failed] == list(range(6, 6 + len(failed)))
    assert len(failed) < 5
    assert answers[-1].text


def test_a_broker_that_is_restarted_in_a_game_costs_one_turn_at_most(broker: Any, tmp_path: Path) -> None:  # noqa: F811
    process = start_join(broker.port)

    def meddle(event: Event) -> None:
        if isinstance(event, Answered) and event.turn == 5:
            broker.stop()
            broker.start()

    events = play(broker.port, tmp_path / "trace.jsonl", meddle)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert "the broker is gone; waiting for it" in said
    answers = [event for event in events if isinstance(event, Answered)]
    assert sum(bool(answer.failure) for answer in answers) <= 1
    assert len(answers) > 10
    assert answers[-1].text


class Echo:
    """Answers with the observation's text, after a while."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.asked: list[Turn] = []

    async def __call__(self, question: Question) -> Reply:
        self.asked.append(question.when)
        await asyncio.sleep(self.seconds)
        return Reply(question.when, question.when.turn, Completion(question.chat.last_text, "echo"))


@asynccontextmanager
async def run_with(port: int, echo: Echo | None, waiting: Waiting = QUICK) -> AsyncIterator[RemoteAgents]:
    address = read_address(url(port))
    agents = RemoteAgents(address, ["A"], waiting)
    guest = asyncio.create_task(join_run(address, "A", echo, model="echo")) if echo else None
    await agents.open()
    try:
        yield agents
    finally:
        await agents.aclose()
        if guest:
            await asyncio.wait_for(guest, 5)


def question(turn: int, seconds: float = 5.0) -> Question:
    return Question(Turn(0, turn), "A", turn * 8, Chat((Message("user", f"turn {turn}"),)), seconds)


def test_who_left_comes_back(broker: Any) -> None:  # noqa: F811
    async def scene() -> None:
        address = read_address(url(broker.port))
        async with run_with(broker.port, None, Waiting(0.1, 5.0, 0.3)) as agents:
            missing = await agents.ask(question(0))
            assert isinstance(missing, Missing)
            assert missing.kind == "absent"
            for turn in (1, 2):
                guest = asyncio.create_task(join_run(address, "A", Echo(), model="echo"))
                while agents.model_of("A") == "remote":
                    await asyncio.sleep(0.01)
                reply = await agents.ask(question(turn))
                assert isinstance(reply, Reply)
                assert reply.completion.text == f"turn {turn}"
                guest.cancel()
                await asyncio.gather(guest, return_exceptions=True)
                assert isinstance(await agents.ask(question(turn + 10)), Missing)

    asyncio.run(scene())


def test_a_late_reply_is_an_empty_turn_and_never_lands_in_another(broker: Any) -> None:  # noqa: F811
    async def scene() -> None:
        async with run_with(broker.port, Echo(0.3)) as agents:
            missing = await agents.ask(question(0, 0.1))
            assert missing == Missing("late", "no reply within 0.1 s")
            await asyncio.sleep(0.5)
            assert agents.unused == {"old_turn": 1}
            reply = await agents.ask(question(1))
            assert isinstance(reply, Reply)
            assert reply.completion.text == "turn 1"

    asyncio.run(scene())


def test_a_broker_that_is_restarted_costs_one_turn_at_most(broker: Any) -> None:  # noqa: F811
    async def scene() -> None:
        echo = Echo(0.2)
        async with run_with(broker.port, echo) as agents:
            replies = [await agents.ask(question(0))]
            waiting = asyncio.create_task(agents.ask(question(1, 10.0)))
            await asyncio.sleep(0.1)
            await asyncio.to_thread(broker.stop)
            await asyncio.sleep(0.3)
            await asyncio.to_thread(broker.start)
            replies.append(await waiting)
            replies += [await agents.ask(question(turn, 10.0)) for turn in (2, 3)]
            assert sum(isinstance(reply, Missing) for reply in replies) <= 1
            assert isinstance(replies[-1], Reply)

    asyncio.run(scene())


def test_hostile_messages_are_counted_and_change_nothing(broker: Any) -> None:  # noqa: F811
    async def scene() -> None:
        async with run_with(broker.port, Echo(0.3)) as agents, aiomqtt.Client("127.0.0.1", broker.port) as stranger:
            await stranger.subscribe("llm-pysc2/test/A/notice", qos=1)
            waiting = asyncio.create_task(agents.ask(question(4)))
            await asyncio.sleep(0.1)
            for topic, payload in (
                ("A/reply", b"\xff\xfe"),
                ("A/reply", b'{"turn": 4}'),
                ("A/presence", b'{"state": "dancing"}'),
                ("A/presence", b'{"state": "lost", "client": "somebody else"}'),
                ("B/reply", b'{"turn": 4, "text": "x"}'),
                ("A/reply", b'{"turn": 3, "text": "x"}'),
                ("A/reply", b'{"turn": 4, "episode": 9, "text": "x"}'),
            ):
                await stranger.publish(f"llm-pysc2/test/{topic}", payload, qos=1)
            reply = await waiting
            assert isinstance(reply, Reply)
            assert reply.completion.text == "turn 4"
            assert agents.unused == {"malformed": 3, "unknown_agent": 1, "old_turn": 2}
            notice = await anext(aiter(stranger.messages))
            while not notice.topic.matches("+/+/+/notice"):
                notice = await anext(aiter(stranger.messages))
            assert isinstance(notice.payload, bytes)
            assert json.loads(notice.payload)["kind"] == "malformed"

    asyncio.run(scene())


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) in (1, 2)
    said = capsys.readouterr().err
    lines = [line for line in said.splitlines() if line.startswith("llm-pysc2: ")]
    assert len(lines) == 1, said
    assert "Traceback" not in said
    return lines[0]


def test_a_broker_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    address = url(free_port())
    assert f"{address}: the broker cannot be reached" in complaint(capsys, "join", address)
    play_there = ("play", "3m", "--mqtt", address, "--out", str(tmp_path / "out"), "--quiet")
    assert f"{address}: the broker cannot be reached" in complaint(capsys, *play_there)


def test_wrong_credentials_are_one_line_without_them(capsys: pytest.CaptureFixture[str], closed_broker: Any) -> None:  # noqa: F811
    address = f"mqtt://ann:hush-hush@127.0.0.1:{closed_broker.port}/test"
    said = complaint(capsys, "join", address)
    assert "refused the credentials; set LLM_PYSC2_MQTT_USER" in said
    assert "hush" not in said


def test_right_credentials(closed_broker: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("LLM_PYSC2_MQTT_USER", "ann")
    monkeypatch.setenv("LLM_PYSC2_MQTT_PASSWORD", "right")

    async def scene() -> None:
        async with run_with(closed_broker.port, Echo()) as agents:
            assert isinstance(await agents.ask(question(0)), Reply)

    asyncio.run(scene())


def test_unknown_agents_are_refused(capsys: pytest.CaptureFixture[str], broker: Any) -> None:  # noqa: F811
    said = complaint(capsys, "play", "3m", "--mqtt", url(broker.port), "--remote", "Comander")
    assert "has no agent 'Comander'; closest: Commander" in said
    assert "say with --mqtt" in complaint(capsys, "play", "3m", "--remote", "Commander")

    async def scene() -> None:
        async with run_with(broker.port, Echo()):
            said = await asyncio.to_thread(complaint, capsys, "join", url(broker.port), "--agent", "B")
            assert "has no remote agent 'B'; closest: A" in said or "known: A" in said

    asyncio.run(scene())


@pytest.mark.outsider
def test_the_node_agent_of_the_docs_plays(broker: Any, tmp_path: Path) -> None:  # noqa: F811
    node, modules = shutil.which("node"), os.environ.get("LLM_PYSC2_NODE_MODULES", "")
    if node is None or not (Path(modules) / "mqtt").is_dir():
        pytest.skip("needs node, and LLM_PYSC2_NODE_MODULES naming a node_modules folder with the package mqtt")
    script = shutil.copy(DOCS / "agent.mjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(modules)
    process = subprocess.Popen([node, script, url(broker.port), "Commander"], stderr=subprocess.PIPE, text=True)
    events = play(broker.port, tmp_path / "trace.jsonl")
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (0, "")
    answers = [event for event in events if isinstance(event, Answered)]
    assert not [answer for answer in answers if answer.failure]
    assert {answer.model for answer in answers} == {"node/nearest"}
    assert any(isinstance(event, Decided) and event.accepted for event in events)
    assert not [line for event in events if isinstance(event, Decided) for line in event.rejected]


class Nearest:
    """An agent of the user's own, as `join --class` loads it."""

    async def act(self, observation: Observation) -> str:
        lines = ["Actions:"]
        for team in observation.teams:
            target = min(observation.enemies, key=team.distance_to, default=None)
            if target:
                lines += [f"Team {team.name}:", f"<Attack_Unit({target.id})>"]
        return "\n".join(lines)


def test_an_agent_class_plays_from_another_process(broker: Any, tmp_path: Path) -> None:  # noqa: F811
    async def episode() -> None:
        prepared = PreparedCell(Cell("3m"), ModelPool(), RemoteOptions(url(broker.port), seconds=20.0))
        thinker = AgentThinker(Nearest, "tests:Nearest")
        address = read_address(url(broker.port))
        guest = asyncio.create_task(join_run(address, "Commander", thinker, model="tests:Nearest", view=True))
        try:
            await prepared.play(0, 0, tmp_path / "trace.jsonl")
        finally:
            await prepared.aclose()
        assert await asyncio.wait_for(guest, 5) > 10

    asyncio.run(episode())
    events = list(read_trace(tmp_path / "trace.jsonl"))
    assert not [event for event in events if isinstance(event, Answered) and event.failure]
    assert any(isinstance(event, Decided) and event.accepted for event in events)


class Broken:
    """Breaks the contract in two ways."""

    async def act(self, observation: Observation) -> str:
        return observation.view.map.name if observation.turn else 1 / 0  # type: ignore[return-value]


def test_an_agent_class_that_breaks_costs_its_turns_only() -> None:
    thinker = AgentThinker(Broken, "tests:Broken")
    replies = [asyncio.run(thinker(question(turn))) for turn in (0, 1)]
    assert [reply.failure for reply in replies] == ["agent", "agent"]
    assert "ZeroDivisionError" in replies[0].reason
    assert "not sent over MQTT" in replies[1].reason

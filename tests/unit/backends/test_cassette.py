"""Recording and replay: the same answers, and a clear word where a run is not the recorded one."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_pysc2.backends import make_backend
from llm_pysc2.backends.answer_cache import AnswerCache
from llm_pysc2.backends.cassette import Cassette, Recorder, chat_id, load_cassette
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.chat import Chat, Completion, Image, Message, Usage
from llm_pysc2.errors import BudgetSpentError, CassetteError, ModelBusyError, ModelServiceError, UsageError


class Echo:
    """A backend that answers by a function, and counts."""

    name = "openai/echo"

    def __init__(self, answer: Callable[[Chat, int], Completion]) -> None:
        self._answer = answer
        self.calls = 0

    async def complete(self, chat: Chat) -> Completion:
        self.calls += 1
        call = self.calls
        await asyncio.sleep(0.001 * (10 - call % 10))  # answers come in another order than questions
        return self._answer(chat, call)

    async def aclose(self) -> None:
        pass


def chat(*texts: str) -> Chat:
    roles = ("system", "user", "assistant", "user")
    return Chat(tuple(Message(role, text) for role, text in zip(roles, texts, strict=False)))


def numbered(_chat: Chat, call: int) -> Completion:
    return Completion(f"<Stop()> {call} \ud800", "echo-1", Usage(5, 1, 2, 3, 1), 0.1 * call, "stop", 1, ("busy",))


def record(path: Path, chats: list[Chat], answer: Callable[[Chat, int], Completion] = numbered) -> list[Completion]:
    async def main() -> list[Completion]:
        recorder = Recorder(path)
        backend = recorder.wrap(Echo(answer), "2s3z 0 Commander")
        try:
            return list(await asyncio.gather(*(backend.complete(one) for one in chats)))
        finally:
            recorder.close()
            recorder.close()

    return asyncio.run(main())


def replay(cassette: Cassette, chats: list[Chat], scope: str | None = "2s3z 0 Commander") -> list[Completion]:
    async def main() -> list[Completion]:
        backend = cassette.backend("openai/echo", scope)
        return [await backend.complete(one) for one in chats]

    return asyncio.run(main())


def test_replay_is_the_recording(tmp_path: Path) -> None:
    chats = [chat("You command.", "S1"), chat("You command.", "S2"), chat("You command.", "S1")] * 5
    answers = record(tmp_path / "tape.jsonl", chats)
    cassette = load_cassette(tmp_path / "tape.jsonl")
    assert replay(cassette, chats) == answers
    assert cassette.calls_left() == 0
    text = (tmp_path / "tape.jsonl").read_text()
    assert text.count("You command.") == 1


def test_replay_by_name(tmp_path: Path) -> None:
    answers = record(tmp_path / "tape.jsonl", [chat("a", "b")])

    async def main() -> Completion:
        backend = make_backend(f"cassette:{tmp_path / 'tape.jsonl'}")
        answer = await backend.complete(chat("a", "b"))
        await backend.aclose()
        return answer

    assert asyncio.run(main()) == answers[0]


def test_scopes_are_kept_apart(tmp_path: Path) -> None:
    async def main() -> None:
        recorder = Recorder(tmp_path / "tape.jsonl")
        echo = Echo(numbered)
        for scope in ("a", "b"):
            await recorder.wrap(echo, scope).complete(chat("x", "y"))
        recorder.close()

    asyncio.run(main())
    cassette = load_cassette(tmp_path / "tape.jsonl")
    assert replay(cassette, [chat("x", "y")], "b")[0].text.startswith("<Stop()> 2")
    assert replay(cassette, [chat("x", "y")], "a")[0].text.startswith("<Stop()> 1")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            chat("You command.", "line one\nS1 at [3, 4]"),
            r"call 1, message 2 of 2 \(user\), line 2: recorded 'S1 at \[3",
        ),
        (chat("You obey.", "line one"), r"call 1, message 1 of 2 \(system\), line 1: .* now 'You obey.'"),
        (chat("You command."), "call 1: recorded with 2 messages, now 1"),
        (Chat((Message("user", "You command."), Message("user", "x"))), "message 1 of 2: recorded as system, now user"),
        (
            Chat((Message("system", "You command."), Message("user", "line one\nS1 at [3, 5]", (Image(b"1"),)))),
            "its pictures differ",
        ),
    ],
)
def test_mismatch_says_which_call_and_how(tmp_path: Path, asked: Chat, said: str) -> None:
    record(tmp_path / "tape.jsonl", [chat("You command.", "line one\nS1 at [3, 5]")])
    with pytest.raises(CassetteError, match=said) as caught:
        replay(load_cassette(tmp_path / "tape.jsonl"), [asked])
    assert "tape.jsonl" in str(caught.value)
    assert "'2s3z 0 Commander'" in str(caught.value)
    assert caught.value.stops_run


def test_one_call_too_many(tmp_path: Path) -> None:
    record(tmp_path / "tape.jsonl", [chat("a", "b")])
    with pytest.raises(CassetteError, match="one call more than the 1 that were recorded"):
        replay(load_cassette(tmp_path / "tape.jsonl"), [chat("a", "b"), chat("a", "b")])


@pytest.mark.parametrize("error", [ModelBusyError, BudgetSpentError])
def test_failures_are_replayed(tmp_path: Path, error: type[ModelServiceError]) -> None:
    def fail(_chat: Chat, _call: int) -> Completion:
        failure = error("as planned")
        failure.faults = ("busy", "busy")
        raise failure

    with pytest.raises(error):
        record(tmp_path / "tape.jsonl", [chat("a", "b")], fail)
    with pytest.raises(error, match="as planned") as caught:
        replay(load_cassette(tmp_path / "tape.jsonl"), [chat("a", "b")])
    assert caught.value.faults == ("busy", "busy")


def test_call_nobody_waited_for_is_never_answered(tmp_path: Path) -> None:
    async def main() -> None:
        recorder = Recorder(tmp_path / "tape.jsonl")
        call = asyncio.create_task(recorder.wrap(Echo(numbered), "s").complete(chat("a", "b")))
        await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        recorder.close()
        backend = load_cassette(tmp_path / "tape.jsonl").backend("openai/echo", "s")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(backend.complete(chat("a", "b")), 0.01)

    asyncio.run(main())


def test_killed_run_leaves_a_readable_cassette(tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    record(path, [chat("a", "b"), chat("a", "c")])
    path.write_text(path.read_text()[:-40])
    assert len(load_cassette(path).calls) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", None),
        ('{"cassette": 2}\n', "line 1: not a line of a cassette"),
        ('{"cassette": 1}\n{"call": 1}\n{"call": 2}\n', "line 2"),
        ("nonsense\n", "line 1"),
    ],
)
def test_broken_cassette_names_the_line(tmp_path: Path, text: str, said: str | None) -> None:
    path = tmp_path / "tape.jsonl"
    path.write_text(text)
    if said is None:
        assert load_cassette(path).calls == []
    else:
        with pytest.raises(UsageError, match=said):
            load_cassette(path)


def test_missing_and_existing_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        make_backend(f"cassette:{tmp_path / 'none.jsonl'}")
    (tmp_path / "there.jsonl").touch()
    with pytest.raises(UsageError, match="cannot be written: File exists"):
        Recorder(tmp_path / "there.jsonl")


messages = st.builds(Message, st.sampled_from(["system", "user"]), st.text(max_size=4))


@given(st.lists(messages, max_size=3), st.lists(messages, max_size=3))
def test_hashes_are_equal_only_for_equal_chats(one: list[Message], two: list[Message]) -> None:
    first, second = Chat(tuple(one)), Chat(tuple(two))
    assert (chat_id(first) == chat_id(second)) == (first == second)


def test_answer_cache_asks_once(tmp_path: Path) -> None:
    echo = Echo(numbered)

    async def main() -> list[Completion]:
        backend = AnswerCache(tmp_path / "kept").wrap(echo, "echo-1", ModelOptions())
        warmer = AnswerCache(tmp_path / "kept").wrap(echo, "echo-1", ModelOptions(temperature=1.0))
        return [await one.complete(chat("a", text)) for one in (backend, warmer) for text in ("b", "b", "c")]

    answers = asyncio.run(main())
    assert echo.calls == 4
    assert answers[1].text == answers[0].text
    assert (answers[1].usage, answers[1].faults) == (answers[0].usage, ())
    assert answers[3].text != answers[0].text


def test_answer_cache_keeps_no_halves_and_survives_damage(tmp_path: Path) -> None:
    echo = Echo(lambda _chat, call: Completion("x", "m", stop_reason="length" if call == 1 else "stop"))

    async def main() -> None:
        backend = AnswerCache(tmp_path).wrap(echo, "m", ModelOptions())
        for _ in range(3):
            await backend.complete(chat("a"))
        for path in tmp_path.iterdir():
            path.write_text("{")
        await backend.complete(chat("a"))
        await backend.aclose()

    asyncio.run(main())
    assert echo.calls == 3

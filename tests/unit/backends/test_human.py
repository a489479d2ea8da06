"""A person at the terminal, played by functions."""

import asyncio
import os
import sys
from collections.abc import Sequence

import pytest

from llm_pysc2.backends import make_backend
from llm_pysc2.backends.human import Human, words_of
from llm_pysc2.backends.terminal import completions
from llm_pysc2.chat import Chat, Completion, Message
from llm_pysc2.errors import ModelAnswerError

CHAT = Chat(
    (
        Message("system", "Actions: <Attack_Unit(tag)>, <Move_Screen(screen)>"),
        Message("user", "Team Zealots: S1, Z2. Enemy eS1 at 0x1f."),
    )
)


def person(*lines: str) -> tuple[Human, list[str]]:
    typed, shown = iter(lines), []

    async def read_line(_prompt: str, _words: Sequence[str]) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    return Human(read_line=read_line, write=shown.append), shown


def test_answer_ends_with_an_empty_line() -> None:
    human, shown = person("Zealots:", "<Attack_Unit(eS1)>", "", "<Stop()>", "")

    async def main() -> list[Completion]:
        return [await human.complete(CHAT), await human.complete(CHAT)]

    first, second = asyncio.run(main())
    assert (first.text, first.stop_reason) == ("Zealots:\n<Attack_Unit(eS1)>", "stop")
    assert second.text == "<Stop()>"
    assert "Actions:" in shown[0]
    assert "Actions:" not in shown[1]
    assert "Team Zealots" in shown[1]


def test_several_agents_take_turns() -> None:
    human, _ = person("one", "", "two", "", "three", "")

    async def main() -> list[Completion]:
        return list(await asyncio.gather(*(human.complete(CHAT) for _ in range(3))))

    assert [answer.text for answer in asyncio.run(main())] == ["one", "two", "three"]


def test_closed_input_stops_the_run() -> None:
    human, _ = person("last words")

    async def main() -> str:
        answer = await human.complete(CHAT)
        with pytest.raises(ModelAnswerError, match="closed the input") as caught:
            await human.complete(CHAT)
        assert caught.value.stops_run
        return answer.text

    assert asyncio.run(main()) == "last words"


def test_slow_typing_goes_to_the_next_turn() -> None:
    lines = iter(["<Stop()>", ""])

    async def main() -> Completion:
        go = asyncio.Event()

        async def read_line(_prompt: str, _words: Sequence[str]) -> str:
            await go.wait()
            return next(lines)

        human = Human(read_line=read_line, write=lambda _text: None)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(human.complete(CHAT), 0.01)
        go.set()
        return await human.complete(CHAT)

    assert asyncio.run(main()).text == "<Stop()>"


def test_what_is_half_typed_at_the_end_is_dropped() -> None:
    async def main() -> None:
        async def read_line(_prompt: str, _words: Sequence[str]) -> str:
            return await asyncio.get_running_loop().create_future()

        human = Human(read_line=read_line, write=lambda _text: None)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(human.complete(CHAT), 0.01)
        await human.aclose()
        await human.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_by_name_out_of_a_pipe(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    inlet, outlet = os.pipe()
    os.write(outlet, "<Stop()>\r\n<Move_To([3, 4])> é\n\n<Hold".encode())
    os.close(outlet)

    async def main() -> list[str]:
        backend = make_backend("human")
        texts = [(await backend.complete(CHAT)).text for _ in range(2)]
        with pytest.raises(ModelAnswerError, match="closed the input"):
            await backend.complete(CHAT)
        await backend.aclose()
        return texts

    with os.fdopen(inlet) as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        assert asyncio.run(main()) == ["<Stop()>\n<Move_To([3, 4])> é", "<Hold"]
    assert "Team Zealots" in capsys.readouterr().out


def test_words_and_completion() -> None:
    words = words_of(CHAT)
    assert words == ["0x1f", "<Attack_Unit(", "<Move_Screen(", "S1", "Z2", "Zealots", "eS1"]
    assert completions(words, "z") == ["Z2", "Zealots"]
    assert completions(words, "<m") == ["<Move_Screen("]
    assert completions(words, "nothing") == []
    assert completions(words, "e", within_brackets=True) == ["eS1"]
    assert completions(words, "") == []
    listed = Chat((Message("system", "eR9 <Build_X()>"), Message("user", "Actions Marine: Stop Train_Y{50/0,1}")))
    assert words_of(listed) == ["<Stop(", "<Train_Y("]

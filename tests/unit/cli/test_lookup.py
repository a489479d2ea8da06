"""`llm-pysc2 lookup`: plain text in a pipe, laid out in a terminal, one line for what is not known."""

import io

import pytest
from rich.console import Console

from llm_pysc2.cli import lookup as command
from llm_pysc2.cli import main
from llm_pysc2.knowledge.search import lookup


def test_plain_text_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lookup", "Stalker", "vs", "Roach"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Stalker on Roach: 17 every 1.34 s")
    assert "\x1b" not in "".join(lines)


def test_several_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lookup", "--answers", "2", "blink"]) == 0
    out = capsys.readouterr().out
    assert "Blink (protoss ability)" in out
    assert "Blink (protoss upgrade)" in out


@pytest.mark.parametrize("words", [["stalkr"], ["stalkr", "vs", "roach"]])
def test_unknown_names_get_the_closest(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(["lookup", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("llm-pysc2: nothing about 'stalkr' in the knowledge base; closest: Stalker")
    assert captured.err.count("\n") == 1


def test_nothing_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lookup", " "]) == 2
    assert "expected a name or a question" in capsys.readouterr().err


@pytest.mark.parametrize("question", ["siege tank", "what beats roaches", "kiting", "marine vs zergling", "storm"])
def test_a_terminal_is_used_up_to_100_columns(monkeypatch: pytest.MonkeyPatch, question: str) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(
        command, "Console", lambda: Console(file=screen, force_terminal=True, width=140, color_system=None)
    )
    command.show_lookup(question)
    lines = screen.getvalue().splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[0].startswith(lookup(question)[0].title)
    assert sum(line.strip() == lines[0].strip() for line in lines) == 1
    assert any(line.startswith("See also: ") for line in lines)

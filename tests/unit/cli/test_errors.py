"""What a person sees who makes a mistake: one line on stderr and exit code 2, never a stack trace."""

from pathlib import Path

import pytest

from llm_pysc2.cli import main


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 2) -> str:
    assert main(arguments) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1, captured.err
    return captured.err


def test_unknown_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no scenario named '2s3x'; closest: 2s3z" in complaint(capsys, "play", "2s3x")


def test_unknown_model(capsys: pytest.CaptureFixture[str]) -> None:
    message = complaint(capsys, "play", "2s3z", "--model", "scripted/focus")
    assert "focus_fire" in message


def test_unknown_provider(capsys: pytest.CaptureFixture[str]) -> None:
    assert "openai" in complaint(capsys, "play", "2s3z", "--model", "opnai/gpt")


def test_missing_key_names_its_variable(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert "OPENAI_API_KEY" in complaint(capsys, "play", "2s3z", "--model", "openai/gpt-5")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere", "expected MODULE:CLASS"),
        ("nowhere_at_all:Agent", "no module named 'nowhere_at_all'"),
        ("json:Nothing", "no class 'Nothing' in json"),
        ("json:JSONDecoder", "has no 'async def act"),
    ],
)
def test_unknown_agent(capsys: pytest.CaptureFixture[str], name: str, words: str) -> None:
    assert words in complaint(capsys, "play", "2s3z", "--agent", name)


def test_an_agent_module_that_breaks(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_agent.py").write_text("1 / 0\n")
    monkeypatch.chdir(tmp_path)
    message = complaint(capsys, "play", "2s3z", "--agent", "broken_agent:A", code=1)
    assert "importing broken_agent failed: ZeroDivisionError" in message


def test_unknown_roster(capsys: pytest.CaptureFixture[str]) -> None:
    assert "closest: commander" in complaint(capsys, "play", "2s3z", "--roster", "comander")


def test_without_arguments_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["engine"]):
        assert main(arguments) == 0
        assert "Commands" in capsys.readouterr().out


def test_unknown_command_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert "plaay" in complaint(capsys, "plaay")
    assert "--sed" in complaint(capsys, "play", "2s3z", "--sed", "3")
    assert "--episodes" in complaint(capsys, "play", "2s3z", "--episodes", "0")


def test_a_broken_pack_names_file_and_key(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "scenarios" / "mine"
    folder.mkdir(parents=True)
    (folder / "duel.toml").write_text("title = 3\n")
    message = complaint(capsys, "--pack", str(tmp_path), "play", "duel")
    assert "duel.toml: title: expected text, found 3" in message


def test_a_folder_that_is_no_pack(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "not a pack" in complaint(capsys, "--pack", str(tmp_path), "list")


def test_traces_are_not_written_over(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert "is not empty" in complaint(capsys, "play", "2s3z", "--out", str(tmp_path))

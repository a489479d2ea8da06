"""The commands and the code of README do what it says."""

import re
import shlex
from pathlib import Path

import pytest

from llm_pysc2.backends.presets import load_presets
from llm_pysc2.cli import main
from llm_pysc2.testing import check_agent

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """The llm-pysc2 commands that need no key, no network, no server, no real game, and no folder of the reader's."""
    lines = [line.split("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    ours = [line for line in lines if line.startswith("llm-pysc2 ")]
    elsewhere = r"openai/|anthropic/|serve|watch|human|join|--mqtt|RUN|DIR|(game|maps) install|~/StarCraftII"
    return [line for line in ours if not re.search(elsewhere, line)]


def agent_source() -> str:
    return next(block for block in blocks("python") if block.startswith("# my_agent.py"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader's folder, with the files that README shows; the commands run in it one after the other."""
    folder = tmp_path_factory.mktemp("reader")
    for block in [*blocks("toml"), agent_source()]:
        (folder / block.split()[1]).write_text(block)
    return folder


@pytest.mark.parametrize("line", commands())
def test_commands_of_the_readme(line: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert main(shlex.split(line)[1:]) == 0


def test_the_agent_of_the_readme(tmp_path: Path) -> None:
    path = tmp_path / "my_agent.py"
    path.write_text(agent_source())
    names: dict[str, type] = {}
    exec(compile(path.read_text(), path, "exec"), names)  # noqa: S102 - the README's own example
    check_agent(names["NearestFirst"])


def test_the_models_of_the_readme(folder: Path) -> None:
    (fast,) = load_presets(folder / "models.toml").values()
    assert (fast.provider, fast.options.key_env, fast.options.effort) == ("openai", "FAST_KEY", "low")


def test_every_make_target_exists() -> None:
    makefile = (Path(__file__).resolve().parents[2] / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", "\n".join(blocks("sh")), flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_random_agents_play_smacs_interface(capsys):
    source = next(block for block in blocks("python") if "StarCraft2Env" in block)
    exec(compile(source, "README.md", "exec"), {})  # noqa: S102 - it is ours
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["episode 0", "episode 1", "episode 2"]

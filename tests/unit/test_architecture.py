"""The map of the code names places that exist, and every room of the engine."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_every_place_that_the_map_names_exists() -> None:
    named = re.findall(r"`([\w./]+(?:/|\.(?:py|json|toml|md)))`", PAGE)
    below = ("", "llm_pysc2/", "llm_pysc2/engine/observe/", "knowledge_base/facts/")
    lost = [name for name in named if not any((ROOT / folder / name).exists() for folder in below)]
    assert len(named) > 60
    assert lost == []


def test_every_room_of_the_engine_is_on_the_map() -> None:
    picture = PAGE.split("```")[3]
    rooms = {path.name for path in (ROOT / "llm_pysc2" / "engine").iterdir() if (path / "__init__.py").exists()}
    assert rooms <= set(re.findall(r"\w+", picture))


def test_every_layer_is_on_the_map() -> None:
    picture = PAGE.split("```")[1]
    code = ROOT / "llm_pysc2"
    layers = {path.stem for path in code.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    layers -= {"__init__", "__main__", "testing"}
    assert layers - {"installer"} <= set(re.findall(r"\w+", picture))

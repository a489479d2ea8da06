"""An outsider's scenario: the two files of docs/extending.md in a pack, no edit of ours."""

import re
from pathlib import Path

import pytest

from llm_pysc2.cli import main
from llm_pysc2.evaluation.score import read_scores
from llm_pysc2.packs import use_packs
from llm_pysc2.testing import check_pack

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "extending.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```toml\n# my_pack/(\S+)\n(.*?)^```", DOCS, flags=re.MULTILINE | re.DOTALL))
SCENARIO, MAP = "scenarios/mine/duel.toml", "scenarios/maps/mine/TwoToOne.toml"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "my_pack" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return tmp_path / "my_pack"


def test_two_marines_beat_one(pack: Path, tmp_path: Path) -> None:
    assert FILES.keys() == {SCENARIO, MAP}
    check_pack(pack)
    try:
        options = ["--model", "scripted/focus_fire", "--quiet", "--out", str(tmp_path / "run")]
        assert main(["--pack", str(pack), "play", "duel", *options]) == 0
    finally:
        use_packs([])
    (score,) = read_scores(tmp_path / "run")
    assert (score.scenario, score.result) == ("duel", "win")


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        (SCENARIO, "limit_loops", "limit_lops", "duel.toml: unknown key 'limit_lops'; closest: limit_loops"),
        (MAP, "terrain", "terain", "TwoToOne.toml: .*terrain"),
        (MAP, "owner = 2", "ownr = 2", r"TwoToOne.toml: unknown key 'units\[1\].ownr'; closest: owner"),
    ],
)
def test_a_misspelt_key_is_named_with_the_closest(pack: Path, file: str, right: str, wrong: str, said: str) -> None:
    (pack / file).write_text(FILES[file].replace(right, wrong))
    with pytest.raises(AssertionError, match=said):
        check_pack(pack)

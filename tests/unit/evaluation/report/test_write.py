import json
import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from llm_pysc2.errors import UsageError
from llm_pysc2.evaluation.report.page import build_page, json_for_script
from llm_pysc2.evaluation.report.write import write_report
from llm_pysc2.orchestrator.events import TRACE_SCHEMA
from tests.traces import HOSTILE, duel, ended, hostile, started, write_trace

ASSETS = files("llm_pysc2.evaluation.report") / "assets"


def data_of(page: Path) -> Any:
    """Return the data in a page, as the browser reads them."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(), re.DOTALL)
    assert found
    return json.loads(found[1])


def test_an_index_and_a_page_for_each_episode(tmp_path: Path) -> None:
    run = tmp_path / "run"
    for seed in (0, 1, 2):
        write_trace(run / "traces" / "cell" / f"seed-{seed}.jsonl", duel(seed=seed))
    written = write_report(run, tmp_path / "report")
    assert (written.episodes, written.left_out) == (3, 0)
    index = data_of(written.index)
    assert [row["seed"] for row in index["episodes"]] == [0, 1, 2]
    assert index["summary"][0]["wins"] == 3
    assert index["summary"][0]["causes"] == {"action": 3}
    pages = [written.index.parent / row["page"] for row in index["episodes"]]
    assert [page.name for page in pages] == ["cell-seed-0.html", "cell-seed-1.html", "cell-seed-2.html"]
    links = data_of(pages[1])["links"]
    assert links == {"index": "../index.html", "previous": "cell-seed-0.html", "next": "cell-seed-2.html"}
    assert written.size_bytes == sum(path.stat().st_size for path in [written.index, *pages])


def test_pages_of_traces_with_the_same_name_do_not_meet(tmp_path: Path) -> None:
    run = tmp_path / "run"
    for name in ("a/b.jsonl", "a-b.jsonl", "A b.jsonl", "a-b.jsonl.part"):
        write_trace(run / name, duel())
    index = write_report(run, tmp_path / "report").index
    names = [row["page"].casefold() for row in data_of(index)["episodes"]]
    assert len(set(names)) == 4


def test_what_cannot_be_shown_is_named_with_its_reason(tmp_path: Path) -> None:
    run = tmp_path / "run"
    write_trace(run / "good.jsonl", duel())
    write_trace(run / "newer.jsonl", duel(schema=TRACE_SCHEMA + 1))
    (run / "empty.jsonl.part").touch()
    written = write_report(run, tmp_path / "report")
    assert (written.episodes, written.left_out) == (1, 2)
    reasons = {entry["path"]: entry["why"] for entry in data_of(written.index)["unread"]}
    assert "newer version" in reasons["newer.jsonl"]
    assert str(tmp_path) not in json.dumps(reasons)


def test_an_empty_run_and_a_folder_that_is_in_use(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no traces here"):
        write_report(tmp_path / "empty", tmp_path / "report")
    write_trace(tmp_path / "run" / "a.jsonl", duel())
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.tex").touch()
    with pytest.raises(UsageError, match="holds no report"):
        write_report(tmp_path / "run", tmp_path / "precious")
    assert [path.name for path in (tmp_path / "precious").iterdir()] == ["thesis.tex"]


def test_a_report_can_be_written_again(tmp_path: Path) -> None:
    first = write_trace(tmp_path / "run" / "a.jsonl", duel())
    write_report(tmp_path / "run", tmp_path / "report")
    first.rename(tmp_path / "run" / "b.jsonl")
    write_report(tmp_path / "run", tmp_path / "report")
    assert [path.name for path in (tmp_path / "report" / "episodes").iterdir()] == ["b.html"]


def test_a_report_inside_its_run_does_not_disturb_it(tmp_path: Path) -> None:
    write_trace(tmp_path / "a.jsonl", duel())
    for _ in range(2):
        assert write_report(tmp_path, tmp_path / "report").episodes == 1


def test_fewer_pictures_make_a_smaller_page(tmp_path: Path) -> None:
    write_trace(tmp_path / "run" / "a.jsonl", duel())
    sizes = [write_report(tmp_path / "run", tmp_path / f"r{n}", every_loops=n).size_bytes for n in (0, 16, 1000)]
    assert sizes[0] > sizes[1] > sizes[2]


def test_numbers_that_json_does_not_have(tmp_path: Path) -> None:
    write_trace(tmp_path / "run" / "a.jsonl", [started(), ended(1, score={**duel()[-1].score, "healed": float("nan")})])
    written = write_report(tmp_path / "run", tmp_path / "report")
    (episode,) = data_of(written.index)["episodes"]
    assert episode["kill_loss_ratio"] is None  # nothing was lost
    assert data_of(written.index.parent / episode["page"])["records"][-1]["score"]["healed"] is None


@pytest.mark.parametrize("text", [*HOSTILE, "\n".join(HOSTILE), "<!--<script>", "&lt;/script&gt;"])
def test_no_text_can_leave_the_data(text: str) -> None:
    written = json_for_script({text: [text]})
    assert written.isascii()
    assert not set("<>&") & set(written)
    assert json.loads(written) == {text: [text]}


def test_a_hostile_episode_adds_no_element_to_its_page(tmp_path: Path) -> None:
    write_trace(tmp_path / "run" / "a.jsonl", hostile())
    written = write_report(tmp_path / "run", tmp_path / "report")
    for page in (written.index, *written.index.parent.glob("episodes/*.html")):
        markup = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page.read_text(), flags=re.DOTALL)
        assert re.findall(r"<([a-z]+)", markup) == [
            "html", "head", "meta", "meta", "meta", "meta", "meta", "link", "title", "body", "noscript",
        ]  # fmt: skip
        assert page.read_text().count("<script") == 2 + page.read_text().count('"<script')


@pytest.mark.parametrize("kind", ["index", "viewer", "live"])
def test_only_our_own_script_may_run_and_nothing_may_be_fetched(kind: str) -> None:
    page = build_page(kind, "title", {})
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)[-1]
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    for content in (style, script):
        assert b64encode(sha256(content.encode()).digest()).decode() in policy
    assert "default-src &#x27;none&#x27;" in policy
    assert ("connect-src &#x27;self&#x27;" in policy) == (kind == "live")


def test_the_scripts_never_read_text_as_html_and_name_no_other_host() -> None:
    for asset in ASSETS.iterdir():
        content = asset.read_text(encoding="utf-8")
        for danger in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
            assert danger not in content, asset.name
        addresses = set(re.findall(r"https?://[^\s\"'`]*", content))
        assert addresses <= {"http://www.w3.org/2000/svg"}, asset.name
        if asset.name.endswith(".js"):
            assert "</" not in content, asset.name

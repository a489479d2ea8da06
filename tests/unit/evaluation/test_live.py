import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from llm_pysc2.errors import TraceError, UsageError
from llm_pysc2.evaluation.follow import Follower
from llm_pysc2.evaluation.live import Feed, LiveServer
from llm_pysc2.orchestrator.events import TRACE_SCHEMA, EpisodeStarted
from llm_pysc2.orchestrator.trace import TraceWriter, event_to_line
from tests.traces import duel, observed, row, started, write_trace


def fed(*events: Any) -> Feed:
    feed = Feed()
    for event in events:
        feed(event)
    return feed


def fetch(url: str, **headers: str) -> tuple[int, str, str]:
    """Return status, text and policy of a page."""

    async def get() -> tuple[int, str, str]:
        async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
            return response.status, await response.text(), response.headers.get("Content-Security-Policy", "")

    return asyncio.run(get())


def stream(url: str, records: int, last_id: str = "") -> tuple[list[dict[str, Any]], str]:
    """Return so many records of the stream, and the place after them."""

    async def read() -> tuple[list[dict[str, Any]], str]:
        found: list[dict[str, Any]] = []
        place = ""
        headers = {"Last-Event-ID": last_id} if last_id else {}
        async with aiohttp.ClientSession() as session, session.get(url + "events", headers=headers) as response:
            while len(found) < records:
                line = (await asyncio.wait_for(response.content.readline(), 10)).decode().rstrip("\n")
                if line.startswith("id: "):
                    place = line[4:]
                if line.startswith("data: "):
                    found += json.loads(line[6:])
        return found, place

    return asyncio.run(read())


def test_the_page_and_the_stream() -> None:
    with LiveServer(fed(*duel()), port=0) as server:
        status, text, policy = fetch(server.url)
        records, place = stream(server.url, 24)
        assert (status, policy) == (200, "frame-ancestors 'none'")
        assert "EventSource" in text
        assert records[0]["k"] == "start"
        assert records[-1]["k"] == "end"
        assert place.endswith("-24")


def test_a_browser_that_comes_back_goes_on_where_it_was() -> None:
    feed = fed(*duel()[:5])
    with LiveServer(feed, port=0) as server:
        _, place = stream(server.url, 5)
        for event in duel()[5:8]:
            feed(event)
        records, _ = stream(server.url, 3, place)
        assert [record["k"] for record in records] == ["decided", "frame", "asked"]


@pytest.mark.parametrize("place", ["x", "dead-1-3", "--", "9" * 50])
def test_a_place_in_another_life_means_the_start(place: str) -> None:
    records, _ = fed(*duel()).after(place)
    assert records[0].startswith('{"k":"start"')


def test_a_new_episode_takes_the_place_of_the_last() -> None:
    feed = fed(*duel())
    _, place = feed.after("")
    feed(started(seed=99))
    records, _ = feed.after(place)
    assert [json.loads(record)["seed"] for record in records] == [99]


def test_what_cannot_be_shown_becomes_a_note() -> None:
    feed = fed(started(), observed(0, [["?"]]), observed(1, [row(1, "Zealot", "s", 1, 1, float("inf"))]))
    records = [json.loads(record) for record in feed.after("")[0]]
    assert [record["k"] for record in records] == ["start", "note", "note"]


def test_names_of_other_hosts_are_refused() -> None:
    with LiveServer(fed(), port=0) as server:
        assert fetch(server.url, Host="evil.example")[0] == 403
        assert fetch(server.url, Host="evil.example:80")[0] == 403
        assert fetch(server.url, Host="localhost:1234")[0] == 200
        assert fetch(server.url + "etc/passwd")[0] == 404


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} on 127.0.0.1 cannot be listened on: in use; name another"):
            LiveServer(Feed(), port=port).__enter__()


def test_an_address_of_another_machine_is_one_clear_line() -> None:
    with pytest.raises(UsageError, match="cannot be listened on"):
        LiveServer(Feed(), "192.0.2.1", 0).__enter__()


def test_the_server_ends_while_somebody_looks() -> None:
    server = LiveServer(fed(*duel()), port=0)
    with server:
        stream(server.url, 23)
    with pytest.raises(aiohttp.ClientConnectionError):
        fetch(server.url)


def test_whoever_looks_may_go_at_any_time(caplog: pytest.LogCaptureFixture) -> None:
    feed = fed(*duel())
    with LiveServer(feed, port=0) as server:
        for _ in range(3):
            stream(server.url, 1)
            for event in duel():
                feed(event)
        assert fetch(server.url)[0] == 200
    assert caplog.text == ""


def test_following_a_trace_that_is_being_written(tmp_path: Path) -> None:
    path = tmp_path / "episode-000.jsonl"
    events = duel()
    with TraceWriter(path) as write:
        follower = Follower(path)
        assert list(follower.poll()) == []
        for event in events[:3]:
            write(event)
        assert len(list(follower.poll())) == 3
        for event in events[3:]:
            write(event)
    assert len(list(follower.poll())) == len(events) - 3
    assert list(follower.poll()) == []
    follower.close()


def test_a_line_that_is_not_whole_yet_waits(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.part"
    line = event_to_line(started())
    path.write_text(line[:50])
    follower = Follower(path)
    assert list(follower.poll()) == []
    path.write_text(line + "\n")
    assert [type(event) for event in follower.poll()] == [EpisodeStarted]
    follower.close()


def test_a_folder_is_followed_from_trace_to_trace(tmp_path: Path) -> None:
    write_trace(tmp_path / "episode-000.jsonl", duel())
    follower = Follower(tmp_path)
    assert len(list(follower.poll())) == len(duel())
    write_trace(tmp_path / "episode-001.jsonl.part", duel()[:4])
    assert len(list(follower.poll())) == 4
    assert follower.path == tmp_path / "episode-001.jsonl.part"
    follower.close()


def test_nothing_to_follow_and_a_newer_version(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such trace or folder"):
        Follower(tmp_path / "nowhere")
    write_trace(tmp_path / "new.jsonl", [started(schema=TRACE_SCHEMA + 1)])
    follower = Follower(tmp_path)
    with pytest.raises(TraceError, match="newer version"):
        list(follower.poll())
    follower.close()

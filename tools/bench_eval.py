"""How fast `eval` is: a scripted batch on one worker and on two, and episodes that wait for a model of 1 s latency.

    python tools/bench_eval.py [--scripted N] [--waiting N] [--in-flight N]

The model is an HTTP server in a process of its own that speaks OpenAI's format and sleeps. The ideal is what the same
batch would take if the game cost nothing: its answers at 1 s each, on as many lanes as episodes are in flight. CPU
seconds are those of the workers; on a machine that is shared they say more than the clock on the wall.
"""

import argparse
import asyncio
import heapq
import multiprocessing
import os
import resource
import tempfile
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from llm_pysc2.evaluation.batch import Batch
from llm_pysc2.evaluation.folder import BatchFolder
from llm_pysc2.evaluation.score import EpisodeScore, read_scores
from llm_pysc2.evaluation.suite import Suite

LATENCY_SECONDS = 1.0
ANSWER = "I attack.\nActions:\nTeam Stalker:\n<Attack_To([23, 16])>\nTeam Zealot:\n<Attack_To([23, 16])>"
WORKERS = 2


@dataclass(frozen=True)
class Played:
    """What a batch took."""

    scores: list[EpisodeScore]
    seconds: float
    cpu_seconds: float
    worker_mib: float
    """The most memory that one worker had."""


def play(suite: Suite) -> Played:
    """Play a suite in a new folder and measure it, from before the workers start until they are gone."""
    with tempfile.TemporaryDirectory() as scratch, BatchFolder(Path(scratch) / "run", suite) as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        with Memory() as memory:
            Batch(folder).play()
        seconds = time.monotonic() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Played(read_scores(folder.path), seconds, cpu, memory.most_mib)


class Memory:
    """Watches the memory of this process's workers while a batch runs."""

    def __init__(self) -> None:
        self.most_mib = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            for child in multiprocessing.active_children():
                if child.pid is not None and child.name != "model":
                    self.most_mib = max(self.most_mib, _resident_mib(child.pid))


def _resident_mib(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def serve(pipe: "Connection[int, None]") -> None:
    """Serve the model and tell its port; the main function of a process."""
    from aiohttp import web

    async def answer(_request: web.Request) -> web.Response:
        await asyncio.sleep(LATENCY_SECONDS)
        message = {"role": "assistant", "content": ANSWER}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 3000, "completion_tokens": 40, "total_tokens": 3040}
        head = {"id": "x", "object": "chat.completion", "created": 0, "model": "slow"}
        return web.json_response({**head, "choices": [choice], "usage": usage})

    async def run() -> None:
        app = web.Application(client_max_size=2**26)
        app.router.add_post("/v1/chat/completions", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        pipe.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


def ideal_seconds(scores: list[EpisodeScore], lanes: int) -> float:
    """Return how long the answers of all episodes take on so many lanes, each episode begun as soon as one is free."""
    free = [0.0] * lanes
    for score in sorted(scores, key=lambda score: score.episode):
        heapq.heappush(free, heapq.heappop(free) + score.answers * LATENCY_SECONDS)
    return max(free)


def bench_scripted(episodes: int) -> float:
    """Print what one and two workers take for the same scripted batch, and return one worker's memory."""
    print(f"## {episodes} episodes of 2s3z, scripted/focus_fire\n")
    print("| workers | s | CPU s | episodes/h |\n|---|---|---|---|")
    runs = {}
    for workers in (1, WORKERS):
        run = runs[workers] = play(Suite(("2s3z",), ("scripted/focus_fire",), episodes=episodes, workers=workers))
        rate = episodes / run.seconds * 3600
        print(f"| {workers} | {run.seconds:.1f} | {run.cpu_seconds:.1f} | {rate:,.0f} |", flush=True)
    print(f"\nTwo workers are {runs[1].seconds / runs[WORKERS].seconds:.2f} times as fast as one.\n")
    return runs[1].worker_mib


def bench_waiting(episodes: int, in_flight: int, alone_mib: float) -> None:
    """Print how near episodes that wait for a model come to the ideal, and the memory of one."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(theirs,), name="model", daemon=True)
    server.start()
    os.environ.setdefault("OPENAI_API_KEY", "none")
    url = f"http://127.0.0.1:{ours.recv()}/v1"
    each = in_flight // WORKERS
    suite = Suite(
        ("2s3z",),
        ("openai/slow",),
        episodes=episodes,
        workers=WORKERS,
        in_flight=each,
        base_url=url,
        calls_in_flight=in_flight,
    )
    run = play(suite)
    server.terminate()
    answers = sum(score.answers for score in run.scores)
    ideal = ideal_seconds(run.scores, in_flight)
    failed = sum(sum(score.failures.values()) for score in run.scores)
    share = ideal / run.seconds
    further_mib = (run.worker_mib - alone_mib) / (each - 1)
    lanes = f"{in_flight} in flight on {WORKERS} workers"
    print(f"## {episodes} episodes of 2s3z, {lanes}, a model of {LATENCY_SECONDS:g} s\n")
    print(f"{run.seconds:.1f} s, ideal {ideal:.1f} s: {share:.0%} of the ideal throughput, start-up included.")
    print(f"{answers} answers, {failed} failed; {run.cpu_seconds / answers * 1000:.1f} ms of CPU for each.")
    print(f"{further_mib:.1f} MiB for each further episode in flight, {alone_mib:.0f} MiB a worker.")


def main() -> None:
    """Run both benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scripted", type=int, default=200, help="episodes of the scripted batch")
    parser.add_argument("--waiting", type=int, default=64, help="episodes that wait for a model")
    parser.add_argument("--in-flight", type=int, default=64, help="of these, at the same time")
    options = parser.parse_args()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} cores, load {load}; another's work on the machine lowers what is measured by the clock\n")
    alone_mib = bench_scripted(options.scripted)
    bench_waiting(options.waiting, options.in_flight, alone_mib)


if __name__ == "__main__":
    main()

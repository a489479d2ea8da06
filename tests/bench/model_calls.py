"""Measure what a call to a model costs beside the model's own time: python -m tests.bench.model_calls [--calls N].

A server in a process of its own answers after one second; the batch should take hardly longer than that.
"""

import argparse
import asyncio
import multiprocessing
import os
import resource
import sys
import time
from multiprocessing.connection import Connection

from llm_pysc2.backends import ModelOptions, ModelPool, RunOptions
from llm_pysc2.chat import Chat, Message
from tests.wire.answers import Answer, in_order
from tests.wire.server import WireServer

ANSWER_SECONDS = 1.0


def serve(pipe: Connection) -> None:
    """Serve until the other end says so."""
    with WireServer(in_order(then=Answer(delay_seconds=ANSWER_SECONDS))) as server:
        pipe.send((server.openai_url, server.url))
        pipe.recv()


async def measure(provider: str, calls: int, in_flight: int, url: str) -> tuple[float, float]:
    """Return wall seconds and CPU seconds of a batch in which every call is made at once."""
    board = ModelPool(RunOptions(options=ModelOptions(base_url=url, max_in_flight=in_flight)))
    backend = board.connect(f"{provider}/bench")
    await backend.complete(Chat((Message("user", "warm up"),)))
    chat = Chat((Message("system", "You command. " * 200), Message("user", "S1 sees eZ1. " * 200)))
    start, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(backend.complete(chat) for _ in range(calls)))
    spent = time.perf_counter() - start, time.process_time() - cpu
    await board.aclose()
    return spent


def main() -> None:
    """Print a table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--calls", type=int, nargs="*", default=[10, 50, 100, 1000])
    parsed = arguments.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, hard), hard))
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there,))
    process.start()
    openai_url, anthropic_url = here.recv()
    out = sys.stdout.write
    out(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, server answers after {ANSWER_SECONDS:g} s\n")
    for provider, url in (("openai", openai_url), ("anthropic", anthropic_url)):
        for calls in parsed.calls:
            wall, cpu = asyncio.run(measure(provider, calls, calls, url))
            out(
                f"{provider:10} {calls:5} calls in flight: {wall:6.2f} s, of which {wall - ANSWER_SECONDS:6.2f} s "
                f"beside the model, {1000 * cpu / calls:6.2f} ms of CPU a call\n"
            )
    here.send("stop")
    process.join()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


if __name__ == "__main__":
    main()

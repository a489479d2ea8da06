"""What calls of models cost here, and how long a turn of a hundred agents takes: `python -m tools.bench_models`.

Every model answers after one second. Services are real HTTP servers on loopback, in a process of their own. Prints

- for each SDK and number of calls in flight: CPU a call and what a batch took beyond that second, for the SDK alone on
  its default and on its aiohttp transport, and for a backend of ours (limits, retries, books, usage);
- for a turn of 100 agents: from the observation to the orders, for a model in process and over HTTP with each SDK.

Repeats each and prints the best, with the load of the machine before it began.
"""

import argparse
import asyncio
import multiprocessing
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from llm_pysc2.backends import ModelOptions, ModelPool, RunOptions
from llm_pysc2.backends.model_pool import ModelPool as Board
from llm_pysc2.chat import Chat, Completion, Message
from llm_pysc2.orchestrator.events import Event
from llm_pysc2.orchestrator.pace import Wait
from llm_pysc2.orchestrator.session import Session
from llm_pysc2.orchestrator.table import Thinkers, load_book, seat_agents
from llm_pysc2.roster import Role, Roster, TeamRule
from llm_pysc2.scenario import load_scenario
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Rect
from llm_pysc2.world.view import MapView, WorldView
from tests.wire.answers import Answer, in_order
from tests.wire.server import WireServer
from tests.worlds import enemy, unit, view

ANSWER_SECONDS = 1.0
IN_FLIGHT = (10, 100, 1000)
AGENTS = 100
STEP_SECONDS = 0.02
"""What the game takes for a step, in a thread of its own."""
CHAT = Chat((Message("system", "You command. " * 200), Message("user", "M1 9,16 45 ready\n" * 40)))
REPLY = "I attack.\nActions:\n<Attack_To([60, 60])>"
PROVIDERS = ("openai", "anthropic")


def serve(pipe: "Connection[int, None]") -> None:
    """Serve models that take a second to answer, until the other end is closed; the main function of a process."""
    with WireServer(in_order(then=Answer(text=REPLY, delay_seconds=ANSWER_SECONDS))) as server:
        pipe.send(server.port)
        pipe.poll(None)


@contextmanager
def slow_service() -> Iterator[int]:
    """Give the port of a service in another process."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield int(ours.recv())
    finally:
        process.terminate()
        process.join()


def address(provider: str, port: int) -> str:
    """Return the address of a provider's format at a port."""
    return f"http://127.0.0.1:{port}" + ("/v1" if provider == "openai" else "")


Call = Callable[[], Awaitable[Any]]


def sdk_alone(provider: str, port: int, in_flight: int, *, many: bool) -> tuple[Call, Call]:
    """Return a call of an SDK without us, and what closes it."""
    import anthropic
    import httpx2
    import openai

    sdk: Any = openai if provider == "openai" else anthropic
    make = sdk.DefaultAioHttpClient if many else sdk.DefaultAsyncHttpxClient
    limits = httpx2.Limits(max_connections=in_flight, max_keepalive_connections=in_flight)
    kind: Any = openai.AsyncOpenAI if provider == "openai" else anthropic.AsyncAnthropic
    client = kind(api_key="none", base_url=address(provider, port), max_retries=0, http_client=make(limits=limits))
    system, user = (message.text for message in CHAT.messages)
    told = [{"role": "user", "content": user}]

    async def call() -> Any:
        if provider == "openai":
            whole = [{"role": "system", "content": system}, *told]
            return await client.chat.completions.create(model="m", messages=whole)
        return await client.messages.create(model="m", system=system, messages=told, max_tokens=100)

    return call, client.close


def backend_of_ours(provider: str, port: int, in_flight: int) -> tuple[Call, Call]:
    """Return a call of a backend as a run has it, and what closes it."""
    options = ModelOptions(base_url=address(provider, port), max_in_flight=in_flight)
    board = ModelPool(RunOptions(options=options))
    backend = board.connect(f"{provider}/m", agent="A", episode="e")
    return lambda: backend.complete(CHAT), board.aclose


async def batch(call: Call, count: int) -> tuple[float, float]:
    """Make so many calls at once; return seconds of CPU a call, and seconds beyond the model's own."""
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(call() for _ in range(count)))
    return (time.process_time() - cpu) / count, time.perf_counter() - wall - ANSWER_SECONDS


def measure_calls(make: Callable[[], tuple[Call, Call]], count: int, repeats: int) -> tuple[float, float]:
    """Return the best of several batches, connections open: CPU a call, and seconds beyond the model's."""

    async def main() -> list[tuple[float, float]]:
        call, close = make()
        await batch(call, count)
        measured = [await batch(call, count) for _ in range(repeats)]
        await close()
        return measured

    measured = asyncio.run(main())
    return min(cpu for cpu, _ in measured), min(wall for _, wall in measured)


def print_calls(port: int, counts: Sequence[int], repeats: int) -> None:
    """Print a table of what calls cost."""
    print("\nCPU a call / beyond the model's second     SDK alone           SDK on aiohttp      ours")
    for provider in PROVIDERS:
        for count in counts:
            makes: list[Callable[[], tuple[Call, Call]]] = [
                lambda p=provider, n=count: sdk_alone(p, port, n, many=False),
                lambda p=provider, n=count: sdk_alone(p, port, n, many=True),
                lambda p=provider, n=count: backend_of_ours(p, port, n),
            ]
            cells = [measure_calls(make, count, repeats) for make in makes]
            row = "".join(f"{1000 * cpu:6.2f} ms /{wall:6.2f} s  " for cpu, wall in cells)
            print(f"{provider:>10}, {count:4d} in flight              {row}")


class StillGame:
    """A game in which nothing happens: a hundred Marines and some enemies, the same at every turn."""

    name = "still"

    def __init__(self) -> None:
        area = MapView("still", (120, 120), Rect(0, 0, 120, 120))
        own = [unit(tag, "Marine", 10 + 9 * (tag % 10), 10 + 9 * (tag // 10)) for tag in range(AGENTS)]
        foes = [enemy(1000 + tag, "Zergling", 14 + 22 * (tag % 5), 14 + 22 * (tag // 5)) for tag in range(25)]
        self._view = view([*own, *foes], 0, area)
        self._shown_at = 0.0
        self.turns_seconds: list[float] = []
        """From each observation to the orders that follow it."""

    async def reset(self) -> WorldView:
        """Return the first observation."""
        self._shown_at = time.perf_counter()
        return self._view

    async def step(self, commands: Sequence[Command], loops: int) -> WorldView:  # noqa: ARG002 - nothing happens
        """Return the same once more, a little later."""
        self.turns_seconds.append(time.perf_counter() - self._shown_at)
        await asyncio.sleep(STEP_SECONDS)
        self._view = replace(self._view, game_loop=self._view.game_loop + loops)
        self._shown_at = time.perf_counter()
        return self._view

    async def close(self) -> None:
        """Do nothing."""


class SlowModel:
    """A model in this process."""

    name = "slow"

    async def complete(self, chat: Chat) -> Completion:  # noqa: ARG002 - whatever it is asked
        """Return an answer after a second."""
        await asyncio.sleep(ANSWER_SECONDS)
        return Completion(REPLY, self.name, stop_reason="stop")

    async def aclose(self) -> None:
        """Do nothing."""


class InProcess:
    """Connects every agent to the model in this process."""

    def connect(self, name: str, *, agent: str = "", episode: str = "", seed: int = 0) -> SlowModel:  # noqa: ARG002
        """Return the model."""
        return SlowModel()

    async def aclose(self) -> None:
        """Do nothing."""


def measure_turns(board: InProcess | Board, model: str, turns: int) -> list[float]:
    """Return the seconds of each turn of a hundred agents, one for each unit; the first writes the whole prompts."""
    role = Role("Soldier", "soldier", (TeamRule("", ("Marine",), "each"),), agent_per_team=True)
    game = StillGame()
    scenario = replace(load_scenario("3m"), step_mul=8, limit_loops=8 * turns)
    seats = seat_agents(Roster("soldiers", "Soldiers", (role,)), Thinkers(model, board), 0)
    events: list[Event] = []

    async def main() -> None:
        await Session(scenario, game, seats, Wait(), load_book(), events.append).play()
        await board.aclose()

    asyncio.run(main())
    return game.turns_seconds


def print_turns(port: int, turns: int) -> None:
    """Print how long a turn takes."""
    print(f"\nA turn of {AGENTS} agents                         first       best of {turns - 1} more")
    for model in ("in process", *(f"{provider}/m" for provider in PROVIDERS)):
        board: InProcess | Board = InProcess()
        if "/" in model:
            options = ModelOptions(base_url=address(model.partition("/")[0], port), max_in_flight=AGENTS)
            board = ModelPool(RunOptions(options=options))
        first, *later = measure_turns(board, model, turns)
        print(f"{model:>14}                              {first:7.3f} s   {min(later):7.3f} s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3, help="batches of each kind, of which the best is printed")
    parser.add_argument("--in-flight", type=int, nargs="*", default=IN_FLIGHT, help="calls at the same time")
    parser.add_argument("--turns-only", action="store_true", help="leave out the calls")
    options = parser.parse_args()
    for provider in PROVIDERS:
        os.environ.setdefault(f"{provider.upper()}_API_KEY", "none")
    print(f"load of the machine before: {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    with slow_service() as port:
        if not options.turns_only:
            print_calls(port, options.in_flight, options.repeats)
        print_turns(port, options.repeats + 1)


if __name__ == "__main__":
    main()

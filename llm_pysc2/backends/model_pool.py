"""All model calls of a run: agents are connected to models, and share limits, budgets, books and recordings.

One model pool per run and event loop. From outside in, a connection is: recording, answer cache, books, service.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from llm_pysc2.backends.answer_cache import AnswerCache
from llm_pysc2.backends.backend import Backend
from llm_pysc2.backends.budget import Budget, BudgetLimits
from llm_pysc2.backends.cassette import Cassette, Recorder, load_cassette
from llm_pysc2.backends.circuit_breaker import Notify, say_nothing
from llm_pysc2.backends.clock import Clock
from llm_pysc2.backends.metered import MeteredBackend
from llm_pysc2.backends.names import HUMAN, LOCAL, ModelName, resolve_name
from llm_pysc2.backends.options import ModelOptions, Price
from llm_pysc2.backends.presets import Preset, find_presets
from llm_pysc2.backends.prices import find_prices, price_of
from llm_pysc2.backends.registry import extension_backend, local_backend, open_line, open_service
from llm_pysc2.backends.service import Line, Service, ServiceBackend
from llm_pysc2.backends.tally import Tally
from llm_pysc2.errors import UsageError


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What holds for all models of a run."""

    options: ModelOptions | None = None
    """Win over the options of presets."""
    budget: BudgetLimits = field(default_factory=BudgetLimits)
    episode_budget: BudgetLimits = field(default_factory=BudgetLimits)
    record: Path | None = None
    """A cassette to write."""
    replay: Path | None = None
    """A cassette to play in place of all models; no keys are needed, and nothing is asked."""
    answer_cache: Path | None = None
    """A folder of answers to use again."""
    workers: int = 1
    """How many processes share the limits; this one takes its part."""


@dataclass(slots=True)
class _Shared:
    """What is opened once for all agents with the same model and options."""

    found: ModelName
    service: Service
    line: Line


@dataclass(slots=True)
class _Books:
    """Who used what."""

    budget: Budget
    episodes: dict[str, Budget] = field(default_factory=dict)
    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)


class ModelPool:
    """Connects the agents of a run to their models."""

    def __init__(
        self, run: RunOptions | None = None, *, clock: Clock | None = None, notify: Notify | None = None
    ) -> None:
        """Read presets, prices and recordings. Raises UsageError or PackError for those that cannot be read."""
        self._run = run or RunOptions()
        self._clock = clock
        self._notify = notify or say_nothing
        self._presets: Mapping[str, Preset] = find_presets()
        self._prices: Mapping[str, Price] = find_prices()
        self._books = _Books(Budget(self._run.budget))
        self._shared: list[_Shared] = []
        self._human: Backend | None = None
        self._extensions: list[Backend] = []
        self._unpriced: set[str] = set()
        self._cassette: Cassette | None = load_cassette(self._run.replay) if self._run.replay else None
        self._cache = AnswerCache(self._run.answer_cache) if self._run.answer_cache else None
        self._recorder = Recorder(self._run.record) if self._run.record else None

    @property
    def budget(self) -> Budget:
        """What the run has used up."""
        return self._books.budget

    def connect(self, name: str, *, agent: str = "", episode: str = "", seed: int = 0) -> Backend:
        """Return the model of an agent in an episode.

        Episode and agent keep books and recordings apart; any text that is the same when the run is repeated will
        do. Raises UsageError for an unknown name or a missing key, PackError for a broken preset.
        """
        scope = f"{episode} {agent}".strip()
        if name.startswith(LOCAL):
            return local_backend(name, seed)
        if self._cassette is not None:
            replayed = self._cassette.backend(name, scope)
            return self._metered(replayed, self._price_for_replay(name), agent, episode)
        if name == HUMAN:
            self._human = self._human or local_backend(name, seed)
            return self._recorder.wrap(self._human, scope) if self._recorder else self._human
        if (extension := extension_backend(name, seed)) is not None:
            self._extensions.append(extension)
            metered = self._metered(extension, self._price_for_replay(name), agent, episode)
            return self._recorder.wrap(metered, scope) if self._recorder else metered
        return self._service(name, scope, agent, episode, seed)

    def tally(self, *, agent: str | None = None, episode: str | None = None) -> Tally:
        """Return the counts of an agent, of an episode, of both, or of the whole run."""
        total = Tally()
        for (one_episode, one_agent), tally in self._books.tallies.items():
            if agent in {None, one_agent} and episode in {None, one_episode}:
                total.merge(tally)
        return total

    async def aclose(self) -> None:
        """Close all connections and the recording; may be called twice. Closing a connected backend does nothing."""
        while self._shared:
            await self._shared.pop().service.aclose()
        while self._extensions:
            await self._extensions.pop().aclose()
        if self._human is not None:
            await self._human.aclose()
        if self._recorder is not None:
            self._recorder.close()

    def _service(self, name: str, scope: str, agent: str, episode: str, seed: int) -> Backend:
        shared = self._open(resolve_name(name, self._run.options, self._presets))
        found = shared.found
        backend: Backend = ServiceBackend(
            name, shared.service, found.options, shared.line, clock=self._clock, seed=seed
        )
        backend = self._metered(backend, self._price(found), agent, episode)
        if self._cache is not None:
            backend = self._cache.wrap(backend, f"{found.base_url} {found.model}", found.options, seed)
        return self._recorder.wrap(backend, scope) if self._recorder else backend

    def _open(self, found: ModelName) -> _Shared:
        """Return what is shared with those who ask the same; the line is shared by all who ask the same model."""
        for shared in self._shared:
            if (shared.found.base_url, shared.found.model, shared.found.options) == (
                found.base_url,
                found.model,
                found.options,
            ):
                return shared
        service = open_service(found)
        lines = [s.line for s in self._shared if (s.found.base_url, s.found.model) == (found.base_url, found.model)]
        line = lines[0] if lines else self._new_line(found)
        self._shared.append(_Shared(found, service, line))
        return self._shared[-1]

    def _new_line(self, found: ModelName) -> Line:
        return open_line(found.options, workers=self._run.workers, clock=self._clock, notify=self._notify)

    def _metered(self, backend: Backend, price: Price | None, agent: str, episode: str) -> Backend:
        books = self._books
        if episode and episode not in books.episodes:
            books.episodes[episode] = Budget(self._run.episode_budget, name="episode", within=books.budget)
        budget = books.episodes[episode] if episode else books.budget
        return MeteredBackend(backend, budget, books.tallies.setdefault((episode, agent), Tally()), price)

    def _price(self, found: ModelName) -> Price | None:
        """Return the price of a model; where it is unknown, say so once."""
        price = found.options.price or price_of(found.provider, found.model, self._prices)
        if price is None and found.model not in self._unpriced:
            self._unpriced.add(found.model)
            self._notify(f"the price of {found.name} is unknown: its tokens are counted, its cost is not")
        return price

    def _price_for_replay(self, name: str) -> Price | None:
        """Return the price of a recorded model; the preset it was asked by may be gone."""
        try:
            return self._price(resolve_name(name, self._run.options, self._presets))
        except UsageError:
            return None

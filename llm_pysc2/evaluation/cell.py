"""A cell of an experiment: one scenario, roster and model, of which any number of episodes can be played."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from llm_pysc2.dialogue.grammar import ActionBook
from llm_pysc2.engine.state.assumptions import read_assumptions
from llm_pysc2.env.options import DEFAULTS, LaunchOptions
from llm_pysc2.orchestrator.custom import load_agent_class
from llm_pysc2.orchestrator.duel import other_side
from llm_pysc2.orchestrator.end_rules import Verdict
from llm_pysc2.orchestrator.episode import Episode, play_episode
from llm_pysc2.orchestrator.events import Event
from llm_pysc2.orchestrator.fit import PLAYER, check_fit
from llm_pysc2.orchestrator.lessons import Lessons
from llm_pysc2.orchestrator.pace import make_pace
from llm_pysc2.orchestrator.remote_agents import RemoteOptions, seat_elsewhere
from llm_pysc2.orchestrator.sampling import sampled_sink
from llm_pysc2.orchestrator.seat import AgentFactory, Seat
from llm_pysc2.orchestrator.session import AsyncGame
from llm_pysc2.orchestrator.table import Connects, Thinkers, check_roster, game_opener, load_book
from llm_pysc2.orchestrator.table import seat_agents as seat
from llm_pysc2.orchestrator.trace import EventSink, TraceWriter
from llm_pysc2.orchestrator.trace_images import album_of, filed
from llm_pysc2.roster import AS_ROSTER, Overrides, Roster, load_roster
from llm_pysc2.scenario import Scenario, load_scenario


@dataclass(frozen=True, slots=True)
class Cell:
    """What is played, by whom, how."""

    scenario: str
    model: str = "scripted/focus_fire"
    agent: str | None = None
    """"MODULE:CLASS" of an agent of the user's own, in place of a model."""
    roster: str | None = None
    """None = the scenario's own."""
    step_mul: int | None = None
    """None = the scenario's own."""
    pace: str = "wait"
    """How thinking meets game time, see `orchestrator.pace`."""
    launch: LaunchOptions = DEFAULTS
    """Which game it is played on."""
    overrides: Overrides = AS_ROSTER
    """What holds for all agents, in place of what the roster says."""
    trace_loops: int = 0
    """At most one observation of the map in so many game loops goes into the trace; 0 = one each turn."""
    save_images: bool = False
    """Whether the pictures that agents are shown are kept beside the trace."""

    @property
    def player(self) -> str:
        """Who plays, as it is shown: the agent of the user's own, else the model."""
        return self.agent or self.model

    @property
    def slug(self) -> str:
        """The cell as part of a file name.

        >>> Cell("2s3z", "openai/gpt-5").slug
        '2s3z-openai-gpt-5'
        """
        pace = self.pace if self.pace != "wait" else None
        parts = [self.scenario, self.player, self.roster, pace, self.launch.interface, self.overrides.preset]
        return "-".join(re.sub(r"[^A-Za-z0-9._+]+", "-", part) for part in parts if part)


class PreparedCell:
    """A cell with everything found and checked, ready to play.

    Raises UsageError or PackError for whatever does not exist or does not fit, before any game starts.

    Args:
        player: Whose units are led: 1, or 2 in a game against another roster.
    """

    def __init__(
        self,
        cell: Cell,
        model_pool: Connects,
        remote: RemoteOptions | None = None,
        lessons: Lessons | None = None,
        player: int = PLAYER,
    ) -> None:
        self.cell = cell
        self._lessons = lessons
        self._player = player
        self.scenario = _scenario(cell) if player == PLAYER else other_side(_scenario(cell))
        self.roster: Roster = cell.overrides.applied_to(load_roster(cell.roster or self.scenario.roster))
        check_roster(self.roster)
        check_fit(self.roster, self.scenario, player)
        self.interface: str = cell.launch.interface or self.roster.interface or self.scenario.interface
        custom = load_agent_class(cell.agent) if cell.agent else None
        self._remote = seat_elsewhere(self.roster, remote) if remote else None
        seat_remote = self._remote.seat if self._remote else None
        self._thinkers = Thinkers(cell.model, model_pool, custom, cell.agent or "", seat_remote, lessons)
        self._book: ActionBook = load_book()
        drawings = {kind for role in self.roster.agents for kind in role.images if kind in ("layers", "rgb")}
        self.launch = replace(
            cell.launch, interface=self.interface, difficulty=self.scenario.difficulty, draws=frozenset(drawings)
        )
        self._assumptions = read_assumptions(cell.launch.assumptions)
        make_pace(cell.pace)
        self._seats(0, episode="")

    @property
    def models(self) -> set[str]:
        """The names of all models that play."""
        return {role.model or self.cell.model for role in self.roster.agents} if self.cell.agent is None else set()

    async def play(
        self,
        number: int,
        seed: int,
        path: Path,
        sinks: Sequence[EventSink] = (),
        open_game: Callable[[], AsyncGame] | None = None,
    ) -> Verdict:
        """Play one episode, writing its trace to `path`, and return the verdict; `open_game` where others play, too.

        Raises TraceError if the trace cannot be written, ModelServiceError where the whole run must stop,
        TransportError if the broker of remote agents cannot be reached before the first episode.
        """
        if self._remote is not None:
            await self._remote.open()
        how = self.cell.pace, self._assumptions
        episode = Episode(self.scenario, self.roster.name, number, seed, *how, interface=self.interface)
        with TraceWriter(path) as trace:
            opener = open_game or game_opener(self.scenario, seed, self.launch)

            def seat_agents() -> list[Seat | AgentFactory]:
                side = "" if self._player == PLAYER else f" player {self._player}"
                return self._seats(seed, f"{self.cell.slug} {seed}{side}")

            kept = filed(trace, album_of(path) if self.cell.save_images else None)
            sink = _tee(sampled_sink(kept, self.cell.trace_loops), *sinks)
            return await play_episode(episode, opener, seat_agents, self._book, sink, self._lessons)

    async def aclose(self) -> None:
        """Tell remote agents that the run is over; may be called twice."""
        if self._remote is not None:
            await self._remote.aclose()

    def _seats(self, seed: int, episode: str) -> list[Seat | AgentFactory]:
        return seat(self.roster, self._thinkers, seed, episode)


def _scenario(cell: Cell) -> Scenario:
    scenario = load_scenario(cell.scenario)
    return scenario if cell.step_mul is None else replace(scenario, step_mul=cell.step_mul)


def _tee(*sinks: EventSink) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        for sink in sinks:
            sink(event)

    return tell

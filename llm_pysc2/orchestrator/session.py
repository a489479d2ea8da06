"""One episode from its first observation to its verdict: look, ask, let the pace decide when, carry out, look again.

Every step of the way is an event; whoever wants to know anything later reads the events.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

from llm_pysc2.dialogue.grammar import ActionBook
from llm_pysc2.dialogue.notebook import write_notes
from llm_pysc2.dialogue.parse import Reply
from llm_pysc2.dialogue.short_ids import ShortIds
from llm_pysc2.dialogue.situation import Fellow, Finding, Outcome, Situation, Speaker, speaker_of
from llm_pysc2.dialogue.structured import parse_completion
from llm_pysc2.knowledge.search import answer_text
from llm_pysc2.mail import INBOX_LIMIT, Letter, Mailbox
from llm_pysc2.orchestrator.attendance import Attendance
from llm_pysc2.orchestrator.end_rules import Verdict, judge
from llm_pysc2.orchestrator.events import AgentIntroduced, Event
from llm_pysc2.orchestrator.pace import Pace, Thought
from llm_pysc2.orchestrator.production_requests import ProductionRequests
from llm_pysc2.orchestrator.seat import AgentFactory, Answer, Seat
from llm_pysc2.orchestrator.team_assignment import TeamAssignment
from llm_pysc2.orchestrator.trace import EventSink
from llm_pysc2.orchestrator.trace_records import answered_events, observed
from llm_pysc2.roster import Team
from llm_pysc2.scenario import Scenario
from llm_pysc2.world.command import LOOK, Command
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import ActionErrorView, WorldView

UNITS_APPEAR_WITHIN_LOOPS = 16
"""Map scripts of the real game place units a few loops after the start."""


class AsyncGame(Protocol):
    """A game as a session needs it; calls come one at a time."""

    @property
    def name(self) -> str:
        """The game and its version; known after the reset."""
        ...

    async def reset(self) -> WorldView:
        """Start the game and return the first observation."""
        ...

    async def step(self, commands: Sequence[Command], loops: int) -> WorldView:
        """Carry out commands, let the game run, and return what is seen then."""
        ...

    async def query_abilities(self, unit_tags: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Return what each of the own units can do now."""
        ...

    async def query_placements(self, ability_id: int, places: Sequence[Point], builder_tag: int = 0) -> list[bool]:
        """Return whether what an ability makes could stand at each of some places."""
        ...

    async def close(self) -> None:
        """End the game."""
        ...


@dataclass(slots=True)
class Place:
    """What the session keeps for one seat from turn to turn."""

    seat: Seat
    post: str = ""
    """Entry of the roster of an agent that came up during the game."""
    speaker: Speaker | None = None
    partners: tuple[str, ...] = ()
    """Agents of the roster for whom `speaker` is made."""
    previous: WorldView | None = None
    """What it saw in its last turn."""
    outcomes: tuple[Outcome, ...] = ()
    thought: Thought | None = None
    """What it thinks about now; None = it waits to be asked."""
    next_loop: int = 0
    """When it is to be asked again."""
    shown_system: str | None = None
    unread: tuple[Letter, ...] = ()
    dropped_letters: int = 0
    """Older ones for which there was no room among the unread."""
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Answers to what it looked up in its last turn."""
    dead: tuple[int, ...] = ()
    """Units that died since its last turn."""
    refused: tuple[ActionErrorView, ...] = ()
    """What the game refused since its last turn."""


@dataclass(slots=True)
class Post:
    """An entry of the roster: its teams, and the agent that leads them, or one agent for each."""

    name: str
    team_assignment: TeamAssignment
    agent_factory: AgentFactory | None
    places: dict[str, Place]
    """By the name of the team; under no name the agent that leads all teams."""


class Session:
    """One episode being played by one player's agents."""

    def __init__(
        self,
        scenario: Scenario,
        game: AsyncGame,
        seats: Sequence[Seat | AgentFactory],
        pace: Pace,
        book: ActionBook,
        sink: EventSink,
    ) -> None:
        self._scenario = scenario
        self._game = game
        self._posts = [
            Post(seat.role.name, TeamAssignment(seat.role), seat, {})
            if isinstance(seat, AgentFactory)
            else Post(seat.role.name, TeamAssignment(seat.role), None, {"": Place(seat)})
            for seat in seats
        ]
        self._pace = pace
        self._book = book
        self._sink = sink
        self._short_ids = ShortIds()
        self._unwritten: list[Iterator[Event]] = []
        """What came of the last answers."""
        roles = [place.seat.role for place in self._places]
        self._mailbox = Mailbox({role.name: frozenset(role.channels) for role in roles})
        self.attendance = Attendance()
        self.turns = 0
        self.view: WorldView | None = None

    @property
    def leaders(self) -> list[tuple[str, Seat]]:
        """The first agent of each entry of the roster, with the name of the entry."""
        return [(post.name, place.seat) for post in self._posts for place in [*post.places.values()][:1]]

    @property
    def _places(self) -> list[Place]:
        """All agents there have been so far, in the order of the roster."""
        return [place for post in self._posts for place in post.places.values()]

    async def start(self) -> WorldView:
        """Start the game and return the first view in which both sides have units."""
        self.view = view = await self._game.reset()
        if self._scenario.end.rule != "game":
            while not (view.own and view.enemies) and view.game_loop < UNITS_APPEAR_WITHIN_LOOPS:
                self.view = view = await self._game.step((), 1)
        return view

    async def play(self) -> Verdict:
        """Play until the scenario's end rule gives a verdict; agents that still think then are sent home."""
        view = self.view or await self.start()
        try:
            while (verdict := judge(self._scenario, view := await self._look_round(view))) is None:
                self._ask(view)
                await asyncio.sleep(0)  # all are asked, and think while what they see is written down
                self._sink(observed(self.turns, view))
                await self._pace.settle(self._thoughts(), view.game_loop)
                commands = await self._carry_out(view)
                self.view = view = await self._step(commands, self._loops_to_next(view))
                self._note_what_passes(view)
                self.turns += 1
        finally:
            await self._send_home()
            self._write_down()
        self._sink(observed(self.turns, view))
        return verdict

    async def _look_round(self, view: WorldView) -> WorldView:
        """Let those who are about to be asked look at their teams first, if they do; by hand that takes time."""
        due = [(place, teams) for place, teams in self._assign(view) if self._is_due(place, view)]
        looks = [Command(LOOK, team.unit_tags) for place, teams in due if place.seat.role.looks_round for team in teams]
        if not looks or judge(self._scenario, view) is not None:
            return view
        self.view = view = await self._game.step(looks, 1)
        self._note_what_passes(view)
        return view

    @staticmethod
    def _is_lasting(place: Place) -> bool:
        """Return whether an agent is there to read letters without units, too; who came up for a team is not."""
        return not place.post or place.seat.role.always_asked

    @staticmethod
    def _is_due(place: Place, view: WorldView) -> bool:
        return place.thought is None and place.next_loop <= view.game_loop

    def _ask(self, view: WorldView) -> None:
        """Ask all agents whose turn has come, at the same time."""
        self._short_ids = self._short_ids.update(view)
        assigned = self._assign(view)
        led = frozenset(tag for _, teams in assigned for team in teams for tag in team.unit_tags)
        names = tuple(place.seat.role.name for place, teams in assigned if teams or self._is_lasting(place))
        views: dict[tuple[object, object], WorldView] = {}
        for place, teams in assigned:
            if not self._is_due(place, view):
                continue
            if not teams and not place.seat.role.always_asked:
                place.next_loop = self._next_decision(place, view.game_loop, view.game_loop)
                continue
            since = place.dead, place.refused
            if since not in views:  # one value for all who saw the same, so that what they ask of it is found out once
                views[since] = replace(view, dead_tags=place.dead, action_errors=place.refused)
            situation = self._situation(place, views[since], teams, names, led)
            if place.seat.role.sees_groups:
                fellows = (Fellow(other.seat.role.name, theirs) for other, theirs in assigned if other is not place)
                situation = replace(situation, fellows=tuple(fellows))
            task = asyncio.create_task(_think(place.seat, situation, self.turns))
            place.thought = Thought(place.seat, situation, self.turns, view.game_loop, task)
            place.previous, place.unread, place.dropped_letters = view, (), 0
            place.dead, place.refused = (), ()

    def _assign(self, view: WorldView) -> list[tuple[Place, tuple[Team, ...]]]:
        """Return the agents with their teams; a unit belongs to the first of the roster that takes it."""
        left = list(view.own)
        assigned = []
        for post in self._posts:
            teams = post.team_assignment.assign(left, view.dead_tags)
            taken = {tag for team in teams for tag in team.unit_tags}
            left = [unit for unit in left if unit.tag not in taken]
            if post.agent_factory is None:
                assigned.append((post.places[""], teams))
                continue
            for team in teams:
                if team.name not in post.places:
                    post.places[team.name] = self._recruit(post.agent_factory, team.name)
            led = {team.name: (team,) for team in teams}
            assigned += [(place, led.get(name, ())) for name, place in post.places.items()]
        return assigned

    def _recruit(self, agent_factory: AgentFactory, name: str) -> Place:
        role = replace(agent_factory.role, name=name, agent_per_team=False)
        self._mailbox = self._mailbox.listen(name, role.channels)
        return Place(agent_factory.recruit(role), agent_factory.role.name)

    def _situation(
        self, place: Place, view: WorldView, teams: tuple[Team, ...], names: tuple[str, ...], led: frozenset[int]
    ) -> Situation:
        role = place.seat.role
        if place.speaker is None or place.partners != names:
            place.partners = names
            place.speaker = speaker_of(role, [name for name in names if name != role.name])
        return Situation(
            speaker=place.speaker,
            view=view,
            teams=teams,
            short_ids=self._short_ids,
            book=self._book,
            previous=place.previous,
            outcomes=place.outcomes,
            task=self._scenario.task,
            letters=place.unread,
            dropped_letters=place.dropped_letters,
            notes=place.notes,
            findings=place.findings,
            led_by_others=led.difference(*(team.unit_tags for team in teams)),
            loops_left=self._scenario.limit_loops - view.game_loop,
        )

    def _thoughts(self) -> list[Thought]:
        return [place.thought for place in self._places if place.thought is not None]

    async def _carry_out(self, view: WorldView) -> tuple[Command, ...]:
        """Return the commands of all answers that take effect now, in roster order, and pass on their letters."""
        commands: list[Command] = []
        letters: list[Letter] = []
        production_requests = ProductionRequests(self._game)
        for place in self._places:
            thought = place.thought
            if thought is None or thought.effect_loop is None or thought.effect_loop > view.game_loop:
                continue
            reply = await self._read(place, thought, production_requests)
            commands.extend(reply.commands)
            letters.extend(reply.letters)
            self._mailbox = self._mailbox.listen(place.seat.role.name, reply.channels)
            place.thought = None
            place.next_loop = self._next_decision(place, thought.asked_loop, view.game_loop)
        self._post(letters)
        return tuple(commands)

    async def _read(self, place: Place, thought: Thought, production_requests: ProductionRequests) -> Reply:
        answer = thought.answer
        assert answer is not None  # noqa: S101 - a thought has an answer once its effect is known
        self.attendance.note(place.seat.role.name, answer)
        reply = await production_requests.settle(answer.reply, thought.situation.short_ids.name)
        place.outcomes = reply.outcomes
        place.notes = write_notes(place.notes, reply.notes)
        place.findings = tuple(Finding(question, answer_text(question)) for question in reply.lookups)
        seat, introduction = place.seat, None
        if place.shown_system != seat.system:
            introduction = AgentIntroduced(seat.role.name, seat.model, seat.system)
            place.shown_system = seat.system
        self._unwritten.append(answered_events(thought, answer, reply, introduction, place.post))
        return reply

    async def _step(self, commands: Sequence[Command], loops: int) -> WorldView:
        """Let the game go on, which has a thread of its own, and write down meanwhile what led to it."""
        step = asyncio.create_task(self._game.step(commands, loops))
        try:
            await asyncio.sleep(0)
            self._write_down()
            return await step
        finally:
            step.cancel()

    def _write_down(self) -> None:
        for event in chain.from_iterable(self._unwritten):
            self._sink(event)
        self._unwritten.clear()

    def _post(self, letters: Sequence[Letter]) -> None:
        """Put letters where their readers find them next turn, however long that takes."""
        self._mailbox = self._mailbox.deliver(letters)
        for place in self._places:
            unread = (*place.unread, *self._mailbox.inbox(place.seat.role.name))
            place.unread = unread[-INBOX_LIMIT:]
            place.dropped_letters += len(unread) - len(place.unread)

    def _next_decision(self, place: Place, asked_loop: int, loop: int) -> int:
        """Return the first loop after this one that is a whole number of decision intervals after the last question."""
        interval = place.seat.role.interval_loops or self._scenario.step_mul
        return asked_loop + interval * ((loop - asked_loop) // interval + 1)

    def _loops_to_next(self, view: WorldView) -> int:
        """Return how far the game runs until something may happen: an answer, a question, the limit; a step at most."""
        loop = view.game_loop
        events = [self._scenario.limit_loops, loop + self._scenario.step_mul]
        for place in self._places:
            if place.thought is None:
                events.append(place.next_loop)
            elif place.thought.effect_loop is not None:
                events.append(place.thought.effect_loop)
        return max(1, min(events) - loop)

    def _note_what_passes(self, view: WorldView) -> None:
        """Keep what only this view says for those who are asked later."""
        for place in self._places:
            place.dead += view.dead_tags
            place.refused += view.action_errors

    async def _send_home(self) -> None:
        tasks = [thought.task for thought in self._thoughts()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _think(seat: Seat, situation: Situation, turn: int) -> Answer:
    """Return an agent's answer with what it means: read when it comes, while others are still waited for."""
    answer = await seat.ask(situation, turn)
    return replace(answer, reply=parse_completion(answer.completion, situation))

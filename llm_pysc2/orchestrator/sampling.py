"""Fewer observations than turns: what makes a trace of long or large games small. All words stay."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from llm_pysc2.orchestrator.events import EpisodeEnded, EpisodeStarted, Event, Observed
from llm_pysc2.orchestrator.trace import EventSink


class Sampler:
    """Keeps at most one observation in so many game loops.

    Deaths and refused orders of those left out move to the next one that stays. The last one of an episode always does.
    """

    def __init__(self, every_loops: int) -> None:
        self._every_loops = every_loops
        self._kept_loop: int | None = None
        self._held: Observed | None = None

    def take(self, event: Event) -> list[Event]:
        """Return what is kept now that this event has come, in order."""
        match event:
            case EpisodeStarted():
                self._kept_loop, self._held = None, None
                return [event]
            case Observed():
                joined = _joined(self._held, event)
                if self._kept_loop is not None and event.game_loop < self._kept_loop + self._every_loops:
                    self._held = joined
                    return []
                self._kept_loop, self._held = event.game_loop, None
                return [joined]
            case EpisodeEnded():
                return [*self.rest(), event]
            case _:
                return [event]

    def rest(self) -> list[Event]:
        """Return what was held back, where no more events come."""
        held, self._held = self._held, None
        return [held] if held is not None else []


def sampled(events: Iterable[Event], every_loops: int) -> Iterator[Event]:
    """Yield events with at most one observation in so many game loops."""
    sampler = Sampler(every_loops)
    for event in events:
        yield from sampler.take(event)
    yield from sampler.rest()


def sampled_sink(sink: EventSink, every_loops: int) -> EventSink:
    """Return a sink that passes on at most one observation in so many game loops; 0 = all."""
    if not every_loops:
        return sink
    sampler = Sampler(every_loops)

    def take(event: Event) -> None:
        for kept in sampler.take(event):
            sink(kept)

    return take


def _joined(before: Observed | None, event: Observed) -> Observed:
    if before is None or not (before.dead or before.action_errors):
        return event
    return replace(event, dead=[*before.dead, *event.dead], action_errors=[*before.action_errors, *event.action_errors])

"""Between what was understood and what is ordered: the game is asked who can do it, and which place is free."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from llm_pysc2.dialogue.parse import Accepted, Rejected, Reply
from llm_pysc2.world.command import Command, Doer, Errand, Site
from llm_pysc2.world.geometry import Point

SITES_ASKED = 24
"""Places in one question."""
DOERS_NAMED = 4
"""Units in one reason."""


class Asked(Protocol):
    """The part of a game that answers questions."""

    async def query_abilities(self, unit_tags: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Return what each of the own units can do now."""
        ...

    async def query_placements(self, ability_id: int, places: Sequence[Point], builder_tag: int = 0) -> list[bool]:
        """Return whether what an ability makes could stand at each of some places."""
        ...


class Errands:
    """The errands of one turn, of all agents: no two get the same producer, or the same ground."""

    def __init__(self, game: Asked) -> None:
        self._game = game
        self._taken: list[tuple[Point, float]] = []
        """Ground that was given away: middle and half a side."""
        self._busy: set[int] = set()
        """Units that have an errand that does not wait."""

    async def settle(self, reply: Reply, name: Callable[[int], str]) -> Reply:
        """Return the reply with commands in place of its errands; those that cannot be run are rejected.

        Args:
            reply: What was understood.
            name: Gives the name by which the writer knows a unit.
        """
        if not any(action.errand for action in reply.accepted):
            return reply
        tags = {doer.tag for action in reply.accepted if action.errand for doer in action.errand.doers}
        abilities = await self._game.query_abilities(sorted(tags))
        accepted: list[Accepted] = []
        rejected: list[Rejected] = []
        for action in reply.accepted:
            done = action if action.errand is None else await self._run(action, action.errand, abilities, name)
            (accepted if isinstance(done, Accepted) else rejected).append(done)  # type: ignore[arg-type]
        return replace(reply, accepted=tuple(accepted), rejected=(*reply.rejected, *rejected))

    async def _run(
        self, action: Accepted, errand: Errand, abilities: dict[int, tuple[int, ...]], name: Callable[[int], str]
    ) -> Accepted | Rejected:
        able = [doer for doer in errand.doers if doer.ability_id in abilities.get(doer.tag, ())]
        free = [doer for doer in able if errand.queued or doer.tag not in self._busy]
        if not free:
            who = ", ".join(name(doer.tag) for doer in errand.doers[:DOERS_NAMED])
            return Rejected(action.team, action.text, f"{who} cannot do it now, says the game", "unable")
        doer = free[0]
        site = await self._site(errand, doer) if errand.sites is not None else None
        if errand.sites is not None and site is None:
            return Rejected(action.team, action.text, "no free place for it there, says the game", "place")
        self._busy.add(doer.tag)
        target = None if site is None else site.tag or site.place
        return replace(action, commands=(Command(errand.ability_id, (doer.tag,), target, errand.queued),), errand=None)

    async def _site(self, errand: Errand, doer: Doer) -> Site | None:
        """Return the first site that is free, which is then taken."""
        sites = [site for site in errand.sites or () if not self._is_taken(site.place, errand.half_side_cells)]
        for start in range(0, len(sites), SITES_ASKED):
            some = sites[start : start + SITES_ASKED]
            places = [site.place for site in some]
            answers = await self._game.query_placements(doer.ability_id, places, doer.tag)
            found = _first(site for site, is_free in zip(some, answers, strict=True) if is_free)
            if found:
                self._taken.append((found.place, errand.half_side_cells))
                return found
        return None

    def _is_taken(self, place: Point, half: float) -> bool:
        return any(
            max(abs(place.x - taken.x), abs(place.y - taken.y)) < half + other - 0.01 for taken, other in self._taken
        )


def _first(sites: Iterable[Site]) -> Site | None:
    return next(iter(sites), None)

"""Between what was understood and what is ordered: the game is asked who can do it, and which place is free."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from llm_pysc2.dialogue.parse import Accepted, Rejected, Reply
from llm_pysc2.world.command import Command, Doer, ProductionRequest, Site
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


class ProductionRequests:
    """The production requests of one turn, of all agents: no two get the same producer, or the same ground."""

    def __init__(self, game: Asked) -> None:
        self._game = game
        self._taken: list[tuple[Point, float]] = []
        """Ground that was given away: middle and half a side."""
        self._busy: set[int] = set()
        """Units that have a production request that does not wait."""

    async def settle(self, reply: Reply, name: Callable[[int], str]) -> Reply:
        """Return the reply with commands in place of its production requests; those that cannot be run are rejected.

        Args:
            reply: What was understood.
            name: Gives the name by which the writer knows a unit.
        """
        if not any(action.production_request for action in reply.accepted):
            return reply
        tags = {
            doer.tag
            for action in reply.accepted
            if action.production_request
            for doer in action.production_request.doers
        }
        abilities = await self._game.query_abilities(sorted(tags))
        accepted: list[Accepted] = []
        rejected: list[Rejected] = []
        for action in reply.accepted:
            done = (
                action
                if action.production_request is None
                else await self._run(action, action.production_request, abilities, name)
            )
            (accepted if isinstance(done, Accepted) else rejected).append(done)  # type: ignore[arg-type]
        return replace(reply, accepted=tuple(accepted), rejected=(*reply.rejected, *rejected))

    async def _run(
        self,
        action: Accepted,
        production_request: ProductionRequest,
        abilities: dict[int, tuple[int, ...]],
        name: Callable[[int], str],
    ) -> Accepted | Rejected:
        able = [doer for doer in production_request.doers if doer.ability_id in abilities.get(doer.tag, ())]
        free = [doer for doer in able if production_request.queued or doer.tag not in self._busy]
        if not free:
            who = ", ".join(name(doer.tag) for doer in production_request.doers[:DOERS_NAMED])
            return Rejected(action.team, action.text, f"{who} cannot do it now, says the game", "unable")
        doer = free[0]
        site = await self._site(production_request, doer) if production_request.sites is not None else None
        if production_request.sites is not None and site is None:
            return Rejected(action.team, action.text, "no free place for it there, says the game", "place")
        self._busy.add(doer.tag)
        target = None if site is None else site.tag or site.place
        return replace(
            action,
            commands=(Command(production_request.ability_id, (doer.tag,), target, production_request.queued),),
            production_request=None,
        )

    async def _site(self, production_request: ProductionRequest, doer: Doer) -> Site | None:
        """Return the first site that is free, which is then taken."""
        sites = [
            site
            for site in production_request.sites or ()
            if not self._is_taken(site.place, production_request.half_side_cells)
        ]
        for start in range(0, len(sites), SITES_ASKED):
            some = sites[start : start + SITES_ASKED]
            places = [site.place for site in some]
            answers = await self._game.query_placements(doer.ability_id, places, doer.tag)
            found = _first(site for site, is_free in zip(some, answers, strict=True) if is_free)
            if found:
                self._taken.append((found.place, production_request.half_side_cells))
                return found
        return None

    def _is_taken(self, place: Point, half: float) -> bool:
        return any(
            max(abs(place.x - taken.x), abs(place.y - taken.y)) < half + other - 0.01 for taken, other in self._taken
        )


def _first(sites: Iterable[Site]) -> Site | None:
    return next(iter(sites), None)

"""ProductionRequests become commands by what the game answers."""

import asyncio

from llm_pysc2.dialogue.parse import Accepted, Rejected, Reply
from llm_pysc2.orchestrator.production_requests import SITES_ASKED, ProductionRequests
from llm_pysc2.world.command import Command, Doer, ProductionRequest, Site
from llm_pysc2.world.geometry import Point

PYLON = 881


class Game:
    """Units 1 and 2 can build; only places with x from a limit on are free."""

    def __init__(self, free_from: float = 0.0) -> None:
        self.free_from = free_from
        self.asked: list[int] = []

    async def query_abilities(self, unit_tags):
        return {tag: (PYLON,) if tag in (1, 2) else () for tag in unit_tags}

    async def query_placements(self, ability_id, places, builder_tag=0):
        assert (ability_id, builder_tag) in ((PYLON, 1), (PYLON, 2))
        self.asked.append(len(places))
        return [place.x >= self.free_from for place in places]


def production_request(*doers: int, places: int = 40, queued: bool = False) -> Accepted:
    sites = tuple(Site(Point(float(x), 5.0)) for x in range(places))
    return Accepted(
        "A", "Build_Pylon()", (), ProductionRequest(PYLON, tuple(Doer(tag, PYLON) for tag in doers), sites, 1.0, queued)
    )


def settle(game: Game, *accepted: Accepted) -> Reply:
    return asyncio.run(ProductionRequests(game).settle(Reply(accepted=accepted), "U{}".format))


def test_the_first_who_can_gets_the_first_free_place():
    reply = settle(Game(free_from=3), production_request(9, 2, 1))
    assert reply.commands == (Command(PYLON, (2,), Point(3, 5)),)
    assert reply.accepted[0].production_request is None


def test_places_are_asked_about_in_parts_until_one_is_free():
    game = Game(free_from=SITES_ASKED + 1)
    assert settle(game, production_request(1, places=100)).commands[0].target == Point(SITES_ASKED + 1, 5)
    assert game.asked == [SITES_ASKED, SITES_ASKED]


def test_no_two_of_a_turn_get_the_same_unit_or_ground():
    reply = settle(Game(), production_request(1, 2), production_request(1, 2), production_request(1, 2))
    assert [(command.unit_tags, command.target) for command in reply.commands] == [
        ((1,), Point(0, 5)), ((2,), Point(2, 5)),
    ]  # fmt: skip
    assert [(line.line, line.cause) for line in reply.rejected] == [("Build_Pylon()", "unable")]


def test_one_unit_can_have_several_that_wait():
    reply = settle(Game(), production_request(1), production_request(1, queued=True))
    assert [command.queued for command in reply.commands] == [False, True]


def test_what_the_game_refuses_is_said_and_the_rest_stays():
    stop = Accepted("A", "Stop()", (Command(3665, (7,)),))
    reply = settle(Game(free_from=1000), production_request(1), stop, production_request(9))
    assert reply.commands == stop.commands
    assert reply.rejected == (
        Rejected("A", "Build_Pylon()", "no free place for it there, says the game", "place"),
        Rejected("A", "Build_Pylon()", "U9 cannot do it now, says the game", "unable"),
    )


def test_what_stands_on_a_unit_is_ordered_onto_it():
    action = Accepted(
        "A", "Build_Assimilator()", (), ProductionRequest(PYLON, (Doer(1, PYLON),), (Site(Point(9, 9), 77),))
    )
    assert settle(Game(), action).commands == (Command(PYLON, (1,), 77),)


def test_what_needs_no_place_is_not_asked_for_one():
    game = Game()
    assert settle(game, Accepted("A", "Train()", (), ProductionRequest(PYLON, (Doer(2, PYLON),)))).commands == (
        Command(PYLON, (2,)),
    )
    assert game.asked == []

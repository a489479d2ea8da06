"""What is being made can be cancelled: interceptors, a tumor of a tumor, a mode of a Thor, a building, a channel."""

import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.state.results import Result
from llm_pysc2.knowledge.abilities import load_abilities
from tests.arena import MOVE
from tests.unit.engine.abilities.api_arena import US, ApiArena

CANCEL_ANY, CANCEL_LAST = 3659, 3671
BUILD_INTERCEPTOR, CANCEL_INTERCEPTOR = 1042, 1038
SPREAD, CANCEL_TUMOR = 1733, 1763
HIGH_IMPACT, EXPLOSIVE, CANCEL_EXPLOSIVE = 2362, 2364, 2365
BARRACKS_SITE, DEPOT = 314, 319


@pytest.fixture
def arena() -> ApiArena:
    arena = ApiArena()
    arena.game.players[US].minerals = 300
    return arena


@pytest.mark.parametrize("cancel", [CANCEL_INTERCEPTOR, CANCEL_LAST])
def test_interceptors_are_paid_when_ordered_and_paid_back_when_cancelled(arena: ApiArena, cancel: int) -> None:
    # 15 minerals each, 256 loops; the last ordered is cancelled first.
    carrier, player = arena.add("Carrier", 20, 40), arena.game.players[US]
    player.minerals = 0
    arena.step()
    toggle = {"ability_id": BUILD_INTERCEPTOR, "unit_tags": [carrier]}
    arena.client.ask("action", sc_pb.RequestAction(actions=[sc_pb.Action(action_raw={"toggle_autocast": toggle})]))
    player.minerals = 300
    assert arena.order(carrier, cancel) == Result.CANT_FIND_CANCEL_ORDER
    assert CANCEL_INTERCEPTOR not in arena.game.available_abilities(carrier)
    for _ in range(2):
        assert arena.order(carrier, BUILD_INTERCEPTOR) == 1
    assert player.minerals == 300 - 30
    arena.step(200)
    assert CANCEL_INTERCEPTOR in arena.game.available_abilities(carrier)
    assert arena.order(carrier, cancel) == 1
    assert player.minerals == 300 - 15
    arena.step(60)
    assert arena.names().count("Interceptor") == 4 + 1
    assert arena.order(carrier, cancel) == Result.CANT_FIND_CANCEL_ORDER
    assert arena.order(carrier, BUILD_INTERCEPTOR) == 1
    arena.step(100)
    assert arena.order(carrier, cancel) == 1
    assert player.minerals == 300 - 15
    arena.step(300)
    assert arena.names().count("Interceptor") == 4 + 1


def grown_tumor(arena: ApiArena) -> int:
    """Return a tumor on a field of creep."""
    arena.cover_with_creep()
    tumor = arena.add("CreepTumorBurrowed", 30, 40)
    arena.step()
    return tumor


@pytest.mark.parametrize("cancel", [CANCEL_TUMOR, CANCEL_ANY])
def test_a_tumor_takes_back_the_one_that_it_grows(arena: ApiArena, cancel: int) -> None:
    tumor = grown_tumor(arena)
    assert arena.order(tumor, cancel) == Result.CANT_FIND_CANCEL_ORDER
    assert arena.order(tumor, SPREAD, (36.0, 40.0)) == 1
    arena.step(100)
    assert "CreepTumor" in arena.names()
    assert CANCEL_TUMOR in arena.game.available_abilities(tumor)
    assert arena.order(tumor, cancel) == 1
    arena.step(2)
    assert "CreepTumor" not in arena.names()
    assert arena.order(tumor, cancel) == Result.CANT_FIND_CANCEL_ORDER
    assert arena.order(tumor, SPREAD, (36.0, 40.0)) == Result.NOT_ENOUGH_CHARGES


def test_a_tumor_that_is_done_cannot_be_taken_back(arena: ApiArena) -> None:
    tumor = grown_tumor(arena)
    assert arena.order(tumor, SPREAD, (36.0, 40.0)) == 1
    arena.step(300)
    assert arena.order(tumor, CANCEL_TUMOR) == Result.CANT_FIND_CANCEL_ORDER


@pytest.mark.parametrize("cancel", [CANCEL_EXPLOSIVE, CANCEL_ANY])
def test_a_thor_stays_as_it_is(arena: ApiArena, cancel: int) -> None:
    thor = arena.caster("Thor", 0)
    assert arena.order(thor, HIGH_IMPACT) == 1
    arena.step(60)
    assert arena.order(thor, cancel) == Result.CANT_FIND_CANCEL_ORDER
    assert arena.order(thor, EXPLOSIVE) == 1
    arena.step(20)
    assert CANCEL_EXPLOSIVE in arena.game.available_abilities(thor)
    assert arena.order(thor, cancel) == 1
    arena.step(40)
    assert arena.name(thor) == "ThorHighImpactMode"
    assert arena.orders(thor) == []


def test_a_builder_does_not_build_again_what_was_cancelled_or_destroyed(arena: ApiArena) -> None:
    for end in (lambda site: arena.order(site, BARRACKS_SITE), lambda site: arena.game.kill_units([site])):
        scv = arena.caster("SCV", 0)
        assert arena.order(scv, DEPOT, (22.0, 44.0)) == 1
        arena.step(60)
        site = int(arena.game.units.tag[-1])
        end(site)
        minerals = arena.game.players[US].minerals
        arena.step(60)
        assert not arena.alive(site)
        assert arena.orders(scv) == []
        assert "SupplyDepot" not in arena.names()
        assert arena.game.players[US].minerals == minerals
        arena.game.kill_units([scv])
        arena.step()


def test_a_builder_who_begins_another_building_leaves_the_first(arena: ApiArena) -> None:
    scv = arena.caster("SCV", 0)
    assert arena.order(scv, DEPOT, (22.0, 44.0)) == 1
    arena.step(60)
    first = int(arena.game.units.tag[-1])
    assert arena.order(scv, DEPOT, (32.0, 44.0)) == 1
    arena.step(5)
    progress = float(arena.game.units.build_progress[arena.row(first)])
    arena.step(100)
    assert arena.names().count("SupplyDepot") == 2
    assert arena.game.units.build_progress[arena.row(first)] == progress


@pytest.mark.parametrize(
    ("caster", "ability", "victim", "cancel", "buff"),
    [("Phoenix", 173, "Marauder", 174, 5), ("Infestor", 249, "Thor", 250, 22)],
)
def test_orders_wait_for_a_channel_that_a_button_ends(
    caster: str, ability: int, victim: str, cancel: int, buff: int
) -> None:
    arena = ApiArena(*(need.ids[0] for need in load_abilities()[ability].needs))
    tag, target = arena.caster(caster), arena.enemy(victim, 4)
    assert arena.order(tag, cancel) == Result.CANT_FIND_CANCEL_ORDER
    assert arena.order(tag, ability, target) == 1
    for _ in range(40):
        arena.step()
        if buff in arena.buffs(target):
            break
    assert arena.order(tag, MOVE, (10.0, 30.0)) == 1
    arena.step(20)
    assert buff in arena.buffs(target)
    assert arena.place(tag) == pytest.approx((20, 40), abs=0.6)
    assert arena.order(tag, CANCEL_ANY) == 1
    arena.step(20)
    assert buff not in arena.buffs(target)
    assert arena.place(tag)[1] < 39.5

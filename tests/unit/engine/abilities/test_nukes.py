"""Nukes: armed by a Ghost Academy, called down by a Ghost, who channels; 300 loops later all around is hit."""

import pytest

from llm_pysc2.engine.state import alerts
from llm_pysc2.engine.state.results import Result
from tests.arena import ENEMY, MOVE, STOP, check_goes_on_alike
from tests.unit.engine.abilities.api_arena import US, ApiArena

ARM, CALL, CANCEL, CANCEL_ANY, CANCEL_LAST, RESEARCH = 710, 1622, 1623, 3659, 306, 820
FALLS = 140 + 50 * 3.2
"""Loops from the call to the blow: a delay, then 50 periods."""


@pytest.fixture
def arena() -> ApiArena:
    arena = ApiArena()
    arena.game.players[US].minerals = arena.game.players[US].vespene = 300
    return arena


def silo(arena: ApiArena, *, armed: bool = True, x: float = 60.0) -> int:
    """Put a Ghost Academy there, and arm it."""
    academy = arena.add_inert("GhostAcademy", x, 50, owner=1)
    arena.add_inert("Factory", x, 56, owner=1)
    if armed:
        assert arena.order(academy, ARM) == 1
        arena.step(961)
    return academy


def test_a_nuke_is_armed_for_its_price_one_in_a_silo(arena: ApiArena) -> None:
    academy = arena.add_inert("GhostAcademy", 60, 50, owner=1)
    assert arena.order(academy, ARM) == Result.TECH_REQUIREMENTS_NOT_MET
    silo(arena, armed=False, x=66)
    player = arena.game.players[US]
    player.minerals = 99
    assert arena.order(academy, ARM) == Result.NOT_ENOUGH_MINERALS
    player.minerals, player.vespene = 300, 99
    assert arena.order(academy, ARM) == Result.NOT_ENOUGH_VESPENE
    player.vespene = 300
    assert arena.order(academy, ARM) == 1
    assert (player.minerals, player.vespene) == (200, 200)
    assert [order.ability_id for order in arena.unit(academy).orders] == [ARM]
    assert arena.order(academy, ARM) == Result.TECH_REQUIREMENTS_NOT_MET
    arena.step(959)
    assert "Nuke" not in arena.names()
    arena.step(2)
    assert "Nuke" in arena.names()
    assert alerts.NUKE_COMPLETE in arena.client.observe().observation.alerts
    assert not any(unit.unit_type == 58 for unit in arena.client.units())
    assert arena.order(academy, ARM) == Result.TECH_REQUIREMENTS_NOT_MET


def test_arming_is_cancelled_for_its_price_and_shares_the_queue_with_research(arena: ApiArena) -> None:
    academy = silo(arena, armed=False)
    assert arena.order(academy, ARM) == 1
    assert arena.order(academy, RESEARCH) == 1
    assert [order.ability_id for order in arena.orders(academy)] == [ARM, RESEARCH]
    for _ in range(2):
        assert arena.order(academy, CANCEL_LAST) == 1
    assert arena.order(academy, CANCEL_LAST) == Result.CANT_FIND_CANCEL_ORDER
    assert (arena.game.players[US].minerals, arena.game.players[US].vespene) == (300, 300)


def test_each_silo_holds_one_of_its_own_and_takes_it_along(arena: ApiArena) -> None:
    first, second = silo(arena), silo(arena, x=70)
    assert arena.names().count("Nuke") == 2
    arena.game.kill_units([first])
    arena.step()
    assert arena.names().count("Nuke") == 1
    arena.game.kill_units([second])
    arena.step()
    assert "Nuke" not in arena.names()


def test_a_ghost_calls_it_down_and_all_around_is_hit(arena: ApiArena) -> None:
    # 300, and 200 more to structures, within 4 cells; half of it within 6, a quarter within 8; friend and foe alike.
    ghost = arena.caster("Ghost", 50)
    assert arena.order(ghost, CALL, (30.0, 40.0)) == Result.TECH_REQUIREMENTS_NOT_MET
    silo(arena)
    near, half, quarter = (arena.enemy("Thor", 10, up) for up in (0, 5.5, -7.5))
    own = arena.add_inert("Thor", 33, 40, owner=1)
    far, pylon = arena.enemy("Marine", 10, 9), arena.enemy("Nexus", 15)
    assert arena.order(ghost, CALL) == Result.MUST_TARGET_UNIT
    assert arena.order(ghost, CALL, near) == Result.MUST_TARGET_VISIBLE_LOCATION
    energy = arena.energy(ghost)
    assert arena.order(ghost, CALL, (30.0, 40.0)) == 1
    arena.step(2)
    assert "Nuke" not in arena.names()
    assert arena.energy(ghost) >= energy
    assert arena.match.players[ENEMY].events.alerts[-1:] == [alerts.NUCLEAR_LAUNCH_DETECTED]
    assert [(effect.effect_id, effect.x, effect.y) for effect in arena.game.ground_effects()] == [(7, 30.0, 40.0)]
    lives = {tag: sum(arena.vitals(tag)) for tag in (near, half, quarter, own, far, pylon)}
    arena.step(int(FALLS) - 4)
    assert all(sum(arena.vitals(tag)) == life for tag, life in lives.items())
    arena.step(5)
    lost = {tag: life - sum(arena.vitals(tag)) for tag, life in lives.items()}
    assert [lost[tag] for tag in (near, half, quarter, own, far, pylon)] == [300, 150, 75, 300, 0, 500]
    assert arena.match.killers == {}
    arena.step(42)
    assert arena.orders(ghost) == []
    assert arena.order(ghost, CALL, (30.0, 40.0)) == Result.TECH_REQUIREMENTS_NOT_MET


def test_it_is_called_down_from_within_twelve_cells(arena: ApiArena) -> None:
    silo(arena)
    ghost = arena.caster("Ghost", 50)
    radius = float(arena.game.units.radius[arena.row(ghost)])
    assert arena.order(ghost, CALL, (40.0, 40.0)) == 1
    while "Nuke" in arena.names():
        arena.step()
    assert 40 - arena.place(ghost)[0] - radius == pytest.approx(12, abs=0.2)


def test_orders_wait_while_it_falls_but_it_can_be_cancelled_and_is_lost_then(arena: ApiArena) -> None:
    silo(arena)
    ghost, thor = arena.caster("Ghost", 50), arena.enemy("Thor", 8)
    assert arena.order(ghost, CANCEL) == Result.CANT_FIND_CANCEL_ORDER
    assert CANCEL not in arena.game.available_abilities(ghost)
    assert arena.order(ghost, CALL, (28.0, 40.0)) == 1
    arena.step(50)
    assert arena.order(ghost, MOVE, (10.0, 40.0)) == 1
    assert arena.order(ghost, STOP) == 1
    assert arena.order(ghost, MOVE, (12.0, 40.0)) == 1
    arena.step(50)
    assert arena.place(ghost) == (20, 40)
    assert [order.ability_id for order in arena.orders(ghost)] == [CALL, MOVE]
    assert CANCEL in arena.game.available_abilities(ghost)
    assert arena.order(ghost, CANCEL_ANY) == 1
    assert arena.game.ground_effects() == []
    arena.step(60)
    assert arena.place(ghost)[0] < 19
    arena.step(300)
    assert arena.life(thor) == 400
    assert "Nuke" not in arena.names()
    assert arena.order(ghost, CALL, (28.0, 40.0)) == Result.TECH_REQUIREMENTS_NOT_MET


def test_a_ghost_who_dies_takes_it_along(arena: ApiArena) -> None:
    silo(arena)
    ghost, thor = arena.caster("Ghost", 50), arena.enemy("Thor", 8)
    assert arena.order(ghost, CALL, (28.0, 40.0)) == 1
    arena.step(100)
    arena.game.kill_units([ghost])
    arena.step(300)
    assert arena.life(thor) == 400


def test_one_nuke_is_for_one_ghost(arena: ApiArena) -> None:
    silo(arena)
    first, second = arena.caster("Ghost", 50), arena.caster("Ghost", 50, x=22)
    assert arena.order(first, CALL, (28.0, 40.0)) == 1
    assert arena.order(second, CALL, (28.0, 44.0)) == 1
    arena.step(2)
    assert len(arena.game.ground_effects()) == 1
    assert Result.TECH_REQUIREMENTS_NOT_MET in arena.errors()


def test_it_is_part_of_the_state(arena: ApiArena) -> None:
    silo(arena)
    ghost = arena.caster("Ghost", 50)
    assert arena.order(ghost, CALL, (28.0, 40.0)) == 1
    check_goes_on_alike(arena.game, 320)

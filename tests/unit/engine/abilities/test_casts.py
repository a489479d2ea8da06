"""Every ability that is cast, cast through the API: price, cooldown, range, what it does to whom; and what is refused.

What is expected of each stands in `casts.toml`; prices, cooldowns, ranges, needs and filters are read from the facts as
they lie in the file, without the loader that the engine uses.
"""

import tomllib
from collections.abc import Callable
from math import ceil
from typing import Any

import pytest
from s2clientprotocol import error_pb2

from llm_pysc2.engine.state.coverage import load_coverage
from llm_pysc2.knowledge.units import unit_by_name
from tests.unit.engine.abilities.scene import (
    CASTS,
    FACTS,
    TABLE,
    THEM,
    US,
    Scene,
    X,
    Y,
    abilities,
    carrier,
    ground_effects,
    unit_facts,
)

AUTOCASTS = {1819: "runs with the attack", 1827: "of a force field, which nobody commands", 386: "a system of its own"}
"""Tested elsewhere: test_autocasts.py, test_hangars.py and the combat tests."""
DUMMIES = {3789, 3791}
"""Of units that melee games do not have."""
RENEWED = {76, 173, 1036, 2063, 2073, 2244, 2542}
"""Casts whose buff a field, a beam or a meal renews, or a delay turns off at first: their rows say for how long."""
ANYWHERE = 500
"""The range of what is cast everywhere, cells."""
OUT_OF_RANGE = error_pb2.TargetIsOutOfRange
LIFE_REGEN = 0.2734 / 16
"""What units of the Zerg get back in a loop."""
MOVE, STOP = 16, 4
FIELDS = [(1036, 1, 1), (76, 2, 1), (2244, 3, 1), (2244, 4, 81), (399, 6, 1), (2063, 10, 1), (2338, 11, 1)]
"""Casts that the API shows as effects on the ground: ability, effect, and from which loop on."""
AIMED = [one for one in CASTS if one.get("at") == "unit"]
"""What is aimed at units."""
BY_HAND = {
    **dict.fromkeys((1622, 1623), "test_nukes.py"),
    1042: "test_hangars.py",
    2596: "the shade's own button: test_spells.py",
}


def named(cast: dict[str, Any]) -> str:
    return f"{cast['id']} {abilities()[cast['id']]['name']}"


def ready(cast: dict[str, Any]) -> Scene:
    """Return the scene of a row after what has to happen before, with all the energy that the row gives."""
    scene = Scene(cast)
    scene.client.step()
    scene.prepare()
    scene.set_energy(scene.caster, cast.get("energy", 200.0))
    return scene


def rows(**wanted: Any) -> Any:
    """Return the rows whose ability has some facts, as parameters of a test."""
    chosen = [cast for cast in CASTS if all(abilities()[cast["id"]].get(key) for key in wanted)]
    return pytest.mark.parametrize("cast", chosen, ids=named)


def test_every_ability_that_is_cast_has_a_row() -> None:
    spells = tomllib.loads((FACTS / "coverage.toml").read_text(encoding="utf-8"))["done"]["spells"]
    assert {cast["id"] for cast in CASTS} | set(AUTOCASTS) | DUMMIES | set(BY_HAND) == set(spells)
    assert set(spells) <= load_coverage().done


@pytest.mark.parametrize("cast", CASTS, ids=named)
def test_it_does_what_it_does(cast: dict[str, Any]) -> None:
    scene = ready(cast)
    then = scene.unit(scene.on)
    assert scene.use(cast["id"]) == "Success"
    scene.client.step(cast.get("wait", 2))
    _check(scene, cast, then)


@rows(energy=True)
def test_its_price_is_paid_once_and_to_the_point(cast: dict[str, Any]) -> None:
    scene, price = ready(cast), abilities()[cast["id"]]["energy"]
    scene.set_energy(scene.caster, price + 20)
    assert scene.use(cast["id"]) == "Success"
    paid_at = next(loop for loop in scene.loops(120) if scene.unit(scene.caster).energy < price)
    per_loop = unit_facts(scene.caster_name)["energy_regen_per_game_second"] / 16
    assert scene.unit(scene.caster).energy == pytest.approx(20 + paid_at * per_loop, abs=0.01)


@pytest.mark.parametrize("cast", [one for one in CASTS if "loops" in one], ids=named)
def test_it_lasts_to_the_loop(cast: dict[str, Any]) -> None:
    scene = ready(cast)
    assert scene.use(cast["id"]) == "Success"
    begins = next(loop for loop in scene.loops(120) if loop and _is_held(scene, cast))
    assert begins == cast.get("begins", begins)
    scene.client.step(cast["loops"] - 1)
    assert _is_held(scene, cast)
    scene.client.step()
    assert not _is_held(scene, cast)


@pytest.mark.parametrize("cast", [one for one in CASTS if "lives" in one], ids=named)
def test_what_it_makes_lives_its_time(cast: dict[str, Any]) -> None:
    scene, (least, most) = ready(cast), cast["lives"]
    before = scene.count(cast["makes"])
    assert scene.use(cast["id"]) == "Success"
    begins = next(loop for loop in scene.loops(120) if loop and scene.count(cast["makes"]) > before)
    assert begins == cast.get("begins", begins)
    scene.client.step(least - 1)
    assert scene.count(cast["makes"]) == before + cast.get("count", 1)
    scene.client.step(most - least + 1)
    assert scene.count(cast["makes"]) == before


@pytest.mark.parametrize(("ability_id", "effect_id", "begins"), FIELDS)
def test_fields_are_shown_on_the_ground_as_long_as_they_are_there(ability_id: int, effect_id: int, begins: int) -> None:
    scene = ready(next(cast for cast in CASTS if cast["id"] == ability_id))
    field = ground_effects()[effect_id]
    assert scene.use(ability_id) == "Success"
    scene.client.step(begins - 1)
    assert effect_id not in _fields(scene) or begins == 1
    for loops in (1, ceil(field["persist_loops"]) - 1):
        scene.client.step(loops)
        shown = _fields(scene)[effect_id]
        assert (shown.owner, shown.alliance) == (US, 1)
        assert shown.radius == pytest.approx(field["radius_cells"])
        place = (X, Y) if ability_id == 76 else (X + scene.near, Y)
        assert (shown.pos[0].x, shown.pos[0].y) == pytest.approx(place, abs=0.01)
    scene.client.step()
    assert effect_id not in _fields(scene)


@pytest.mark.parametrize("cast", [one for one in CASTS if "pace" in one], ids=named)
def test_it_changes_how_fast_somebody_is(cast: dict[str, Any]) -> None:
    # Who walks away covers that share of what he covers on his own, in loops in which he has no speed to gain.
    scene = ready(cast)
    walker = scene.on or scene.caster
    own = unit_facts(cast["on"].split()[1] if scene.on else scene.caster_name)["speed"] / 16
    assert scene.use(cast["id"]) == "Success"
    next(loop for loop in scene.loops(120) if loop and _is_held(scene, cast))
    owner = int(scene.game.units.owner[scene.game.units.row_of(walker)])
    scene.game.order(owner, MOVE, [walker], (X, Y - 20))
    scene.client.step(24)
    before = scene.unit(walker).pos
    scene.client.step(4)
    now = scene.unit(walker).pos
    walked = ((now.x - before.x) ** 2 + (now.y - before.y) ** 2) ** 0.5
    assert walked == pytest.approx(4 * own * cast["pace"], rel=0.02)


@rows(range_cells=True)
def test_it_is_cast_from_as_far_as_the_facts_say(cast: dict[str, Any]) -> None:
    reach = cast.get("reach", abilities()[cast["id"]]["range_cells"])
    if reach >= ANYWHERE or cast.get("at", "none") == "none":
        return
    scene = ready(cast | {"near": reach + 8})
    assert scene.use(cast["id"]) == "Success"
    if not unit_facts(scene.caster_name).get("speed"):
        scene.client.step()
        assert [error.result for error in scene.client.observe().action_errors] == [OUT_OF_RANGE]
        assert not scene.unit(scene.caster).orders
        return
    gaps = [scene.gap()]
    for _ in scene.loops(400):
        gaps.append(scene.gap())
        if gaps[-1] >= gaps[-2] and len(gaps) > 8:
            break
    step_cells = unit_facts(scene.caster_name)["speed"] / 16
    assert reach - 2 * step_cells <= gaps[-1] <= reach + 0.001


@rows(energy=True)
def test_too_little_energy_is_refused_and_nothing_is_spent(cast: dict[str, Any]) -> None:
    scene = Scene(cast)
    scene.prepare()
    scene.set_energy(scene.caster, abilities()[cast["id"]]["energy"] - 1)
    assert scene.use(cast["id"]) == "NotEnoughEnergy"
    assert scene.unit(scene.caster).energy == abilities()[cast["id"]]["energy"] - 1
    assert not scene.unit(scene.caster).orders


@rows(cooldown_loops=True)
def test_the_cooldown_is_kept_to_the_loop(cast: dict[str, Any]) -> None:
    if "again" not in cast:
        return
    scene = ready(cast)
    loops = ceil(abilities()[cast["id"]]["cooldown_loops"] + cast["again"])
    assert scene.use(cast["id"]) == "Success"
    scene.client.step(loops - 1)
    for ability_id in cast.get("then", ()):
        assert scene.use(ability_id) == "Success"
    scene.set_energy(scene.caster, 200.0)
    full = scene.unit(scene.caster).energy
    scene.renew_target()
    assert scene.use(cast["id"]) == "Cooldown"
    assert scene.unit(scene.caster).energy == full
    scene.client.step()
    assert scene.use(cast["id"]) == "Success"


def test_every_cooldown_is_looked_at() -> None:
    waits = {cast["id"] for cast in CASTS if abilities()[cast["id"]].get("cooldown_loops")}
    # The others: two that run from the end of a channel (test_forbidden.py), and a ward that is gone by then.
    assert waits - {cast["id"] for cast in CASTS if "again" in cast} == {2073, 2324, 2536}


@rows(needs=True)
def test_without_its_upgrade_it_is_refused(cast: dict[str, Any]) -> None:
    if any(need[0] == "upgrade" for need in abilities()[cast["id"]]["needs"]):
        assert Scene(cast, upgrades=False).use(cast["id"]) == "TechRequirementsNotMet"


@pytest.mark.parametrize("cast", AIMED, ids=named)
def test_wrong_targets_are_refused_and_nothing_is_spent(cast: dict[str, Any]) -> None:
    scene = Scene(cast)
    filters = abilities()[cast["id"]].get("filters", ";")
    required, excluded = (set(part.split(",")) for part in filters.split(";"))
    assert scene.use(cast["id"], target_world_space_pos={"x": X, "y": Y}) == "MustTargetUnit"
    assert scene.use(cast["id"], target_unit_tag=0x7777) == "MustTargetVisibleUnit"
    wrong = {
        "CantTargetYourOwnUnits": (("Player" in excluded), "Marine", US),
        "CantTargetEnemyUnits": (("Enemy" in excluded), "Marine", THEM),
        "MustTargetStructures": ("Structure" in required, "Marine", US if "Enemy" in excluded else THEM),
        "MustTargetAirUnits": ("Air" in required, "Marine", THEM),
        "MustTargetEnergyCapableUnits": ("CanHaveEnergy" in required, "Marine", THEM),
        "CantTargetMassiveUnits": ("Massive" in excluded, "Thor", THEM),
        "MustTargetBiologicalUnits": ("Biological" in required, "Stalker", US if "Enemy" in excluded else THEM),
    }
    refusals = 0
    for answer, (applies, name, owner) in wrong.items():
        if applies:
            found = scene.use(cast["id"], target_unit_tag=scene.put(name, X + 4, owner, Y + 6))
            assert found != "Success"
            refusals += found == answer
    assert refusals >= min(1, sum(applies for applies, _, _ in wrong.values()))
    assert scene.unit(scene.caster).energy == min(cast.get("energy", 200), scene.unit(scene.caster).energy_max)
    assert not scene.unit(scene.caster).orders


@pytest.mark.parametrize("cast", AIMED, ids=named)
def test_a_target_that_is_gone_costs_nothing(cast: dict[str, Any]) -> None:
    scene = Scene(cast)
    scene.game.kill_units([scene.on])
    assert scene.use(cast["id"]) == "MustTargetVisibleUnit"
    scene.game.kill_units([scene.caster])
    assert scene.use(cast["id"]) == "Error"


def _check(scene: Scene, cast: dict[str, Any], then: Any) -> None:
    """Compare what is there with the row."""
    now, caster = scene.unit(scene.on), scene.unit(scene.caster)
    if "buff" in cast:
        holder = now if "on" in cast else caster
        assert (cast["buff"] in holder.buff_ids) == (not cast.get("gone"))
    if cast.get("dies"):
        assert caster is None
    if "damage" in cast:
        lost = then.health + then.shield - now.health - now.shield
        assert lost == pytest.approx(cast["damage"], abs=0.05 + LIFE_REGEN * cast.get("wait", 2))
    if "gains" in cast:
        gained = now.health + now.shield - then.health - then.shield
        assert gained == pytest.approx(cast["gains"], abs=0.05 + LIFE_REGEN * cast["wait"])
    if "makes" in cast:
        assert scene.count(cast["makes"]) == cast.get("count", 1)
    if "becomes" in cast:
        assert caster.unit_type == unit_by_name(cast["becomes"]).id
    if cast.get("goes"):
        assert (caster.pos.x, caster.pos.y) == pytest.approx((X + scene.near, Y), abs=1.5)
    if cast.get("comes"):
        assert (now.pos.x, now.pos.y) == pytest.approx((caster.pos.x, caster.pos.y), abs=5)


def _fields(scene: Scene) -> dict[int, Any]:
    """Return the effects on the ground that the API shows, by id."""
    return {one.effect_id: one for one in scene.client.observe().observation.raw_data.effects}


def _is_held(scene: Scene, cast: dict[str, Any]) -> bool:
    holder = scene.unit(scene.on or scene.caster)
    return holder is not None and cast["buff"] in holder.buff_ids


@pytest.mark.parametrize("cast", [one for one in AIMED if one["on"].startswith("enemy")], ids=named)
def test_whom_the_fog_hides_is_not_aimed_at(cast: dict[str, Any]) -> None:
    scene = Scene(cast | {"near": 24.0}, fog=True)
    scene.client.step()
    before = scene.game.digest()
    assert scene.unit(scene.on) is None
    assert scene.use(cast["id"]) == "MustTargetVisibleUnit"
    scene.client.observe()
    assert scene.game.digest() == before


@pytest.mark.parametrize("ability_id", [1442, 2700], ids=lambda one: str(abilities()[one]["name"]))
def test_nobody_blinks_to_where_he_sees_nothing(ability_id: int) -> None:
    # Sight reaches 10 and 8 cells, and a blink 8: the end of it is looked at, not the place that was clicked on.
    scene = Scene({"id": ability_id, "at": "point", "near": 24.0}, fog=True)
    scene.client.step()
    row = scene.game.units.row_of(scene.caster)
    assert scene.use(ability_id) == "Success"
    scene.client.step()
    assert scene.unit(scene.caster).pos.x == pytest.approx(X + 8, abs=0.01)
    scene.game.match.spells.cooldowns.clear()
    scene.game.match.fogs[US].watchers[:] = 0
    before = scene.game.digest()
    assert scene.use(ability_id) == "CantFindTeleportLocation"
    scene.client.observe()
    assert scene.game.digest() == before
    assert not scene.game.units.orders[row]


IN_PHASES = [
    *((401, 10, "Prep"), (1664, 2, "Cast"), (1664, 8, "Finish")),
    *((251, 2, "Cast"), (251, 35, "Cast"), (1036, 4, "Cast"), (2146, 4, "Cast"), (2588, 4, "Cast")),
    *((173, 30, "Channel"), (249, 30, "Channel"), (2714, 10, "Channel")),
    *((2073, 30, "Channel"), (2324, 30, "Channel"), (3765, 10, "Channel")),
]
"""Abilities that take time, and how many loops after the order they are in which phase."""


@pytest.mark.parametrize(("ability_id", "loops", "phase"), IN_PHASES)
def test_orders_cut_off_what_the_facts_let_them(ability_id: int, loops: int, phase: str) -> None:
    scene = ready(next(cast for cast in CASTS if cast["id"] == ability_id))
    before = scene.unit(scene.caster).energy
    assert scene.use(ability_id) == "Success"
    scene.client.step(loops)
    goes_on = phase in abilities()[ability_id].get("uninterruptible", ())
    if not unit_facts(scene.caster_name).get("speed"):
        scene.use(STOP)
    else:
        assert scene.use(MOVE, target_world_space_pos={"x": X, "y": Y - 20}) == "Success"
    scene.client.step(2)
    now = scene.unit(scene.caster)
    assert [order.ability_id for order in now.orders][:1] == ([ability_id] if goes_on else [MOVE] * bool(now.orders))
    if (ability_id, loops) == (1664, 2):
        assert now.energy >= before


@pytest.mark.parametrize("cast", AIMED, ids=named)
def test_who_dies_before_he_is_reached_costs_nothing(cast: dict[str, Any]) -> None:
    ability = abilities()[cast["id"]]
    if ability["range_cells"] >= ANYWHERE or not unit_facts(carrier(cast["id"])).get("speed") or "by" in cast:
        return
    scene = ready(cast | {"near": ability["range_cells"] + 8})
    scene.set_energy(scene.caster, 130)
    assert scene.use(cast["id"]) == "Success"
    scene.client.step(4)
    scene.game.kill_units([scene.on])
    scene.client.step(2)
    now = scene.unit(scene.caster)
    assert now.energy >= min(130, now.energy_max)
    assert not now.orders
    assert not scene.game.match.spells.cooldowns.get(scene.caster)


@pytest.mark.parametrize("cast", [one for one in CASTS if abilities()[one["id"]].get("life")], ids=named)
def test_life_is_paid_and_never_the_last(cast: dict[str, Any]) -> None:
    scene, price = ready(cast), abilities()[cast["id"]]["life"]
    before = scene.unit(scene.caster).health
    assert scene.use(cast["id"]) == "Success"
    assert scene.unit(scene.caster).health == before - price
    scene.game.set_unit_value(scene.caster, "life", price)
    assert scene.use(cast["id"]) == "NotEnoughLife"
    assert scene.unit(scene.caster).health == price
    scene.game.set_unit_value(scene.caster, "life", price + 1)
    assert scene.use(cast["id"]) == "Success"
    assert scene.unit(scene.caster).health == 1


@pytest.mark.parametrize(("ability_id", "loops"), [(251, 36.8), (1036, 8), (2146, 8), (2588, 5.6), (1664, 16)])
def test_casters_are_at_it_for_a_while_after_the_effect(ability_id: int, loops: float) -> None:
    # The effect comes in the first loop (Transfusion: 3.2 loops of casting, then 12.8 to finish).
    scene = ready(next(cast for cast in CASTS if cast["id"] == ability_id))
    assert scene.use(ability_id) == "Success"
    scene.client.step(ceil(loops))
    assert [order.ability_id for order in scene.unit(scene.caster).orders] == [ability_id]
    scene.client.step(1)
    assert not scene.unit(scene.caster).orders


REFUSALS: list[dict[str, Any]] = TABLE["refusal"]


@pytest.mark.parametrize("cast", REFUSALS, ids=lambda cast: f"{named(cast)} on {cast.get('on')}: {cast['answer']}")
def test_it_is_refused_and_nothing_is_spent(cast: dict[str, Any]) -> None:
    scene = Scene(cast)
    scene.client.step()
    if "holds" in cast:
        scene.cast_on(scene.on, US, *cast["holds"])
    if "caught" in cast:
        scene.cast_on(scene.caster, THEM, *cast["caught"])
    before = scene.game.digest()
    assert scene.use(cast["id"]) == cast["answer"]
    told = scene.client.observe().action_errors
    assert [(one.unit_tag, one.ability_id) for one in told] == [(scene.caster, cast["id"])]
    assert scene.game.digest() == before


def test_the_rows_are_those_of_the_raw_facts(raw_facts: Callable[[str], dict[str, Any]]) -> None:
    # Prices, ranges and cooldowns that other tests read from our table, and how long buffs last that nothing renews.
    raw, buffs = raw_facts("abilities")["abilities"], raw_facts("buffs")["buffs"]
    for cast in CASTS:
        ability, does = abilities()[cast["id"]], raw[str(cast["id"])]["does"]
        cost = does.get("cost", {})
        wanted = (cost.get("energy") or 0, cost.get("life", 0), cost.get("cooldown_use_loops", 0))
        assert wanted == tuple(ability.get(key, 0) for key in ("energy", "life", "cooldown_loops")), named(cast)
        assert ability.get("range_cells", 0) == (does.get("range_cells") or 0), named(cast)
        times = ("prepare_loops", "cast_loops", "outro_loops", "finish_loops")
        assert [ability.get(key, 0) for key in times] == [does.get(key) or 0 for key in times], named(cast)
        assert ability.get("uninterruptible", []) == does.get("uninterruptible", []), named(cast)
        if "loops" in cast and cast["id"] not in RENEWED:
            assert cast["loops"] == ceil(buffs[str(cast["buff"])]["duration_loops"]), named(cast)


def test_every_command_card_of_the_raw_facts_is_accounted_for(raw_facts: Callable[[str], dict[str, Any]]) -> None:
    on_cards = {int(key) for key, ability in raw_facts("abilities")["abilities"].items() if ability.get("on_card_of")}
    assert len(on_cards) > 400
    assert on_cards <= set(load_coverage().listed)

"""Every ability that is cast, cast through the API: price, cooldown, range, what it does to whom; and what is refused.

What is expected of each stands in `casts.toml`; prices, cooldowns, ranges, needs and filters are read from the facts as
they lie in the file, without the loader that the engine uses.
"""

import tomllib
from typing import Any

import pytest

from llm_pysc2.engine.effects.coverage import load_coverage
from llm_pysc2.knowledge.units import unit_by_name
from tests.unit.engine.abilities.scene import CASTS, FACTS, THEM, US, Scene, X, Y, abilities

AUTOCASTS = {1819: "runs with the attack", 1827: "of a force field, which nobody commands", 386: "a system of its own"}
"""Tested elsewhere: test_autocasts.py, test_hangars.py and the combat tests."""
DUMMIES = {3789, 3791}
"""Of units that melee games do not have."""
BY_HAND = {1042: "test_hangars.py", 2596: "the shade's own button: test_spells.py"}


def named(cast: dict[str, Any]) -> str:
    return f"{cast['id']} {abilities()[cast['id']]['name']}"


def rows(**wanted: Any) -> Any:
    """Return the rows whose ability has some facts, as parameters of a test."""
    chosen = [cast for cast in CASTS if all(abilities()[cast["id"]].get(key) for key in wanted)]
    return pytest.mark.parametrize("cast", chosen, ids=named)


def test_every_ability_that_is_cast_has_a_row() -> None:
    spells = tomllib.loads((FACTS / "coverage.toml").read_text(encoding="utf-8"))["done"]["spells"]
    assert {cast["id"] for cast in CASTS} | set(AUTOCASTS) | DUMMIES | set(BY_HAND) == set(spells)
    assert set(spells) <= load_coverage().done


@pytest.mark.parametrize("cast", CASTS, ids=named)
def test_it_is_cast_paid_and_does_what_it_does(cast: dict[str, Any]) -> None:
    scene, ability = Scene(cast), abilities()[cast["id"]]
    scene.client.step()
    scene.prepare()
    scene.set_energy(scene.caster, cast.get("energy", 200.0))
    before, then = scene.unit(scene.caster), scene.unit(scene.on)
    assert scene.use(cast["id"]) == "Success"
    paid, gap = _follow(scene, before.energy, ability)
    assert paid == pytest.approx(ability.get("energy", 0), abs=0.6)
    if ability.get("range_cells", 0) and gap is not None and cast.get("at") != "none":
        assert gap <= cast.get("reach", ability["range_cells"]) + 0.3
    _check(scene, cast, then)
    _check_end(scene, cast)


@rows(energy=True)
def test_too_little_energy_is_refused_and_nothing_is_spent(cast: dict[str, Any]) -> None:
    scene = Scene(cast)
    scene.prepare()
    scene.set_energy(scene.caster, abilities()[cast["id"]]["energy"] - 1)
    assert scene.use(cast["id"]) == "NotEnoughEnergy"
    assert scene.unit(scene.caster).energy == abilities()[cast["id"]]["energy"] - 1
    assert not scene.unit(scene.caster).orders


@rows(cooldown_loops=True)
def test_the_cooldown_is_kept(cast: dict[str, Any]) -> None:
    scene, loops = Scene(cast), abilities()[cast["id"]]["cooldown_loops"]
    scene.client.step()
    scene.prepare()
    assert scene.use(cast["id"]) == "Success"
    before = 0
    holder = -US if abilities()[cast["id"]].get("cooldown_of_player") else scene.caster
    while not scene.game.match.spells.cooldowns.get(holder) and before < 100:
        scene.client.step()
        before += 1
    (ready,) = scene.game.match.spells.cooldowns[holder].values()
    if scene.unit(scene.caster) is None or cast["id"] in (2536, 2324, 2073, 2350, 2375, 2358):
        return  # gone, at work for longer than that, or with another button on its card
    assert ready - scene.game.loop == pytest.approx(loops, abs=2)
    scene.set_energy(scene.caster, 200.0)
    if loops > 40:
        assert scene.use(cast["id"]) == "Cooldown"
        assert scene.unit(scene.caster).energy == 200 or not abilities()[cast["id"]].get("energy")


@rows(needs=True)
def test_without_its_upgrade_it_is_refused(cast: dict[str, Any]) -> None:
    if any(need[0] == "upgrade" for need in abilities()[cast["id"]]["needs"]):
        assert Scene(cast, upgrades=False).use(cast["id"]) == "TechRequirementsNotMet"


@pytest.mark.parametrize("cast", [one for one in CASTS if one.get("at") == "unit"], ids=named)
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


@pytest.mark.parametrize("cast", [one for one in CASTS if one.get("at") == "unit"], ids=named)
def test_a_target_that_is_gone_costs_nothing(cast: dict[str, Any]) -> None:
    scene = Scene(cast)
    scene.game.kill_units([scene.on])
    assert scene.use(cast["id"]) == "MustTargetVisibleUnit"
    scene.game.kill_units([scene.caster])
    assert scene.use(cast["id"]) == "Error"


def _follow(scene: Scene, energy: float, ability: dict[str, Any]) -> tuple[float, float | None]:
    """Play until the price is paid (or the row's wait is over); return it, and the gap at that moment."""
    wait = max(scene.cast.get("wait", 2), 2)
    paid, gap = 0.0, None
    for _ in range(wait + 60):
        unit = scene.unit(scene.caster)
        if unit is not None and energy - unit.energy > 5:
            paid, gap = energy - unit.energy, scene.gap()
            break
        if unit is None or not ability.get("energy"):
            break
        scene.client.step()
    scene.client.step(wait)
    return paid, gap


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
        assert lost == pytest.approx(cast["damage"], abs=max(2.0, cast["damage"] * 0.07))
    if "gains" in cast:
        assert now.health + now.shield - then.health - then.shield == pytest.approx(cast["gains"], abs=6)
    if "makes" in cast:
        assert scene.count(cast["makes"]) == cast.get("count", 1)
    if "becomes" in cast:
        assert caster.unit_type == unit_by_name(cast["becomes"]).id
    if cast.get("goes"):
        assert (caster.pos.x, caster.pos.y) == pytest.approx((X + scene.near, Y), abs=1.5)
    if cast.get("comes"):
        assert (now.pos.x, now.pos.y) == pytest.approx((caster.pos.x, caster.pos.y), abs=5)


def _check_end(scene: Scene, cast: dict[str, Any]) -> None:
    """Let the time of a buff pass and see it end."""
    if "loops" not in cast:
        return
    held = scene.on or scene.caster
    scene.client.step(max(cast["loops"] - cast.get("wait", 2) - 14, 1))
    assert cast["buff"] in scene.unit(held).buff_ids
    scene.client.step(40)
    assert cast["buff"] not in scene.unit(held).buff_ids

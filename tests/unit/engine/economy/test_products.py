"""All that is trained, researched and morphed, ordered through the API: its price, its time to the loop, its end.

Prices and times are those of abilities.json: what is ordered is under way in the first loop, and there after the last.
"""

import tomllib
from math import ceil
from typing import Any

import pytest

from tests.unit.engine.abilities.scene import FACTS, US, Scene, abilities

DONE = tomllib.loads((FACTS / "coverage.toml").read_text(encoding="utf-8"))["done"]
MODES = {556, 558, 1520, 1725, 1727}
"""Morphs that only take time: abilities/test_modes.py."""
SILO = {710}
"""A nuke lies in its silo, where nobody sees it: abilities/test_nukes.py."""
PRODUCTS = [one for kind in ("train", "research", "morphs") for one in DONE[kind] if one not in MODES | SILO]
RICH = 5000
LOOKED_AT = 40
"""Loops at either end of a research."""


def named(ability_id: int) -> str:
    return f"{ability_id} {abilities()[ability_id]['name']}"


def producer(ability_id: int) -> Scene:
    """Return the scene of who makes it, rich and with all that it needs."""
    scene = Scene({"id": ability_id}, upgrades=False)
    player = scene.game.players[US]
    player.minerals = player.vespene = RICH
    player.food_cap = 200
    player.cheats.tech_tree = True
    scene.cover_with_creep()
    scene.client.step(3)
    return scene


@pytest.mark.parametrize("ability_id", PRODUCTS, ids=named)
def test_its_price_its_time_and_its_end(ability_id: int) -> None:
    scene, ability = producer(ability_id), abilities()[ability_id]
    before = _there(scene, ability)
    source = str(scene.unit(scene.caster).unit_type)
    price = ability.get("costs_by_source", {}).get(source) or [ability.get(one, 0) for one in ("minerals", "vespene")]
    assert scene.use(ability_id) == "Success"
    player = scene.game.players[US]
    assert [RICH - player.minerals, RICH - player.vespene] == price
    random = sum(phase[2] for phase in ability.get("phases", ()))
    scene.client.step(ceil(ability["loops"]) - 1 - _skip(scene, ability))
    assert _there(scene, ability) == before
    scene.client.step(1 + ceil(random))
    assert _there(scene, ability) == before + (ability.get("count", 1) if "unit" in ability else 1)


def _skip(scene: Scene, ability: dict[str, Any]) -> int:
    """Let all but the beginning and the end of a long research be done at once; return how many loops that are."""
    if "upgrade" not in ability:
        return 0
    scene.client.step(LOOKED_AT)
    (item,) = scene.game.match.industry.queues[scene.caster]
    assert item.done_loops == LOOKED_AT
    item.done_loops = ceil(ability["loops"]) - LOOKED_AT
    return ceil(ability["loops"]) - LOOKED_AT


def _there(scene: Scene, ability: dict[str, Any]) -> int:
    """Return how many of what is made are there."""
    raw = scene.client.observe().observation.raw_data
    if "upgrade" in ability:
        return int(ability["upgrade"] in raw.player.upgrade_ids)
    return sum(unit.unit_type == ability["unit"] and unit.owner == US for unit in raw.units)

"""Every product of the tech tree is refused before what it needs is there, and possible after."""

import pytest

from llm_pysc2.engine.behaviors.upgrades import grant
from llm_pysc2.engine.orders import economy_commands
from llm_pysc2.engine.state.coverage import load_coverage
from llm_pysc2.engine.state.results import Result
from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.units import load_units
from tests.bases import Base

MAKING = ("train", "build", "research", "morph", "warp_in")
ASKED = ("unit", "upgrade", "attached")
REFUSED = (Result.TECH_REQUIREMENTS_NOT_MET, Result.BUILD_TECH_REQUIREMENTS_NOT_MET)


def products() -> list[tuple[int, int]]:
    """Return (type of the maker, ability) of everything that is made and needs something."""
    done, known = load_coverage().done, load_abilities()
    return [
        (unit_type.id, ability_id)
        for unit_type in load_units().values()
        for ability_id in unit_type.abilities
        if ability_id in done
        and known[ability_id].kind in MAKING
        and any(need.kind in ASKED for need in known[ability_id].needs)
    ]


def maker(type_id: int) -> tuple[Base, int]:
    """Return a rich game with nothing but a maker, and its tag."""
    unit_type = load_units()[type_id]
    base = Base(unit_type.race).rich()
    base.game.kill_units(base.game.units.tag[base.game.units.owner == 1].tolist())
    if unit_type.needs_power:
        base.add("Pylon", (44.0, 44.0))
    return base, base.add(unit_type.name, (41.5, 44.5))


def answer(base: Base, tag: int, ability: Ability) -> Result:
    """Return what an order would be answered as far as tech is concerned."""
    check = economy_commands.check(base.match, base.row(tag), ability)
    assert (ability.id in base.game.available_abilities(tag)) == (check is Result.SUCCESS)
    return check


@pytest.mark.parametrize(("type_id", "ability_id"), products())
def test_a_product_needs_what_the_tech_tree_says(type_id: int, ability_id: int) -> None:
    ability = load_abilities()[ability_id]
    base, tag = maker(type_id)
    wanted = [need for need in ability.needs if need.kind in ASKED]
    for count, need in enumerate(wanted):
        if need.kind == "unit" and type_id in need.ids:
            continue
        assert answer(base, tag, ability) in REFUSED, f"{count} of {wanted}"
        if need.kind == "upgrade":
            grant(base.match, 1, need.ids[0])
            continue
        required = load_units()[need.ids[-1 if need.kind == "attached" else 0]]
        other = base.add(required.name, (44.5 + 4 * count, 38.5))
        if need.kind == "attached":
            base.match.industry.addons[tag] = other
    assert answer(base, tag, ability) is Result.SUCCESS


def test_there_are_as_many_as_the_tech_tree_has() -> None:
    assert len(products()) > 120

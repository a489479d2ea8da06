"""Rows of effects and conditions: what is misspelt is an error that names source, row and the closest word."""

from typing import Any

import pytest

from llm_pysc2.errors import PackError
from llm_pysc2.knowledge.conditions import LocationCompareRange, PlaceOfEffect
from llm_pysc2.knowledge.effects import Area, Case, CreatePersistent, Damage, Switch
from llm_pysc2.knowledge.records import Reference, references
from llm_pysc2.knowledge.spells import decode_condition, decode_effect


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"do": "Damage", "damge": 20}, "mine.json: Bolt: unknown key 'damge'; closest: damage"),
        ({"do": "Damge", "damage": 20}, "mine.json: Bolt: unknown do 'Damge'; closest: Damage"),
        ({"damage": 20}, "mine.json: Bolt: unknown do ''; known: ApplyBehavior, CancelOrder, "),
        ({"do": "Damage", "damage": "20"}, "mine.json: Bolt: damage: expected a number, found '20'"),
        ({"do": "Damage", "damage": True}, "mine.json: Bolt: damage: expected a number, found True"),
        ({"do": "Set", "effects": "Bolt"}, "mine.json: Bolt: effects: expected a list, found 'Bolt'"),
        (
            {"do": "EnumArea", "areas": [{"radius_cell": 2}]},
            "mine.json: Bolt: areas: unknown key 'radius_cell'; closest: radius_cells",
        ),
        ({"do": "RemoveBehavior"}, "mine.json: Bolt: 'behavior' is missing"),
        (
            {"do": "ModifyUnit", "vitals": {"Life": {"chnge": 1}}},
            "mine.json: Bolt: vitals.Life: unknown key 'chnge'; closest: change",
        ),
    ],
)
def test_a_misspelt_effect_is_named_with_the_closest_word(row: dict[str, Any], said: str) -> None:
    with pytest.raises(PackError) as caught:
        decode_effect({"name": "Bolt", **row}, "mine.json")
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"test": "UnitTipe", "value": "Marine"}, "unknown test 'UnitTipe'; closest: UnitType"),
        ({"test": "UnitType", "valu": "Marine"}, "unknown key 'valu'; closest: value"),
        ({"test": "UnitCompareVital", "compare": "GQ"}, "compare: unknown word 'GQ'; closest: "),
        ({"test": "UnitType", "value": "Marine", "find": 2}, "find: expected true or false, found 2"),
        ({"all": ["A"], "nagate": True}, "unknown key 'nagate'; closest: negate"),
    ],
)
def test_a_misspelt_condition_is_named_with_the_closest_word(row: dict[str, Any], said: str) -> None:
    with pytest.raises(PackError) as caught:
        decode_condition({"name": "IsIt", **row}, "mine.json")
    assert str(caught.value).startswith(f"mine.json: IsIt: {said}")


def test_a_row_is_the_record_of_its_kind() -> None:
    rings = [{"radius_cells": 1, "fraction": 1}, {"radius_cells": 2, "fraction": 0.5}]
    row = {"name": "Bolt", "do": "Damage", "damage": 20, "flags": ["Kill"], "areas": rings}
    assert decode_effect(row) == Damage(
        name="Bolt",
        damage=20,
        flags=frozenset({"Kill"}),
        areas=(Area(radius_cells=1), Area(radius_cells=2, fraction=0.5)),
    )


def test_a_key_that_is_a_word_of_python_is_read() -> None:
    lasting = decode_effect({"name": "Field", "do": "CreatePersistent", "while": "IsIt"})
    assert isinstance(lasting, CreatePersistent)
    assert lasting.while_ == "IsIt"
    switch = decode_effect({"name": "S", "do": "Switch", "cases": [{"if": None, "effect": "Bolt"}]})
    assert isinstance(switch, Switch)
    assert switch.cases == (Case(effect="Bolt"),)


def test_a_value_of_either_kind_is_read() -> None:
    row = {"name": "Far", "test": "LocationCompareRange", "range_cells": 2}
    place = decode_condition({**row, "value": {"effect": "Charge", "value": "TargetUnit"}})
    unit = decode_condition({**row, "value": "TargetUnit"})
    assert isinstance(place, LocationCompareRange)
    assert isinstance(unit, LocationCompareRange)
    assert (place.value, unit.value) == (PlaceOfEffect(effect="Charge", value="TargetUnit"), "TargetUnit")


def test_the_names_that_a_row_refers_to_are_found_wherever_they_stand() -> None:
    cases = [{"if": "IsIt", "effect": "Bolt"}]
    switch = decode_effect({"name": "S", "do": "Switch", "only_if": ["Is"], "cases": cases, "otherwise": "Field"})
    assert list(references(switch)) == [
        Reference("condition", "only_if", "Is"),
        Reference("effect", "cases.effect", "Bolt"),
        Reference("condition", "cases.if", "IsIt"),
        Reference("effect", "otherwise", "Field"),
    ]

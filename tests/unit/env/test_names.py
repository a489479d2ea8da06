from types import SimpleNamespace

import pytest

from llm_pysc2.env.names import TypeNames, base_name, catalog_names


def named(**names_by_id: str) -> TypeNames:
    return TypeNames([SimpleNamespace(unit_id=int(key[1:]), name=name) for key, name in names_by_id.items()])


def test_catalog_numbers_have_pysc2s_names():
    names = named(_74="Stalker", _484="HellionTank")
    assert (names[74], names[484], names[73]) == ("Stalker", "Hellbat", "Zealot")


def test_types_of_the_map_are_called_by_what_they_are_made_from():
    names = named(_1970="Stalker_RL", _1971="zealot_RL", _1972="Colosus_RL")
    assert [names[type_id] for type_id in (1970, 1971, 1972)] == ["Stalker", "Zealot", "Colossus"]


def test_numbers_that_moved_between_builds_follow_the_game():
    """PySC2 calls 1961 MineralField450, as build 4.10 does; later builds use the number for something else."""
    assert named(_1961="ThorMengskACGluescreenDummy")[1961] == "ThorMengskACGluescreenDummy"
    assert named(_1961="MineralField450")[1961] == "MineralField450"
    assert TypeNames()[1961] == "MineralField450"


def test_every_number_has_a_name():
    assert named(_5000="")[5000] == "Unit5000"
    assert TypeNames()[123456] == "Unit123456"


@pytest.mark.parametrize("name", ["XelNaga_Caverns_DoorE", "Beacon_Protoss", "SomethingNew", "_RL", "", "New_RL"])
def test_names_of_nothing_known_stay(name):
    assert base_name(name) == name


def test_catalog_names_are_their_own_base_names():
    assert all(base_name(name) == name for name in catalog_names().values())

from llm_pysc2.dialogue.short_ids import ShortIds
from llm_pysc2.world.view import Alliance
from tests.worlds import enemy, unit, view


def test_own_units_get_the_short_letters_enemies_and_neutrals_a_mark_before_them():
    world = view(
        [
            enemy(1, "Zergling", 5, 5),
            unit(2, "Zealot", 6, 6),
            unit(3, "Zealot", 7, 6),
            unit(4, "HighTemplar", 7, 7),
            unit(5, "MineralField", 8, 8, Alliance.NEUTRAL),
        ]
    )
    names = ShortIds().update(world)
    assert [names.name(tag) for tag in (1, 2, 3, 4, 5)] == ["eZe1", "Z1", "Z2", "HT1", "nMF1"]


def test_an_id_is_never_given_again():
    names = ShortIds().update(view([unit(1, "Marine", 5, 5), unit(2, "Marine", 5, 6)]))
    names = names.update(view([unit(2, "Marine", 5, 6)]))
    names = names.update(view([unit(2, "Marine", 5, 6), unit(3, "Marine", 5, 7)]))
    assert [names.name(tag) for tag in (1, 2, 3)] == ["M1", "M2", "M3"]


def test_a_unit_keeps_its_id_when_it_changes_its_type():
    names = ShortIds().update(view([unit(1, "SiegeTank", 5, 5)]))
    after = names.update(view([unit(1, "SiegeTankSieged", 5, 5)]))
    assert after.name(1) == "ST1"
    assert after is names


def test_update_leaves_the_value_as_it_was():
    first = ShortIds().update(view([unit(1, "Marine", 5, 5)]))
    first.update(view([unit(2, "Marine", 5, 5)]))
    assert first.tag("M2") is None


def test_ids_are_found_in_any_case_and_by_hex_tag():
    names = ShortIds().update(view([enemy(0x1008C0001, "Stalker", 5, 5)]))
    assert names.tag("ES1") == names.tag("eS1") == names.tag("0x1008c0001") == names.tag("0X1008C0001") == 0x1008C0001
    assert names.tag("0xfff") is None
    assert names.tag("0xzz") is None


def test_no_two_units_share_an_id_whatever_their_types():
    own = ["EngineeringBay", "Nexus", "NydusNetwork", "EvolutionChamber", "Stalker", "Sentry", "SCV"]

    units = [unit(tag, name, 5, 5) for tag, name in enumerate(own, 1)]
    units += [enemy(100 + tag, name, 9, 9) for tag, name in enumerate(own)]
    names = ShortIds().update(view(units))
    lowered = [names.name(each.tag).lower() for each in units]
    assert len(set(lowered)) == len(units)
    assert all(names.tag(names.name(each.tag)) == each.tag for each in units)


def test_the_same_views_give_the_same_ids():
    world = view([unit(1, "Marine", 5, 5), enemy(2, "Marauder", 5, 5), unit(3, "Medivac", 5, 5)])
    assert ShortIds().update(world) == ShortIds().update(world)

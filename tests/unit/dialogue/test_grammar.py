from llm_pysc2.dialogue.grammar import action_results, load_action_book
from tests.worlds import BOOK


def test_points_are_listed_in_the_frame_that_is_shown():
    world = [action.name for action in BOOK.actions_of("Stalker", "world")]
    screen = [action.name for action in BOOK.actions_of("Stalker", "screen")]
    assert world[:6] == ["Stop", "Hold_Position", "Move_To", "Follow_Unit", "Attack_To", "Attack_Unit"]
    assert {"Move_Screen", "Move_Minimap", "Attack_Screen"} <= set(screen)
    assert not any(name.endswith("_To") for name in screen)


def test_a_unit_without_weapons_can_attack_move_but_not_attack():
    attack_unit, attack_to = BOOK.find("Attack_Unit"), BOOK.find("Attack_To")
    assert not BOOK.can(attack_unit, "Medivac")
    assert BOOK.can(attack_to, "Medivac")
    assert BOOK.can(attack_unit, "Marine")


def test_what_the_game_says_counts_more_than_the_card():
    blink = BOOK.find("Ability_Blink_To")
    assert BOOK.can(blink, "Stalker")
    assert not BOOK.can(blink, "Stalker", available=(23, 16))
    assert BOOK.can(blink, "Stalker", available=(1442,))
    assert BOOK.can(blink, "Stalker", available=(3687,))


def test_an_ability_needs_its_research():
    blink = BOOK.find("Ability_Blink_To")
    assert not BOOK.can(blink, "Stalker", upgrades=())
    assert BOOK.can(blink, "Stalker", upgrades=(87,))


def test_the_closest_name_is_suggested():
    assert BOOK.suggest("atack_unit") == "Attack_Unit"
    assert BOOK.suggest("xyzzy") == ""


def test_every_ability_of_an_order_has_a_word():
    assert [BOOK.verb(ability) for ability in (23, 3674, 16, 916, 1442)] == [
        "Attack", "Attack", "Move", "Train_Zealot", "Ability_Blink",
    ]  # fmt: skip
    assert BOOK.verb(99999) == "Ability99999"


def test_units_of_maps_own_cards_are_taken_as_given():
    book = load_action_book({"Marine": (16, 4, 23)})
    assert [action.name for action in book.actions_of("Marine")][-1] == "No_Operation"
    assert not book.can(book.find("Hold_Position"), "Marine") or "Hold_Position" not in str(book.cards)


def test_refusals_of_the_game_have_words():
    assert action_results()[9] == "not enough minerals"

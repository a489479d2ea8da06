import pytest
from pysc2.lib import actions

from llm_pysc2.dialogue.grammar import action_results, load_action_book
from tests.worlds import BOOK

ARGUMENTS = {"raw_cmd": "none", "raw_cmd_pt": "world", "raw_cmd_unit": "unit", "raw_autocast": "none"}
NO_TEXT = {"raw_move_camera": "an agent that orders by world points has no camera to move"}

LLM_PYSC2 = """
Stop No_Operation Hold_Position Move_Minimap Move_Screen Attack_Unit Stop_Building
Train_Mothership Train_Adept Train_DarkTemplar Train_HighTemplar Train_Sentry Train_Stalker Train_Zealot Train_Oracle
Train_Phoenix Train_VoidRay Train_Tempest Train_Carrier Train_Observer Train_WarpPrism Train_Immortal Train_Colossus
Train_Disruptor Research_ProtossAirArmor Research_ProtossAirWeapons Research_WarpGate Research_ProtossGroundArmor
Research_ProtossGroundWeapons Research_ProtossShields Research_Charge Research_Blink Research_AdeptResonatingGlaives
Research_PhoenixAnionPulseCrystals Research_ExtendedThermalLance Research_GraviticBooster Research_GraviticDrive
Research_PsiStorm Research_ShadowStrike Build_Nexus_Screen Build_Pylon_Screen Build_Gateway_Screen
Build_CyberneticsCore_Screen Build_Forge_Screen Build_PhotonCannon_Screen Build_ShieldBattery_Screen
Build_TwilightCouncil_Screen Build_TemplarArchive_Screen Build_DarkShrine_Screen Build_Stargate_Screen
Build_FleetBeacon_Screen Build_RoboticsBay_Screen Build_RoboticsFacility_Screen Morph_WarpPrismPhasingMode
Morph_WarpPrismTransportMode Morph_SurveillanceMode Morph_ObserverMode Morph_Archon Ability_PrismaticAlignment
Ability_CancelPhaseShift Ability_GuardianShield Ability_PulsarBeamOn Ability_ChronoBoost_Unit
Ability_NexusMassRecall_Near Ability_MothershipMassRecall_Near Ability_ShadowStride_Unit Ability_GravitonBeam_Unit
Ability_Blink_Screen Ability_AdeptPhaseShift_Screen Ability_AdeptPhaseShift_Minimap Ability_PsiStorm_Screen
Ability_PsiStorm_Attack_Unit Ability_PurificationNova_Screen Ability_PurificationNova_Attack_Unit
Ability_ForceField_Screen Ability_TimeWarp_Screen Ability_TimeWarp_Attack Ability_OracleRevelation_Screen
Build_StasisTrap_Screen Ability_StasisTrap_Screen Load_Unit Unload_Screen Continuously_Monitor_Here Wait_For_Unit_Warp
""".split()  # noqa: SIM905 - a list of strings would be 80 lines
"""LLM-PySC2's actions, without those that look for a place or a worker by themselves (X_Near, Lock_X, Warp)."""


@pytest.mark.parametrize("function", list(actions.RAW_FUNCTIONS), ids=lambda function: function.name)
def test_every_raw_function_of_pysc2_has_a_text_action(function):
    if function.name in NO_TEXT:
        assert BOOK.find(function.name) is None
        return
    found = BOOK.find(function.name)
    assert found is not None
    if function.name == "no_op":
        assert found.ability_id == 0
        return
    kind = function.function_type.__name__
    assert (found.ability_id, found.argument) == (function.ability_id, ARGUMENTS[kind])
    assert found.is_autocast == (kind == "raw_autocast")


@pytest.mark.parametrize("name", LLM_PYSC2)
def test_llm_pysc2_names_are_known(name):
    assert BOOK.find(name) is not None


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

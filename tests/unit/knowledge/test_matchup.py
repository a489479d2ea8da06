"""Matchups against calculations by hand (numbers of build 75689), and against the rules that the engine plays."""

from collections.abc import Callable
from math import inf

import pytest

from llm_pysc2.engine.combat.damage import split
from llm_pysc2.engine.state.weapon_tables import arm
from llm_pysc2.knowledge.attack import Attack, _split, arms, make_attack, make_body
from llm_pysc2.knowledge.describe import describe_matchup
from llm_pysc2.knowledge.matchup import match, upgrades_of_level, value
from llm_pysc2.knowledge.units import load_units, unit_by_name
from llm_pysc2.knowledge.upgrades import load_upgrades, upgrade_by_name


def attack(attacker: str, target: str, ours: tuple[str, ...] = (), theirs: tuple[str, ...] = ()) -> Attack:
    own = [upgrade_by_name(name).id for name in ours]
    other = [upgrade_by_name(name).id for name in theirs]
    return make_attack(unit_by_name(attacker), make_body(unit_by_name(target), other), own)


@pytest.mark.parametrize(
    ("attacker", "target", "life_damage", "attacks", "kill_loops"),
    [
        # 6 against 35 life: 5 x 6 = 30, the sixth kills; five pauses of 13.7728 loops.
        ("Marine", "Zergling", 6, 6, 68.864),
        # Two blows of 8, the second 4.48 loops later; 45 life: the sixth blow kills, the second of the third attack.
        ("Zealot", "Marine", 16, 3, 2 * 19.2 + 4.48),
        # Armor counts for each blow: 7 + 7; 145 / 7 = 20.7: the 21st blow, the first of the eleventh attack.
        ("Zealot", "Roach", 14, 11, 10 * 19.2),
        # 13 + 5 (armored) - 1 = 17; 145 / 17 = 8.5.
        ("Stalker", "Roach", 17, 9, 8 * 29.92),
        # 80 shields take five shots of 16 exactly; 80 life at 16 - 1 = 15 take six.
        ("Roach", "Stalker", 15, 11, 10 * 32),
        # 20 and 20 on 50 shields; of the third 10 are left over, less armor 1 = 9; 91 life at 19 take five more.
        ("Immortal", "Zealot", 19, 8, 7 * 23.2),
        # 20 + 30 (armored) - 1 = 49; 145 / 49 = 2.96.
        ("Immortal", "Roach", 49, 3, 2 * 23.2),
        # Four missiles of 6 + 6 (light), the second 2 loops after the first; 120 life take ten: 4 + 4 + 2.
        ("Thor", "Mutalisk", 48, 3, 2 * 48 + 2),
        # Two beams of 10 + 5 (light), once each on a unit; 35 life: three of them.
        ("Colossus", "Zergling", 30, 2, 24),
        # 40 + 30 (armored) - 1 = 69, from one of the two branches only.
        ("SiegeTankSieged", "Roach", 69, 3, 2 * 48),
        # 20 + 10 (armored) - 1, once although the spines pass over ten places.
        ("LurkerBurrowed", "Roach", 29, 5, 4 * 32),
        # Only the first of the bounces hits the target itself.
        ("Mutalisk", "Drone", 9, 5, 4 * 24.3936),
        # The flame's line lies behind the target: 8 + 6 (light) once; 35 life.
        ("Hellion", "Zergling", 14, 3, 2 * 40),
        # 8 on the ground, 5 in the air.
        ("Battlecruiser", "Marine", 8, 6, 5 * 3.6),
        ("Battlecruiser", "VikingFighter", 5, 27, 26 * 3.6),
        # Eight Interceptors with two shots of 5 each.
        ("Carrier", "Marine", 80, 1, 0),
        # A Broodling each 40 loops, 20 less armor 1: 80 shields take four, 80 life at 19 five.
        ("BroodLord", "Stalker", 19, 9, 8 * 40),
        # Anti-air reaches the Colossus on its legs: 10 + 4 (armored) - 1, twice.
        ("VikingFighter", "Colossus", 26, 14, None),
    ],
)
def test_hand_calculations(
    attacker: str, target: str, life_damage: float, attacks: int, kill_loops: float | None
) -> None:
    found = attack(attacker, target)
    assert found.life_damage == pytest.approx(life_damage)
    assert found.attacks_to_kill == attacks
    if kill_loops is not None:
        assert found.kill_loops == pytest.approx(kill_loops)


def test_damage_per_second_is_in_real_time() -> None:
    # 6 damage each 13.7728 loops at 22.4 loops a second.
    assert attack("Marine", "Zergling").damage_per_second == pytest.approx(6 * 22.4 / 13.7728)


def test_upgrades_of_weapons_and_armor() -> None:
    assert attack("Marine", "Zergling", ("TerranInfantryWeaponsLevel1",)).life_damage == 7
    both = attack("Marine", "Zergling", ("TerranInfantryWeaponsLevel1",), ("ZergGroundArmorsLevel1",))
    assert both.life_damage == 6
    # Level three of 1 a level, level two of armor: 6 + 3 - 2.
    ours = tuple(f"TerranInfantryWeaponsLevel{level}" for level in (1, 2, 3))
    theirs = tuple(f"ZergGroundArmorsLevel{level}" for level in (1, 2))
    assert attack("Marine", "Zergling", ours, theirs).life_damage == 7


def test_upgrades_of_life_pace_and_reach() -> None:
    # 55 life instead of 45 at 5 a bite: eleven bites instead of nine.
    assert attack("Zergling", "Marine").attacks_to_kill == 9
    assert attack("Zergling", "Marine", (), ("CombatShield",)).attacks_to_kill == 11
    # 40 % faster.
    assert attack("Zergling", "Marine", ("AdrenalGlands",)).period_loops == pytest.approx(11.136 / 1.4)
    assert (
        attack("Hydralisk", "Marine", ("GroovedSpines",)).range_cells == attack("Hydralisk", "Marine").range_cells + 1
    )
    boosted = make_body(unit_by_name("Zergling"), [upgrade_by_name("MetabolicBoost").id])
    assert boosted.speed_cells_per_second == pytest.approx((2.9531 + 1.746) * 1.4)


def test_shields_with_armor_of_their_own() -> None:
    # 8 - 1 on shields: seven blows leave 1 of 50; the eighth brings 7 - 1 - armor 1 = 5 to life; 95 at 7 take fourteen
    # more: 22 blows, the second of the eleventh attack.
    found = attack("Zealot", "Zealot", (), ("ProtossShieldsLevel1",))
    assert (found.shield_damage, found.life_damage, found.attacks_to_kill) == (14, 14, 11)
    assert found.kill_loops == pytest.approx(10 * 19.2 + 4.48)


def test_armor_leaves_half_a_point() -> None:
    # 4 against 2 + 2 armor.
    found = attack("Broodling", "Ultralisk", (), ("ChitinousPlating",))
    assert (found.life_damage, found.attacks_to_kill) == (0.5, 1000)


def test_banelings_do_other_damage_to_buildings() -> None:
    assert attack("Baneling", "Marine").life_damage == 35
    assert attack("Baneling", "Roach").life_damage == 19
    # 80 that no armor lessens; 400 / 80 = 5.
    depot = attack("Baneling", "SupplyDepot")
    assert (depot.life_damage, depot.attacks_to_kill, depot.is_last) == (80, 5, True)


@pytest.mark.parametrize(
    ("attacker", "target"),
    [
        ("Zealot", "Mutalisk"),
        ("Phoenix", "Stalker"),
        ("Lurker", "Marine"),
        ("LiberatorAG", "CommandCenter"),
        ("BroodLord", "Phoenix"),
        ("Infestor", "Marine"),
        ("Marine", "MineralField"),
    ],
)
def test_who_cannot_attack_whom(attacker: str, target: str) -> None:
    found = attack(attacker, target)
    assert not found.is_possible
    assert (found.damage_per_second, found.loops_per_kill, found.kill_loops) == (0, inf, inf)


def test_a_weapon_that_has_to_be_switched_on() -> None:
    assert attack("Oracle", "Drone").is_switched
    assert not attack("Stalker", "Drone").is_switched


def test_reach_and_speed() -> None:
    found = match(unit_by_name("Stalker"), unit_by_name("Roach"))
    assert found.reach_cells == 2
    assert found.speed_cells_per_second == pytest.approx((2.9531 - 2.25) * 1.4)
    lance = match(unit_by_name("Colossus"), unit_by_name("Hydralisk"), [upgrade_by_name("ExtendedThermalLance").id])
    assert lance.reach_cells == 7 + 2 - 5
    assert match(unit_by_name("Tempest"), unit_by_name("Zealot")).reach_cells == 0


def test_even_cost() -> None:
    # Stalker 125 + 2 x 50 = 225, a kill costs 9 x 29.92 loops; Roach 75 + 2 x 25 = 125, a kill costs 11 x 32.
    found = match(unit_by_name("Stalker"), unit_by_name("Roach"))
    trade = (125 * 11 * 32) / (225 * 9 * 29.92)
    assert found.trade == pytest.approx(trade)
    assert found.open_field == pytest.approx(trade * 125 / 225)
    mirrored = match(unit_by_name("Roach"), unit_by_name("Stalker"))
    assert mirrored.open_field == pytest.approx(1 / (trade * 125 / 225))


def test_even_cost_at_the_edges() -> None:
    baneling, marine = unit_by_name("Baneling"), unit_by_name("Marine")
    # Two Banelings of 50 + 2 x 25 for a Marine of 50.
    assert match(baneling, marine).trade == pytest.approx(50 / 200)
    assert match(marine, baneling).trade == pytest.approx(200 / 50)
    assert match(unit_by_name("VoidRay"), unit_by_name("Zealot")).trade == inf
    assert match(unit_by_name("Zealot"), unit_by_name("VoidRay")).open_field == 0
    assert match(unit_by_name("Overlord"), unit_by_name("Observer")).trade is None
    assert match(unit_by_name("Locust"), marine).trade is None
    assert value(unit_by_name("Stalker")) == 225


def test_levels_reach_the_hangar() -> None:
    carrier = unit_by_name("Carrier")
    names = {load_upgrades()[number].name for number in upgrades_of_level(carrier, weapons=1, armor=0)}
    assert names == {"ProtossAirWeaponsLevel1"}
    marine = make_body(unit_by_name("Marine"))
    assert make_attack(carrier, marine, upgrades_of_level(carrier, 1, 0)).life_damage == 8 * 2 * 6


def test_every_pair_of_units_can_be_matched_and_described() -> None:
    fighters = [unit for unit in load_units().values() if unit.race != "neutral" and unit.life_max > 1]
    for first in fighters:
        for second in fighters[::7]:
            matchup = match(first, second)
            assert matchup.attack.attacks_to_kill < 5000
            assert describe_matchup(matchup)


@pytest.mark.parametrize("upgrades", [(), tuple(load_upgrades())], ids=["plain", "upgraded"])
def test_weapons_are_those_that_the_engine_arms(upgrades: tuple[int, ...]) -> None:
    targets = [unit_by_name(name) for name in ("Marine", "Roach", "Mutalisk", "Bunker")]
    for unit in load_units().values():
        armed = {weapon.name: weapon for weapon in arm(unit, upgrades).weapons}
        for ours in (found for target in targets for found in arms(unit, target, upgrades)):
            if ours.weapon.name in armed and ours.weapon.enabled:
                theirs = armed[ours.weapon.name]
                assert ours.range_cells == pytest.approx(theirs.range_cells)
                assert ours.period_loops == pytest.approx(theirs.period_loops)
                assert set(map(repr, ours.hits)) <= set(map(repr, theirs.hits)), unit.name


@pytest.mark.parametrize("shield", [0.0, 0.25, 3.0, 50.0])
@pytest.mark.parametrize("attacker", ["Zealot", "Marine", "Broodling", "Immortal", "Baneling"])
def test_damage_is_split_as_the_engine_does(attacker: str, shield: float) -> None:
    target = make_body(unit_by_name("Zealot"), list(load_upgrades()))
    for hit in unit_by_name(attacker).weapons[0].hits:
        amount = hit.damage + sum(more for name, more in hit.bonus.items() if name in target.unit.attributes)
        armors = (target.shield_armor * hit.armor_factor, target.armor * hit.armor_factor)
        assert _split(hit, target, shield) == pytest.approx(split(amount, shield, armors))


def test_matchups_in_words(golden: Callable[[str, str], None]) -> None:
    pairs = [
        "Stalker Roach",
        "Marine Baneling",
        "Oracle Drone",
        "Phoenix Stalker",
        "Thor Mutalisk",
        "Carrier Corruptor",
    ]
    texts = [describe_matchup(match(*(unit_by_name(name) for name in pair.split()))) for pair in pairs]
    golden("knowledge/matchups.txt", "\n\n".join(texts) + "\n")

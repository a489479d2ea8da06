"""Orders in words against a game: build orders from twelve workers on, and what only the game can refuse."""

import asyncio

import pytest

from llm_pysc2.engine.api.link import connect
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.orchestrator.game_thread import GameThread
from llm_pysc2.orchestrator.pace import make_pace
from llm_pysc2.orchestrator.seat import CustomSeat
from llm_pysc2.orchestrator.session import Session
from llm_pysc2.orchestrator.table import load_book
from llm_pysc2.roster import load_roster
from llm_pysc2.scenario import EndRule, Scenario
from llm_pysc2.world.view import WorldView


class Builder:
    """Says the next line of a build order until it is accepted."""

    def __init__(self, lines: str) -> None:
        self.left = lines.split()
        self.reasons: list[str] = []
        self.errors: list[int] = []

    async def act(self, observation) -> str:
        self.errors += [error.code for error in observation.view.action_errors]
        for outcome in observation.situation.outcomes:
            if outcome.reason:
                self.reasons.append(f"{outcome.action}: {outcome.reason}")
            else:
                self.left.pop(0)
        return f"Actions:\n<{self.left[0]}>" if self.left else ""


class Speaker:
    """Says one thing a turn, and keeps what it is shown."""

    def __init__(self, *answers: str) -> None:
        self.left = list(answers)
        self.texts: list[str] = []

    async def act(self, observation) -> str:
        self.texts.append(observation.text)
        return self.left.pop(0) if self.left else ""


def build(race: str, lines: str, loops: int, map_name: str = "Simple64") -> tuple[WorldView, Builder]:
    """Play a build order for some loops and return what is there then."""
    builder = Builder(lines)
    return play(builder, race, loops, map_name), builder


def play(agent: Builder | Speaker, race: str, loops: int, map_name: str, interface: str = "raw") -> WorldView:
    """Let an agent that leads all units play for some loops and return what is there then."""
    scenario = Scenario("build", "test", "Build", map_name, race, "terran", "Build.", loops, 32, end=EndRule("game"))
    options = LaunchOptions("embedded", interface=interface)
    game = GameThread(GameEnv(map_name, race, "terran", 1, connect, options))
    seat = CustomSeat(load_roster("commander").agents[0], agent, "agent")
    session = Session(scenario, game, [seat], make_pace("wait"), load_book(), lambda _: None)

    async def until_the_end() -> WorldView:
        try:
            await session.play()
        finally:
            await game.close()
        assert session.view
        return session.view

    return asyncio.run(until_the_end())


BUILD_ORDERS = {
    "protoss": (
        "Train_Probe() Build_Pylon() Build_Gateway() Build_Assimilator() Train_Probe()",
        ["Pylon", "Gateway", "Assimilator"], 14, "Build_Gateway(): Gateway needs power, there is no finished Pylon",
    ),
    "terran": (
        "Train_SCV() Build_SupplyDepot() Build_Barracks() Build_Refinery() Train_SCV()",
        ["SupplyDepot", "Barracks", "Refinery"], 14, "Build_Barracks(): Build_Barracks needs a finished SupplyDepot",
    ),
    "zerg": (
        "Train_Drone() Train_Overlord() Build_SpawningPool() Build_Extractor() Train_Drone()",
        ["SpawningPool", "Extractor"], 12, "Train_Overlord(): Train_Overlord costs 100 minerals, 90 are left",
    ),
}  # fmt: skip


@pytest.mark.parametrize("race", BUILD_ORDERS)
def test_a_build_order_in_words_is_carried_out(race):
    lines, structures, workers, reason = BUILD_ORDERS[race]
    view, builder = build(race, lines, 1400)
    assert builder.left == []
    assert builder.errors == []
    assert reason in builder.reasons
    assert set(structures) <= {unit.type_name for unit in view.own}
    assert sum(unit.type_name in ("Probe", "SCV", "Drone") for unit in view.own) == workers
    gas = next(unit for unit in view.own if unit.type_name in ("Assimilator", "Refinery", "Extractor"))
    assert gas.position in {unit.position for unit in view.units if "Geyser" in unit.type_name}


def test_zealots_are_warped_in_and_what_lacks_is_said():
    lines = "Warp_Zealot() Warp_Zealot() Build_Pylon_Near(N1) Build_Gateway() Warp_Stalker()"
    view, builder = build("protoss", lines, 400, "pvz_task8_level1")
    assert builder.left == ["Warp_Stalker()"]
    assert set(builder.reasons) == {"Warp_Stalker(): Warp_Stalker needs a finished CyberneticsCore"}
    assert builder.errors == []
    zealots = [unit for unit in view.own if unit.type_name == "Zealot"]
    assert len(zealots) == 2
    pylons = [unit for unit in view.own if unit.type_name == "Pylon" and unit.is_complete]
    assert all(min(zealot.distance_to(pylon) for pylon in pylons) < 7 for zealot in zealots)
    assert {unit.type_name for unit in view.own if not unit.is_complete} == {"Pylon", "Gateway"}


BLINK = "<Select_Unit_Ability_Blink_To(S1, [30, 48])>"


@pytest.mark.parametrize("interface", ["raw", "camera"])
def test_what_only_the_game_can_refuse_is_told_next_turn_and_the_rest_carried_out(interface):
    answers = (BLINK, f"{BLINK} <Select_Unit_Move_To(S2, [30, 40])> <Select_Unit_Ability_Blink_To(X9, [3, 4])>")
    agent = Speaker(*answers)
    view = play(agent, "protoss", 128, "pvz_task4_level1", interface)
    told = agent.texts[2]
    reason = {"raw": "cooldown", "camera": "not supported"}[interface]
    assert f"refused by the game S1 Ability_Blink: {reason}\n" in told
    assert "Select_Unit_Ability_Blink_To(X9, [3, 4]) REJECTED: there is no unit X9" in told
    assert "REJECTED" not in agent.texts[1]
    second = sorted(unit.tag for unit in view.own if unit.type_name == "Stalker")[1]
    assert view.unit(second).position.y < 46

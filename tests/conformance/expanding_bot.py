"""A python-sc2 bot of an ordinary kind, run by `test_burnysc2.py` in an environment of its own: it knows nothing of us.

It trains workers and marines, keeps supply ahead, expands, and sets out; its opponent does nothing.
"""

import json
import sys
from pathlib import Path

from sc2 import maps
from sc2.bot_ai import BotAI
from sc2.data import Race, Result
from sc2.ids.unit_typeid import UnitTypeId
from sc2.main import run_game
from sc2.player import Bot

BARRACKS, ARMY = 3, 16


class Expander(BotAI):
    """Two bases, three barracks, then sixteen marines at a time against whatever stands."""

    def __init__(self) -> None:
        super().__init__()
        self.story: dict[str, int] = {}

    async def on_step(self, iteration: int) -> None:
        """Do what can be paid for, the most urgent first."""
        if not self.townhalls:
            return
        self.note()
        if iteration % 8 == 0:
            await self.distribute_workers()
        await self.keep_supply_ahead()
        self.train()
        await self.expand()
        await self.build_barracks()
        self.fight()

    def note(self) -> None:
        """Remember when what was there first, in seconds."""
        marks = {
            "expansion": self.townhalls.ready.amount >= 2,
            "army": self.units(UnitTypeId.MARINE).amount >= ARMY,
            "enemy seen": bool(self.enemy_structures),
        }
        for mark, reached in marks.items():
            if reached:
                self.story.setdefault(mark, round(self.time))

    async def keep_supply_ahead(self) -> None:
        """Build a depot when there is little left."""
        pending = self.already_pending(UnitTypeId.SUPPLYDEPOT)
        if self.supply_left < 6 and self.supply_cap < 100 and pending < 2 and self.can_afford(UnitTypeId.SUPPLYDEPOT):
            await self.build(UnitTypeId.SUPPLYDEPOT, near=self.toward_middle(7))

    def train(self) -> None:
        """Keep halls and barracks busy."""
        for hall in self.townhalls.ready.idle:
            if self.supply_workers < 30 and self.can_afford(UnitTypeId.SCV):
                hall.train(UnitTypeId.SCV)
        for barracks in self.structures(UnitTypeId.BARRACKS).ready.idle:
            if self.can_afford(UnitTypeId.MARINE):
                barracks.train(UnitTypeId.MARINE)

    async def expand(self) -> None:
        """Take a second base once there is a barracks."""
        halls = self.townhalls.amount + self.already_pending(UnitTypeId.COMMANDCENTER)
        if halls < 2 and self.structures(UnitTypeId.BARRACKS) and self.can_afford(UnitTypeId.COMMANDCENTER):
            await self.expand_now()

    async def build_barracks(self) -> None:
        """Build one barracks, and two more once there is a second base."""
        have = self.structures(UnitTypeId.BARRACKS).amount + self.already_pending(UnitTypeId.BARRACKS)
        wanted = BARRACKS if self.townhalls.amount > 1 else 1
        may = self.tech_requirement_progress(UnitTypeId.BARRACKS) == 1 and self.can_afford(UnitTypeId.BARRACKS)
        if may and have < wanted:
            await self.build(UnitTypeId.BARRACKS, near=self.toward_middle(9))

    def fight(self) -> None:
        """Send the army to what is known of the enemy, or where it began."""
        marines = self.units(UnitTypeId.MARINE)
        if marines.amount >= ARMY or "army" in self.story:
            for marine in marines.idle:
                known = self.enemy_structures
                marine.attack(known.closest_to(marine).position if known else self.enemy_start_locations[0])

    def toward_middle(self, cells: float):
        """Return a place on the side of home that has no minerals."""
        return self.start_location.towards(self.game_info.map_center, cells)


class Idle(BotAI):
    """Does nothing."""

    async def on_step(self, iteration: int) -> None:
        """Do nothing."""


def main() -> None:
    """Play and write down how it went, in the file that is named."""
    bot = Expander()
    players = [Bot(Race.Terran, bot), Bot(Race.Protoss, Idle())]
    results = run_game(maps.get("Simple64"), players, realtime=False, random_seed=4, game_time_limit=900)
    story = {"won": results == [Result.Victory, Result.Defeat], "seconds": round(bot.time), **bot.story}
    Path(sys.argv[1]).write_text(json.dumps(story))


if __name__ == "__main__":
    main()

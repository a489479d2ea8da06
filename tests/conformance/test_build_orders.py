"""From twelve workers to an army and an expansion, for each race: by raw orders, and by PySC2's screen functions.

The same orders go through an unmodified `SC2Env` both ways; what they cost and how long they take stands in the facts.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from llm_pysc2.engine.api.link import connect
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.units import UnitType, unit_by_name
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import UnitView, WorldView

STEP_LOOPS = 8
MOST_LOOPS = 4600
PATIENCE_LOOPS = 160
"""After so long without its product an order is given again."""


@dataclass(frozen=True)
class Opening:
    """What a race makes, in this order; workers besides, up to a number."""

    worker: str
    hall: str
    workers: int
    steps: tuple[tuple[str, str], ...]
    """Product and who makes it."""
    army: int
    """How many units that are no workers there are in the end."""


OPENINGS = {
    "protoss": Opening(
        "Probe", "Nexus", 20,
        (("Pylon", "Probe"), ("Gateway", "Probe"), ("Assimilator", "Probe"), ("CyberneticsCore", "Probe"),
         ("Nexus", "Probe"), ("Pylon", "Probe"), ("Zealot", "Gateway"), ("Zealot", "Gateway"), ("Zealot", "Gateway")),
        3,
    ),
    "terran": Opening(
        "SCV", "CommandCenter", 20,
        (("SupplyDepot", "SCV"), ("Barracks", "SCV"), ("Refinery", "SCV"), ("CommandCenter", "SCV"),
         ("SupplyDepot", "SCV"), *[("Marine", "Barracks")] * 4),
        4,
    ),
    "zerg": Opening(
        "Drone", "Hatchery", 17,
        (("Overlord", "Larva"), ("Hatchery", "Drone"), ("SpawningPool", "Drone"), ("Overlord", "Larva"),
         ("Queen", "Hatchery"), *[("Zergling", "Larva")] * 4),
        9,
    ),
}  # fmt: skip


def making(product: str, maker: str) -> Ability:
    """Return the ability by which a type makes another."""
    known, wanted = load_abilities(), unit_by_name(product).id
    card = (known[one] for one in unit_by_name(maker).abilities if one in known)
    return next(one for one in card if one.unit == wanted and one.kind in ("build", "train"))


@dataclass
class Player:
    """Carries an opening out, as its means allow."""

    env: GameEnv
    opening: Opening
    view: WorldView
    home: Point
    made: Counter[str] = field(default_factory=Counter)
    """How many of each product of the steps were paid for."""
    stands: dict[int, tuple[str, int]] = field(default_factory=dict)
    took: list[tuple[str, int]] = field(default_factory=list)
    """Structures and how long each of them took, loops."""
    picked: int = 0
    waiting: tuple[str, int, int] | None = None
    """The product that was ordered, how many there were before, and when."""

    def own(self, name: str, complete: bool = True) -> list[UnitView]:
        return [one for one in self.view.own if one.type_name == name and one.is_complete >= complete]

    def count(self, name: str) -> int:
        """Return how many of a type there are, with those in eggs and queues."""
        kind = unit_by_name(name)
        in_the_making = sum(
            load_abilities()[order.ability_id].count
            for one in self.view.own
            for order in one.orders
            if order.ability_id in load_abilities()
            and load_abilities()[order.ability_id].unit == kind.id
            and load_abilities()[order.ability_id].kind == "train"
        )
        return len(self.own(name, complete=False)) + in_the_making

    def play(self) -> None:
        steps = list(self.opening.steps)
        while self.view.game_loop < MOST_LOOPS and not (self.is_done() and not steps):
            command = (self.next_step(*steps[0]) if steps else None) or self.next_worker() or self.clear_view()
            self.view = self.env.step([command] if command else [], STEP_LOOPS)
            self.watch()
            if self.waiting is not None and self.count(self.waiting[0]) > self.waiting[1]:
                self.made[self.waiting[0]] += 1
                self.waiting = None
                steps.pop(0)

    def is_done(self) -> bool:
        """Return whether all is finished that was begun, and nobody is inside of a gas building, unseen."""
        army = [one for one in self.view.own if one.type_name in ARMY and one.is_complete]
        halls = self.own(self.opening.hall)
        finished = len(halls) == 2 and all(one.is_complete for one in self.view.own)
        in_view = len(self.own(self.opening.worker)) == self.view.resources.supply_workers
        return len(army) >= self.opening.army and finished and in_view

    def next_step(self, product: str, maker: str) -> Command | None:
        """Return the order for a product if it can be paid for now; one that came to nothing is given again."""
        if self.waiting is not None and self.view.game_loop - self.waiting[2] < PATIENCE_LOOPS:
            return None
        ability, kind = making(product, maker), unit_by_name(product)
        makers = [one for one in self.own(maker) if self.may_make(one, ability)]
        if not makers or not self.can_pay(ability, kind):
            return None
        target = self.target(ability, kind, makers[0].tag)
        if ability.kind == "build" and target is None:
            return None
        self.waiting = (product, self.count(product), self.view.game_loop)
        if not isinstance(target, Point):
            return Command(ability.id, (self.pick(makers).tag,), target)
        return Command(ability.id, (min(makers, key=lambda one: (one.distance_to(target), one.tag)).tag,), target)

    def may_make(self, one: UnitView, ability: Ability) -> bool:
        kinds = {
            load_abilities()[order.ability_id].kind for order in one.orders if order.ability_id in load_abilities()
        }
        stays = unit_by_name(one.type_name).structure or one.type_name == "Larva"
        free = not one.orders if stays else "build" not in kinds  # a builder who is told otherwise leaves its site
        return free and ability.id in self.env.query_abilities([one.tag])[one.tag]

    def can_pay(self, ability: Ability, kind: UnitType) -> bool:
        have = self.view.resources
        food = 0 if ability.kind == "build" else kind.food_used * ability.count
        enough = have.minerals >= ability.minerals and have.vespene >= ability.vespene
        return enough and (not food or have.supply_used + food <= have.supply_cap)

    def next_worker(self) -> Command | None:
        maker = "Larva" if self.opening.worker == "Drone" else self.opening.hall
        ability, kind = making(self.opening.worker, maker), unit_by_name(self.opening.worker)
        idle = [one for one in self.own(maker) if not one.orders]
        if not idle or self.count(self.opening.worker) >= self.opening.workers or not self.can_pay(ability, kind):
            return None
        return Command(ability.id, (self.pick(idle).tag,))

    def clear_view(self) -> Command | None:
        """Send overlords away from the larvae, which cannot be clicked on under them."""
        hovering = [one for one in self.own("Overlord") if not one.orders and one.distance_to(self.home) < 9]
        aside = Point(self.home.x, self.home.y + (10 if self.home.y > 44 else -10))
        return Command(MOVE, (hovering[0].tag,), aside) if hovering else None

    def pick(self, makers: list[UnitView]) -> UnitView:
        """Return one after the other in turn: somebody may hover over the first, who cannot be clicked then."""
        self.picked += 1
        return makers[self.picked % len(makers)]

    def target(self, ability: Ability, kind: UnitType, builder: int) -> Point | int | None:
        if ability.kind != "build":
            return None
        if kind.built_on:
            geysers = [one for one in self.view.units if "Geyser" in one.type_name]
            return min(geysers, key=lambda one: one.distance_to(self.home)).tag
        places = list(self.expansions() if kind.name == self.opening.hall else self.around(self.home))
        free = self.env.query_placements(ability.id, places, builder)
        return next((place for place, is_free in zip(places, free, strict=True) if is_free), None)

    def around(self, middle: Point) -> Iterator[Point]:
        """Yield places on the side of home that has no minerals."""
        fields = [one.position for one in self.view.units if "MineralField" in one.type_name]
        near = [one for one in fields if one.distance_to(middle) < 10]
        away = sum(middle.x - one.x for one in near), sum(middle.y - one.y for one in near)
        cells = [
            (right, up) for right in range(-9, 10, 3) for up in range(-9, 10, 3) if right * away[0] + up * away[1] > 0
        ]
        for right, up in sorted(cells, key=lambda cell: (abs(cell[0]) + abs(cell[1]), cell)):
            if max(abs(right), abs(up)) >= 6:
                yield Point(middle.x + right + 0.0, middle.y + up + 0.0)

    def expansions(self) -> Iterator[Point]:
        """Yield places around the nearest minerals that are not those of home, the nearest to them all first."""
        fields = [one.position for one in self.view.units if "MineralField" in one.type_name]
        others = [one for one in fields if one.distance_to(self.home) > 10]
        first = min(others, key=lambda one: one.distance_to(self.home))
        cluster = [one for one in others if one.distance_to(first) < 11]
        x, y = (int(sum(one[axis] for one in cluster) / len(cluster)) + 0.5 for axis in (0, 1))
        places = [Point(x + right, y + up) for right in range(-9, 10) for up in range(-9, 10)]
        yield from sorted(places, key=lambda place: (sum(place.distance_to(one) for one in cluster), place))

    def watch(self) -> None:
        """Note when structures stand, and when they are finished."""
        for one in self.view.own:
            kind = unit_by_name(one.type_name)
            if kind.structure and one.tag not in self.stands and not one.is_complete:
                self.stands[one.tag] = (one.type_name, self.view.game_loop)
            elif one.tag in self.stands and one.is_complete:
                name, begun = self.stands.pop(one.tag)
                self.took.append((name, self.view.game_loop - begun))


MOVE = 3794
ARMY = ("Zealot", "Marine", "Zergling", "Queen")
SEVERAL_FUNCTIONS_LOOPS = 6
"""By hand an order takes so many functions at most, and each function a loop."""


@pytest.fixture(autouse=True)
def _asked_for(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--conformance"):
        pytest.skip("six games of some thousand loops; run by 'make conformance'")


@pytest.mark.parametrize("interface", ["raw", "camera"])
@pytest.mark.parametrize("race", OPENINGS)
def test_an_opening_costs_and_takes_what_the_facts_say(race: str, interface: str) -> None:
    env = GameEnv("Simple64", race, "terran", 1, connect, LaunchOptions("embedded", interface=interface))
    view, opening = env.reset(), OPENINGS[race]
    home = next(one.position for one in view.own if one.type_name == opening.hall)
    player = Player(env, opening, view, home)
    player.play()
    assert player.is_done(), (player.view.game_loop, player.made, player.waiting)

    seen = env._controller().observe().observation
    score, have = seen.score.score_details, seen.player_common
    used_up = sum(maker == "Drone" for _, maker in opening.steps)
    player.made[opening.worker] = player.count(opening.worker) - 12 + used_up
    makers = dict(opening.steps) | {opening.worker: "Larva" if race == "zerg" else opening.hall}
    prices = [(making(name, makers[name]), count) for name, count in player.made.items()]
    assert score.spent_minerals == sum(ability.minerals * count for ability, count in prices)
    assert score.spent_vespene == 0
    assert have.minerals == 50 + score.collected_minerals - score.spent_minerals
    units = [unit_by_name(one.type_name) for one in player.view.own]
    assert have.food_used == sum(kind.food_used for kind in units)
    assert have.food_cap == sum(kind.food_provided for kind in units)
    late = STEP_LOOPS + (SEVERAL_FUNCTIONS_LOOPS if interface == "camera" else 0)
    built = [name for name, _ in opening.steps if unit_by_name(name).structure]
    assert sorted(name for name, _ in player.took) == sorted(built)
    for name, took in player.took:
        assert abs(took - making(name, makers[name]).loops) <= late, name
    env.close()

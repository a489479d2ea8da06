"""A melee game to build, train and harvest in, by the names of the facts."""

from dataclasses import replace

from llm_pysc2.engine.economy.placement import check_structure
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import MapDefinition, load_map
from llm_pysc2.engine.state.assumptions import Assumptions
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.unit_columns import Player, PlayerSetup
from llm_pysc2.engine.units import spawning
from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.units import unit_by_name
from llm_pysc2.knowledge.upgrades import upgrade_by_name

Place = tuple[float, float]


def maker_of(product: str, carrier: str) -> Ability:
    """Return the ability by which one type makes a type or an upgrade."""
    try:
        wanted = {"unit": unit_by_name(product).id}
    except Exception:  # noqa: BLE001 - it is an upgrade then, or the next line says what is wrong
        wanted = {"upgrade": upgrade_by_name(product).id}
    known = load_abilities()
    kinds = ("train", "build", "research", "morph", "warp_in", "merge")
    card = [known[one] for one in unit_by_name(carrier).abilities if one in known and known[one].kind in kinds]
    return next(one for one in card if all(getattr(one, key) == value for key, value in wanted.items()))


class Base:
    """A melee game of one player against somebody who does nothing; units are meant by their tags."""

    def __init__(
        self,
        race: str,
        map_name: str = "Simple64",
        seed: int = 1,
        definition: MapDefinition | None = None,
        assumptions: Assumptions | None = None,
    ):
        setups = [PlayerSetup(race=race), PlayerSetup(kind="computer", race="terran")]
        self.game = Game(definition or endless(map_name), setups, seed, assumptions)

    @property
    def match(self) -> Match:
        return self.game.match

    @property
    def player(self) -> Player:
        return self.game.players[1]

    def rich(self, minerals: float = 10000, vespene: float = 10000, food: float = 150) -> "Base":
        """Give the player enough of everything."""
        self.player.minerals, self.player.vespene = minerals, vespene
        self.player.food_cap += food
        return self

    def all(self, name: str, owner: int = 1, finished: bool | None = None) -> list[int]:
        """Return the tags of all units of a type."""
        units, type_id = self.game.units, unit_by_name(name).id
        mask = (units.type_id == type_id) & (units.owner == owner)
        if finished is not None:
            mask &= (units.build_progress >= 1) == finished
        return [int(tag) for tag in units.tag[mask]]

    def one(self, name: str, owner: int = 1) -> int:
        return self.all(name, owner)[0]

    def row(self, tag: int) -> int:
        return self.game.units.row_of(tag)

    def alive(self, tag: int) -> bool:
        return self.row(tag) >= 0

    def place(self, tag: int) -> Place:
        return float(self.game.units.x[self.row(tag)]), float(self.game.units.y[self.row(tag)])

    def get(self, tag: int, column: str):
        return getattr(self.game.units, column)[self.row(tag)]

    def add(self, name: str, place: Place, owner: int = 1) -> int:
        """Put a unit, finished, exactly where it shall stand."""
        return spawning.create(self.match, unit_by_name(name).id, owner, *place)

    def room(self, name: str, near: Place | None = None) -> Place:
        """Return the first place around a point where a structure could stand; at home with a lane around it."""
        unit_type = unit_by_name(name)
        if unit_type.built_on:
            geysers = self.all("VespeneGeyser", owner=0)
            taken = set(self.match.industry.geysers.values())
            return min((self.place(tag) for tag in geysers if tag not in taken), key=lambda at: dist(at, self.home))
        x, y = near or self.home
        half = 0.5 if unit_type.placement_footprint not in ("Footprint2x2", "Footprint2x2Creep") else 0.0
        spots = [(int(x) + i + half, int(y) + j + half) for i in range(-16, 17) for j in range(-16, 17)]
        spots.sort(key=lambda at: (dist(at, (x, y)), at))
        wide = [(0.0, 0.0), (1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] if not near else [(0.0, 0.0)]
        wide += [(3.0, 0.0)] if name in ("Barracks", "Factory", "Starport") else []
        for at in spots:
            answers = {check_structure(self.match, 1, unit_type, (at[0] + r, at[1] + u)) for r, u in wide}
            if answers == {Result.SUCCESS} and dist(at, (x, y)) > (2.5 if near else 5.5):
                return at
        raise AssertionError(f"no room for {name}")

    @property
    def home(self) -> Place:
        assert self.player.start_location is not None
        return self.player.start_location

    def order(self, tag: int, ability: int | Ability, target=None, queued: bool = False) -> int:
        ability_id = ability if isinstance(ability, int) else ability.id
        return self.game.order(1, ability_id, [tag], target, queued)[0]

    def make(self, product: str, carrier: str, target=None) -> int:
        """Let the first unit of a type make something. Returns the answer."""
        ability = maker_of(product, carrier)
        if ability.kind == "build" and target is None and "AddOn" not in ability.link:
            target = self.room(product)
        return self.order(self.one(carrier), ability, target)

    def step(self, loops: int = 1) -> None:
        self.game.step(loops)

    def until(self, condition, limit: int = 4000) -> int:
        """Step until something holds. Returns the loop."""
        for _ in range(limit):
            if condition():
                return self.game.loop
            self.step()
        raise AssertionError(f"not within {limit} loops")


def empty_melee(name: str = "Flat64") -> MapDefinition:
    """Return a map on which nobody starts with anything."""
    definition = load_map(name)
    start = replace(definition.triggers.start, melee=False, fog=False, elimination=False)
    return replace(definition, triggers=replace(definition.triggers, start=start))


def endless(name: str) -> MapDefinition:
    """Return a map on which the game goes on when somebody has lost all structures."""
    definition = load_map(name)
    start = replace(definition.triggers.start, elimination=False)
    return replace(definition, triggers=replace(definition.triggers, start=start))


def dist(here: Place, there: Place) -> float:
    return float(((here[0] - there[0]) ** 2 + (here[1] - there[1]) ** 2) ** 0.5)

"""What players gain, pay and lose: resources, supply, the score's resources by category. All prices are paid here."""

from llm_pysc2.engine.state.economy_records import Price
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.score import CATEGORIES
from llm_pysc2.engine.state.unit_columns import Player
from llm_pysc2.knowledge.abilities import Ability
from llm_pysc2.knowledge.economy import load_economy
from llm_pysc2.knowledge.units import UnitType


def price_of(ability: Ability, source_type: int = 0) -> Price:
    """Return what an ability costs a unit of a type: morphs cost by what they start from."""
    if source_type in ability.costs_by_source:
        return Price(*ability.costs_by_source[source_type])
    return Price(ability.minerals, ability.vespene)


def check_price(player: Player, price: Price) -> Result:
    """Return what a player has too little of to pay a price, or SUCCESS."""
    if player.cheats.free:
        return Result.SUCCESS
    if player.minerals < price.minerals:
        return Result.NOT_ENOUGH_MINERALS
    return Result.NOT_ENOUGH_VESPENE if player.vespene < price.vespene else Result.SUCCESS


def check_food(player: Player, food: float) -> Result:
    """Return whether a player has supply for something more."""
    if food <= 0 or player.cheats.food:
        return Result.SUCCESS
    most = load_economy().numbers["food_max"]
    if player.food_used + food > most:
        return Result.FOOD_USAGE_IMPOSSIBLE
    return Result.SUCCESS if player.food_used + food <= min(player.food_cap, most) else Result.NOT_ENOUGH_FOOD


def pay(player: Player, price: Price) -> Price:
    """Take a price from a player. Returns what was paid: nothing where everything is free."""
    if player.cheats.free:
        return Price()
    player.minerals -= price.minerals
    player.vespene -= price.vespene
    player.score.spent_minerals += price.minerals
    player.score.spent_vespene += price.vespene
    return price


def drain(player: Player, minerals: float, vespene: float) -> Result:
    """Take parts of resources from a player, for work paid loop by loop. Returns what is lacking, or SUCCESS."""
    if player.cheats.free:
        return Result.SUCCESS
    if player.minerals < minerals:
        return Result.NOT_ENOUGH_MINERALS
    if player.vespene < vespene:
        return Result.NOT_ENOUGH_VESPENE
    player.minerals -= minerals
    player.vespene -= vespene
    player.score.spent_minerals += minerals
    player.score.spent_vespene += vespene
    return Result.SUCCESS


def refund(player: Player, price: Price) -> None:
    """Give a price, or a part of it, back to a player."""
    player.minerals += price.minerals
    player.vespene += price.vespene
    player.score.spent_minerals -= price.minerals
    player.score.spent_vespene -= price.vespene


def deliver(player: Player, kind: str, amount: int) -> None:
    """Count what a worker brought home: "minerals" or "vespene"."""
    if kind == "minerals":
        player.minerals += amount
        player.score.collected_minerals += amount
    else:
        player.vespene += amount
        player.score.collected_vespene += amount


def reserve_food(player: Player, food: float) -> None:
    """Hold supply for a unit that is being made; a negative number gives it free again."""
    player.food_used += food


def count_birth(owner: Player, unit_type: UnitType) -> None:
    """Count a unit that came into the game, or a structure that was finished."""
    score, category, worth = owner.score, category_of(unit_type), worth_of(unit_type)
    owner.food_used += unit_type.food_used
    owner.food_cap += unit_type.food_provided
    if unit_type.structure:
        score.total_value_structures += worth.minerals + worth.vespene
    else:
        score.total_value_units += worth.minerals + worth.vespene
    _count_use(owner, unit_type, 1)
    score.total_used_minerals[category] += worth.minerals
    score.total_used_vespene[category] += worth.vespene


def count_leaving(owner: Player, unit_type: UnitType) -> None:
    """Count a unit that is there no more, without loss: something else came of it."""
    owner.food_used -= unit_type.food_used
    owner.food_cap -= unit_type.food_provided
    _count_use(owner, unit_type, -1)


def count_change(owner: Player, old: UnitType, new: UnitType) -> None:
    """Count a unit that became one of another type."""
    count_leaving(owner, old)
    owner.food_used += new.food_used
    owner.food_cap += new.food_provided
    _count_use(owner, new, 1)
    score, category = owner.score, category_of(new)
    minerals, vespene = max(new.minerals - old.minerals, 0), max(new.vespene - old.vespene, 0)
    score.total_used_minerals[category] += minerals
    score.total_used_vespene[category] += vespene
    if new.structure:
        score.total_value_structures += minerals + vespene
    else:
        score.total_value_units += minerals + vespene


def count_death(owner: Player, killer: Player | None, unit_type: UnitType, finished: bool = True) -> None:
    """Count a unit that was lost; the killer is None where nobody's blow ended it."""
    score, category, worth = owner.score, category_of(unit_type), worth_of(unit_type)
    if finished:
        count_leaving(owner, unit_type)
    score.lost_minerals[category] += worth.minerals
    score.lost_vespene[category] += worth.vespene
    if killer is owner:
        score.friendly_fire_minerals[category] += worth.minerals
        score.friendly_fire_vespene[category] += worth.vespene
    elif killer is not None:
        _credit(killer, unit_type, category)


def worth_of(unit_type: UnitType) -> Price:
    """Return what a unit counts for in the score: its price, or nothing where the catalog says so (MULE)."""
    return Price() if "NoScore" in unit_type.flags else Price(unit_type.minerals, unit_type.vespene)


def category_of(unit_type: UnitType) -> str:
    """Return the category of the API's score under which a type is counted."""
    name = unit_type.cost_category.lower()
    return name if name in CATEGORIES else "none"


def _count_use(owner: Player, unit_type: UnitType, sign: int) -> None:
    score, category, worth = owner.score, category_of(unit_type), worth_of(unit_type)
    score.food_used[category] += sign * unit_type.food_used
    score.used_minerals[category] += sign * worth.minerals
    score.used_vespene[category] += sign * worth.vespene


def _credit(killer: Player, unit_type: UnitType, category: str) -> None:
    score, worth = killer.score, worth_of(unit_type)
    score.killed_minerals[category] += worth.minerals
    score.killed_vespene[category] += worth.vespene
    if unit_type.structure:
        score.killed_value_structures += worth.minerals + worth.vespene
    else:
        score.killed_value_units += worth.minerals + worth.vespene

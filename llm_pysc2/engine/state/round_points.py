"""Points of maps that are played for points: who gets them for deaths, deliveries and training."""

from llm_pysc2.engine.state.match import Match


def count_death(match: Match, owner: int) -> None:
    """Give points for the death of a unit of an owner."""
    for death in match.map.triggers.rounds.deaths:
        if death.owner == owner:
            give_points(match, death.points)


def count_delivery(match: Match, owner: int, resource: str, amount: int) -> None:
    """Give points for what a worker of an owner brought home."""
    for delivery in match.map.triggers.rounds.deliveries:
        if (delivery.owner, delivery.resource) == (owner, resource):
            give_points(match, delivery.points * amount)


def count_training(match: Match, owner: int, type_id: int) -> None:
    """Give points for a unit that an owner has trained."""
    for training in match.map.triggers.rounds.trained:
        if (training.owner, training.type_id) == (owner, type_id):
            give_points(match, training.points)


def give_points(match: Match, points: float) -> None:
    """Give points to every participant."""
    for player in match.players.values():
        if player.setup is not None and player.setup.kind == "participant":
            player.score.score += points

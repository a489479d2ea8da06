"""Running totals of a player's score, under the names of the API's `ScoreDetails`."""

from dataclasses import dataclass, field, fields
from typing import Self

CATEGORIES = ("none", "army", "economy", "technology", "upgrade")
"""The API's `CategoryScoreDetails`, in its order."""


@dataclass(slots=True)
class Vitals:
    """Totals of the API's `VitalScoreDetails`."""

    life: float = 0.0
    shields: float = 0.0
    energy: float = 0.0


def _categories() -> dict[str, float]:
    return dict.fromkeys(CATEGORIES, 0.0)


@dataclass(slots=True)
class Score:
    """Totals since the start of the game: resources by category of what they were spent on, damage by vital."""

    score: float = 0.0
    idle_production_time: float = 0.0
    idle_worker_time: float = 0.0
    total_value_units: float = 0.0
    """Minerals and vespene of all units ever owned."""
    total_value_structures: float = 0.0
    killed_value_units: float = 0.0
    killed_value_structures: float = 0.0
    collected_minerals: float = 0.0
    collected_vespene: float = 0.0
    collection_rate_minerals: float = 0.0
    collection_rate_vespene: float = 0.0
    spent_minerals: float = 0.0
    spent_vespene: float = 0.0
    food_used: dict[str, float] = field(default_factory=_categories)
    killed_minerals: dict[str, float] = field(default_factory=_categories)
    killed_vespene: dict[str, float] = field(default_factory=_categories)
    lost_minerals: dict[str, float] = field(default_factory=_categories)
    lost_vespene: dict[str, float] = field(default_factory=_categories)
    friendly_fire_minerals: dict[str, float] = field(default_factory=_categories)
    friendly_fire_vespene: dict[str, float] = field(default_factory=_categories)
    used_minerals: dict[str, float] = field(default_factory=_categories)
    used_vespene: dict[str, float] = field(default_factory=_categories)
    total_used_minerals: dict[str, float] = field(default_factory=_categories)
    total_used_vespene: dict[str, float] = field(default_factory=_categories)
    total_damage_dealt: Vitals = field(default_factory=Vitals)
    total_damage_taken: Vitals = field(default_factory=Vitals)
    total_healed: Vitals = field(default_factory=Vitals)

    def copy(self) -> Self:
        """Return an independent copy."""
        copied = type(self)()
        for column in fields(self):
            value = getattr(self, column.name)
            if isinstance(value, dict):
                value = dict(value)
            elif isinstance(value, Vitals):
                value = Vitals(value.life, value.shields, value.energy)
            setattr(copied, column.name, value)
        return copied

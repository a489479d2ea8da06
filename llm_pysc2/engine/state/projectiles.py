"""Small records of what is under way: shots that were fired, hits that are still to come, missiles in flight."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from llm_pysc2.engine.state.weapon_tables import ArmedWeapon
from llm_pysc2.knowledge.units import Hit


@dataclass(slots=True)
class Shot:
    """One use of a weapon: who fired what at whom, from where. Its hits share it."""

    weapon: ArmedWeapon
    source_tag: int
    owner: int
    source_x: float
    source_y: float
    """Where the attacker stood, cells."""
    target_tag: int
    aim_x: float
    aim_y: float
    """Where the target stood, cells."""
    hallucination: bool
    """The attacker is an image: the shot does no damage."""
    struck: list[tuple[int, int]] = field(default_factory=list)
    """(index of the hit, tag) of the units that were hit, for sweeps and bounces that take everybody once."""

    def hit(self, index: int) -> Hit:
        """Return one of the damage nodes of the weapon."""
        return self.weapon.hits[index]


@dataclass(frozen=True, slots=True, order=True)
class Strike:
    """A hit that falls, or a missile that starts, in a later loop."""

    due_loop: int
    order: int
    """Counts up in a game, so that strikes of one loop fall in the order in which they were caused."""
    shot: Shot = field(compare=False)
    hit: int = field(compare=False)
    """Index into the weapon's hits."""
    time: int = field(compare=False)
    """Which of the hit's `times` it is: area of a sweep."""

    @property
    def is_channelled(self) -> bool:
        """Whether it falls only if the attacker goes on with its attack: later blows, but not missiles or sweeps."""
        hit = self.shot.hit(self.hit)
        return hit.missile_speed is None and not hit.sweep_cells


@dataclass(slots=True)
class Missile:
    """A homing missile. It follows its target, and ends where the target died."""

    shot: Shot
    hit: int
    time: int
    x: float
    y: float
    """Cells."""
    speed_cells_per_loop: float
    target_tag: int
    target_x: float
    target_y: float
    """Where the target is, or was last, cells."""


def copy_shots(strikes: Iterable[Strike], missiles: Iterable[Missile]) -> tuple[list[Strike], list[Missile]]:
    """Return independent copies; hits of one shot share their copy of it, too."""
    copies: dict[int, Shot] = {}

    def copied(shot: Shot) -> Shot:
        return copies.setdefault(id(shot), replace(shot, struck=list(shot.struck)))

    return (
        [replace(strike, shot=copied(strike.shot)) for strike in strikes],
        [replace(missile, shot=copied(missile.shot)) for missile in missiles],
    )


class Cause(Protocol):
    """Who hurts: a shot of a weapon, or a cast of a spell."""

    @property
    def source_tag(self) -> int:
        """The unit that hurts."""

    @property
    def owner(self) -> int:
        """Whose it is."""

"""Orders: what a unit is to do. The ability ids are those the API shows; the kinds are what the systems act on."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from types import MappingProxyType

from llm_pysc2.knowledge.abilities import load_abilities, members_by_general


class OrderKind(IntEnum):
    """What the first order of a unit makes it do; `Units.mode` holds it."""

    IDLE = 0
    """No orders: it stands at its post, and goes for enemies it sees if its type does."""
    MOVE = 1
    """To a point, or after a unit; enemies are ignored."""
    SCAN_MOVE = 2
    """To a point, going for enemies (or wounded) on the way: attack-move."""
    PATROL = 3
    """As SCAN_MOVE, then the same between this point and where it began, for ever."""
    ATTACK = 4
    """One unit, wherever it goes while it can be seen."""
    HOLD = 5
    """Stands still and fires at what comes into range."""
    HEAL = 6
    """One unit, until it is whole or energy is gone."""
    STOP = 7
    """Drops all orders; never the order of a unit, only a command."""
    CAST = 8
    """Carries out an ability on a point, a unit or itself; `Spells.casting` says how far it is."""
    GATHER = 9
    """Goes to a mineral field or gas building and works there; `Units.work_until` says how long."""
    RETURN = 10
    """Brings home what it carries."""
    BUILD = 11
    """Goes where a structure is to stand, sets it up, and stays if the structure needs that."""
    PRODUCE = 12
    """Makes units, upgrades or itself in another form; `Industry.queues` says what and how far."""


IDLE, MOVE, SCAN_MOVE, PATROL, ATTACK, HOLD, HEAL = (int(kind) for kind in OrderKind if kind < OrderKind.STOP)
CAST = int(OrderKind.CAST)
GATHER, RETURN, BUILD, PRODUCE = (int(kind) for kind in OrderKind if kind > OrderKind.CAST)
"""The same as plain numbers, for comparisons with columns and their entries (NumPy is slow with enums)."""


class Ability(IntEnum):
    """Abilities that the engine itself gives orders by (stable ids of build 75689)."""

    SMART = 1
    STOP = 4
    MOVE = 16
    PATROL = 17
    HOLD_POSITION = 18
    SCAN_MOVE = 19
    ATTACK = 23
    HEAL = 386


ABILITY_OF = {
    OrderKind.STOP: Ability.STOP,
    OrderKind.MOVE: Ability.MOVE,
    OrderKind.PATROL: Ability.PATROL,
    OrderKind.HOLD: Ability.HOLD_POSITION,
    OrderKind.SCAN_MOVE: Ability.SCAN_MOVE,
    OrderKind.ATTACK: Ability.ATTACK,
    OrderKind.HEAL: Ability.HEAL,
}
"""What an order is shown as where a unit's own command card has no such ability."""
_KIND_NAMES = {
    "stop": OrderKind.STOP,
    "move": OrderKind.MOVE,
    "patrol": OrderKind.PATROL,
    "hold_position": OrderKind.HOLD,
    "scan_move": OrderKind.SCAN_MOVE,
    "attack": OrderKind.ATTACK,
}
"""Kinds of abilities as the facts name them."""


@cache
def order_kinds() -> Mapping[int, OrderKind]:
    """Return the abilities that the combat core carries out, specific and general ones, and what they make a unit do.

    >>> order_kinds()[3674], order_kinds()[3771], order_kinds().get(1442)
    (<OrderKind.ATTACK: 4>, <OrderKind.ATTACK: 4>, None)
    """
    abilities = load_abilities()
    kinds = {ability.id: _KIND_NAMES[ability.kind] for ability in abilities.values() if ability.kind in _KIND_NAMES}
    kinds[Ability.HEAL] = OrderKind.HEAL
    for general, members in members_by_general().items():
        known = Counter(kinds[member] for member in members if member in kinds)
        if known:
            kind = known.most_common(1)[0][0]
            kinds |= {one: kinds.get(one, kind) for one in (general, *members)}
    return MappingProxyType(kinds)


@dataclass(frozen=True, slots=True)
class Order:
    """One order of one unit."""

    ability_id: int
    """The specific ability, as the API shows it."""
    kind: OrderKind
    target: tuple[float, float] | int | None = None
    """A point in cells, the tag of a unit, or nothing."""
    progress: float = 0.0
    """Share of the work done, 0 to 1, for production and research."""

    @property
    def target_tag(self) -> int:
        """Tag of the unit it aims at, 0 if none."""
        return self.target if isinstance(self.target, int) else 0

    @property
    def target_point(self) -> tuple[float, float] | None:
        """The point it aims at in cells, None if none."""
        return self.target if isinstance(self.target, tuple) else None

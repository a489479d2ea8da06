"""Everything about one game in progress: what never changes (map, types, assumptions) and what every loop changes.

The systems read and write a `Match`; clients see it through `game.Game`.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from llm_pysc2.engine.movement import Distances, Ground, Tracks, distances
from llm_pysc2.engine.state.assumptions import Assumptions
from llm_pysc2.engine.state.computer_records import Mind
from llm_pysc2.engine.state.economy_records import Industry
from llm_pysc2.engine.state.effect_records import Spells
from llm_pysc2.engine.state.fog_grid import Fog
from llm_pysc2.engine.state.projectiles import Missile, Strike
from llm_pysc2.engine.state.spellbook import Spellbook, shipped_spellbook
from llm_pysc2.engine.state.unit_columns import Bools, Player, Units
from llm_pysc2.engine.state.unit_types import TypeTable
from llm_pysc2.engine.state.upgraded import upgraded
from llm_pysc2.engine.state.weapon_tables import Armament, arm
from llm_pysc2.knowledge.abilities import Ability

if TYPE_CHECKING:
    from llm_pysc2.engine.maps.definitions import MapDefinition
    from llm_pysc2.engine.state.targeting_tables import TargetingTables

FIRST_TAG = 0x1_0004_0001
TAG_STEP = 0x4_0000
"""Tags look like the game's: a counter above 18 bits that clients take as they are."""


@dataclass(slots=True)
class Match:
    """One game. What a snapshot holds is listed in `snapshot.py`."""

    map: "MapDefinition"
    types: TypeTable
    assumptions: Assumptions
    ground: Ground
    """What blocks walkers: terrain and the footprints of structures."""
    players: dict[int, Player]
    """By player id, in order of ids; every owner of a unit is here."""
    rng: np.random.Generator
    """The only source of chance, drawn from in fixed order."""
    fogs: dict[int, Fog] = field(default_factory=dict)
    """What each player sees of the map, by player id; empty = everybody sees all of it."""
    loop: int = 0
    units: Units = field(default_factory=Units.empty)
    tracks: Tracks = field(default_factory=lambda: Tracks.empty(0))
    """What movement remembers, rows as in `units`."""
    strikes: list[Strike] = field(default_factory=list)
    """A heap: the next to fall is first."""
    missiles: list[Missile] = field(default_factory=list)
    spells: Spells = field(default_factory=Spells)
    """Abilities, effects and behaviours that are under way."""
    spellbook: Spellbook = field(default_factory=shipped_spellbook)
    """What spells do: the facts, and what the game adds to them; constant during a game."""
    books: dict[tuple[int, ...], Spellbook] = field(default_factory=dict)
    """The same with upgrades; derived."""
    industry: Industry = field(default_factory=Industry)
    """Harvest, construction and production that are under way."""
    creep: Bools | None = None
    """Cells with creep, shape (height, width); None where there never was any. Replaced, never changed."""
    next_tag: int = FIRST_TAG
    next_order: int = 0
    """Counts strikes, see `Strike.order`."""
    rounds_begun: list[int] = field(default_factory=list)
    """How often each round of the map has begun."""
    respawn_due: bool = False
    """Somebody died in this loop: the triggers look whether all are dead."""
    inside_regions: dict[int, frozenset[int]] = field(default_factory=dict)
    """By trigger of the map that watches a region, the tags of the units that were in it in the last loop."""
    minds: dict[int, Mind] = field(default_factory=dict)
    """What built-in computers remember, by player id."""
    killers: dict[int, int] = field(default_factory=dict)
    """Tag -> player id of who dealt the last blow, for units that die in this loop."""
    call_loops: dict[int, int] = field(default_factory=dict)
    """Tag -> the loop in which that unit last called for help."""
    targeting: "TargetingTables | None" = None
    """Who can shoot at whom; derived from the rest, None when it has to be worked out anew."""
    moved_targeting: "TargetingTables | None" = None
    """The tables that held when units were last moved; derived."""
    sight: Bools | None = None
    """What each player sees, shape (highest player id + 1, units); None = everybody sees everything; derived."""
    apart: Distances | None = None
    """Distances between all units in this loop, before they move; derived."""
    marks: dict[str, Bools] | None = None
    """Cells that structures mark for those who want to build, by flag, shape (height, width); derived."""
    power_stale: bool = True
    """Who has power has to be worked out anew."""
    weapon_tables: dict[tuple[int, tuple[int, ...]], Armament] = field(default_factory=dict)
    """Weapons by type row and upgrades; derived."""
    changed_arms: dict[tuple[int, tuple[int, ...], tuple[str, ...]], Armament] = field(default_factory=dict)
    """The same under behaviours, by their names; derived."""
    economy_cards: dict[int, tuple[Ability, ...]] = field(default_factory=dict)
    """Abilities of the economy by type row; derived."""

    def book(self, owner: int) -> Spellbook:
        """Return what spells do in the hands of a player."""
        upgrades = self.players[owner].upgrades
        if not upgrades:
            return self.spellbook
        if upgrades not in self.books:
            self.books[upgrades] = upgraded(self.spellbook, upgrades)
        return self.books[upgrades]

    def armament(self, type_row: int, owner: int) -> Armament:
        """Return the weapons of a type in the hands of a player."""
        key = (type_row, self.players[owner].upgrades)
        if key not in self.weapon_tables:
            self.weapon_tables[key] = arm(self.types.types[type_row], key[1])
        return self.weapon_tables[key]

    def distances(self) -> Distances:
        """Return the distances between all units where they are now, worked out once a loop."""
        if self.apart is None:
            self.apart = distances(self.units.x, self.units.y)
        return self.apart

    def show_newborn(self, owner: int, count: int) -> None:
        """Let the owner, and nobody else before the loop is over, see units that come into the game."""
        if self.sight is not None:
            newborn = np.zeros((len(self.sight), count), dtype=np.bool_)
            newborn[owner] = True
            self.sight = np.hstack((self.sight, newborn))

    def population_changed(self) -> None:
        """Forget what was derived from who is alive and where: units were born, died, or changed their nature."""
        self.targeting = None
        self.apart = None
        self.power_stale = True

    def take_tag(self) -> int:
        """Return a tag that was never given before."""
        tag = self.next_tag
        self.next_tag += TAG_STEP
        return tag

    def take_order(self) -> int:
        """Return the next number for a strike."""
        self.next_order += 1
        return self.next_order


def hostile(owner: int, other: int) -> bool:
    """Return whether units of two players fight each other; nobody fights neutral units of his own accord.

    >>> hostile(1, 2), hostile(1, 1), hostile(1, 0)
    (True, False, False)
    """
    return owner != other and owner != NEUTRAL and other != NEUTRAL


NEUTRAL = 0

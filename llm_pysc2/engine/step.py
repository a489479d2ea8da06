"""One game loop, as the visible list of what happens in it.

The order is a guess, for the catalog does not hold the game's own; it is fixed, and results depend on it. Orders of
clients were delivered before the loop began. All systems before motion see the positions of the loop's beginning, and
units that lose their life in a loop leave at its end.
"""

from collections.abc import Callable

from llm_pysc2.engine import cargo
from llm_pysc2.engine.industry import construction, creep, harvest, larvae, power, production, tally
from llm_pysc2.engine.match import Match
from llm_pysc2.engine.systems import (
    acquire,
    autocast,
    behaviours,
    casting,
    computers,
    deaths,
    hangars,
    healing,
    motion,
    orders,
    persistents,
    strikes,
    timers,
    triggers,
    vision,
    weapons,
)

System = Callable[[Match], None]

SYSTEMS: tuple[System, ...] = (
    triggers.run,  # the map: respawn, timed attacks
    computers.run,  # built-in computers give orders
    timers.run,  # cooldowns, regeneration, timed lives
    behaviours.run,  # what lasts on units takes effect or ends
    power.run,  # who has power
    harvest.run,  # workers at their fields, and at home
    construction.run,  # structures are set up, and grow
    production.run,  # units, upgrades and morphs are made
    larvae.run,  # larvae come
    tally.run,  # the score's rates and idle times
    creep.run,  # creep grows and wanes
    orders.run,  # orders that are done give way to the next
    casting.run,  # abilities are carried out
    healing.look,  # healers choose patients
    acquire.run,  # units choose targets
    autocast.run,  # units use abilities of their own accord
    hangars.run,  # carriers build, launch and lead what they carry
    weapons.run,  # shots that were begun go off, new ones begin
    strikes.run,  # later hits of bursts and sweeps
    strikes.fly,  # missiles
    persistents.run,  # what goes on at places, missiles of spells, what damage has caused
    healing.run,  # beams that heal
    motion.run,  # everybody moves
    cargo.run,  # passengers are where their carriers are
    deaths.bury,  # the dead leave
    vision.run,  # who sees whom
    triggers.look,  # the map: whether the game is over
)


def step_once(match: Match) -> None:
    """Play one game loop."""
    for system in SYSTEMS:
        system(match)
    match.loop += 1

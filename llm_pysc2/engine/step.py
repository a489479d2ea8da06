"""One game loop, as the visible list of what happens in it.

The order is a guess, for the catalog does not hold the game's own; it is fixed, and results depend on it. Orders of
clients were delivered before the loop began. All systems before motion see the positions of the loop's beginning, and
units that lose their life in a loop leave at its end.
"""

from collections.abc import Callable

from llm_pysc2.engine import deaths, motion
from llm_pysc2.engine.behaviors import vision
from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.combat import acquire, hangars, healing, regeneration, strikes, weapons
from llm_pysc2.engine.computer import system
from llm_pysc2.engine.economy import collection_rates, construction, creep, harvest, larvae, power, production
from llm_pysc2.engine.effects import behavior_periods, persistents
from llm_pysc2.engine.orders import autocast, casting
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.triggers import map_triggers
from llm_pysc2.engine.units import order_queue

System = Callable[[Match], None]

SYSTEMS: tuple[System, ...] = (
    map_triggers.run,  # the map: respawn, timed attacks
    system.run,  # built-in computers give orders
    regeneration.run,  # cooldowns, regeneration, timed lives
    behavior_periods.run,  # what lasts on units takes effect or ends
    power.run,  # who has power
    harvest.run,  # workers at their fields, and at home
    construction.run,  # structures are set up, and grow
    production.run,  # units, upgrades and morphs are made
    larvae.run,  # larvae come
    collection_rates.run,  # the score's rates and idle times
    creep.run,  # creep grows and wanes
    order_queue.run,  # orders that are done give way to the next
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
    passengers.run,  # passengers are where their carriers are
    deaths.bury,  # the dead leave
    vision.run,  # who sees whom
    map_triggers.look,  # the map: whether the game is over
)


def step_once(match: Match) -> None:
    """Play one game loop."""
    for run_system in SYSTEMS:
        run_system(match)
    match.loop += 1

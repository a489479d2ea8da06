"""How units of the embedded game get about: terrain, routes, steering, pushing. Pure functions over NumPy arrays.

Knows no orders, no weapons and no players: the engine says where each unit wants to be, and reads back where it is.
Positions are in cells, speeds in cells per loop, angles in radians; every array has one row per unit, in unit order.

One loop of the engine, after orders and weapons have set the goals:

    ground = Ground(pathable, cliff_levels, playable)   # once per map
    tracks = Tracks.empty(count)                        # movement's own memory, row by row
    ...
    apart = distances(x, y)                             # optional: targeting and movement share it
    moved = move(bodies, tracks, ground, loop, assumptions, apart)
    units.x, units.y, units.facing = moved.x, moved.y, moved.facing

`move` reads `bodies`, changes only `tracks`, and returns new arrays. When units are born `tracks.grown(n)` gives rows
at the end; when units die `tracks.kept(mask)` gives the others; `tracks.copy()` and `ground.copy()` serve snapshots.
"""

from llm_pysc2.engine.movement.assumptions import MovementAssumptions
from llm_pysc2.engine.movement.bodies import Bodies, Moved
from llm_pysc2.engine.movement.footprint import half_cell_mask
from llm_pysc2.engine.movement.ground import Ground
from llm_pysc2.engine.movement.neighbours import Distances, distances
from llm_pysc2.engine.movement.step import move
from llm_pysc2.engine.movement.tracks import Tracks

__all__ = [
    "Bodies",
    "Distances",
    "Ground",
    "Moved",
    "MovementAssumptions",
    "Tracks",
    "distances",
    "half_cell_mask",
    "move",
]

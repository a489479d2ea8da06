"""One loop of movement for all units, as a visible list of steps: bodies and tracks in, new places and tracks out."""

import numpy as np

from llm_pysc2.engine.movement.arrays import anybody
from llm_pysc2.engine.movement.arrival import settle
from llm_pysc2.engine.movement.assumptions import MovementAssumptions
from llm_pysc2.engine.movement.avoidance import Motion, avoid, is_jammed
from llm_pysc2.engine.movement.bodies import Bodies, Floats, Ints, Moved
from llm_pysc2.engine.movement.collision import held_back
from llm_pysc2.engine.movement.course import Course, set_course
from llm_pysc2.engine.movement.crowd import Crowd, Pairs, Views
from llm_pysc2.engine.movement.few import FEW_VIEWS, avoid_few
from llm_pysc2.engine.movement.ground import Ground
from llm_pysc2.engine.movement.neighbours import Distances
from llm_pysc2.engine.movement.pushing import drift, push_apart
from llm_pysc2.engine.movement.tracks import Tracks, crowd_of

FIXED_POINT = 4096
"""Positions are multiples of one in so many cells, as in the game."""

_STEPS = np.array(float(FIXED_POINT))

_DEFAULT = MovementAssumptions()


def move(
    bodies: Bodies,
    tracks: Tracks,
    ground: Ground,
    loop: int,
    assumptions: MovementAssumptions = _DEFAULT,
    apart: Distances | None = None,
) -> Moved:
    """Return where all units are after one loop. Reads `bodies`, changes `tracks` only.

    Args:
        bodies: what the units are and want, one row each.
        tracks: what movement remembers of the same rows.
        ground: the map.
        loop: the game loop that is being played; tells when routes are looked over.
        assumptions: the guesses.
        apart: distances between the present positions, when the caller has them already.
    """
    former = tracks.crowd
    crowd = crowd_of(bodies, tracks, assumptions)
    if not bodies.x.size or (crowd is former and _at_rest(bodies, tracks)):
        return _unmoved(bodies, tracks)
    course = set_course((bodies, tracks, crowd), ground, loop, assumptions)
    views = crowd.views(course.xy, apart, assumptions)
    pairs = views.pairs()
    motion = Motion.of((bodies, tracks), course, loop, assumptions)
    aside = _keep_clear((bodies, tracks, ground), course, views, motion, assumptions)
    placed = course.xy + motion.stride if aside is None else course.xy + motion.stride + aside
    placed, pushed = push_apart((bodies, tracks, ground), course, pairs, placed, assumptions)
    placed = drift((bodies, crowd), course, pairs, placed, assumptions)
    placed = _inside((bodies, crowd, ground), (course.xy, placed), (pairs, pushed), assumptions)
    return settle((bodies, tracks), course, pairs, (placed, motion.stride), assumptions)


def _keep_clear(
    who: tuple[Bodies, Tracks, Ground], course: Course, views: Views, motion: Motion, assumptions: MovementAssumptions
) -> Floats | None:
    """Let units go around each other, the faster way; see `avoid`."""
    if not views.owner.size:
        return None
    few = views.owner.size <= FEW_VIEWS and not is_jammed(course, who[1], assumptions)
    return (avoid_few if few else avoid)(who, course, views, motion, assumptions)


def _at_rest(bodies: Bodies, tracks: Tracks) -> bool:
    """Return whether nobody wants to move and everybody is where the last loop left them, undisturbed."""
    calm = tracks.calm_at
    if calm is None or anybody(bodies.wants_move):
        return False
    return bool((bodies.x == calm[0]).all() and (bodies.y == calm[1]).all())


def _unmoved(bodies: Bodies, tracks: Tracks) -> Moved:
    """Return everybody where they are."""
    count = bodies.x.size
    nobody = np.zeros(count, dtype=bool)
    tracks.stalled_loops = np.zeros(count, dtype=np.int64)
    return Moved(
        bodies.x.copy(),
        bodies.y.copy(),
        bodies.facing.copy(),
        np.zeros(count),
        np.zeros(count),
        nobody,
        tracks.stalled_loops.copy(),
    )


def _inside(
    who: tuple[Bodies, Crowd, Ground],
    places: tuple[Floats, Floats],
    near_by: tuple[Pairs, bool],
    assumptions: MovementAssumptions,
) -> Floats:
    """Return places on the game's grid of fractions, on the map, and on open ground for those who walk."""
    bodies, crowd, ground = who
    old, new = places
    radius = bodies.inner_radius if assumptions.wall_radius == 1 else bodies.inner_radius * assumptions.wall_radius
    near = ground.near_walls(new, radius, bodies.climbs if crowd.any_climbs else None)
    rows = (near & crowd.walkers).nonzero()[0]
    if rows.size:
        new[:, rows] = ground.keep_out(new[:, rows], radius[rows], bodies.climbs[rows])
    pairs, pushed = near_by
    if pairs.i.size and (pushed or rows.size):
        new = held_back(old, new, pairs, assumptions.overlap_limit_cells)
    new = np.asarray(np.rint(new * _STEPS) / _STEPS)
    if rows.size:
        _back_to_open(bodies, ground, old, new, rows)
    if crowd.any_flying:
        left, bottom, right, top = ground.playable
        edge = 1 / FIXED_POINT
        new[0] = np.minimum(np.maximum(new[0], left + edge), right - edge)
        new[1] = np.minimum(np.maximum(new[1], bottom + edge), top - edge)
    if crowd.any_immovable:
        new[:, bodies.immovable] = old[:, bodies.immovable]
    return new


def _back_to_open(bodies: Bodies, ground: Ground, old: Floats, new: Floats, rows: Ints) -> None:
    """Put walkers whose middle came into a wall back where they were, or on the nearest open ground."""
    lost = rows[~ground.open_at(new[:, rows], bodies.climbs[rows])]
    for row in lost.tolist():
        climbs = bool(bodies.climbs[row])
        x, y = float(old[0, row]), float(old[1, row])
        if not ground.is_open(x, y, climbs)[0]:
            x, y = ground.nearest_open(x, y, float(bodies.inner_radius[row]), climbs)
        new[:, row] = x, y

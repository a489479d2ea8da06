"""What the facts do not settle about movement: each guess is a named number here, and can be flipped."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MovementAssumptions:
    """Guesses about steering and pushing. Lengths in cells, times in loops."""

    look_ahead_cells: float = 1.0
    """How far beyond contact a moving unit sees what is in its way."""
    look_ahead_loops: float = 8.0
    """A collision later than this is not yet a reason to turn."""
    steer_loops: int = 2
    """How often a unit decides anew how to go around what is in its way."""
    contact_slop_cells: float = 0.03
    """Ground units may overlap this much before they are moved apart; also what counts as touching."""
    overlap_passes: int = 8
    """How often per loop overlapping ground units are moved apart, at most."""
    overlap_limit_cells: float = 0.08
    """Units that would overlap by more than this (and the slop) stay where they were."""
    idle_yields: float = 0.8
    """Share of an overlap by which an idle ally gives way to a moving unit; the rest slows the moving unit."""
    mates_yield: float = 0.25
    """How readily a unit that has arrived gives way to those of its group that still come, against an idle ally's 1."""
    yield_sideways: float = 0.6
    """With which share of its speed an idle ally steps out of the line of a moving unit."""
    yield_loops: float = 4.0
    """An idle ally begins to step aside when a moving unit would touch it within so many loops."""
    sideways: float = 0.6
    """What a free way at right angles is worth to a unit in a jam, against 1 for a free way straight on."""
    loyalty: float = 0.8
    """What it is worth to go on around an obstacle on the same side as before."""
    rest_separation_cells: float = 0.02
    """How far per loop idle ground units drift apart while nearer than their separation radii."""
    air_separation: float = 0.1
    """Share of their overlap (of separation radii) by which air units drift apart per loop."""
    air_separation_cells: float = 0.05
    """The most an air unit drifts per loop to keep its separation."""
    wall_radius: float = 1.0
    """Share of its inner radius that a ground unit keeps from cliffs and footprints."""
    brakes: bool = True
    """Units with finite acceleration slow down before their goal at the same rate."""
    turn_slows: bool = True
    """Units with finite acceleration keep only the part of their speed that points where they go next."""
    jam_loops: int = 6
    """Allies who have stood against each other for so long, going opposite ways, let one side push the other back."""
    settle_loops: int = 10
    """A unit that touches others of its group at rest has arrived when it came no nearer to the goal for so long."""
    crowd_cells: float = 1.0
    """A unit that comes no nearer has arrived when its rim is this near to its goal: somebody else stands there."""
    crowd_looseness: float = 2.5
    """How much larger than their discs packed into one may be the crowd in which a group comes to rest."""
    patience_loops: int = 32
    """A unit that has not come nearer to its goal for so long waits for a while instead of milling about."""
    wait_loops: int = 12
    """How long it then waits before it tries again."""
    replan_loops: int = 8
    """How often the route of a moving unit is looked over."""
    replan_cells: float = 0.75
    """A goal that has moved this far since the route was found asks for a new one."""

"""Names of units and places in effect trees, resolved: "Caster", "TargetPoint", "EarlierEffect:TargetUnit", ..."""

from llm_pysc2.engine.state.effect_records import Cast, Point
from llm_pysc2.engine.state.match import Match


def unit_of(match: Match, cast: Cast, name: str | None) -> int:
    """Return the row of the unit that a name means, -1 if it is gone or there is none; None = the target."""
    cast, place = _split(cast, name)
    if place.startswith("Caster"):
        return match.units.row_of(cast.caster_tag)
    if place.startswith("Source"):
        return match.units.row_of(cast.source_tag)
    return match.units.row_of(cast.target_tag) if cast.target_tag else -1


def aim_of(match: Match, cast: Cast, name: str | None) -> tuple[int, Point]:
    """Return the tag (0 = none) and the point in cells that a name means; None = whatever the cast aims at."""
    cast, place = _split(cast, name)
    if place == "TargetPoint":
        return 0, where(match, cast.target_tag, cast.point)
    if place.startswith("Target") or not place:
        return cast.target_tag, where(match, cast.target_tag, cast.point)
    tag = cast.caster_tag if place.startswith("Caster") else cast.source_tag
    point = where(match, tag, cast.origin)
    return (0 if place.endswith("Point") and "Or" not in place else tag), point


def where(match: Match, tag: int, otherwise: Point) -> Point:
    """Return where a unit is, or a point if it is gone."""
    row = match.units.row_of(tag) if tag else -1
    return (float(match.units.x[row]), float(match.units.y[row])) if row >= 0 else otherwise


def _split(cast: Cast, name: str | None) -> tuple[Cast, str]:
    """Return the step that a name refers to, and the place there."""
    effect, colon, place = (name or "").rpartition(":")
    return (cast.remembered(effect) if colon else cast), place


def make_cast(match: Match, row: int, target: tuple[float, float] | int | None) -> Cast:
    """Return the cast that a unit (row) begins on a target; without one it aims at itself."""
    units = match.units
    tag, here = int(units.tag[row]), (float(units.x[row]), float(units.y[row]))
    aim, point = (tag, here) if target is None else (0, here)
    if isinstance(target, tuple):
        point = (float(target[0]), float(target[1]))
    elif target is not None:
        aim, other = target, units.row_of(target)
        point = (float(units.x[other]), float(units.y[other])) if other >= 0 else here
    return Cast(tag, int(units.owner[row]), tag, here, aim, point)

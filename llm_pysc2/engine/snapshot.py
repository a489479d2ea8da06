"""Copies of everything that changes during a game, to go back to, and a hash of it, to compare."""

import copy
from dataclasses import astuple, dataclass, fields
from hashlib import sha256
from typing import Any

from llm_pysc2.engine.behaviors import vision
from llm_pysc2.engine.movement import Ground, Tracks
from llm_pysc2.engine.state.computer_records import Mind
from llm_pysc2.engine.state.economy_records import Industry
from llm_pysc2.engine.state.effect_records import Spells
from llm_pysc2.engine.state.fog_grid import Fog
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.projectiles import Missile, Strike, copy_shots
from llm_pysc2.engine.state.unit_columns import Bools, Columns, Player, Units


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a game between two loops; of use to the game it was taken from, or one begun in the same way."""

    loop: int
    units: Units
    tracks: Tracks
    ground: Ground
    strikes: list[Strike]
    missiles: list[Missile]
    spells: Spells
    fogs: dict[int, Fog]
    industry: Industry
    creep: Bools | None
    players: dict[int, Player]
    rng_state: dict[str, Any]
    next_tag: int
    next_order: int
    rounds_begun: list[int]
    respawn_due: bool
    call_loops: dict[int, int]
    inside_regions: dict[int, frozenset[int]]
    minds: dict[int, Mind]


def take(match: Match) -> Snapshot:
    """Return an independent copy of what changes during a game."""
    strikes, missiles = copy_shots(match.strikes, match.missiles)
    return Snapshot(
        loop=match.loop,
        units=match.units.copy(),
        tracks=match.tracks.copy(),
        ground=match.ground.copy(),
        strikes=strikes,
        missiles=missiles,
        spells=match.spells.copy(),
        fogs={player_id: fog.copy() for player_id, fog in match.fogs.items()},
        industry=match.industry.copy(),
        creep=match.creep,
        players={player_id: player.copy() for player_id, player in match.players.items()},
        rng_state=dict(match.rng.bit_generator.state),
        next_tag=match.next_tag,
        next_order=match.next_order,
        rounds_begun=list(match.rounds_begun),
        respawn_due=match.respawn_due,
        call_loops=dict(match.call_loops),
        inside_regions=dict(match.inside_regions),
        minds={player_id: mind.copy() for player_id, mind in match.minds.items()},
    )


def restore(match: Match, saved: Snapshot) -> None:
    """Put a game back to a snapshot, which can be used again."""
    match.loop = saved.loop
    match.units, match.tracks, match.ground = saved.units.copy(), saved.tracks.copy(), saved.ground.copy()
    match.strikes, match.missiles = copy_shots(saved.strikes, saved.missiles)
    match.fogs = {player_id: fog.copy() for player_id, fog in saved.fogs.items()}
    match.spells, match.industry = saved.spells.copy(), saved.industry.copy()
    match.creep, match.marks = saved.creep, None
    for player_id, player in saved.players.items():
        match.players[player_id] = player.copy()
    match.rng.bit_generator.state = copy.deepcopy(saved.rng_state)
    match.next_tag, match.next_order = saved.next_tag, saved.next_order
    match.rounds_begun = list(saved.rounds_begun)
    match.respawn_due = saved.respawn_due
    match.call_loops = dict(saved.call_loops)
    match.inside_regions = dict(saved.inside_regions)
    match.minds = {player_id: mind.copy() for player_id, mind in saved.minds.items()}
    match.population_changed()
    vision.run(match)


def digest(match: Match) -> str:
    """Return a SHA-256 over the whole state, as hexadecimal digits: equal states give equal digests."""
    sha = sha256(f"{match.loop} {match.next_tag} {match.next_order} {match.rounds_begun} {match.respawn_due}".encode())
    for column in fields(Columns):
        sha.update(getattr(match.units, column.name).tobytes())
    for track in fields(Tracks):
        sha.update(getattr(match.tracks, track.name).tobytes())
    sha.update(repr((match.units.orders, match.units.buffs, match.call_loops, _sorted_tags(match))).encode())
    sha.update(repr([(strike.due_loop, strike.order, strike.hit, strike.time) for strike in match.strikes]).encode())
    sha.update(repr([(m.x, m.y, m.target_tag, m.speed_cells_per_loop, m.shot.struck) for m in match.missiles]).encode())
    sha.update(repr((match.spells, match.industry)).encode())
    sha.update(b"" if match.creep is None else match.creep.tobytes())
    for fog in match.fogs.values():
        sha.update(fog.explored.tobytes() + repr((fog.memory, fog.revealed)).encode())
    sha.update(repr(match.minds).encode())
    sha.update(repr([astuple(player) for player in match.players.values()]).encode())
    sha.update(repr(match.rng.bit_generator.state).encode())
    return sha.hexdigest()


def _sorted_tags(match: Match) -> list[tuple[int, list[int]]]:
    return [(trigger, sorted(tags)) for trigger, tags in match.inside_regions.items()]

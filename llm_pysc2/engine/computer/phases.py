"""The two families of computers: levels to 5 go by the clock with rolled armies, higher ones by builds and counts."""

from llm_pysc2.engine.computer import judgement, plans, stock
from llm_pysc2.engine.computer.conditions import PHASES
from llm_pysc2.engine.computer.view import View
from llm_pysc2.engine.state.computer_records import Mind
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.unit_columns import Player
from llm_pysc2.knowledge.computer import load_rules

LOOPS = plans.LOOPS
LATE_ARMY_SECONDS = 600
AI_BUILDS = {2: "rush", 3: "timing", 4: "power", 5: "macro", 6: "air"}
"""`AIBuild` of the API; 1 is random."""
FOLLOWING = {"open": "mid", "mid": "late", "late": "late"}


def begin(match: Match, player: Player) -> Mind:
    """Return the mind of a computer: its build is the lobby's, else drawn."""
    setup = player.setup
    level = min(max(setup.difficulty if setup is not None else 1, 1), 10)
    chosen = AI_BUILDS.get(setup.ai_build if setup is not None else 0, "")
    opening = chosen or _roll_opening(match, player, level)
    late = "air" if opening == "air" else _roll_late(match, player.race, level)
    return Mind(level, opening, late)


def _roll_opening(match: Match, player: Player, level: int) -> str:
    """Draw an opening by the chances of the level; more start locations than players leave no rush."""
    others = [one for one in match.players.values() if one.setup is not None and one.id != player.id]
    mirror = len(others) == 1 and others[0].race == player.race
    chances = load_rules().opening["mirror" if mirror else "other"]
    rush, timing, power = (chances[name][level - 1] for name in ("rush", "timing", "power"))
    if len(match.map.start_locations) > len(others) + 1:
        rush, timing = 0, timing + rush
    return _first_below(match, (("rush", rush), ("timing", timing), ("power", power)), "macro")


def _roll_late(match: Match, race: str, level: int) -> str:
    column = 0 if level <= 5 else 1 if level <= 8 else 2
    chances = load_rules().late[race]
    names = ("air", "special", "mixed", "high_tech")
    return _first_below(match, tuple((name, chances[name][column]) for name in names), "core")


def _first_below(match: Match, chances: tuple[tuple[str, int], ...], rest: str) -> str:
    """Draw from 1 to 100 and return the first name whose sum of chances lies above the draw, else the rest."""
    roll, total = int(match.rng.integers(1, 101)), 0
    for name, chance in chances:
        total += chance
        if roll < total:
            return name
    return rest


def think(view: View) -> None:
    """Do what the phase asks for: order what is wanted, and go on when the phase is over."""
    if view.mind.level <= load_rules().levels["timed_until"]:
        _think_by_clock(view)
    else:
        _think_by_counts(view)


def _think_by_clock(view: View) -> None:
    mind = view.mind
    if mind.phase_due < 0:
        _begin_timed_phase(view)
    build_type = mind.late if mind.phase == "late" else mind.opening
    reader = plans.Reader(view, {"build_type": build_type, "late_loop": mind.late_loops, "phase": 1})
    reader.names["phase"] = PHASES[mind.phase]
    outcome = reader.run(f"{mind.phase}_build")
    stock.carry_out(view, outcome.wants)
    if view.match.loop >= mind.phase_due:
        _end_timed_phase(view)


def _begin_timed_phase(view: View) -> None:
    """Roll the army of a phase, how long it lasts, and from that how fast its units are made."""
    mind = view.mind
    build_type = mind.late if mind.phase == "late" else mind.opening
    name = "final" if mind.phase == "late" and mind.late_loops else mind.phase
    mind.army, seconds = plans.roll_army(view, f"{name}_army_init", build_type)
    mind.phase_due = view.match.loop + seconds * LOOPS
    spared = 150
    if mind.phase == "open":
        spared += 150 + {"air": 180, "macro": 60}.get(build_type, 0)
    gap = int((seconds - spared) / (sum(mind.army.values()) + 1))
    mind.army_gap_loops = gap * LOOPS if gap >= 3 else 0
    mind.next_fighter = view.match.loop


def _end_timed_phase(view: View) -> None:
    """Send the army if at least half of it is there, and go on to the next phase."""
    mind = view.mind
    wanted = sum(mind.army.values())
    enough = len(mind.waves) >= wanted // 2
    if enough and not (mind.phase == "open" and mind.opening == "macro"):
        mind.attack = "depart"
    if mind.phase == "late":
        mind.late_loops += 1
    mind.phase, mind.phase_due, mind.army = FOLLOWING[mind.phase], -1, {}


def _think_by_counts(view: View) -> None:
    mind = view.mind
    if not mind.build or (mind.phase == "late" and view.match.loop >= mind.build_due):
        _choose(view)
    reader = plans.Reader(view, {"phase": PHASES[mind.phase]})
    outcome = reader.run("late" if mind.phase == "late" else mind.build)
    stock.carry_out(view, outcome.wants)
    if outcome.attack and (mind.attack == "wait" or outcome.attack == "again"):
        mind.attack = "depart" if mind.attack in ("wait", "attack") else mind.attack
    if outcome.verdict == plans.DONE and mind.phase != "late":
        mind.phase, mind.build = FOLLOWING[mind.phase], ""
        if mind.phase == "late" and mind.attack == "wait":
            mind.attack = "idle"
            mind.retreated = view.match.loop + int(view.match.rng.integers(120, 241)) * LOOPS


def _choose(view: View) -> None:
    """Choose a build of the phase; a late army stays for ten minutes, longer under heavy attack."""
    mind = view.mind
    if mind.phase == "late":
        if mind.build and judgement.is_under_heavy_attack(view):
            return
        mind.late = "air" if mind.opening == "air" else _roll_late(view.match, view.player.race, mind.level)
        mind.build_due = view.match.loop + LATE_ARMY_SECONDS * LOOPS
    mind.build = plans.choose_build(view, mind.phase)

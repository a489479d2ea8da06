"""Carries a plan out from the top: what is wanted in order of importance, whether to attack, whether the phase is over.

The list is made anew at every think; it says totals ("have 3 of it"), and `stock` turns it into orders.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from llm_pysc2.engine.computer import judgement, makers
from llm_pysc2.engine.computer.conditions import PHASES, has_open_expansion, holds, is_expanding, value
from llm_pysc2.engine.computer.view import View
from llm_pysc2.knowledge.computer import Step, load_counters, load_plans, load_rules
from llm_pysc2.knowledge.units import unit_by_name
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

SUPPLY_LEAST = 2
"""Supply kept ahead of use, and more for each producer."""
MOST_SUPPLY = 200
HOLD, DONE, STAY = "hold", "done", "stay"


@dataclass(frozen=True, slots=True)
class Want:
    """So many of something in all."""

    name: str
    count: int
    idle: bool = False
    """Only with what nothing else needs."""
    by_clock: bool = False
    """A timed computer makes it no faster than its army's pace."""


@dataclass(slots=True)
class Outcome:
    """What carrying out a plan gave."""

    wants: list[Want] = field(default_factory=list)
    verdict: str = STAY
    attack: str = ""
    """"once" or "again": the main wave joins the attack, see `attack_when`."""


@dataclass(slots=True)
class Reader:
    """Carries out steps for one view."""

    view: View
    names: dict[str, Any]
    out: Outcome = field(default_factory=Outcome)
    share: float = 0.0
    lines: list[str] = field(default_factory=list)

    def run(self, plan: str) -> Outcome:
        """Carry out a plan of the computer's race and level; one that is not there does nothing."""
        steps = load_plans(self.view.player.race).get((self.view.mind.level, plan))
        if steps is not None:
            self.steps(steps)
        return self.out

    def steps(self, steps: list[Step]) -> str:
        """Carry out steps until one ends the plan. Returns the word that ended it, "" if none did."""
        for step in steps:
            ended = self._step(step)
            if ended:
                return ended
        self._end_line()
        return ""

    def _step(self, step: Step) -> str:
        word, *rest = step
        if word != "line" and self.lines:
            self._end_line()
        if word in (DONE, STAY, "end"):
            self.out.verdict = word
            return str(word)
        if word == "when":
            return self._when(rest[0])
        if word == "fast_expand":
            return HOLD if _fast_expand(self) else ""
        if word == "plan":
            self._inner(rest[0], {})
        else:
            _RULES[word](self, *rest)
        return ""

    def _when(self, choices: list[list[Any]]) -> str:
        for condition, steps in choices:
            if condition is True or holds(self.view, condition, self.names):
                return self.steps(steps)
        return ""

    def _inner(self, plan: str, names: Mapping[str, Any]) -> None:
        """Carry out another plan within this one; its end is not the end of this one."""
        verdict, kept = self.out.verdict, self.names
        self.names = {**kept, **names}
        self.run(plan)
        self.out.verdict, self.names = verdict, kept

    def want(self, name: str, count: int, *, idle: bool = False, by_clock: bool = False) -> None:
        """Put something at the end of the list."""
        self.out.wants.append(Want(name, count, idle, by_clock))

    def one_more(self, name: str, most: int) -> None:
        """Want one more than there is under way, at most so many."""
        self.want(name, min(self.view.begun[name] + 1, most))

    def inner(self, plan: str, **names: Any) -> None:
        """Carry out another plan within this one, with values of the moment."""
        self._inner(plan, names)

    def _end_line(self) -> None:
        """Want the first upgrade of a line that is not there."""
        missing = next((name for name in self.lines if not self.view.queued[name]), None)
        self.lines = []
        if missing is not None:
            self.want(missing, 1)


def roll_army(view: View, plan: str, build_type: str) -> tuple[dict[str, int], int]:
    """Return an army rolled by a plan, and how long its phase lasts in game seconds."""
    roller = _Roller(view, {"build_type": build_type})
    roller.run(plan)
    return roller.army, max(roller.seconds, 60)


class _Roller:
    """Rolls the army of a phase."""

    def __init__(self, view: View, names: Mapping[str, Any]) -> None:
        self.view, self.names = view, names
        self.army: dict[str, int] = {}
        self.seconds = 0

    def run(self, plan: str) -> None:
        steps = load_plans(self.view.player.race).get((self.view.mind.level, plan), [])
        self._steps(steps)
        if not self.army:
            self.names = {"build_type": "macro" if plan[:3] in ("ope", "mid") else "core"}
            self._steps(steps)

    def _steps(self, steps: list[Step]) -> None:
        rng = self.view.match.rng
        for word, *rest in steps:
            if word == "when":
                branches = (inner for condition, inner in rest[0] if self._holds(condition))
                self._steps(next(branches, []))
            elif word == "pick":
                weights = [weight for weight, _ in rest[0]]
                lot = int(rng.integers(sum(weights)))
                self._steps(rest[0][_place(weights, lot)][1])
            elif word == "army":
                name, count = rest[0][int(rng.integers(len(rest[0])))] if len(rest[0]) > 1 else rest[0][0]
                self.army[name] = self.army.get(name, 0) + count
            elif word == "clock":
                self.seconds = rest[0] + int(rng.integers(rest[1], rest[2] + 1))

    def _holds(self, condition: Any) -> bool:
        return condition is True or holds(self.view, condition, self.names)


def _place(weights: list[int], lot: int) -> int:
    """Return in which of some weights a lot falls.

    >>> [_place([3, 1], lot) for lot in range(4)]
    [0, 0, 0, 1]
    """
    for number, weight in enumerate(weights):
        lot -= weight
        if lot < 0:
            return number
    return len(weights) - 1


def choose_build(view: View, phase: str) -> str:
    """Return a build for a phase of levels from 6 on, drawn by the weights of its type."""
    steps = load_plans(view.player.race)[view.mind.level, f"{phase}_choose_hd_build_from_type"]
    column = ("protoss", "terran", "zerg").index(_enemy_race(view)) + 1 if _enemy_race(view) else 0
    weights: list[tuple[str, int]] = []
    default = ""
    stack = list(steps)
    while stack:
        word, *rest = stack.pop(0)
        if word == "default":
            default = rest[0]
        elif word == "weight":
            weights.append((rest[0], rest[1][column] if len(rest[1]) > 1 else rest[1][0]))
        elif word == "when":
            stack = [*next((inner for one, inner in rest[0] if one is True or holds(view, one, {})), []), *stack]
    lot = int(view.match.rng.integers(100))
    for name, weight in weights:
        lot -= weight
        if lot < 0:
            return name
    return default


def _enemy_race(view: View) -> str:
    """Return the race of the one enemy as the lobby shows it, "" if it is random or there are several."""
    others = [one for one in view.match.players.values() if one.setup is not None and one.id != view.player_id]
    race = others[0].setup.race if len(others) == 1 and others[0].setup is not None else ""
    return race if race in ("protoss", "terran", "zerg") else ""


def _fast_expand(reader: Reader) -> bool:
    """Want a second town. Returns whether everything below in the list has to wait for it."""
    view = reader.view
    timed = view.mind.level <= load_rules().levels["timed_until"]
    if not is_expanding(view):
        if timed and view.queued[view.race.worker] < view.race.expands_from_workers:
            return False
        if judgement.threat(view) >= 120 or not has_open_expansion(view):
            return False
        reader.want(view.race.hall, 2)
        return True
    if view.begun[view.race.hall] >= 2 or view.have[view.race.hall] >= 2:
        return False
    return view.player.minerals < view.race.save_minerals


def _have(reader: Reader, name: str, count: int) -> None:
    reader.want(name, count)


def _more(reader: Reader, name: str, count: Any, mode: str) -> None:
    reader.want(name, int(value(reader.view, count, reader.names)), idle=mode == "idle")


def _supply(reader: Reader, ahead: bool) -> None:
    """Want supply ahead of use, or only when it is lacking. The margin is ours: it grows with what can be made."""
    view = reader.view
    provider = view.race.supply
    provided = unit_by_name(provider).food_provided
    coming = view.player.food_cap + provided * (view.queued[provider] - view.have[provider])
    coming += unit_by_name(view.race.hall).food_provided * max(
        view.begun[view.race.hall] - view.have[view.race.hall], 0
    )
    margin = SUPPLY_LEAST + (makers.pace_of_supply(view) if ahead else 0)
    lacking = view.player.food_used + margin - coming
    if lacking > 0 and coming < MOST_SUPPLY:
        reader.want(provider, view.queued[provider] + 1 + int(lacking // provided))


def _workers(reader: Reader, count: int) -> None:
    view = reader.view
    least, most = (sum(getattr(town, name) for town in view.towns) for name in ("least_workers", "most_workers"))
    reader.want(view.race.worker, max(least, min(count, most)) if least < count else min(least, max(count, 70)))


def _least_workers(reader: Reader, count: int) -> None:
    view = reader.view
    reader.want(view.race.worker, min(count, max(sum(town.least_workers for town in view.towns), 12)))


def _share(reader: Reader, share: float) -> None:
    """Want a share of the rolled army."""
    for name, count in reader.view.mind.army.items():
        wanted = int((count * 1000 + 500) * share / 1000)
        if wanted:
            reader.want(name, wanted, by_clock=True)


def _production(reader: Reader) -> None:
    """Want producers and gas enough for the rolled army. How many is ours: so that half the phase is enough."""
    view = reader.view
    if any(unit_by_name(name).vespene for name in view.mind.army if makers.is_unit(name)):
        reader.want(view.race.gas, 1 if view.mind.phase == "open" and len(view.mind.army) < 3 else 2)
    left = max(view.mind.phase_due - view.match.loop, 16 * 60)
    for maker, loops in sorted(makers.work_by_maker(view, view.mind.army).items()):
        reader.want(maker, min(1 + int(loops / (0.6 * left)), 5))


def _economy(reader: Reader, workers: int) -> None:
    view = reader.view
    reader.want(view.race.hall, 1)
    reader.want(view.race.worker, min(workers, max(sum(town.least_workers for town in view.towns), 6)))
    reader.want(view.race.gas, min(len(view.towns), 2))
    _supply(reader, True)


def _expansion(reader: Reader, minerals: int, vespene: int) -> None:
    """Want another town when too little is left at the towns there are."""
    view = reader.view
    left = sum(town.minerals_left for town in view.towns), sum(town.vespene_left for town in view.towns)
    under_way = view.queued[view.race.hall] > len(view.towns)
    if (left[0] < minerals or left[1] < vespene) and not under_way and has_open_expansion(view):
        reader.want(view.race.hall, view.queued[view.race.hall] + 1)


def _adjusted_expansion(reader: Reader, minerals: int, vespene: int) -> None:
    factor = judgement.expansion_factor(reader.view)
    _expansion(reader, int(minerals * factor), int(vespene * factor))


def _full_economy(reader: Reader, most: int) -> None:
    view = reader.view
    reader.want(view.race.gas, 2 * len(view.towns))
    reader.want(view.race.worker, min(most, sum(town.least_workers for town in view.towns)))


def _defense_stock(reader: Reader) -> None:
    if judgement.needs_defending(reader.view):
        for name, most in reader.view.race.defense_stock:
            reader.one_more(name, most)


def _upgrades(reader: Reader, phase: str) -> None:
    reader.inner("upgrades", phase=PHASES[phase])


def _tech_up(reader: Reader, phase: str) -> None:
    view = reader.view
    if view.mind.level < load_rules().levels["techs_up_from"]:
        return
    table = load_rules().tech_up[view.player.race]
    for name in ("open", "mid", "late")[: min(PHASES[phase], 3)]:
        for product, count in table[name]:
            reader.want(product, count)
    if phase != "open":
        _defense_at_towns(reader)


def _defense_at_towns(reader: Reader) -> None:
    for name, count in reader.view.race.defense_at_towns:
        reader.want(name, count * len(reader.view.towns))


def _late_army(reader: Reader, state: str) -> None:
    reader.inner(reader.view.mind.build, state=state)


def _attack_when(reader: Reader, name: str, with_ally: int, alone: int, again: bool) -> None:
    del with_ally
    if reader.view.have[name] >= alone:
        reader.out.attack = "again" if again or reader.out.attack == "again" else "once"


def _make_counters(reader: Reader) -> None:
    """Want answers to what the enemy is known to have."""
    view, table = reader.view, load_counters(reader.view.player.race)
    same: dict[str, float] = {}
    other: dict[str, float] = {}
    for one in view.mind.known.values():
        answer = table.get(one.name)
        if answer is not None:
            same[answer.unit] = same.get(answer.unit, 0.0) + answer.ratio
            other[answer.unit_any_tech] = other.get(answer.unit_any_tech, 0.0) + answer.ratio_any_tech
    for name in sorted(same.keys() | other.keys()):
        present = same.get(name, 0.0)
        total = min(int(present + other.get(name, 0.0)), 20, int(48 / max(unit_by_name(name).food_used, 0.5)))
        ready = makers.has_tech(view, name)
        if total >= 3 and (ready or present > 3 or total > 5):
            reader.want(name, min(total, view.begun[name] + 3) if ready else total)


def _collect_line(reader: Reader, name: str) -> None:
    reader.lines.append(name)


_RULES: Mapping[str, Callable[..., None]] = {
    "have": _have,
    "more": _more,
    "supply": _supply,
    "workers": _workers,
    "least_workers": _least_workers,
    "share": _share,
    "production": _production,
    "economy": _economy,
    "expansion": _expansion,
    "adjusted_expansion": _adjusted_expansion,
    "full_economy": _full_economy,
    "defense_stock": _defense_stock,
    "upgrades": _upgrades,
    "tech_up": _tech_up,
    "late_army": _late_army,
    "attack_when": _attack_when,
    "make_counters": _make_counters,
    "defense_main_town": _defense_at_towns,
    "defense_other_towns": _defense_at_towns,
    "line": _collect_line,
}

LOOPS = int(LOOPS_PER_GAME_SECOND)
"""To a game second."""

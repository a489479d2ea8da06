"""The camera interface: commands as a person's hand gives them, by PySC2's feature functions, one a step.

The hand looks at the units, selects them (by a control group, a button, a rectangle, click by click), looks at the
target, and calls the function. What it cannot do is refused like an order that the game refuses.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from pysc2.lib import actions

from llm_pysc2.env.look import Look, place_of
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.world.command import LOOK, Command
from llm_pysc2.world.frames import MINIMAP_PX, MinimapFrame, px_middle, to_px
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import ActionErrorView

Steps: TypeAlias = Generator[Any, Look, Look]
"""Function calls out, what is seen after each in; at the end what is seen last."""

GROUPS = 10
NOT_SUPPORTED, UNSEEN_UNIT, UNSEEN_PLACE, OUT_OF_HAND = 2, 83, 84, 88
"""`ActionResult`: the units cannot do it as they are; the target cannot be pointed at; the units cannot be selected."""
_EXACT_CELLS = 0.02
_BUTTONS: Mapping[str, tuple[Any, ...]] = {"select_army": (False,), "select_larva": (), "select_warp_gates": (False,)}
"""Functions that select many units at once, with their arguments."""


@dataclass(slots=True)
class _Group:
    """A control group: its units, and when it was last used."""

    tags: frozenset[int]
    used: int


class Hand:
    """One player's hand, from the start of an episode to its end."""

    def __init__(self, size_cells: tuple[int, int]) -> None:
        self._minimap = MinimapFrame(size_cells)
        self._groups: dict[int, _Group] = {}
        self._time = 0
        self.refusals: list[ActionErrorView] = []
        """What could not be carried out since the last `perform` began."""

    def perform(self, commands: Iterable[Command], look: Look) -> Steps:
        """Yield the calls that carry out commands, one after the other."""
        self.refusals = []
        for command in commands:
            look = yield from self._carry_out(command, look)
        return look

    def _carry_out(self, command: Command, look: Look) -> Steps:
        wanted = _alive(command.unit_tags, look)
        if not wanted:
            return look
        if command.ability_id == LOOK:
            look = yield self._camera_to(look.middle(wanted))
            return (yield from self._select(wanted, look))
        look = yield from self._select(wanted, look)
        if not look.selected or not look.selected <= wanted:
            return self._refuse(command, OUT_OF_HAND, look)
        for tag in sorted(_alive(wanted, look) - look.selected):
            self.refusals.append(ActionErrorView(tag, command.ability_id, OUT_OF_HAND))
        if command.target is None:
            kind = "autocast" if command.is_autocast else "cmd_quick"
            arguments: list[Any] = [] if command.is_autocast else [_when(command)]
            return (yield from self._call(command, kind, arguments, look))
        return (yield from self._aim(command, look))

    def _aim(self, command: Command, look: Look) -> Steps:
        """Yield the calls that give an order with a target to what is selected."""
        target = command.target
        if isinstance(target, Point) and self._is_minimap_px(target) and find_function(command, "cmd_minimap"):
            px = to_px(self._minimap.world_to_minimap(target), MINIMAP_PX)
            return (yield from self._call(command, "cmd_minimap", [_when(command), px], look))
        place = self._place(target, look)
        if place is None:
            return self._refuse(command, UNSEEN_UNIT, look)
        look = yield from self._look_at(place, look)
        place = self._place(target, look)
        if place is None or not look.shows(place, 0):
            return self._refuse(command, UNSEEN_PLACE, look)
        spots = look.clear_px(look.units[target]) if isinstance(target, int) else [look.px(place)]
        return (yield from self._call(command, "cmd_screen", [_when(command), spots[0]], look))

    @staticmethod
    def _place(target: Point | int | None, look: Look) -> Point | None:
        if not isinstance(target, int):
            return target
        return place_of(look.units[target]) if target in look.units else None

    def _call(self, command: Command, kind: str, arguments: Sequence[Any], look: Look) -> Steps:
        function = find_function(command, kind)
        if function is None or function.id not in look.available:
            return self._refuse(command, NOT_SUPPORTED, look)
        return (yield function(*arguments))

    def _refuse(self, command: Command, code: int, look: Look) -> Look:
        self.refusals += [ActionErrorView(tag, command.ability_id, code) for tag in command.unit_tags]
        return look

    def _is_minimap_px(self, place: Point) -> bool:
        """Return whether a place is the middle of a px of the minimap, so that a click there is exact."""
        px = to_px(self._minimap.world_to_minimap(place), MINIMAP_PX)
        return self._minimap.minimap_to_world(px_middle(Point(*px))).distance_to(place) < _EXACT_CELLS

    def _look_at(self, place: Point, look: Look) -> Steps:
        """Move the camera if a place is not on the screen."""
        return look if look.shows(place) else (yield self._camera_to(place))

    def _camera_to(self, place: Point) -> Any:
        """Return the call that moves the camera to a place."""
        return actions.FUNCTIONS.move_camera(to_px(self._minimap.world_to_minimap(place), MINIMAP_PX))

    def _select(self, wanted: frozenset[int], look: Look) -> Steps:
        """Yield the calls that select units and nothing else; units that cannot be clicked are left out."""
        if look.selected == wanted:
            return look
        for number, group in self._groups.items():
            if _alive(group.tags, look) == wanted and _offers(look, "select_control_group"):
                look = yield actions.FUNCTIONS.select_control_group("recall", number)
                self._use(number, wanted)
                if look.selected == wanted:
                    return look
        if len(wanted) == 1:
            return (yield from self._click(next(iter(wanted)), "select", look))
        look = yield from self._select_many(wanted, look)
        if look.selected and look.selected == _alive(wanted, look) and _offers(look, "select_control_group"):
            number = self._free_group()
            self._use(number, look.selected)
            look = yield actions.FUNCTIONS.select_control_group("set", number)
        return look

    def _select_many(self, wanted: frozenset[int], look: Look) -> Steps:
        for name, arguments in _BUTTONS.items():
            if _by_button(name, look) == wanted and _offers(look, name):
                look = yield getattr(actions.FUNCTIONS, name)(*arguments)
                if look.selected == _alive(wanted, look):
                    return look
        if not look.shows_all(_alive(wanted, look)):
            look = yield from self._look_at(look.middle(_alive(wanted, look)), look)
        wanted = _alive(wanted, look)
        if not wanted or not look.shows_all(wanted):
            return (yield from self._click_each(wanted, look))
        corners = look.rectangle(wanted)
        if corners:
            look = yield actions.FUNCTIONS.select_rect(False, *corners)
        elif _alike_on_screen(wanted, look):
            look = yield from self._click(min(wanted), "select_all_type", look)
        if look.selected == _alive(wanted, look):
            return look
        return (yield from self._click_each(_alive(wanted, look), look))

    def _click_each(self, wanted: frozenset[int], look: Look) -> Steps:
        """Click one unit after the other, those on the screen first."""
        left = sorted(wanted, key=lambda tag: (tag not in look.own or not look.shows(place_of(look.own[tag])), tag))
        is_first = True
        for tag in left:
            if tag in look.own and (is_first or tag not in look.selected):
                look = yield from self._click(tag, "select" if is_first else "toggle", look)
                is_first = is_first and tag not in look.selected
        return look

    def _click(self, tag: int, how: str, look: Look) -> Steps:
        """Click a unit until it is selected; a click that takes in another one is taken back."""
        if tag not in look.own:
            return look
        look = yield from self._look_at(place_of(look.own[tag]), look)
        for px in look.clear_px(look.own[tag]) if tag in look.own else ():
            before = look.selected
            look = yield actions.FUNCTIONS.select_point(how, px)
            if tag in look.selected or tag not in look.own:
                return look
            if how == "toggle" and look.selected != before:
                look = yield actions.FUNCTIONS.select_point(how, px)
        return look

    def _free_group(self) -> int:
        """Return a control group that is not used yet, or the one that has not been used for longest."""
        fresh = [number for number in range(1, GROUPS) if number not in self._groups]
        return fresh[0] if fresh else min(self._groups, key=lambda number: self._groups[number].used)

    def _use(self, number: int, tags: frozenset[int]) -> None:
        self._time += 1
        self._groups[number] = _Group(tags, self._time)


@cache
def _functions() -> dict[tuple[int, str], Any]:
    """Return PySC2's feature functions by ability and kind."""
    found: dict[tuple[int, str], Any] = {}
    for function in actions.FUNCTIONS:
        found.setdefault((function.ability_id, function.function_type.__name__), function)
    return found


def find_function(command: Command, kind: str) -> Any:
    """Return PySC2's feature function for a command, or None: kind is that of its arguments, such as "cmd_screen"."""
    return _functions().get((command.ability_id, kind))


def _when(command: Command) -> str:
    return "queued" if command.queued else "now"


def _offers(look: Look, name: str) -> bool:
    return int(getattr(actions.FUNCTIONS, name).id) in look.available


def _by_button(name: str, look: Look) -> frozenset[int]:
    """Return the tags of the own units that one of the functions for many selects."""
    wanted = {"select_larva": "Larva", "select_warp_gates": "WarpGate"}.get(name, "")
    return frozenset(tag for tag, unit in look.own.items() if _is_of(unit.unit_type, wanted))


def _is_of(type_id: int, wanted: str) -> bool:
    """Return whether a type is the one wanted; empty = it belongs to the army, as types of a map's own do."""
    facts = load_units().get(type_id)
    if wanted:
        return facts is not None and facts.name == wanted
    return facts is None or "ArmySelect" in facts.flags


def _alike_on_screen(wanted: frozenset[int], look: Look) -> bool:
    """Return whether some units are of one type and the only own ones of it on the screen."""
    types = {look.own[tag].unit_type for tag in wanted}
    alike = {tag for tag, unit in look.own.items() if unit.unit_type in types and look.shows(place_of(unit), 0)}
    return len(types) == 1 and alike == wanted


def _alive(tags: Iterable[int], look: Look) -> frozenset[int]:
    """Return those of some units that are still there to be selected."""
    return frozenset(tag for tag in tags if tag in look.own)

"""Conditions: what is written is what is meant, and what is wrong is said."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_pysc2.conditions import Condition, Count, holds, parse_condition, render_condition

PARTS = st.builds(
    Count,
    player=st.integers(0, 15),
    unit=st.sampled_from(["units", "Drone", "SwarmHostMP"]),
    comparison=st.sampled_from(["<", "<=", "=", ">=", ">"]),
    number=st.integers(0, 200),
    unfinished=st.booleans(),
)


@given(st.lists(st.lists(PARTS, min_size=1).map(tuple)).map(tuple))
def test_rendered_conditions_parse_to_themselves(condition: Condition):
    assert parse_condition(render_condition(condition)) == condition


@pytest.mark.parametrize(
    ("probes", "adepts", "drones", "expected"),
    [(5, 2, 12, True), (6, 2, 12, False), (6, 0, 7, True), (6, 0, 6, False), (6, 1, 7, False)],
)
def test_one_alternative_must_hold_in_all_its_parts(probes: int, adepts: int, drones: int, expected: bool):
    condition = parse_condition([["p1 Probe < 6"], ["p1 Adept = 0", "p2 Drone > 6"]])
    counts = {(1, "Probe"): probes, (1, "Adept"): adepts, (2, "Drone"): drones}
    assert holds(condition, lambda player, unit, _: counts[player, unit]) is expected


def test_without_alternatives_a_condition_always_holds():
    assert holds(parse_condition([]), lambda *_: 0)


def test_unfinished_units_are_asked_for_only_where_they_count():
    asked: list[bool] = []
    condition = parse_condition([["p1 unfinished Archon = 0", "p1 Stalker = 0"]])
    holds(condition, lambda *asked_for: asked.append(asked_for[2]) or 0)
    assert asked == [True, False]


@pytest.mark.parametrize(
    "wrong", ["p1 Probe < 6", [[]], ["p1 Probe < 6"], [["Probe < 6"]], [["p1 Probe < six"]], [[7]]]
)
def test_what_is_no_condition_is_refused(wrong: Any):
    with pytest.raises(ValueError, match="expected"):
        parse_condition(wrong)

from dataclasses import replace

import pytest

from llm_pysc2.errors import TraceError
from llm_pysc2.evaluation.report.looks import ability_words, look_of
from llm_pysc2.evaluation.report.records import FRAME_COLUMNS, Recorder
from llm_pysc2.orchestrator.events import UNIT_COLUMNS, Observed
from tests.traces import HOSTILE, duel, observed, row, started

WIDTH = len(FRAME_COLUMNS)


def frame_of(*seen: Observed) -> dict:
    """Return the record of the last of several observations."""
    recorder = Recorder()
    recorder.take(started())
    return [recorder.take(event) for event in seen][-1]


def values(record: dict, place: int = 0) -> dict[str, int]:
    """Return one changed unit of a frame by column."""
    return dict(zip(FRAME_COLUMNS, record["changed"][place * WIDTH : (place + 1) * WIDTH], strict=True))


def test_a_frame_holds_whole_numbers_and_numbered_names() -> None:
    stalker = row(5, "Stalker", "s", 8.25, 16.5, 80.0, order_ability=3674, order_target=9, facing=1.57, engaged=9)
    record = frame_of(observed(0, [stalker, row(9, "Zealot", "e", 20, 16)]))
    assert record["units"] == [["5", "S1"], ["9", "eZ1"]]
    assert [kind["type"] for kind in record["kinds"]] == ["Stalker", "Zealot"]
    assert record["abilities"] == ["Attack"]
    assert values(record) == {
        "unit": 0, "kind": 0, "x": 825, "y": 1650, "health": 800, "shield": 500, "energy": 0, "ability": 0, "target": 1,
        "target_y": -1, "facing": 157, "engaged": 1, "progress": 100, "marks": 0,
    }  # fmt: skip


def test_a_point_as_target_and_a_target_that_was_never_seen() -> None:
    units = [
        row(1, "Stalker", "s", 1, 1, order_ability=16, order_target=[3.5, 4.25]),
        row(2, "Stalker", "s", 1, 1, order_ability=16, order_target=77),
    ]
    record = frame_of(observed(0, units))
    assert (values(record)["target"], values(record)["target_y"]) == (350, 425)
    assert (values(record, 1)["target"], values(record, 1)["target_y"]) == (-1, -1)


def test_only_what_changed_is_told_again() -> None:
    still, before, after = row(1, "Stalker", "s", 8, 8), row(2, "Zealot", "s", 9, 9), row(2, "Zealot", "s", 9.5, 9)
    record = frame_of(observed(0, [still, before]), observed(1, [still, after]))
    assert len(record["changed"]) == WIDTH
    assert values(record)["unit"] == 1
    assert "units" not in record
    assert record["gone"] == []


def test_who_is_gone_and_who_died() -> None:
    units = [row(tag, "Zealot", "s", tag, 8) for tag in (1, 2, 3)]
    record = frame_of(observed(0, units), observed(1, units[:1], dead=[3, 99]))
    assert record["gone"] == [1, 2]
    assert record["dead"] == [2]


def test_refused_orders_are_told_in_words() -> None:
    record = frame_of(observed(0, [row(1, "Zealot", "s", 1, 1)], action_errors=[[1, 3674, 2], [5, 999_999, 999_999]]))
    (unit, ability, why), (unseen, unknown, code) = record["refused"]
    assert (unit, ability) == (0, "Attack")
    assert why
    assert (unseen, unknown, code) == (-1, "ability 999999", "code 999999")


def test_rows_of_an_older_trace_end_earlier() -> None:
    old = row(1, "Zealot", "s", 1, 1)[: UNIT_COLUMNS.index("facing")]
    assert values(frame_of(observed(0, [old])))["progress"] == 100


def test_a_new_start_begins_everything_anew() -> None:
    recorder = Recorder()
    for event in duel():
        recorder.take(event)
    recorder.take(started())
    assert recorder.take(observed(0, [row(42, "Zealot", "s", 1, 1)]))["units"] == [["42", "Z1"]]


@pytest.mark.parametrize(
    "broken",
    [
        observed(0, [[1, "Zealot"]]),
        observed(0, [row(1, "Zealot", "q", 1, 1)]),
        observed(0, [row(1, "Zealot", "s", 1, 1, float("nan"))]),
        observed(0, [row(1, "Zealot", "s", 1, 1, order_ability=16, order_target=["a"])]),
        observed(0, [None]),  # type: ignore[list-item]
        replace(observed(0, []), action_errors=[[1]]),
    ],
)
def test_what_no_episode_can_hold_is_one_clear_error(broken: Observed) -> None:
    with pytest.raises(TraceError, match="Observed does not hold what it should"):
        frame_of(broken)


def test_unknown_types_and_abilities_have_a_plain_look() -> None:
    assert look_of(HOSTILE[0]).form == "ground"
    assert look_of("Nexus").form == "structure"
    assert look_of("MineralField").form == "mineral"
    assert look_of("Medivac").form == "air"
    assert look_of("Stalker").range_cells == 6
    assert ability_words(987_654) == "ability 987654"

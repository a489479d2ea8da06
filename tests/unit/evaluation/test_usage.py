"""What agents used, added up over calls and written in every form."""

import json

import pytest

from llm_pysc2.cli.tables import usage_text
from llm_pysc2.evaluation.usage import AgentUsage
from llm_pysc2.orchestrator.events import Answered


def usage() -> AgentUsage:
    """Three calls: one at once, one after two faults, one that failed after three attempts."""
    row = AgentUsage("3m", "commander", "Commander", "openai/m")
    row.add(Answered(0, "Commander", "x", input_tokens=100, output_tokens=10, stop_reason="stop"), 0.5)
    late = Answered(1, "Commander", "y", stop_reason="length", latency_seconds=4.0, faults={"busy": 1, "timeout": 1})
    row.add(late, 0.25)
    row.add(Answered(2, "Commander", "", failure="busy", faults={"busy": 3}), 0.0)
    return row


def test_calls_are_added_up() -> None:
    told = usage().as_dict()
    assert told["answers"] == 3
    assert told["failures"] == {"busy": 1}
    assert told["stops"] == {"length": 1, "stop": 1}
    assert told["model_faults"] == {"busy": 4, "timeout": 1}
    assert told["retries"] == 4, "two before the late answer, two before the last failure"
    assert (told["input_tokens"], told["cost_usd"]) == (100, 0.75)
    assert told["latency_p95_seconds"] == pytest.approx(3.6)


def test_one_price_that_nobody_knows_leaves_the_cost_unknown() -> None:
    row = usage()
    row.add(Answered(3, "Commander", "z", input_tokens=1), None)
    row.add(Answered(4, "Commander", "z"), 0.1)
    assert row.as_dict()["cost_usd"] is None
    assert "| unknown |" in usage_text([row], "table")


def test_every_form() -> None:
    assert json.loads(usage_text([usage()], "json"))["agents"] == [usage().as_dict()]
    header, line = usage_text([usage()], "csv").splitlines()
    assert header.startswith("scenario,roster,agent,model,answers,failures,stops,model_faults,retries")
    assert line.startswith('3m,commander,Commander,openai/m,3,"{""busy"": 1}"')
    row = usage_text([usage()], "markdown").splitlines()[-1]
    assert row.endswith("| 4 | 1 busy | 1 length, 1 stop |")

"""Whole texts as a model reads them, so that a change of them is read as a diff."""

import json
from dataclasses import replace

import pytest

from llm_pysc2.dialogue.as_json import describe_json
from llm_pysc2.dialogue.describe import describe
from llm_pysc2.dialogue.prompt import system_text
from tests.situations import SITUATIONS


@pytest.mark.parametrize("name", SITUATIONS)
def test_observations(name, golden):
    golden(f"observations/{name}.txt", describe(SITUATIONS[name]()) + "\n")


@pytest.mark.parametrize("name", ["protoss_base", "zerg_army"])
def test_observations_as_json(name, golden):
    golden(f"observations/{name}.json", json.dumps(json.loads(describe_json(SITUATIONS[name]())), indent=1) + "\n")


@pytest.mark.parametrize("name", ["protoss_2s3z", "protoss_mail", "terran_drop", "task4_screen"])
def test_system_prompts(name, golden):
    here = SITUATIONS[name]()
    names = dict.fromkeys(each.type_name for each in here.view.units)
    golden(f"prompts/{name}.txt", system_text("commander", here, names) + "\n")


def test_system_prompt_of_a_developer_who_calls_tools_and_sees(golden):
    here = SITUATIONS["zerg_macro"]()
    speaker = replace(here.speaker, protocol="tools", images=("screen", "minimap"))
    text = system_text("developer", replace(here, speaker=speaker), ["Hatchery", "Larva", "Drone"])
    golden("prompts/zerg_developer_tools.txt", text + "\n")

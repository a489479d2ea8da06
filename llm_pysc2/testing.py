"""Checks for what others write: agents, backends, packs. Call them from your own tests.

Each check returns quietly, or raises AssertionError with one line that says what was expected and what came.
"""

import asyncio
from pathlib import Path

from llm_pysc2 import packs
from llm_pysc2.agent import Agent
from llm_pysc2.backends import Backend, ModelPool
from llm_pysc2.chat import Chat, Completion, Message
from llm_pysc2.engine.maps.definitions import read_map
from llm_pysc2.errors import LlmPysc2Error, ModelServiceError
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.actions import action_rows
from llm_pysc2.knowledge.behaviors import load_behaviors, load_ground_effects
from llm_pysc2.knowledge.entries import merge_entries
from llm_pysc2.knowledge.notes import merge_notes
from llm_pysc2.knowledge.references import check_references
from llm_pysc2.knowledge.spells import load_spells
from llm_pysc2.knowledge.tables import check_facts_file
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.knowledge.upgrades import load_upgrades
from llm_pysc2.orchestrator.episode import Episode, play_episode
from llm_pysc2.orchestrator.events import Answered, Decided, Event
from llm_pysc2.orchestrator.seat import AgentFactory, Seat
from llm_pysc2.orchestrator.table import Thinkers, check_roster, game_opener, load_book, seat_agents
from llm_pysc2.roster import load_roster, read_preset, read_roster
from llm_pysc2.scenario import load_scenario, read_scenario


def check_agent(agent_class: type[Agent], scenario: str = "3m", seed: int = 0) -> list[Event]:
    """Play an episode with an agent of your own and return its events.

    It must answer every turn with text, never raise, and give at least one order that is understood.
    """
    thinkers = Thinkers("", ModelPool(), agent_class, agent_class.__name__)
    events: list[Event] = []
    asyncio.run(_play(scenario, thinkers, seed, events))
    faults = [event.failure_reason for event in events if isinstance(event, Answered) and event.failure]
    if faults:
        raise AssertionError(f"expected an answer every turn, {len(faults)} failed, the first with: {faults[0]}")
    if not any(isinstance(event, Decided) and event.accepted for event in events):
        rejected = [line for event in events if isinstance(event, Decided) for line in event.rejected]
        first = f"; the first that was not: {rejected[0][1]!r}, {rejected[0][2]}" if rejected else ""
        raise AssertionError(f"expected at least one order that is understood, found none{first}")
    return events


async def _play(scenario_name: str, thinkers: Thinkers, seed: int, events: list[Event]) -> None:
    scenario = load_scenario(scenario_name)
    roster = load_roster(scenario.roster)
    book = load_book()
    episode = Episode(scenario, roster.name, 0, seed)

    def seats() -> list[Seat | AgentFactory]:
        return seat_agents(roster, thinkers, seed)

    await play_episode(episode, game_opener(scenario, seed), seats, book, events.append)


def check_backend(backend: Backend) -> None:
    """Ask a backend twice and close it twice: it answers with a Completion or raises ModelServiceError only."""
    asyncio.run(_ask_twice(backend))


async def _ask_twice(backend: Backend) -> None:
    if not (isinstance(backend.name, str) and backend.name):
        raise AssertionError(f"expected a name, found {backend.name!r}")
    chat = Chat((Message("system", "You answer briefly."), Message("user", "Time 0:00\nSay <No_Operation()>.")))
    for _ in range(2):
        try:
            completion = await backend.complete(chat)
        except ModelServiceError:
            continue
        except Exception as error:
            raise AssertionError(f"expected ModelServiceError or an answer, {type(error).__name__} came") from error
        if not isinstance(completion, Completion) or not isinstance(completion.text, str):
            raise AssertionError(f"expected a Completion with text, found {completion!r}")
    await backend.aclose()
    await backend.aclose()


def check_pack(folder: Path) -> None:
    """Read every file of a pack but prompts; the first that is broken is named, with file and key."""
    paths = [
        path for part in ("scenarios", "agents", "knowledge_base") for path in sorted((folder / part).rglob("*.*"))
    ]
    if not paths:
        raise AssertionError(f"{folder}: expected scenarios/, agents/ or knowledge_base/ with files, found none")
    before = packs.user_packs()
    packs.use_packs([*before, folder])
    try:
        for path in paths:
            _check_file(folder, path)
        _check_facts()
        merge_entries([root / "knowledge_base" for root in packs.roots()])
        merge_notes([root / "knowledge_base" / "notes" for root in packs.roots()])
    except LlmPysc2Error as error:
        raise AssertionError(str(error)) from error
    finally:
        packs.use_packs(before)


def _check_facts() -> None:
    """Read the tables of facts anew, with what the packs in use change and add. Raises PackError."""
    load_units()
    load_upgrades()
    load_ground_effects()
    action_rows()
    check_references(load_spells(), load_behaviors(), load_abilities())


def _check_file(folder: Path, path: Path) -> None:
    part, inner = path.relative_to(folder).parts[:2]
    if part == "knowledge_base" and inner == "facts" and path.parent.name == "facts" and path.suffix == ".json":
        check_facts_file(path)
    if path.suffix != ".toml" or inner == "models":
        return
    if part == "scenarios" and inner == "maps":
        read_map(path)
    elif part == "scenarios":
        read_scenario(path)
    elif part == "agents" and inner == "presets":
        read_preset(path)
    elif part == "agents":
        check_roster(read_roster(path))

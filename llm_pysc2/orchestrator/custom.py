"""Agents and prompt styles of the user's own: MODULE:CLASS, or the name of an entry point."""

import importlib
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from llm_pysc2.agent import Agent, PromptStyle
from llm_pysc2.chat import Chat, ToolCall
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.errors import AgentError, UsageError, closest_names
from llm_pysc2.extensions import Kind, extension_names, load_extension
from llm_pysc2.roster import Role


def load_agent_class(name: str) -> type[Agent]:
    """Return the class that "MODULE:CLASS" or an entry point names; the current folder is searched too.

    Raises UsageError if it cannot be found or is no agent, AgentError if its module cannot be imported.
    """
    found = _load_class(name, "agents", "--agent")
    if not inspect.iscoroutinefunction(getattr(found, "act", None)):
        raise UsageError(f"--agent: {name} has no 'async def act(self, observation)' that returns text")
    return cast(type[Agent], found)


def make_style(name: str, role: Role, lessons: str) -> PromptStyle:
    """Return a prompt style of the user's own for an agent.

    Raises UsageError if it cannot be found or is none, AgentError if it cannot be made.
    """
    found = _load_class(name, "styles", "--style")
    for method in ("prompt", "remember"):
        if not callable(getattr(found, method, None)):
            raise UsageError(f"--style: {name} has no method {method!r}; see docs/extending.md")
    try:
        return GuardedStyle(name, found(role, lessons))
    except Exception as error:
        raise AgentError(f"--style: {name}() failed: {type(error).__name__}: {error}") from error


class GuardedStyle:
    """A style whose faults are an agent's: they cost its turn."""

    def __init__(self, name: str, style: PromptStyle) -> None:
        self._name = name
        self._style = style

    def prompt(self, situation: Situation) -> Chat:
        """Return the chat. Raises AgentError for whatever goes wrong, and for what is none."""
        try:
            chat = self._style.prompt(situation)
        except Exception as error:
            raise AgentError(f"{self._name}.prompt() failed: {type(error).__name__}: {error}") from error
        if not isinstance(chat, Chat) or not chat.messages:
            raise AgentError(f"{self._name}.prompt() must return a Chat with messages, returned {chat!r}"[:200])
        return chat

    def remember(self, situation: Situation, answer: str, calls: tuple[ToolCall, ...] = ()) -> None:
        """Pass an answer on. Raises AgentError for whatever goes wrong."""
        try:
            self._style.remember(situation, answer, calls)
        except Exception as error:
            raise AgentError(f"{self._name}.remember() failed: {type(error).__name__}: {error}") from error


def _load_class(name: str, kind: Kind, option: str) -> Any:
    """Return the class of that name. Raises UsageError or AgentError that begins with the option."""
    module_name, colon, class_name = name.partition(":")
    if not colon:
        if (installed := load_extension(kind, name)) is not None:
            return installed
        known = extension_names(kind)
        hint = f"; {closest_names(name, known)}" if known else ""
        raise UsageError(f"{option}: expected MODULE:CLASS or an installed one, found {name!r}{hint}")
    if not module_name or not class_name:
        raise UsageError(f"{option}: expected MODULE:CLASS, such as my_module:MyClass, found {name!r}")
    module = _import(module_name, option)
    found = getattr(module, class_name, None)
    if not inspect.isclass(found):
        classes = [key for key, value in vars(module).items() if inspect.isclass(value)]
        raise UsageError(f"{option}: no class {class_name!r} in {module_name}; {closest_names(class_name, classes)}")
    return found


def _import(name: str, option: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and not name.startswith(error.name):
            raise AgentError(f"{option}: {name} needs the module {error.name!r}, which is not installed") from error
        modules = [path.stem for path in Path.cwd().glob("*.py")]
        hint = f"; {closest_names(name, modules)}" if modules else " is installed or in this folder"
        raise UsageError(f"{option}: no module named {name!r}{hint}") from error
    except Exception as error:
        raise AgentError(f"{option}: importing {name} failed: {type(error).__name__}: {error}") from error

"""Agents of the user's own, named on the command line as MODULE:CLASS."""

import importlib
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import cast

from llm_pysc2.agent import Agent
from llm_pysc2.errors import AgentError, UsageError, closest_names


def load_agent_class(name: str) -> type[Agent]:
    """Return the class that "MODULE:CLASS" names; the current folder is searched too.

    Raises UsageError if it cannot be found or is no agent, AgentError if its module cannot be imported.
    """
    module_name, _, class_name = name.partition(":")
    if not module_name or not class_name:
        raise UsageError(f"--agent: expected MODULE:CLASS, such as my_agent:MyAgent, found {name!r}")
    module = _import(module_name)
    found = getattr(module, class_name, None)
    if not inspect.isclass(found):
        classes = [key for key, value in vars(module).items() if inspect.isclass(value)]
        raise UsageError(f"--agent: no class {class_name!r} in {module_name}; {closest_names(class_name, classes)}")
    if not inspect.iscoroutinefunction(getattr(found, "act", None)):
        raise UsageError(f"--agent: {name} has no 'async def act(self, observation)' that returns text")
    return cast(type[Agent], found)


def _import(name: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and not name.startswith(error.name):
            raise AgentError(f"--agent: {name} needs the module {error.name!r}, which is not installed") from error
        modules = [path.stem for path in Path.cwd().glob("*.py")]
        raise UsageError(f"--agent: no module named {name!r}; {closest_names(name, modules)}") from error
    except Exception as error:
        raise AgentError(f"--agent: importing {name} failed: {type(error).__name__}: {error}") from error

"""Environments of arrays for reinforcement learning: SMAC's interface straight on the embedded game, or on any other.

Stands beside `orchestrator`: knows the game, not language. Nothing is imported before it is asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llm_pysc2.marl.starcraft2_env import StarCraft2Env

__all__ = ["StarCraft2Env"]


def __getattr__(name: str) -> Any:
    """Return a class of this package, imported when it is first named."""
    if name in __all__:
        from llm_pysc2.marl import starcraft2_env

        return getattr(starcraft2_env, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

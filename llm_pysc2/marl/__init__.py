"""Environments of arrays for reinforcement learning: SMAC's interface straight on the embedded game, or on any other.

Stands beside `orchestrator`: knows the game, not language. Nothing is imported before it is asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llm_pysc2.marl.starcraft2_env import StarCraft2Env
    from llm_pysc2.marl.vector import make_vec

__all__ = ["StarCraft2Env", "make_vec"]


def __getattr__(name: str) -> Any:
    """Return what this package offers, imported when it is first named."""
    if name == "StarCraft2Env":
        from llm_pysc2.marl import starcraft2_env

        return starcraft2_env.StarCraft2Env
    if name == "make_vec":
        from llm_pysc2.marl import vector

        return vector.make_vec
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

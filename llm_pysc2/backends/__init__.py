"""Models that answer chats: services, scripted policies, recordings, people. The only calls to model services.

Importing this loads no SDK; `make_backend` and `ModelPool.connect` load the one they need.
"""

from llm_pysc2.backends.backend import Backend
from llm_pysc2.backends.budget import Budget, BudgetLimits
from llm_pysc2.backends.model_pool import ModelPool, RunOptions
from llm_pysc2.backends.options import ModelOptions, Price
from llm_pysc2.backends.registry import describe_models, make_backend
from llm_pysc2.backends.tally import Tally

__all__ = [
    "Backend",
    "Budget",
    "BudgetLimits",
    "ModelOptions",
    "ModelPool",
    "Price",
    "RunOptions",
    "Tally",
    "describe_models",
    "make_backend",
]

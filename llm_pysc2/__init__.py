"""llm-pysc2: StarCraft II for agents that think in language.

Importing the package loads nothing heavy; `llm_pysc2.env.compat` makes plain PySC2 work on today's Python.
"""

__version__ = "1.0.0.dev0"

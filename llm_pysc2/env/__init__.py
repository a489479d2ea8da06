"""The PySC2 side of the door: a game through `SC2Env`, its messages to values and back.

Knows nothing of language, and nothing of the engine. Importing it makes PySC2 importable, for all its modules.
"""

from llm_pysc2.env import compat as compat

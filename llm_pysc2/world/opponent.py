"""How well the game's own computer plays, by the API's names."""

DIFFICULTIES = (
    "very_easy", "easy", "medium", "medium_hard", "hard", "harder", "very_hard", "cheat_vision", "cheat_money",
    "cheat_insane",
)  # fmt: skip
"""From 1 up, in the order of the API's `Difficulty`."""
VERY_HARD = "very_hard"
"""SMAC's and LLM-PySC2's."""

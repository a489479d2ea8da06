"""Measure how long an answer of the knowledge base takes: python -m tests.bench.lookups.

Prints the time to load and index everything, then the median, the 95th percentile and the most over the questions of
tests/unit/knowledge/questions.toml, asked ten times in turn.
"""

import time
import tomllib
from pathlib import Path

from llm_pysc2.knowledge.search import answer_text

ROUNDS = 10


def main() -> None:
    """Ask and print."""
    path = Path(__file__).parents[1] / "unit" / "knowledge" / "questions.toml"
    questions = list(tomllib.loads(path.read_text(encoding="utf-8"))["first"])
    begun = time.perf_counter()
    answer_text(questions[0])
    print(f"load and index: {time.perf_counter() - begun:.2f} s")  # noqa: T201 - a script for developers
    times_ms = []
    for question in questions * ROUNDS:
        begun = time.perf_counter()
        answer_text(question)
        times_ms.append((time.perf_counter() - begun) * 1000)
    times_ms.sort()
    middle, late = times_ms[len(times_ms) // 2], times_ms[len(times_ms) * 95 // 100]
    print(f"an answer: median {middle:.2f} ms, 95 % {late:.2f} ms, most {times_ms[-1]:.2f} ms")  # noqa: T201


if __name__ == "__main__":
    main()

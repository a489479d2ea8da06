"""Memory stays flat however often a game is reset (`tools/memory.py` shows it over a thousand resets)."""

import gc
import tracemalloc

from tools.memory import open_game, play_on


def test_resets_leave_nothing_behind() -> None:
    link = open_game("3m")
    for _ in range(5):
        play_on(link)
    tracemalloc.start()
    try:
        held = []
        for _ in range(2):
            for _ in range(12):
                play_on(link)
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert held[1] - held[0] < 60_000  # a game holds more than that: it is not kept, nor what it did

"""Draw the picture of a game for README: `python tools/picture.py SCENARIO MODEL TURN FILE.svg`."""

import io
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from llm_pysc2.cli.display import Picture, draw
from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.evaluation.run import RunPlan, play_run, prepare
from llm_pysc2.orchestrator.events import Event, Observed


class Photographer:
    """Keeps what the display shows at one turn."""

    def __init__(self, turn: int) -> None:
        self._picture = Picture(episodes=1)
        self._turn = turn
        self.console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True)

    def __call__(self, event: Event) -> None:
        """Take one event; when the turn after the wanted one begins, its picture is complete."""
        if isinstance(event, Observed) and event.turn == self._turn + 1:
            self.console.print(draw(self._picture))
        self._picture.take(event)


def main() -> None:
    """Play an episode and write the picture."""
    scenario, model, turn, path = sys.argv[1:]
    photographer = Photographer(int(turn))
    with tempfile.TemporaryDirectory() as folder:
        play_run(prepare(RunPlan(Cell(scenario, model), out=Path(folder) / "run")), [photographer])
    photographer.console.save_svg(path, title=f"llm-pysc2 play {scenario} --model {model}")


if __name__ == "__main__":
    main()

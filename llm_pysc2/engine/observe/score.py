"""`score`: the running totals of one player. Every field is always set, because PySC2 tells unset from zero."""

from dataclasses import fields, replace
from operator import attrgetter

from s2clientprotocol import score_pb2

from llm_pysc2.engine.state.score import Score, Vitals

Total = float | dict[str, float] | Vitals

_FIELDS = tuple(column.name for column in fields(Score) if column.name != "score")
_totals_of = attrgetter(*_FIELDS)


class ScoreEncoder:
    """Keeps one message and brings it up to date: most of its 80 numbers do not change from one step to the next."""

    def __init__(self, score_type: int = score_pb2.Score.Melee) -> None:
        self._message = score_pb2.Score(score_type=score_type)
        self._written: list[Total | None] = [None] * len(_FIELDS)

    def encode(self, score: Score) -> score_pb2.Score:
        """Return the totals as a message, which the next call changes."""
        self._message.score = round(score.score)
        for number, total in enumerate(_totals_of(score)):
            if total != self._written[number]:
                self._written[number] = self._write(_FIELDS[number], total)
        return self._message

    def _write(self, name: str, total: Total) -> Total:
        """Bring one field up to date and return what it now says."""
        details = self._message.score_details
        if isinstance(total, dict):
            group = getattr(details, name)
            for category, amount in total.items():
                setattr(group, category, amount)
            return dict(total)
        if isinstance(total, Vitals):
            vitals = getattr(details, name)
            vitals.life, vitals.shields, vitals.energy = total.life, total.shields, total.energy
            return replace(total)
        setattr(details, name, total)
        return total

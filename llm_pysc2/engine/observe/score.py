"""`score`: the running totals of one player. Every field is always set, because PySC2 tells unset from zero."""

from dataclasses import fields

from s2clientprotocol import score_pb2

from llm_pysc2.engine.score import Score, Vitals

_FIELDS = tuple(column.name for column in fields(Score) if column.name != "score")


class ScoreEncoder:
    """Keeps one message and brings it up to date: most of its 80 numbers do not change from one step to the next."""

    def __init__(self, score_type: int = score_pb2.Score.Melee) -> None:
        self._message = score_pb2.Score(score_type=score_type)
        self._written: Score | None = None

    def encode(self, score: Score) -> score_pb2.Score:
        """Return the totals as a message, which the next call changes."""
        self._message.score = round(score.score)
        if score != self._written:
            self._write(score)
            self._written = score.copy()
        return self._message

    def _write(self, score: Score) -> None:
        details = self._message.score_details
        for name in _FIELDS:
            value = getattr(score, name)
            if self._written is not None and value == getattr(self._written, name):
                continue
            if isinstance(value, dict):
                group = getattr(details, name)
                for category, amount in value.items():
                    setattr(group, category, amount)
            elif isinstance(value, Vitals):
                vitals = getattr(details, name)
                vitals.life, vitals.shields, vitals.energy = value.life, value.shields, value.energy
            else:
                setattr(details, name, value)

"""Which abilities the embedded game plays, and why not the others: `knowledge_base/facts/coverage.toml`."""

from dataclasses import dataclass
from functools import cache

from llm_pysc2.errors import PackError
from llm_pysc2.packs import find_file, read_toml


@dataclass(frozen=True, slots=True)
class Coverage:
    """Ability ids by what becomes of them; every id of a command card is in one of the two."""

    done: frozenset[int]
    left_out: frozenset[int]
    """No part of the game."""
    listed: tuple[int, ...]
    """All of them as the file lists them, to find what is listed twice."""
    skipped_effects: frozenset[str]
    """Steps that do nothing."""
    born: frozenset[str]
    """Behaviours that units hold from their birth, if their types say so."""


@cache
def load_coverage() -> Coverage:
    """Return the table. Raises PackError that names the file if something is missing in it."""
    path = find_file("knowledge_base/facts", "coverage")
    content = read_toml(path)
    try:
        done = [ability for ids in content["done"].values() for ability in ids]
        left_out = [ability for entry in content["left_out"] if entry["why"] for ability in entry["abilities"]]
        born = content["born"]["behaviors"]
        skipped = [name for entry in content["skipped_effects"] if entry["why"] for name in entry["effects"]]
    except (KeyError, TypeError) as error:
        raise PackError(f"{path}: expected done, left_out, born and skipped_effects: {error!r}") from error
    return Coverage(
        done=frozenset(done),
        left_out=frozenset(left_out),
        listed=(*done, *left_out),
        skipped_effects=frozenset(skipped),
        born=frozenset(born),
    )

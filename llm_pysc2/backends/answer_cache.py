"""Answers kept on disk by what was asked, so that the same question to the same model is paid for once.

For developing prompts and scenarios, not for measuring: a sampled answer becomes a fixed one.
"""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

from llm_pysc2.backends.backend import Backend
from llm_pysc2.backends.cassette import chat_id, read_answer
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.chat import Chat, Completion
from llm_pysc2.errors import UsageError


class AnswerCache:
    """A folder with one small file per answer; several processes may share it."""

    def __init__(self, folder: Path) -> None:
        """Make the folder if need be. Raises UsageError if that is not possible."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"answer cache {folder}: cannot be made: {error.strerror}") from error
        self._folder = folder

    def wrap(self, backend: Backend, model: str, options: ModelOptions, seed: int = 0) -> "CachedBackend":
        """Return a backend that asks only what is not in the cache; another seed is another question."""
        asked = (model, options.temperature, options.max_tokens, options.effort, options.images, seed)
        return CachedBackend(backend, self, hashlib.sha256(repr(asked).encode()).hexdigest()[:16])

    def read(self, key: str) -> Completion | None:
        """Return the answer kept under a key, or None; a damaged file counts as none."""
        try:
            return read_answer(json.loads((self._folder / f"{key}.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, key: str, answer: Completion) -> None:
        """Keep an answer, in one stroke."""
        draft = self._folder / f"{key}.{id(answer):x}.draft"
        draft.write_text(json.dumps(asdict(answer)), encoding="utf-8")
        draft.replace(self._folder / f"{key}.json")


class CachedBackend:
    """Another backend behind a cache. Only whole answers are kept."""

    def __init__(self, backend: Backend, cache: AnswerCache, model_key: str) -> None:
        """Put a cache in front of a backend."""
        self.name = backend.name
        self._backend = backend
        self._cache = cache
        self._model_key = model_key

    async def complete(self, chat: Chat) -> Completion:
        """Return the answer, from the cache with the latency it once had. Raises as the backend does."""
        key = f"{self._model_key}-{chat_id(chat)}"
        kept = self._cache.read(key)
        if kept is not None:
            return kept
        answer = await self._backend.complete(chat)
        if answer.stop_reason in {"stop", "tool"}:
            self._cache.write(key, replace(answer, retries=0, faults=()))
        return answer

    async def aclose(self) -> None:
        """Close the backend."""
        await self._backend.aclose()

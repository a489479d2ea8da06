"""Every provider that Inspect knows (Google, Mistral, Bedrock, Groq, local weights, ...), as one more service.

Inspect is an optional extra. It finds keys and addresses in its own environment variables, and its clients may
repeat a request a few times by themselves; limits, deadlines and further retries are ours.
"""

import base64
import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from llm_pysc2.backends.faults import Caller, Fault, answer_fault, status_fault, timeout_fault, unreachable_fault
from llm_pysc2.backends.openai_chat import text_of
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.backends.stops import stop_reason
from llm_pysc2.chat import Chat, Completion, Message, Usage
from llm_pysc2.errors import UsageError

_SECRET_NAMES = ("KEY", "TOKEN", "SECRET", "PASSWORD")


class InspectModel:
    """One model behind one of Inspect's providers."""

    def __init__(self, caller: Caller, options: ModelOptions, opened: Any = None) -> None:
        """Open a client, or take one that Inspect has opened.

        Raises UsageError if Inspect, the provider's package or its key is missing.
        """
        secrets = (*caller.secrets, *_secret_variables(os.environ))
        self.caller = Caller(caller.model, caller.base_url, caller.key, caller.key_variable, secrets)
        self._options = options
        try:
            self._inspect = import_module("inspect_ai.model")
        except ImportError as error:
            raise UsageError(f"model 'inspect/{caller.model}': Inspect is missing: pip install inspect-ai") from error
        if opened is not None:
            self._model = opened
            return
        try:
            self._model = self._inspect.get_model(
                caller.model, config=self._config(), base_url=caller.base_url or None, memoize=False
            )
        except Exception as error:  # noqa: BLE001 - each provider has errors of its own for what it misses
            raise UsageError(self.caller.say(f"Inspect cannot open it: {error}")) from None

    async def ask(self, chat: Chat) -> Completion | Fault:
        """Return the answer to a chat, or what went wrong."""
        messages = [self._message(message) for message in chat.messages]
        try:
            answer = await self._model.generate(messages)
        except Exception as error:  # noqa: BLE001 - each provider raises errors of its own
            return self._read_fault(error)
        if answer.error:
            return answer_fault(str(answer.error), self.caller)
        text = answer.completion
        reason = stop_reason(answer.stop_reason, text)
        return Completion(text, answer.model or self.caller.model, _read_usage(answer.usage), stop_reason=reason)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._model.api.aclose()

    def _config(self) -> Any:
        options = self._options
        values = {
            "max_retries": 0,
            "attempt_timeout": max(1, round(options.timeout_seconds)),
            "max_connections": options.max_in_flight,
            "temperature": options.temperature,
            "max_tokens": options.max_tokens,
            "reasoning_effort": options.effort or None,
            "extra_headers": dict(options.headers) or None,
            "cache_prompt": None if options.cache else False,
        }
        return self._inspect.GenerateConfig(**values)

    def _message(self, message: Message) -> Any:
        inspect = self._inspect
        images = message.images if self._options.images and message.role == "user" else ()
        text = text_of(message, with_images=bool(images))
        if message.role == "system":
            return inspect.ChatMessageSystem(content=text)
        if message.role == "assistant":
            return inspect.ChatMessageAssistant(content=text)
        parts = [inspect.ContentText(text=text)]
        for image in images:
            data = base64.b64encode(image.png).decode("ascii")
            parts += [inspect.ContentText(text=image.caption)] if image.caption else []
            parts.append(inspect.ContentImage(image=f"data:image/png;base64,{data}"))
        return inspect.ChatMessageUser(content=parts if images else text)

    def _read_fault(self, error: BaseException) -> Fault:
        """Return what an error of any provider means, as far as it says."""
        while type(error).__name__ == "RetryError" and error.__cause__ is not None:
            error = error.__cause__
        status = getattr(error, "status_code", None) or getattr(error, "code", None)
        if isinstance(status, int) and 400 <= status < 600:
            headers = getattr(getattr(error, "response", None), "headers", None) or {}
            return status_fault(status, headers, str(error), self.caller)
        if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
            return timeout_fault(self._options.timeout_seconds, self.caller)
        if self._model.api.should_retry(error):
            return unreachable_fault(str(error), self.caller)
        return answer_fault(f"{type(error).__name__}: {error}", self.caller)


def _secret_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the values of environment variables whose names say that they are secret."""
    return [value for name, value in environ.items() if any(word in name.upper() for word in _SECRET_NAMES)]


def _read_usage(usage: Any) -> Usage:
    if usage is None:
        return Usage()
    cached, written = usage.input_tokens_cache_read or 0, usage.input_tokens_cache_write or 0
    return Usage(
        input_tokens=usage.input_tokens + cached + written,
        cached_tokens=cached,
        cache_written_tokens=written,
        output_tokens=usage.output_tokens,
        reasoning_tokens=usage.reasoning_tokens or 0,
    )

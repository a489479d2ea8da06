"""Every provider that Inspect knows (Google, Mistral, Bedrock, Groq, local weights, ...), as one more service.

Inspect is an optional extra. It finds keys and addresses in its own environment variables, and its clients may
repeat a request a few times by themselves; limits, deadlines and further retries are ours.
"""

import base64
import json
import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from llm_pysc2.backends.faults import Caller, Fault, answer_fault, status_fault, timeout_fault, unreachable_fault
from llm_pysc2.backends.openai_chat import text_of
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.backends.stops import stop_reason
from llm_pysc2.chat import CALL_RESULT, Chat, Completion, Message, ToolCall, Usage
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
        messages = [entry for message in chat.messages for entry in self._entries(message)]
        try:
            answer = await self._model.generate(messages, **self._forms(chat))
        except Exception as error:  # noqa: BLE001 - each provider raises errors of its own
            return self._read_fault(error)
        if answer.error:
            return answer_fault(str(answer.error), self.caller)
        text, calls = answer.completion, tuple(map(_read_call, answer.message.tool_calls or ()))
        reason, usage = stop_reason(answer.stop_reason, text, called=bool(calls)), _read_usage(answer.usage)
        return Completion(text, answer.model or self.caller.model, usage, stop_reason=reason, calls=calls)

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

    def _forms(self, chat: Chat) -> dict[str, Any]:
        """Return the arguments that say in which form the answer is to come; none for text."""
        forms: dict[str, Any] = {}
        if chat.tools:
            kinds = import_module("inspect_ai.tool")
            tools = [(tool, kinds.ToolParams(**json.loads(tool.schema))) for tool in chat.tools]
            forms["tools"] = [kinds.ToolInfo(name=t.name, description=t.description, parameters=p) for t, p in tools]
            forms["tool_choice"] = "any"
        if chat.answer_schema:
            schema = import_module("inspect_ai.util").JSONSchema(**json.loads(chat.answer_schema))
            response = self._inspect.ResponseSchema(name="answer", json_schema=schema, strict=True)
            forms["config"] = self._inspect.GenerateConfig(response_schema=response)
        return forms

    def _entries(self, message: Message) -> list[Any]:
        """Return a message as Inspect has it, and a result for each call that it makes."""
        if not message.calls:
            return [self._message(message)]
        made = import_module("inspect_ai.tool").ToolCall
        calls = [made(id=call.id, function=call.name, arguments=call.as_object()) for call in message.calls]
        results = [
            self._inspect.ChatMessageTool(content=CALL_RESULT, tool_call_id=call.id, function=call.name)
            for call in message.calls
        ]
        return [self._inspect.ChatMessageAssistant(content=message.text, tool_calls=calls), *results]

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


def _read_call(call: Any) -> ToolCall:
    """Return a call as the model made it; where Inspect could not read its arguments, they are what it says of that."""
    return ToolCall(call.id, call.function, call.parse_error or json.dumps(call.arguments))


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

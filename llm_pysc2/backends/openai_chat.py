"""OpenAI's chat completions, and every server that speaks them (vLLM, Ollama, llama.cpp, DeepSeek, ...).

One attempt per call, by the official SDK with its own retries switched off.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from llm_pysc2.backends.faults import Caller, Fault, answer_fault
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.backends.sdk import http_client, read_fault, transport_errors
from llm_pysc2.backends.stops import stop_reason
from llm_pysc2.chat import CALL_RESULT, Chat, Completion, Image, Message, Tool, ToolCall, Usage

OPENAI_URL = "https://api.openai.com/v1"


class OpenAIChat:
    """One model behind OpenAI's chat completions."""

    def __init__(self, caller: Caller, options: ModelOptions) -> None:
        """Open a client; connections are made when first needed."""
        self.caller = caller
        self._options = options
        self._client, self._errors = open_client(caller, options)

    async def ask(self, chat: Chat) -> Completion | Fault:
        """Return the answer to a chat, or what went wrong."""
        import openai

        request = self.request(chat)
        try:
            answer = await self._client.chat.completions.create(**request)
            return await self._read_stream(answer) if self._options.stream else self._read(answer)
        except self._errors as error:
            return read_fault(error, openai, self.caller, self._options)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    def request(self, chat: Chat) -> dict[str, Any]:
        """Return the body of the request for a chat, as the SDK's arguments."""
        options = self._options
        own = self.caller.base_url == OPENAI_URL
        messages = [
            entry for message in chat.messages for entry in message_entries(message, with_images=options.images)
        ]
        body: dict[str, Any] = {"model": self.caller.model, "messages": messages}
        if chat.tools:
            tools = [function_tool(tool, strict=own) for tool in chat.tools]
            body |= {"tools": [{"type": "function", "function": tool} for tool in tools], "tool_choice": "required"}
        if chat.answer_schema:
            body["response_format"] = {"type": "json_schema", "json_schema": answer_format(chat.answer_schema)}
        if options.temperature is not None:
            body["temperature"] = options.temperature
        if options.max_tokens is not None:
            # Compatible servers know the old name only; OpenAI's reasoning models the new one only.
            body["max_completion_tokens" if own else "max_tokens"] = options.max_tokens
        if options.effort:
            body["reasoning_effort"] = options.effort
        if options.cache and own:
            body["prompt_cache_key"] = cache_key(chat)
        if options.stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return body

    def _read(self, answer: Any) -> Completion | Fault:
        """Return the completion in an answer. A body of another form raises one of the usual errors."""
        if not answer.choices:
            said = getattr(answer, "error", None)
            return answer_fault(str(said) if said else "no choices", self.caller)
        choice = answer.choices[0]
        refusal = choice.message.refusal
        text = choice.message.content or refusal or ""
        if not isinstance(text, str):
            return answer_fault("content that is not text", self.caller)
        calls = read_calls(choice.message.tool_calls or ())
        reason = stop_reason(choice.finish_reason, text, refused=bool(refusal), called=bool(calls))
        usage = read_usage(answer.usage)
        return Completion(text, answer.model or self.caller.model, usage, stop_reason=reason, calls=calls)

    async def _read_stream(self, stream: Any) -> Completion | Fault:
        """Return the completion that the chunks of a stream add up to."""
        text, refusal, finish, model, usage = "", "", None, "", None
        calls: dict[int, ToolCall] = {}
        async with stream:
            async for chunk in stream:
                model = chunk.model or model
                usage = chunk.usage or usage
                for choice in chunk.choices[:1]:
                    text += choice.delta.content or ""
                    refusal += choice.delta.refusal or ""
                    finish = choice.finish_reason or finish
                    _add_calls(calls, choice.delta.tool_calls or ())
        if finish is None:
            return answer_fault("the stream broke off", self.caller)
        said, made = text or refusal, tuple(calls.values())
        reason = stop_reason(finish, said, refused=bool(refusal), called=bool(made))
        return Completion(said, model or self.caller.model, read_usage(usage), stop_reason=reason, calls=made)


def message_entries(message: Message, *, with_images: bool) -> list[dict[str, Any]]:
    """Return a message in OpenAI's chat format, and a result for each call that it makes."""
    entry: dict[str, Any] = {"role": message.role, "content": _content(message, with_images and bool(message.images))}
    if not message.calls:
        return [entry]
    entry["content"] = message.text or None
    entry["tool_calls"] = [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in message.calls
    ]
    results = [{"role": "tool", "tool_call_id": call.id, "content": CALL_RESULT} for call in message.calls]
    return [entry, *results]


def _content(message: Message, with_images: bool) -> str | list[dict[str, Any]]:
    text = text_of(message, with_images=with_images)
    if not with_images:
        return text
    parts: list[dict[str, Any]] = [{"type": "text", "text": text}]
    for image in message.images:
        if image.caption:
            parts.append({"type": "text", "text": image.caption})
        parts.append({"type": "image_url", "image_url": {"url": data_url(image)}})
    return parts


def read_calls(calls: Iterable[Any]) -> tuple[ToolCall, ...]:
    """Return the functions that a message calls; other kinds of tools were not offered."""
    made = [(call.id, call.function) for call in calls if call.type == "function"]
    return tuple(ToolCall(number or "", function.name, function.arguments or "") for number, function in made)


def _add_calls(calls: dict[int, ToolCall], deltas: Iterable[Any]) -> None:
    """Add what a chunk says of calls to what was said before."""
    for delta in deltas:
        before = calls.get(delta.index, ToolCall("", "", ""))
        function = delta.function
        name, arguments = (function.name or "", function.arguments or "") if function else ("", "")
        calls[delta.index] = ToolCall(delta.id or before.id, name or before.name, before.arguments + arguments)


def function_tool(tool: Tool, *, strict: bool) -> dict[str, Any]:
    """Return a tool as OpenAI has it; compatible servers do not all know strict ones."""
    described = {"name": tool.name, "description": tool.description, "parameters": json.loads(tool.schema)}
    return {**described, "strict": True} if strict else described


def answer_format(schema: str) -> dict[str, Any]:
    """Return the form of a structured answer as OpenAI has it."""
    return {"name": "answer", "schema": json.loads(schema), "strict": True}


def open_client(caller: Caller, options: ModelOptions) -> tuple[Any, tuple[type[Exception], ...]]:
    """Return an AsyncOpenAI client and the exceptions its calls may raise."""
    import openai

    client = openai.AsyncOpenAI(
        api_key=caller.key,
        base_url=caller.base_url,
        max_retries=0,
        default_headers=dict(options.headers),
        http_client=http_client(openai, options),
    )
    return client, transport_errors(openai)


def text_of(message: Message, with_images: bool) -> str:
    """Return the text of a message; where its pictures are not sent along, their captions stand in for them."""
    captions = () if with_images else tuple(image.caption for image in message.images if image.caption)
    return "\n".join((message.text, *captions))


def data_url(image: Image) -> str:
    """Return a picture as a data URL."""
    return "data:image/png;base64," + base64.b64encode(image.png).decode("ascii")


def cache_key(chat: Chat) -> str:
    """Return a key that is the same for all chats with the same first message: they share a cached prefix."""
    first = chat.messages[0].text if chat.messages else ""
    return "llm-pysc2-" + hashlib.sha256(first.encode()).hexdigest()[:16]


def read_usage(usage: Any) -> Usage:
    """Return the tokens in the usage of a chat completion; zeros where the server does not count."""
    if usage is None:
        return Usage()
    read, written = usage.prompt_tokens_details, usage.completion_tokens_details
    return Usage(
        input_tokens=usage.prompt_tokens or 0,
        cached_tokens=getattr(read, "cached_tokens", None) or 0,
        cache_written_tokens=getattr(read, "cache_write_tokens", None) or 0,
        output_tokens=usage.completion_tokens or 0,
        reasoning_tokens=getattr(written, "reasoning_tokens", None) or 0,
    )

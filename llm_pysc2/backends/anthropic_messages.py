"""Anthropic's messages, and servers that speak them. One attempt per call, by the official SDK without its retries."""

import base64
import json
from dataclasses import replace
from typing import Any

from llm_pysc2.backends.faults import Caller, Fault, answer_fault
from llm_pysc2.backends.openai_chat import text_of
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.backends.sdk import http_client, read_fault, transport_errors
from llm_pysc2.backends.stops import stop_reason
from llm_pysc2.chat import CALL_RESULT, Chat, Completion, Message, Tool, ToolCall, Usage

ANTHROPIC_URL = "https://api.anthropic.com"
DEFAULT_MAX_TOKENS = 8192
"""The format demands a number; enough for some thinking and a long list of actions."""
_SAMPLING_VERSION = "2023-06-01"
"""The last version of the interface that takes a temperature; newer ones answer 400."""
_CACHE_MARK = {"type": "ephemeral"}
_NOTHING = "(nothing)"
"""Stands for an empty text, which the service refuses."""


class AnthropicMessages:
    """One model behind Anthropic's messages."""

    def __init__(self, caller: Caller, options: ModelOptions) -> None:
        """Open a client; connections are made when first needed."""
        import anthropic

        self.caller = caller
        self._options = options
        self._errors = transport_errors(anthropic)
        self._client = anthropic.AsyncAnthropic(
            api_key=caller.key,
            base_url=caller.base_url,
            max_retries=0,
            timeout=options.timeout_seconds,
            default_headers=dict(options.headers),
            http_client=http_client(anthropic, options),
        )

    async def ask(self, chat: Chat) -> Completion | Fault:
        """Return the answer to a chat, or what went wrong."""
        import anthropic

        request = self.request(chat)
        try:
            answer = await self._client.messages.create(**request)
            return await self._read_stream(answer) if self._options.stream else self._read(answer)
        except self._errors as error:
            return read_fault(error, anthropic, self.caller, self._options)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    def request(self, chat: Chat) -> dict[str, Any]:
        """Return the body of the request for a chat, as the SDK's arguments."""
        options = self._options
        body: dict[str, Any] = {
            "model": self.caller.model,
            "max_tokens": options.max_tokens or DEFAULT_MAX_TOKENS,
            "messages": self._messages(chat),
        }
        system = [{"type": "text", "text": m.text} for m in chat.messages if m.role == "system" and m.text.strip()]
        if system:
            body["system"] = system
        if chat.tools:
            body |= {"tools": [_tool(tool) for tool in chat.tools], "tool_choice": {"type": "any"}}
        if options.cache:
            _mark_stable_part(body)
        output: dict[str, Any] = {"effort": options.effort} if options.effort else {}
        if chat.answer_schema:
            output["format"] = {"type": "json_schema", "schema": json.loads(chat.answer_schema)}
        if output:
            body["output_config"] = output
        if options.stream:
            body["stream"] = True
        if options.temperature is not None:
            body["extra_headers"] = {"anthropic-version": _SAMPLING_VERSION}
            body["extra_body"] = {"temperature": options.temperature}
        return body

    def _messages(self, chat: Chat) -> list[dict[str, Any]]:
        """Return the turns of a chat; neighbours of one role are joined."""
        turns: list[dict[str, Any]] = []
        for message in chat.messages:
            if message.role == "system":
                continue
            _add_turn(turns, message.role, self._blocks(message))
            if message.calls:
                _add_turn(turns, "user", [_result(call) for call in message.calls])
        return turns or [{"role": "user", "content": [{"type": "text", "text": _NOTHING}]}]

    def _blocks(self, message: Message) -> list[dict[str, Any]]:
        images = message.images if self._options.images and message.role == "user" else ()
        text = text_of(message, with_images=bool(images))
        blocks: list[dict[str, Any]] = []
        for image in images:
            if image.caption.strip():
                blocks.append({"type": "text", "text": image.caption})
            data = base64.b64encode(image.png).decode("ascii")
            blocks.append({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}})
        if text.strip() or not message.calls:
            blocks.append({"type": "text", "text": text if text.strip() else _NOTHING})
        return blocks + [_call(call) for call in message.calls]

    def _read(self, answer: Any) -> Completion | Fault:
        """Return the completion in an answer. A body of another form raises one of the usual errors."""
        if answer.content is None:
            return answer_fault("no content", self.caller)
        text = "".join(block.text for block in answer.content if block.type == "text")
        made = [block for block in answer.content if block.type == "tool_use"]
        calls = tuple(ToolCall(block.id, block.name, json.dumps(block.input)) for block in made)
        reason, usage = stop_reason(answer.stop_reason, text, called=bool(calls)), _read_usage(answer.usage)
        return Completion(text, answer.model or self.caller.model, usage, stop_reason=reason, calls=calls)

    async def _read_stream(self, stream: Any) -> Completion | Fault:
        """Return the completion that the events of a stream add up to."""
        text, word, model, usage = "", None, "", Usage()
        calls: dict[int, ToolCall] = {}
        async with stream:
            async for event in stream:
                if event.type == "message_start":
                    model, usage = event.message.model, _read_usage(event.message.usage)
                elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                    text += event.delta.text
                elif event.type == "content_block_start" and event.content_block.type == "tool_use":
                    calls[event.index] = ToolCall(event.content_block.id, event.content_block.name, "")
                elif event.type == "content_block_delta" and event.delta.type == "input_json_delta":
                    call = calls[event.index]
                    calls[event.index] = replace(call, arguments=call.arguments + event.delta.partial_json)
                elif event.type == "message_delta":
                    word = event.delta.stop_reason or word
                    usage = _last_usage(usage, event.usage)
        if word is None:
            return answer_fault("the stream broke off", self.caller)
        made = tuple(calls.values())
        reason = stop_reason(word, text, called=bool(made))
        return Completion(text, model or self.caller.model, usage, stop_reason=reason, calls=made)


def _add_turn(turns: list[dict[str, Any]], role: str, blocks: list[dict[str, Any]]) -> None:
    if turns and turns[-1]["role"] == role:
        turns[-1]["content"] += blocks
    else:
        turns.append({"role": role, "content": blocks})


def _tool(tool: Tool) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "input_schema": json.loads(tool.schema)}


def _call(call: ToolCall) -> dict[str, Any]:
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": call.as_object()}


def _result(call: ToolCall) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": call.id, "content": CALL_RESULT}


def _mark_stable_part(body: dict[str, Any]) -> None:
    """Put cache marks behind the system part, and behind the last turn but the newest, which will not change."""
    if body.get("system"):
        body["system"][-1]["cache_control"] = _CACHE_MARK
    if len(body["messages"]) > 1:
        body["messages"][-2]["content"][-1]["cache_control"] = _CACHE_MARK


def _last_usage(usage: Usage, delta: Any) -> Usage:
    """Return the usage at the end of a stream: what was read is known from the start, what was written only now."""
    thought = getattr(delta.output_tokens_details, "thinking_tokens", None) or 0
    return replace(usage, output_tokens=delta.output_tokens or 0, reasoning_tokens=thought)


def _read_usage(usage: Any) -> Usage:
    cached, written = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0
    return Usage(
        input_tokens=(usage.input_tokens or 0) + cached + written,
        cached_tokens=cached,
        cache_written_tokens=written,
        output_tokens=usage.output_tokens or 0,
        reasoning_tokens=getattr(usage.output_tokens_details, "thinking_tokens", None) or 0,
    )

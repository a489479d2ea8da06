"""OpenAI's Responses interface, for models and servers that offer more there than in chat completions."""

from typing import Any

from llm_pysc2.backends.faults import Caller, Fault, answer_fault
from llm_pysc2.backends.openai_chat import (
    OPENAI_URL,
    answer_format,
    cache_key,
    data_url,
    function_tool,
    open_client,
    text_of,
)
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.backends.sdk import event_fault, explanation, read_fault
from llm_pysc2.backends.stops import stop_reason
from llm_pysc2.chat import CALL_RESULT, Chat, Completion, Message, ToolCall, Usage

_LAST_EVENTS = frozenset({"response.completed", "response.incomplete", "response.failed"})


class OpenAIResponses:
    """One model behind OpenAI's Responses; nothing is stored at the service."""

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
            answer = await self._client.responses.create(**request)
            if self._options.stream:
                return await self._read_stream(answer)
            return self._read(answer)
        except self._errors as error:
            return read_fault(error, openai, self.caller, self._options)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    def request(self, chat: Chat) -> dict[str, Any]:
        """Return the body of the request for a chat, as the SDK's arguments."""
        options = self._options
        body: dict[str, Any] = {"model": self.caller.model, "store": False}
        body["input"] = [entry for message in chat.messages for entry in self._entries(message)]
        if chat.tools:
            strict = self.caller.base_url == OPENAI_URL
            tools = [{"type": "function", "strict": False} | function_tool(tool, strict=strict) for tool in chat.tools]
            body |= {"tools": tools, "tool_choice": "required"}
        if chat.answer_schema:
            body["text"] = {"format": {"type": "json_schema", **answer_format(chat.answer_schema)}}
        if options.temperature is not None:
            body["temperature"] = options.temperature
        if options.max_tokens is not None:
            body["max_output_tokens"] = options.max_tokens
        if options.effort:
            body["reasoning"] = {"effort": options.effort}
        if options.cache and self.caller.base_url == OPENAI_URL:
            body["prompt_cache_key"] = cache_key(chat)
        if options.stream:
            body["stream"] = True
        return body

    def _entries(self, message: Message) -> list[dict[str, Any]]:
        """Return a message as the service has it, each call and each result an entry of its own."""
        entries = [self._message(message)] if message.text.strip() or not message.calls else []
        entries += [
            {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.arguments}
            for call in message.calls
        ]
        entries += [
            {"type": "function_call_output", "call_id": call.id, "output": CALL_RESULT} for call in message.calls
        ]
        return entries

    def _message(self, message: Message) -> dict[str, Any]:
        images = message.images if self._options.images else ()
        text = text_of(message, with_images=bool(images))
        if message.role == "assistant" or not images:
            return {"role": message.role, "content": text}
        parts: list[dict[str, Any]] = [{"type": "input_text", "text": text}]
        for image in images:
            if image.caption:
                parts.append({"type": "input_text", "text": image.caption})
            parts.append({"type": "input_image", "image_url": data_url(image), "detail": "auto"})
        return {"role": message.role, "content": parts}

    def _read(self, answer: Any) -> Completion | Fault:
        """Return the completion in a response. A body of another form raises one of the usual errors."""
        if answer.status == "failed" or answer.output is None:
            said = answer.error.message if answer.error is not None else ""
            return answer_fault(explanation(said) or "the response failed", self.caller)
        parts = [part for item in answer.output if item.type == "message" for part in item.content]
        refusal = "".join(part.refusal for part in parts if part.type == "refusal")
        text = "".join(part.text for part in parts if part.type == "output_text") or refusal
        word = answer.incomplete_details.reason if answer.incomplete_details is not None else answer.status
        made = [item for item in answer.output if item.type == "function_call"]
        calls = tuple(ToolCall(item.call_id, item.name, item.arguments) for item in made)
        reason = stop_reason(word, text, refused=bool(refusal), called=bool(calls))
        usage = _read_usage(answer.usage)
        return Completion(text, answer.model or self.caller.model, usage, stop_reason=reason, calls=calls)

    async def _read_stream(self, stream: Any) -> Completion | Fault:
        """Return the completion in the response that the last event of a stream holds."""
        async with stream:
            async for event in stream:
                if event.type in _LAST_EVENTS:
                    return self._read(event.response)
                if event.type == "error":
                    return event_fault({"type": event.code, "message": event.message}, self.caller)
        return answer_fault("the stream broke off", self.caller)


def _read_usage(usage: Any) -> Usage:
    if usage is None:
        return Usage()
    read, written = usage.input_tokens_details, usage.output_tokens_details
    return Usage(
        input_tokens=usage.input_tokens or 0,
        cached_tokens=getattr(read, "cached_tokens", None) or 0,
        cache_written_tokens=getattr(read, "cache_write_tokens", None) or 0,
        output_tokens=usage.output_tokens or 0,
        reasoning_tokens=getattr(written, "reasoning_tokens", None) or 0,
    )

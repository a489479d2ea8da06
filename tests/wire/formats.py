"""OpenAI's chat completions and Responses, and Anthropic's messages: bodies and server-sent events."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.wire.answers import Answer, Seen

INPUT_TOKENS, CACHED_TOKENS, OUTPUT_TOKENS, REASONING_TOKENS = 120, 100, 30, 12
"""What every answer is said to have used; 7 more were written to the cache where the format can say so."""
WRITTEN_TOKENS = 7


def sse(event: Mapping[str, Any] | str, name: str | None = None) -> bytes:
    data = event if isinstance(event, str) else json.dumps(event)
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {data}\n\n".encode()


def halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]


class ChatCompletions:
    path = "/v1/chat/completions"
    finish = {"stop": "stop", "length": "length", "refusal": "stop", "context": "length"}
    usage = {
        "prompt_tokens": INPUT_TOKENS,
        "completion_tokens": OUTPUT_TOKENS,
        "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
        "prompt_tokens_details": {"cached_tokens": CACHED_TOKENS},
        "completion_tokens_details": {"reasoning_tokens": REASONING_TOKENS},
    }

    def body(self, answer: Answer, seen: Seen) -> dict[str, Any]:
        said = {"refusal": answer.text, "content": None} if answer.stop == "refusal" else {"content": answer.text}
        if answer.calls:
            said["tool_calls"] = [self._call(call) for call in answer.calls]
        finish = "tool_calls" if answer.calls else self.finish[answer.stop]
        choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", **said}}
        return {
            "id": "c1",
            "object": "chat.completion",
            "created": 1,
            "model": seen.body["model"],
            "choices": [choice],
            "usage": self.usage,
        }

    def events(self, answer: Answer, seen: Seen) -> Iterator[bytes]:
        head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": seen.body["model"]}
        key = "refusal" if answer.stop == "refusal" else "content"
        for number, part in enumerate(halves(answer.text)):
            delta = {key: part} | ({"role": "assistant"} if number == 0 else {})
            yield sse({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        for number, call in enumerate(answer.calls):
            whole = self._call(call)
            first, second = halves(call[2])
            start = {**whole, "index": number, "function": {"name": call[1], "arguments": first}}
            for part in (start, {"index": number, "function": {"arguments": second}}):
                yield sse({**head, "choices": [{"index": 0, "delta": {"tool_calls": [part]}, "finish_reason": None}]})
        finish = "tool_calls" if answer.calls else self.finish[answer.stop]
        yield sse({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
        if seen.body.get("stream_options", {}).get("include_usage"):
            yield sse({**head, "choices": [], "usage": self.usage})
        yield sse("[DONE]")

    def _call(self, call: tuple[str, str, str]) -> dict[str, Any]:
        return {"id": call[0], "type": "function", "function": {"name": call[1], "arguments": call[2]}}

    def error(self, answer: Answer) -> dict[str, Any]:
        return {"error": {"message": answer.message, "type": "planned", "param": None, "code": None}}

    def error_event(self, answer: Answer) -> bytes:
        return sse({"error": {"message": answer.message, "type": "server_error", "code": "server_error"}})


class Responses:
    path = "/v1/responses"
    usage = {
        "input_tokens": INPUT_TOKENS,
        "input_tokens_details": {"cached_tokens": CACHED_TOKENS, "cache_write_tokens": WRITTEN_TOKENS},
        "output_tokens": OUTPUT_TOKENS,
        "output_tokens_details": {"reasoning_tokens": REASONING_TOKENS},
        "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
    }

    def body(self, answer: Answer, seen: Seen) -> dict[str, Any]:
        refused = answer.stop == "refusal"
        part = {"type": "refusal", "refusal": answer.text} if refused else {"type": "output_text", "text": answer.text}
        message = {"type": "message", "id": "m1", "role": "assistant", "status": "completed"}
        cut = answer.stop in {"length", "context"}
        return {
            "id": "r1",
            "object": "response",
            "created_at": 1,
            "model": seen.body["model"],
            "status": "incomplete" if cut else "completed",
            "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
            "error": None,
            "output": [
                {"type": "reasoning", "id": "t1", "summary": []},
                {**message, "content": [part | ({} if refused else {"annotations": []})]},
                *(
                    {"type": "function_call", "call_id": number, "name": name, "arguments": text, "status": "completed"}
                    for number, name, text in answer.calls
                ),
            ],
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": self.usage,
        }

    def events(self, answer: Answer, seen: Seen) -> Iterator[bytes]:
        body = self.body(answer, seen)
        empty = {**body, "status": "in_progress", "output": [], "usage": None}
        yield self._event("response.created", 0, response=empty)
        for number, part in enumerate(halves(answer.text)):
            where = {"item_id": "m1", "output_index": 1, "content_index": 0, "delta": part, "logprobs": []}
            yield self._event("response.output_text.delta", number + 1, **where)
        yield self._event(f"response.{body['status']}", 3, response=body)

    def error(self, answer: Answer) -> dict[str, Any]:
        return {"error": {"message": answer.message, "type": "planned", "param": None, "code": None}}

    def error_event(self, answer: Answer) -> bytes:
        return self._event("error", 9, code="server_error", message=answer.message, param=None)

    def _event(self, name: str, number: int, **fields: Any) -> bytes:
        return sse({"type": name, "sequence_number": number, **fields}, name)


class Messages:
    path = "/v1/messages"
    reasons = {
        "stop": "end_turn",
        "length": "max_tokens",
        "refusal": "refusal",
        "context": "model_context_window_exceeded",
    }
    usage = {
        "input_tokens": INPUT_TOKENS - CACHED_TOKENS - WRITTEN_TOKENS,
        "cache_read_input_tokens": CACHED_TOKENS,
        "cache_creation_input_tokens": WRITTEN_TOKENS,
        "output_tokens": OUTPUT_TOKENS,
        "output_tokens_details": {"thinking_tokens": REASONING_TOKENS},
    }

    def body(self, answer: Answer, seen: Seen) -> dict[str, Any]:
        content = [{"type": "thinking", "thinking": "hm", "signature": "x"}, {"type": "text", "text": answer.text}]
        return {
            "id": "m1",
            "type": "message",
            "role": "assistant",
            "model": seen.body["model"],
            "content": (content if answer.text else [])
            + [self._call(call) | {"input": json.loads(call[2])} for call in answer.calls],
            "stop_reason": "tool_use" if answer.calls else self.reasons[answer.stop],
            "stop_sequence": None,
            "usage": self.usage,
        }

    def events(self, answer: Answer, seen: Seen) -> Iterator[bytes]:
        body = self.body(answer, seen)
        start = {**body, "content": [], "stop_reason": None, "usage": {**self.usage, "output_tokens": 1}}
        yield self._event("message_start", message=start)
        yield self._event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        for part in halves(answer.text):
            yield self._event("content_block_delta", index=0, delta={"type": "text_delta", "text": part})
        yield self._event("content_block_stop", index=0)
        for number, call in enumerate(answer.calls, 1):
            yield self._event("content_block_start", index=number, content_block=self._call(call) | {"input": {}})
            for part in halves(call[2]):
                yield self._event(
                    "content_block_delta", index=number, delta={"type": "input_json_delta", "partial_json": part}
                )
            yield self._event("content_block_stop", index=number)
        delta = {"stop_reason": body["stop_reason"], "stop_sequence": None}
        yield self._event("message_delta", delta=delta, usage=self.usage)
        yield self._event("message_stop")

    def _call(self, call: tuple[str, str, str]) -> dict[str, Any]:
        return {"type": "tool_use", "id": call[0], "name": call[1]}

    def error(self, answer: Answer) -> dict[str, Any]:
        return {"type": "error", "error": {"type": "planned_error", "message": answer.message}}

    def error_event(self, answer: Answer) -> bytes:
        return self._event("error", error={"type": "overloaded_error", "message": answer.message})

    def _event(self, name: str, **fields: Any) -> bytes:
        return sse({"type": name, **fields}, name)


FORMATS = (ChatCompletions(), Responses(), Messages())

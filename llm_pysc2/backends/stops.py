"""Why a model stopped writing, in one set of words for all services."""

STOP_REASONS = {
    "stop": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "completed": "stop",
    "length": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "content_filter": "refusal",
    "model_length": "context",
    "refusal": "refusal",
    "model_context_window_exceeded": "context",
    "tool_calls": "tool",
    "function_call": "tool",
    "tool_use": "tool",
    "pause_turn": "pause",
}


def stop_reason(word: object, text: str, refused: bool = False, called: bool = False) -> str:
    """Return why a model stopped, from the service's word for it and from what it wrote.

    >>> stop_reason("end_turn", "<Stop()>"), stop_reason("stop", ""), stop_reason("max_tokens", "")
    ('stop', 'empty', 'length')
    """
    if refused:
        return "refusal"
    reason = STOP_REASONS.get(str(word), str(word or ""))
    if called and reason in {"stop", ""}:
        return "tool"
    return "empty" if not text.strip() and reason in {"stop", ""} else reason

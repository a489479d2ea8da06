"""How many tokens a chat will take, before the service has counted them."""

from llm_pysc2.chat import CHARACTERS_PER_TOKEN, Chat

TOKENS_PER_IMAGE = 1000
TOKENS_PER_MESSAGE = 4


def estimate_tokens(chat: Chat) -> int:
    """Return the estimated input tokens of a chat.

    >>> from llm_pysc2.chat import Message
    >>> estimate_tokens(Chat((Message("user", "x" * 36),)))
    14
    """
    texts = [message.text for message in chat.messages] + [tool.schema + tool.description for tool in chat.tools]
    texts += [call.arguments for message in chat.messages for call in message.calls]
    characters = sum(map(len, texts)) + len(chat.answer_schema)
    images = sum(len(message.images) for message in chat.messages)
    return round(
        characters / CHARACTERS_PER_TOKEN + TOKENS_PER_IMAGE * images + TOKENS_PER_MESSAGE * len(chat.messages)
    )

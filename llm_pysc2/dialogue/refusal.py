"""Why an action of an answer is not carried out."""


class Refusal(Exception):  # noqa: N818 - not an error: a reason for the one who wrote the line
    """A reason in words that the writer of the line can use, and its cause in one word, for counts."""

    def __init__(self, reason: str, cause: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause

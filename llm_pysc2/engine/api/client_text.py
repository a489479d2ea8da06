"""Strings that clients send: protobuf's fast runtime gives out bytes where they are not valid UTF-8."""


def as_text(value: str | bytes) -> str:
    r"""Return a string field of a request as text, whatever the client put into it.

    >>> as_text(b"2s3z\xff")
    '2s3z\ufffd'
    """
    return value if isinstance(value, str) else value.decode("utf-8", errors="replace")

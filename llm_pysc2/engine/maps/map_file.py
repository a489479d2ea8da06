r"""Map files for clients: they only carry a map's name, because clients hand their bytes to the game and never look in.

A file of ours is one line of text, `llm-pysc2 map NAME`, under the name that clients look for (`NAME.SC2Map`).
"""

MAGIC = b"llm-pysc2 map "
MAX_NAME_BYTES = 200


def encode_map_file(name: str) -> bytes:
    r"""Return the content of the map file that names a map.

    >>> encode_map_file("2s3z")
    b'llm-pysc2 map 2s3z\n'
    """
    return MAGIC + name.encode() + b"\n"


def decode_map_file(content: bytes) -> str | None:
    r"""Return the name of the map that a file of ours names, or None if it is no file of ours.

    >>> decode_map_file(b"llm-pysc2 map 2s3z\n")
    '2s3z'
    >>> decode_map_file(b"MPQ\x1b") is None
    True
    """
    head, _, _ = content[: len(MAGIC) + MAX_NAME_BYTES].partition(b"\n")
    if not head.startswith(MAGIC):
        return None
    name = head[len(MAGIC) :].decode(errors="replace").strip()
    return name or None

"""Protobuf's wire format, written column by column: the units of an observation at a tenth of the cost of messages.

A message whose fields are all floats, flags and small numbers has the same length every time, so that many of them are
one NumPy array. What varies in length (tags, orders) is added per unit. Field numbers come from the descriptors.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from numpy.typing import NDArray

VARINT, BYTES, FIXED32 = 0, 2, 5
SMALL_LIMIT = 128
"""Whole numbers below this take one byte on the wire."""

Columns = Mapping[str, "NDArray[Any] | float"]


@lru_cache(maxsize=4096)
def encode_varint(value: int) -> bytes:
    r"""Return a whole number, 0 to 2**64 - 1, in base 128.

    >>> encode_varint(300)
    b'\xac\x02'
    """
    encoded = bytearray()
    while value >= SMALL_LIMIT:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def field_key(field: FieldDescriptor, wire_type: int) -> bytes:
    """Return what announces a field on the wire."""
    return encode_varint(field.number << 3 | wire_type)


def nest(descriptor: Descriptor, path: tuple[str, ...], content: bytes) -> bytes:
    """Return content as the serialized message that `path` names inside a message of this type.

    Followed or led by other parts of the same message it merges with them, as protobuf asks of every reader.
    """
    for key in _keys_inwards(descriptor, path):
        content = key + encode_varint(len(content)) + content
    return content


@cache
def _keys_inwards(descriptor: Descriptor, path: tuple[str, ...]) -> tuple[bytes, ...]:
    """Return the keys of the fields on a path, the innermost first."""
    keys = []
    owner = descriptor
    for name in path:
        field = owner.fields_by_name[name]
        keys.append(field_key(field, BYTES))
        owner = field.message_type or owner
    return tuple(reversed(keys))


class FixedLayout:
    """Serializes many messages of one type at once, from one column per field.

    Args:
        descriptor: The message type.
        fields: Names of float, bool, enum or small integer fields, and of message fields all of whose own fields are
            floats; the latter's columns are named "field.part".
    """

    def __init__(self, descriptor: Descriptor, fields: Sequence[str]) -> None:
        self._parts: list[tuple[str, bytes, str]] = []
        for name in fields:
            self._add_field(descriptor.fields_by_name[name])
        self._dtype = np.dtype(
            [
                item
                for column, key, kind in self._parts
                for item in ((f"{column} key", "u1", (len(key),)), (column, kind))
            ]
        )
        template = np.zeros(1, self._dtype)
        for column, key, _ in self._parts:
            template[f"{column} key"] = np.frombuffer(key, np.uint8)
        self._template = template.tobytes()

    @property
    def row_bytes(self) -> int:
        """Length of one serialized message."""
        return self._dtype.itemsize

    def bytes_through(self, field: str) -> int:
        """Return the length of a message that ends with this field: what comes first may be sent without the rest."""
        ends = [
            start + kind.itemsize
            for name, (kind, start, *_) in (self._dtype.fields or {}).items()
            if name.partition(".")[0] == field
        ]
        return max(ends)

    def encode(self, count: int, columns: Columns) -> bytes:
        """Return `count` serialized messages on end, `row_bytes` each.

        A column is an array of shape (count,) or one value; columns that are not given are 0.
        """
        rows = np.frombuffer(bytearray(self._template * count), self._dtype)
        for column, values in columns.items():
            rows[column] = values
        return rows.tobytes()

    def _add_field(self, field: FieldDescriptor) -> None:
        if field.message_type is None:
            self._add_scalar(field, field.name, b"")
            return
        parts = list(field.message_type.fields)
        length = sum(len(field_key(part, FIXED32)) + 4 for part in parts)
        lead = field_key(field, BYTES) + encode_varint(length)
        for part in parts:
            self._add_scalar(part, f"{field.name}.{part.name}", lead)
            lead = b""

    def _add_scalar(self, field: FieldDescriptor, column: str, lead: bytes) -> None:
        if field.type == FieldDescriptor.TYPE_FLOAT:
            self._parts.append((column, lead + field_key(field, FIXED32), "<f4"))
        else:
            self._parts.append((column, lead + field_key(field, VARINT), "u1"))

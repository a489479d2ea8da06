"""The listening socket of the game's server and of its join ports, and how long a frame may be."""

import errno
import socket

from llm_pysc2.errors import UsageError

MAX_FRAME_BYTES = 64 * 2**20
"""Longer frames close the connection; the largest honest request is a replay or a map."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening TCP socket. Raises UsageError in one line if the address cannot be had."""
    host = host.strip("[]")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, OverflowError) as error:
        raise UsageError(f"cannot listen on {host} port {port}: {error}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise UsageError(f"cannot listen on {host} port {port}: the port is in use; choose another") from error
        raise UsageError(f"cannot listen on {host} port {port}: {error}") from error
    return listener

"""The game's executable: takes the command line of the real one, whose options have a single dash.

Imports as little as possible before it listens (see `server`).
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from llm_pysc2.engine.api.listening import listen
from llm_pysc2.engine.api.server import ServerOptions, run
from llm_pysc2.errors import UsageError

USAGE_EXIT_CODE = 2
INTERRUPTED_EXIT_CODE = 130


def parse_command_line(arguments: Sequence[str]) -> ServerOptions:
    """Return the options of a command line of the game; what is not known is ignored, as the game does.

    Raises UsageError if the port is not a number.

    >>> parse_command_line(["-listen", "127.0.0.1", "-port", "5000", "-displayMode", "0", "-verbose"]).port
    5000
    """
    values = dict(zip(arguments, [*arguments[1:], ""], strict=True))
    port = values.get("-port", "0")
    if not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"-port: expected a number from 0 to 65535, found {port!r}")
    data_dir = values.get("-dataDir")
    return ServerOptions(
        host=values.get("-listen", "127.0.0.1"),
        port=int(port),
        data_dir=Path(data_dir) if data_dir else None,
        exits_with_parent=True,
    )


def main(arguments: Sequence[str]) -> int:
    """Run the game as its command line says and return the exit code."""
    try:
        options = parse_command_line(arguments)
        run(listen(options.host, options.port), options)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE_EXIT_CODE
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT_CODE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

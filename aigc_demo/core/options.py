"""The command line of the app: the names, variables and defaults that Gradio users know."""

import argparse
import os
from collections.abc import Sequence

from aigc_demo.core.environment import FIRST_PORT, free_port, is_free


def address(description: str, arguments: Sequence[str] | None = None) -> tuple[str, int]:
    """Host and port: from the command line, else GRADIO_SERVER_NAME and GRADIO_SERVER_PORT, else Gradio's usual ones.

    Without --port the first free one from there on; a port that was asked for and is taken ends with a sentence.
    """
    host = os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"
    first = os.environ.get("GRADIO_SERVER_PORT") or str(FIRST_PORT)
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--host", "--server-name", default=host, help="address to listen on (GRADIO_SERVER_NAME; now %(default)s)"
    )
    parser.add_argument(
        "--port", "--server-port", type=int, help=f"port (GRADIO_SERVER_PORT; else the first free one from {first})"
    )
    chosen = parser.parse_args(arguments)
    if chosen.port is None and not first.isdecimal():
        parser.error(f"GRADIO_SERVER_PORT must be a port number, not {first!r}.")
    port = free_port(chosen.host, int(first)) if chosen.port is None else chosen.port
    if port is None or not 0 < port < 65536 or not is_free(chosen.host, port):
        parser.error(f"{chosen.host}:{port or first} cannot be listened on. Choose another --port or --host.")
    return chosen.host, port

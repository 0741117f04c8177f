"""AIGC demo: see inside generative AI. `python app.py --help` tells the options."""

import argparse
import os
import sys

from aigc_demo.core import environment


def options() -> tuple[str, int]:
    """Host and port from the command line, else from Gradio's variables, else its usual ones."""
    host = os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"
    first = os.environ.get("GRADIO_SERVER_PORT") or str(environment.FIRST_PORT)
    parser = argparse.ArgumentParser(description=__doc__.partition(".")[0])
    parser.add_argument(
        "--host", "--server-name", default=host, help="address to listen on (GRADIO_SERVER_NAME; now %(default)s)"
    )
    parser.add_argument(
        "--port", "--server-port", type=int, help=f"port (GRADIO_SERVER_PORT; else the first free one from {first})"
    )
    chosen = parser.parse_args()
    if chosen.port is None and not first.isdecimal():
        parser.error(f"GRADIO_SERVER_PORT must be a port number, not {first!r}.")
    port = environment.free_port(chosen.host, int(first)) if chosen.port is None else chosen.port
    if port is None or not 0 < port < 65536 or not environment.is_free(chosen.host, port):
        parser.error(f"{chosen.host}:{port or first} cannot be listened on. Choose another --port or --host.")
    return chosen.host, port


def main() -> None:
    """Serve the page; torch and the libraries are loaded behind it."""
    host, port = options()
    environment.prepare()
    from aigc_demo.checkpoints.store import Store  # after `prepare`: gradio reads the environment when it is imported
    from aigc_demo.services.warm import warm_behind
    from aigc_demo.ui.app import build, serve

    store = Store()
    demo = build(store)
    _, address = serve(demo, host, port, prevent_thread_lock=True)
    sys.stdout.write(f"AIGC demo: {address}  (Ctrl+C stops it)\n")
    sys.stdout.flush()
    warm_behind(store)
    demo.block_thread()


if __name__ == "__main__":
    main()

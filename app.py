"""AIGC demo: see inside generative AI. `python app.py --help` tells the options."""

import gc
import os
import signal
import sys

from aigc_demo.core import environment, garbage, options
from aigc_demo.core.errors import UserError


def main() -> None:
    """Serve the page; torch and the libraries are loaded behind it."""
    host, port = options.address("AIGC demo: see inside generative AI")
    environment.prepare(host)
    gc.disable()  # nearly all that a start makes stays for good
    from aigc_demo.checkpoints.store import Store  # after `prepare`: gradio reads the environment when it is imported
    from aigc_demo.services import replicas
    from aigc_demo.services.warm import warm_behind
    from aigc_demo.ui.app import build, serve

    store = Store()
    try:
        helpers = replicas.start()
        demo = build(store, helpers)
    except UserError as error:  # without the catalogue there is no page
        sys.exit(str(error))
    _, url = serve(demo, host, port)
    garbage.keep_short()
    sys.stdout.write(f"AIGC demo: {url}  (Ctrl+C stops it)\n")
    sys.stdout.flush()
    warm_behind(store)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a container is stopped as with Ctrl+C
    demo.block_thread()
    sys.stdout.flush()
    replicas.stop(helpers)
    os._exit(0)  # an orderly exit would take torch apart while threads still compute with it, which ends in an abort


if __name__ == "__main__":
    main()

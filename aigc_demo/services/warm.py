"""Load in the background, once the page is served, what the first click would otherwise wait for.

With AIGC_WARM=0 nothing is loaded before it is asked for.
"""

import logging
import os
import threading

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import UserError
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import find, requests_of

logger = logging.getLogger(__name__)


def warm(store: Store) -> None:
    """Run the smallest request of every use case that names one, so that libraries and weights are in memory."""
    service = Service(store)
    for family in store.catalogue.families:
        try:
            for name in (f"{family.stem}_{use_case}" for use_case in requests_of(family.stem)):
                if (smallest := find(name).warm) is not None:
                    list(service.run(name, smallest))
        except UserError as error:  # a file is missing, say: the tab tells it to who needs it
            logger.warning("%s: %s", family.stem, error)
    from aigc_demo.pipelines.library import diffusers  # here, since a page is served without it

    diffusers()


def warm_behind(store: Store) -> threading.Thread | None:
    """`warm` on a thread of its own, which ends with the process; None where it is turned off."""
    if os.environ.get("AIGC_WARM") == "0":
        return None
    thread = threading.Thread(target=warm, args=(store,), name="warm", daemon=True)
    thread.start()
    return thread

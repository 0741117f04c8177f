"""Bring a data set to this machine.

    python -m aigc_demo.data fetch mnist
    python -m aigc_demo.data fetch emoji

It goes to ~/.cache/aigc_demo, or below $AIGC_DATA_DIR. What is already there and right is left alone.
"""

import argparse
import logging

from aigc_demo.core.errors import UserError
from aigc_demo.data.fetch import fetch
from aigc_demo.data.sets import DATA_SETS

logger = logging.getLogger(__name__)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["fetch"])
    parser.add_argument("name", help=f"one of: {', '.join(DATA_SETS)}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        folder = fetch(parser.parse_args().name)
    except UserError as error:
        raise SystemExit(str(error)) from error
    logger.info("complete and checked: %s", folder)


if __name__ == "__main__":
    main()

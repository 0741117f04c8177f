"""The first results of the gpt tabs that look inside, which the page shows before any click.

    python -m aigc_demo.services.gpt.inside_shipped           all of them
    python -m aigc_demo.services.gpt.inside_shipped lstm      some of them

Run it after new weights; assets/examples/ then holds gpt-shakespeare-<name>.json for each of MAKERS, as
services/gpt/values.py has them. Those that measure time should be made on a quiet machine.
"""

import argparse
import logging
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import UserError
from aigc_demo.services.gpt import values
from aigc_demo.services.gpt.requests import Attend, Beside, Race, Remember, Tune
from aigc_demo.services.gpt.samples import SAMPLES
from aigc_demo.services.gpt.service import GPTService, create
from aigc_demo.services.gpt.shipped import save

logger = logging.getLogger(__name__)
GPT, LSTM = "gpt-shakespeare", "lstm-shakespeare"
Made = tuple[Any, dict[str, Any], tuple[str, ...]]  # request, value, ids of the models that took part


def attention(service: GPTService) -> Made:
    """Where every head looks."""
    request = Attend()
    return request, values.attention(service.attend(request)), (GPT,)


def lstm(service: GPTService) -> Made:
    """Both texts, the strip and the fading."""
    request = Remember()
    *_, last = service.remember(request)
    return request, values.remembered(last.value), (GPT, LSTM)


def cache(service: GPTService) -> Made:
    """A race."""
    request = Race()
    *_, last = service.race(request)
    return request, values.raced(last.value), (GPT,)


def beside(service: GPTService) -> Made:
    """Ours and the library's."""
    request = Beside()
    *_, last = service.beside(request)
    assert last.value is not None
    return request, values.beside(last.value), (GPT,)


def tune(service: GPTService) -> Made:
    """Two minutes on a poem."""
    request = Tune(text=SAMPLES["jabberwocky"][1], minutes=2)
    *_, last = service.tune(request)
    return request, values.tuned(last.value), (GPT,)


MAKERS: dict[str, Callable[[GPTService], Made]] = {
    "attention": attention,
    "lstm": lstm,
    "cache": cache,
    "beside": beside,
    "tune": tune,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"what to make; by default everything: {', '.join(MAKERS)}")
    names = parser.parse_args().names or list(MAKERS)
    if unknown := set(names) - set(MAKERS):
        parser.error(f"there is no {', '.join(unknown)}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    store = Store(device="cpu")
    service = create(store)
    for name in names:
        try:
            request, value, models = MAKERS[name](service)
            facts = {"values": asdict(request), "seed": getattr(request, "seed", None), "sha256": store.sha256(GPT)}
            folder = Path(store.assets) / "examples"
            save(folder / f"{GPT}-{name}.json", {**value, **facts, **service.facts(*models)})
            logger.info("%s: made", name)
        except UserError as error:
            logger.warning("%s: %s", name, error)


if __name__ == "__main__":
    main()

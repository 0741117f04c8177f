"""The first results of the gpt tabs that look inside, which the page shows before any click.

    python -m aigc_demo.services.gpt.inside_shipped           all of them
    python -m aigc_demo.services.gpt.inside_shipped lstm      some of them

Run it after new weights; assets/examples/ then holds gpt-shakespeare-<name>.json for each of MAKERS, as
services/gpt/values.py has them. Those that measure time should be made on a quiet machine.
"""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from aigc_demo.services.gpt import values
from aigc_demo.services.gpt.requests import Attend, Beside, Race, Remember, Tune
from aigc_demo.services.gpt.samples import SAMPLES
from aigc_demo.services.gpt.service import GPTService, create
from aigc_demo.services.shipping import make, write

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


def first(name: str, service: GPTService, folder: Path) -> None:
    """The first result of an inner tab."""
    request, value, models = MAKERS[name](service)
    facts = {"values": asdict(request), "seed": getattr(request, "seed", None), "sha256": service.store.sha256(GPT)}
    write(folder / f"{GPT}-{name}.json", {**value, **facts, **service.facts(*models)})


def main() -> None:
    make(__doc__, {name: partial(first, name) for name in MAKERS}, create)


if __name__ == "__main__":
    main()

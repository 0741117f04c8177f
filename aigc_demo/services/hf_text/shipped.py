"""The recorded answers of the hf_text tab, which it shows until SmolLM2 is here and something was asked.

    python -m aigc_demo.services.hf_text.shipped            all of them
    python -m aigc_demo.services.hf_text.shipped chat       some of them

Needs SmolLM2; assets/examples/ then holds smollm2-chat.json, -summarise, -ask, -translate and -beside.
"""

from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from aigc_demo.services.hf_text import values
from aigc_demo.services.hf_text.requests import Ask, Beside, Chat, Summarise, Translate
from aigc_demo.services.hf_text.results import Said
from aigc_demo.services.hf_text.service import HFTextService, create
from aigc_demo.services.shipping import make, write

TASKS: dict[str, Any] = {"summarise": Summarise(), "ask": Ask(), "translate": Translate()}
MESSAGES = (Chat().message, "And what should I eat there? Answer in one sentence.")


def answer(steps: Any) -> Said:
    """What was said at the end."""
    *_, last = (step.value for step in steps if isinstance(step.value, Said))
    return last


def chat(service: HFTextService) -> dict[str, Any]:
    """A conversation of two messages."""
    turns: list[dict[str, str]] = []
    value: dict[str, Any] = {}
    for message in MESSAGES:
        request = replace(Chat(), message=message)
        before = list(turns)
        turns.append({"role": "user", "content": message})
        value = values.conversation(turns, answer(service.chat(request, before)), over=True)
        turns = value["turns"]
    return {**value, "seed": Chat().seed}


def made(service: HFTextService, name: str) -> dict[str, Any]:
    """One of the recorded answers."""
    if name == "chat":
        return {**chat(service), "facts": None, "cached": True}
    if name == "beside":
        *_, last = service.beside(Beside())
        assert last.value is not None
        return {**asdict(last.value), "seed": None}
    request = TASKS[name]
    found = values.conversation([], answer(getattr(service, name)(request)), over=True)
    return {**found, "facts": None, "cached": True, "seed": request.seed}


def first(name: str, service: HFTextService, folder: Path) -> None:
    """One of the recorded answers, with the size of the model."""
    value = made(service, name)
    parameters = sum(weight.numel() for weight in service.desk.own().model.parameters())
    write(folder / f"smollm2-{name}.json", {**value, "parameters": parameters})


def main() -> None:
    make(__doc__, {name: partial(first, name) for name in ("chat", *TASKS, "beside")}, lambda _: create())


if __name__ == "__main__":
    main()

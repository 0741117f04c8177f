"""The recorded answers of the hf_text tab, which it shows until SmolLM2 is here and something was asked.

    python -m aigc_demo.services.hf_text.shipped            all of them
    python -m aigc_demo.services.hf_text.shipped chat       some of them

Needs SmolLM2; assets/examples/ then holds smollm2-chat.json, -summarise, -ask, -translate and -beside.
"""

import argparse
import json
import logging
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.services.hf_text import values
from aigc_demo.services.hf_text.requests import Ask, Beside, Chat, Summarise, Translate
from aigc_demo.services.hf_text.results import Said
from aigc_demo.services.hf_text.service import HFTextService, create

logger = logging.getLogger(__name__)
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


def make(service: HFTextService, name: str) -> dict[str, Any]:
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


def main() -> None:
    names = ["chat", *TASKS, "beside"]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"what to make; by default everything: {', '.join(names)}")
    chosen = parser.parse_args().names or names
    if unknown := set(chosen) - set(names):
        parser.error(f"there is no {', '.join(unknown)}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    service = create()
    for name in chosen:
        value = make(service, name)
        parameters = sum(weight.numel() for weight in service.desk.own().model.parameters())
        path = Path(ASSETS) / "examples" / f"smollm2-{name}.json"
        path.write_text(json.dumps({**value, "parameters": parameters}, ensure_ascii=False) + "\n", encoding="utf-8")
        logger.info("%s: made", name)


if __name__ == "__main__":
    main()

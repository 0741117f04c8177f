"""What the questions of SmolLM2 show, and the claims that they prove: recorded, since the model may not be there."""

import json
import re
from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services import first_results
from aigc_demo.services.experiments import Experiment, Side, stored

SUMS = first_results.EXAMPLES / "smollm2-sums.json"  # [[a, b, answer to "What is {a} times {b}?"]], temperature 0


def sums(store: Store, request: None, made: None) -> list[Side]:
    """What it answered to products, at temperature 0; whether the right number stands in the answer."""
    return [
        Side(
            {"product": a * b},
            text=f"{a} × {b}?\n\n{answer}",
            name=f"experiment.sum_{place}",
        )
        for place, (a, b, answer) in enumerate(json.loads(SUMS.read_text("utf-8")))
    ]


def wrong(hard: Side, easy: Side) -> bool:
    """It names a result of both, and only that of the easy one is right."""
    found = [int(re.findall(r"= (\d+)", side.text)[0]) for side in (hard, easy)]
    return found[0] != hard.measures["product"] and found[1] == easy.measures["product"]


def answer(task: str) -> tuple[str, Any]:
    """The recorded answer to a task, and what was asked."""
    told = stored(f"hf_text_{task}")
    return told["value"]["turns"][-1]["content"], told["values"]


def summary(store: Store, request: None, made: None) -> list[Side]:
    """How many sentences were asked for, and how many came."""
    text, asked = answer("summarise")
    count = len(re.findall(r"[.!?](?:\s|$)", text))
    return [Side({"asked_for": asked["sentences"], "came": count}, text=text, name="experiment.recorded")]


def found(store: Store, request: None, made: None) -> list[Side]:
    """The question and the answer; how much of what the text says about it is in the answer."""
    text, asked = answer("ask")
    facts = sum(part in text for part in ("Ming", "1368", "1644"))
    sections = sum(part in text for part in ("best-known", "sections"))
    return [
        Side(
            {"facts_right": facts, "words_dropped": 2 - sections},
            text=f"{asked['query']}\n\n{text}",
            name="experiment.recorded",
        )
    ]


def untranslated(store: Store, request: None, made: None) -> list[Side]:
    """Sentences of the answer that stand in the English text as they are."""
    text, asked = answer("translate")
    parts = [part for part in re.split(r"(?<=[.!?])\s+", text) if part]
    left = sum(part in asked["text"] for part in parts)
    return [
        Side(
            {"sentences_in_all": len(parts), "left_english": left},
            text=f"{asked['text']}\n\n{text}",
            name="experiment.recorded",
        )
    ]


def parting(store: Store, request: None, made: None) -> list[Side]:
    """What the library and our byte weights wrote, and for how many tokens that is what ours wrote."""
    told = stored("hf_text_beside")["value"]
    return [
        Side({"tokens_alike": told[same]}, text=told[text], name=f"experiment.writer_{text}")
        for text, same in (("theirs", "same"), ("bytes", "int8_same"))
    ]


EXPERIMENTS: dict[str, Any] = {
    "hf_text.predict_chat": Experiment((), sums, wrong, kind="text"),
    "hf_text.predict_summary": Experiment(
        (), summary, lambda side: side.measures["came"] > side.measures["asked_for"], sides=1, kind="text"
    ),
    "hf_text.predict_found": Experiment(
        (),
        found,
        lambda side: side.measures["facts_right"] == 3 and side.measures["words_dropped"] == 2,
        sides=1,
        kind="text",
    ),
    "hf_text.predict_translation": Experiment(
        (),
        untranslated,
        lambda side: 0 < side.measures["left_english"] < side.measures["sentences_in_all"],
        sides=1,
        kind="text",
    ),
    "hf_text.predict_beside": Experiment(
        (),
        parting,
        lambda theirs, small: theirs.measures["tokens_alike"] == 32 and small.measures["tokens_alike"] < 12,
        kind="text",
    ),
}

"""Results as the page draws them: plain JSON, arrays as bytes in base64. What a view makes of them is in static/."""

import base64
from typing import Any

from aigc_demo.services.gpt.results import Attention, BesideLibrary, Raced, Remembered, Side, Tuned

DIGITS = 4  # of a number that is only looked at


def short(number: float) -> float:
    """So many digits are enough to draw."""
    return float(f"{number:.{DIGITS}g}")


def packed(array: Any) -> str:
    """The bytes of an array, row by row."""
    return base64.b64encode(array.tobytes()).decode()


def attention(made: Attention) -> dict[str, Any]:
    """For static/attention.js."""
    layers, heads = made.weights.shape[:2]
    return {
        "text": made.text,
        "cut": made.cut,
        "layers": layers,
        "heads": heads,
        "weights": packed(made.weights),
        "next": [[rival.text, short(rival.p)] for rival in made.tokens_next[:5]],
    }


def side(made: Side) -> dict[str, Any]:
    """One of two writers."""
    return {
        "text": made.text,
        "p": [short(p) for p in made.p],
        "nats": None if made.nats is None else short(made.nats),
        "ms": short(made.milliseconds),
        "numbers": made.numbers,
        "bytes": made.kept_bytes,
        "each": made.each,
        "most": made.most,
    }


def remembered(made: Remembered) -> dict[str, Any]:
    """For static/memory.js; strip and fading only where they came."""
    value: dict[str, Any] = {"prompt": made.prompt, "cut": made.cut, "gpt": side(made.gpt), "lstm": side(made.lstm)}
    if made.strip is not None:
        strip = made.strip
        value["strip"] = {"text": strip.text, "units": [list(unit) for unit in strip.units]}
        value["strip"]["cells"] = packed(strip.cells)
    if made.fading is not None:
        fading = made.fading
        value["fading"] = {"word": fading.word, "changed": fading.changed, "text": fading.text}
        value["fading"] |= {"gpt": [short(x) for x in fading.gpt], "lstm": [short(x) for x in fading.lstm]}
    return value


def raced(made: Raced) -> dict[str, Any]:
    """For static/race.js."""
    return {
        "prompt": made.prompt,
        "cut": made.cut,
        "text": made.text,
        "with": [short(x) for x in made.with_cache],
        "without": [short(x) for x in made.without],
        "same": made.same,
        "bytes": made.cache_bytes,
        "weights": made.parameters,
    }


def beside(made: BesideLibrary) -> dict[str, Any]:
    """For static/twins.js; the layers go into a table of their own."""
    return {
        "prompt": made.prompt,
        "cut": made.cut,
        "ours": made.ours,
        "theirs": made.theirs,
        "same": made.same,
        "speeds": [short(made.our_speed), short(made.their_speed)],
        "kind": made.kind,
        "layers": [list(row) for row in made.layers],
        "first": made.first,
        "maximum": made.maximum,
        "mean": made.mean,
    }


def tuned(made: Tuned) -> dict[str, Any]:
    """For static/tune.js; the token stays out of it."""
    return {
        "step": made.step,
        "seconds": short(made.seconds),
        "speed": short(made.speed),
        "curve": [[step, short(loss)] for step, loss in made.curve],
        "held": [[step, short(loss)] for step, loss in made.held],
        "samples": [[sample.step, sample.text] for sample in made.samples],
        "train": made.train,
        "test": made.test,
        "replaced": made.dropped.replaced,
        "left_out": [list(pair) for pair in made.dropped.left_out[:8]],
        "left_out_total": made.dropped.total,
        "random": short(made.random),
    }

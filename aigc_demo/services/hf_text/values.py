"""What the page is sent: a conversation, or an answer, as JSON. Free of torch, as the page reads it.

    {"turns": [{"role": "user", "content": ...}, ...], "live": "...", "facts": {...}, "cached": false}

`live` is the answer that is being written; a run that was stopped leaves it there, and it counts as said.
"""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.hf_text.results import Said

Turns = list[dict[str, str]]


def turns_of(value: Any) -> Any:
    """The conversation in what the page sends back; a recorded one is nobody's."""
    if not isinstance(value, dict) or value.get("cached"):
        return []
    turns, live = value.get("turns") or [], value.get("live")
    if isinstance(turns, list) and isinstance(live, str) and live:
        return [*turns, {"role": "assistant", "content": live}]
    return turns


def facts(said: Said) -> dict[str, Any]:
    """The small print of an answer."""
    return {
        "by": said.by,
        "tokens": said.tokens,
        "prompt": said.prompt_tokens,
        "cut": said.cut,
        "speed": said.speed,
        "wait": said.wait,
        "ended": said.ended,
    }


def conversation(turns: Sequence[dict[str, str]], said: Said | None, *, over: bool = False) -> dict[str, Any]:
    """The value of the view; `over`: the answer is finished."""
    live = said.text if said else ""
    kept = [*turns, {"role": "assistant", "content": live}] if over else list(turns)
    return {"turns": kept, "live": "" if over else live, "facts": facts(said) if said else None, "cached": False}
